// How right the model is, and how far its own statements can be believed.

function confusionPart(data) {
  const {counts, per_class: scores, known: width} = data.confusion;
  const rows = counts.map((row, truth) => ({row, truth, all: row.reduce((a, b) => a + b, 0)})).filter(r => r.all);
  const cell = ({row, truth, all}, cls) => {
    const depth = h('i', {});
    depth.style.opacity = 0.75 * row[cls] / all;
    return h('td', {class: truth === cls ? 'hit' : 'miss', title: `${row[cls]} of ${all}`}, depth,
      h('span', {}, row[cls] ? percent(row[cls] / all).replace('under ', '<') : '0'));
  };
  const names = data.classes.slice(0, width);
  return part('confusion', 'What it calls each window',
    'Each row is what really was, each column what the window is nearest to: all should be on the diagonal (blue); orange is mistaken.',
    h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Confusion matrix'}, h('table', {class: names.length > 6 ? 'matrix many' : 'matrix'},
      h('thead', {}, h('tr', {}, h('th', {}, 'really'), names.map(name => h('th', {scope: 'col', class: 'n'}, h('span', {}, name))), h('th', {class: 'n'}, 'windows'))),
      h('tbody', {}, rows.map(r => h('tr', {}, h('th', {scope: 'row'}, data.classes[r.truth]),
        names.map((_, cls) => cell(r, cls)), h('th', {class: 'n'}, r.all.toLocaleString('en'))))))),
    h('p', {class: 'note'}, 'Single windows, before alarms are made of them: many of an incident\'s windows are called normal because its written end is later than its effect. Alarms need several that agree.'),
    numbers(table('Each label', ['label', 'precision', 'recall', 'F1', 'windows'], rows.map(({truth}) =>
      [data.classes[truth], scores[truth].precision, scores[truth].recall, scores[truth].f1, scores[truth].support])),
    h('p', {}, `Macro-F1 ${figure(data.confusion.macro_f1)}, accuracy ${figure(data.confusion.accuracy)}, as faultprint evaluate has them.`)));
}

function distancesPart(data) {
  const d = data.distances;
  if (!d) return null;
  const bars = [[d.same, 2], [d.different, 1]].flatMap(([shares, colour]) => shares.map((value, i) =>
    ({from: i * d.bin, to: (i + 1) * d.bin, value, colour}))).filter(bar => bar.value > 0);
  const row = (name, q) => [name, q.p5, q.median, q.p95];
  return part('distances', 'Same fault near, different faults far',
    `The two heaps should not overlap. Of a pair of the same label and a pair of two labels, the same lie nearer in ${percent(d.nearer)} of all draws (50 % would be chance).`,
    lineLegend([{name: 'd_p: two windows of one label', colour: 2}, {name: 'd_n: windows of two labels', colour: 1}]),
    h('figure', {}, plot({label: 'Histogram of distances of equal and of different pairs', height: 230, bars,
      x: {min: 0, max: d.bin * d.same.length, label: 'distance of the embeddings'},
      y: {...limits([0, ...d.same, ...d.different]), label: 'share of pairs', format: percent},
      rules: [{x: d.same_quantiles.median, text: 'median d_p'}, {x: d.different_quantiles.median, text: 'median d_n'}]})),
    numbers(table('Distances', ['', '5 %', 'median', '95 %'], [row('same label', d.same_quantiles), row('two labels', d.different_quantiles)]),
      h('p', {class: 'soft'}, `${d.pairs.toLocaleString('en')} pairs of each kind, drawn with every label as often as the others; equal pairs are of two incidents where a label has two, and windows of incidents in which nothing moves are left out.`)));
}

function calibrationPart(data) {
  const c = data.calibration;
  const lines = c.labels.map((label, cls) => ({cls, label})).filter(({label}) => label.shares).map(({cls, label}) =>
    ({name: data.classes[cls], colour: look(cls, data.normal).colour, dash: DASHES[cls % 4],
      points: c.rates.map((rate, i) => [rate, label.shares[i]])}));
  if (c.strange_shares)
    lines.push({name: 'types it does not know', colour: 7, dash: DASHES[3], points: c.rates.map((rate, i) => [rate, c.strange_shares[i]])});
  const log = {min: c.rates[0], max: 1, log: true, format: rate => rate < 0.001 ? '0.01 %' : percent(rate)};
  return part('calibration', 'Can "unknown" be believed?',
    `A line that stays on the dashes or below keeps the model's promise: at a rate of 1 %, no more than 1 % of familiar windows may look that strange. At the chosen rate of ${percent(c.chosen)}, ${c.known_called_unknown} of ${count(c.known_windows, 'familiar window')} were called unknown.`,
    lineLegend(lines),
    h('figure', {}, plot({label: 'Share of windows whose p-value is at or below each rate', height: 260, lines,
      x: {...log, label: 'p-value at or below'}, y: {...log, label: 'share of the label\'s windows'},
      rules: [{points: [[c.rates[0], c.rates[0]], [1, 1]]}, {x: c.chosen, text: 'chosen rate'}]})),
    h('p', {class: 'note'}, 'A line that runs above the dashes is a label whose incidents here differ from those it was calibrated on. Windows of one incident resemble each other, so a few incidents move a line far. Shares of 0 are drawn at the bottom.'),
    numbers(table('p-value of a window for its own label', ['label', 'windows here', 'calibrated on', 'at or below the chosen rate'],
      c.labels.map((label, cls) => [data.classes[cls], label.windows, `${label.calibrated_on.toLocaleString('en')}${label.pooled ? ' (too few: pooled with the others)' : ''}`, percent(label.at_chosen)])),
    c.strange_windows > 0 && h('p', {}, `${count(c.strange_windows, 'window')} of fault types that the model does not know.`)));
}

function saturationPart(data) {
  const sat = data.saturation;
  if (!sat) return null;
  const bin = 1 / sat.bins.length;
  const verdict = sat.share > 0.3 ? 'More than 30 % is too much: new faults then fall onto known ones.' : 'Up to 30 % is healthy.';
  return part('saturation', 'Do the outputs have room left?',
    `An output pressed against 0 or 1 can no longer move, so the outer bars should be low. ${percent(sat.share)} of all outputs lie outside ${sat.low} to ${sat.high}. ${verdict}`,
    h('div', {class: 'columns'},
      h('figure', {}, plot({label: 'Histogram of output values', height: 200,
        bars: sat.bins.map((value, i) => ({from: i * bin, to: (i + 1) * bin, value, colour: i === 0 || i === sat.bins.length - 1 ? 1 : 2})),
        x: {min: 0, max: 1, label: 'output value'}, y: {...limits([0, ...sat.bins]), label: 'share of outputs', format: percent}})),
      sat.share > 0 && h('figure', {}, plot({label: 'Share of windows in which each output is saturated', height: 200,
        bars: sat.units.map((value, i) => ({from: i + 0.6, to: i + 1.4, value, colour: 1})),
        x: {min: 0.5, max: sat.units.length + 0.5, label: 'output', ticks: sat.units.length <= 16 ? sat.units.map((_, i) => i + 1).filter(i => i % 2) : undefined},
        y: {min: 0, max: 1, label: 'saturated in', format: percent}}))),
    numbers(table('Each output', ['output', 'saturated in'], sat.units.map((value, i) => [String(i + 1), percent(value)])),
      h('p', {class: 'soft'}, `${count(sat.windows, 'window')}${data.data.kept < data.data.windows ? ', all of incidents and a sample of normal' : ''}.`)));
}
