// Where every window lies, in two and in three dimensions.

function embeddingPart(data) {
  const map = data.embedding;
  const points = map.points;
  const outcomes = ['normal', 'fault', 'unknown', 'not scored'];
  const tip = i => {
    const [, , , truth, element, time, outcome, nearest] = points[i];
    const verdict = outcome === FAULT ? data.classes[nearest] : outcomes[outcome];
    return `${data.elements[element]}, ${clock(time)}: really ${data.classes[truth]}, called ${verdict}`;
  };
  const axes = map.explained.map((share, k) => `${['1st', '2nd', '3rd'][k]} component, ${percent(share)}`);
  const common = {points: points.map(p => p.slice(0, 3)), cls: points.map(p => p[3]), normal: data.normal, tip, axes,
    discs: map.clusters.map((cluster, cls) => ({cls, radius: cluster.radius, centres: cluster.references}))};
  const flat = new Scatter({...common, label: 'Embeddings of windows in 2-D, with clusters'});
  const deep = new Scatter({...common, label: 'Embeddings of windows in 3-D, with clusters; arrow keys turn it', turns: true});
  const share = n => percent(map.explained.slice(0, n).reduce((a, b) => a + b, 0));
  const some = map.shown < map.windows ? ` ${count(map.shown, 'window')} of ${map.windows.toLocaleString('en')} are drawn, the same number of each label where it has so many.` : '';
  return part('embedding', 'Where each window lies',
    'Each mark is one window, coloured by what really was: the same faults should sit together in their shaded cluster, away from other faults and from normal.',
    legend(data.classes, data.normal, (cls, on) => { flat.toggle(cls, on); deep.toggle(cls, on); }),
    h('div', {class: 'columns'},
      h('figure', {}, flat.root, h('figcaption', {}, `In 2-D: ${share(2)} of the variance of ${map.width} values.`)),
      h('figure', {}, deep.root, deep.buttons(), h('figcaption', {}, `In 3-D: ${share(3)}. Drag it, or use the buttons or arrow keys.`))),
    h('p', {class: 'note'}, `The shaded shapes are the clusters' reach: all that lies within one radius of one of a cluster's references. They are true shadows: a ball of ${map.width} dimensions casts a disc of its own radius. Where shadows overlap, the clusters themselves need not. Marks never look farther apart than they are.${some}`),
    numbers(
      map.spread && h('p', {}, `Mean distance of a window to its own label's mean ${figure(map.spread.tightness)} (each label counts the same); nearest two label means ${figure(map.spread.separation)} apart: ${figure(map.spread.ratio)} times as far apart as wide.`),
      table('Clusters of the model', ['cluster', 'radius', 'references', 'training windows', 'incidents'],
        map.clusters.map((c, cls) => [data.classes[cls], c.radius, c.references.length, c.windows, c.incidents])),
      h('p', {class: 'soft'}, `A window's distance is the mean to its ${map.clusters[0].nearest} nearest references. Training gives all its clusters one radius: the mean over the labels of what 95 % of a label's own windows stay within, when their incident has no part in the references.`)));
}
