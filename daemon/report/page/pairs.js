// Incidents that are easily taken for each other, with the KPIs of both.

function pairCharts(pair, data) {
  const cls = side => data.classes.indexOf(side.fault_type);
  const drawn = [pair.a, pair.b].map((side, i) => ({side,
    colour: pair.kind === 'unlike' ? [2, 1][i] : look(cls(side), data.normal).colour, dash: DASHES[i]}));
  const times = drawn.flatMap(({side}) => side.curves.map(row => row[0]));
  const key = lineLegend(drawn.map(({side, colour, dash}) => ({colour, dash,
    name: `${side.fault_type} on ${side.element}, ${clock(side.start)}`})));
  if (!times.length) return key;
  const unit = timeUnit(Math.max(...times) - Math.min(...times));
  const charts = pair.kpis.map((name, k) => h('figure', {}, h('h3', {}, name), plot({
    label: `${name} in both incidents`, height: 150,
    x: {...limits(times.map(time => time / unit.seconds)), label: `${unit.name} from its start`},
    y: {...limits([-1, 1, ...drawn.flatMap(({side}) => side.curves.map(row => row[k + 1]))]), label: 'scales from usual'},
    lines: drawn.map(({side, colour, dash}) => ({colour, dash, points: side.curves.map(row => [row[0] / unit.seconds, row[k + 1]])})),
    rules: [{x: 0}]})));
  return [key, h('div', {class: 'columns'}, charts)];
}

function pairPart(data) {
  const pairs = data.pairs;
  const taken = side => `${side.taken_for_other} of ${side.windows}`;
  const blocks = pairs.list.map(pair => h('div', {class: 'pair'}, h('h3', {},
    pair.kind === 'alike' ? `Two faults, and nearest to each other: ${pair.a.fault_type} and ${pair.b.fault_type}, ${figure(pair.distance)} apart`
      : `Twice the same fault, and farthest from each other: ${pair.a.fault_type}, ${figure(pair.distance)} apart`),
  pair.kind === 'alike' && h('p', {class: 'soft'}, `Windows of the first nearest to the second's type: ${taken(pair.a)}; the other way: ${taken(pair.b)}.`),
  pairCharts(pair, data)));
  const typical = `Typical: ${figure(pairs.typical_same)} between two incidents of one fault, ${figure(pairs.typical_different)} between two faults.`;
  if (!blocks.length)
    return part('pairs', 'Which incidents look alike', 'Too few incidents moved any KPI to compare two of them.');
  return part('pairs', 'Which incidents look alike',
    `Look at whether the two lines of a chart go the same way: where they do, the KPIs themselves do not tell these two faults apart, and another KPI might. ${typical}`,
    blocks,
    numbers(table('Pairs', ['first', 'second', 'distance', 'first taken for second', 'second taken for first'],
      pairs.list.map(pair => [...[pair.a, pair.b].map(side => `${side.fault_type} on ${side.element}, ${clock(side.start)}`),
        pair.distance, ...(pair.kind === 'alike' ? [taken(pair.a), taken(pair.b)] : ['–', '–'])])),
    h('p', {class: 'soft'}, 'An incident\'s place is the mean embedding of its windows in which something moves; each incident is in one pair of a kind at most.'),
    pairs.seen > pairs.incidents && h('p', {class: 'soft'}, `Of ${count(pairs.seen, 'incident')} on an element the first ${pairs.incidents.toLocaleString('en')} in the history are compared.`)));
}
