// Puts the page together.

const data = JSON.parse(document.getElementById('data').textContent);
const parts = data.kind === 'comparison' ? comparisonPart(data)
  : [tiles(data), warnings(data), incidentPart(data), embeddingPart(data), pairPart(data), confusionPart(data),
    distancesPart(data), calibrationPart(data), saturationPart(data), trainingPart(data)];
document.getElementById('report').append(heading(data), ...parts.filter(known));
document.documentElement.dataset.ready = 'yes';
