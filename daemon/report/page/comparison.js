// Losses side by side: the same windows under each, epoch by epoch.

const LOSSES = {
  'lossless-ln': 'Lossless triplet loss (ln)', 'lossless-linear': 'Lossless triplet loss (linear)',
  triplet: 'Triplet loss with a hinge', contrastive: 'Contrastive loss', 'bce-l1': 'Cross-entropy on an L1 head',
  'contrastive-l1': 'Contrastive loss, weighted L1', 'exp-manhattan': 'Manhattan similarity', 'exp-cosine': 'Cosine similarity',
};

// Thousandths, flat, to points.
const unpack = positions => Array.from({length: positions.length / 3}, (_, i) =>
  [positions[3 * i] / 1000, positions[3 * i + 1] / 1000, positions[3 * i + 2] / 1000]);

// A hinge is done where hardly a triplet is open any more.
const doneAt = course => course.epochs.findIndex((epoch, i) => i > 0 && epoch.active <= 0.02);

const ratioOf = (course, at) => { const spread = course.epochs[at].learned; return spread && spread.ratio; };

function story(data) {
  const last = data.courses[0].epochs.length - 1;
  const unseen = end => end.kept_out
    ? ` Of incidents kept out of training: ${figure(end.kept_out.ratio)} times.` : '';
  const said = data.courses.map(course => {
    const end = course.epochs[last];
    const now = `${figure(ratioOf(course, last))} times as far apart as wide`;
    if (!course.hinge) return `${LOSSES[course.loss]}: in the last epoch the labels are ${now} (epoch 1: ${figure(ratioOf(course, Math.min(1, last)))}).${unseen(end)}`;
    const done = doneAt(course);
    if (done < 0) return `${LOSSES[course.loss]}: in the last epoch ${percent(end.active)} of its triplets still teach it; the labels are ${now}.${unseen(end)}`;
    return `${LOSSES[course.loss]}: from epoch ${done} on at most ${percent(course.epochs[done].active)} of its triplets teach it anything (loss ${figure(course.epochs[done].loss)}); its labels were then ${figure(ratioOf(course, done))} and are in the last epoch ${now}.${unseen(end)}`;
  });
  return said.map(text => h('p', {class: 'look'}, text));
}

function coursePanel(data, course, extent) {
  const shown = course.epochs.map(epoch => unpack(epoch.positions));
  const scatter = new Scatter({label: `Embeddings under ${LOSSES[course.loss]}; arrow keys turn it`, turns: true, points: shown[0],
    cls: data.points.map(p => p[0]), hollow: data.points.map(p => p[3] === 1), normal: data.normal,
    tip: i => `${data.elements[data.points[i][1]]}, ${clock(data.points[i][2])}: ${data.classes[data.points[i][0]]}${data.points[i][3] ? ', kept out' : ''}`});
  scatter.centre = extent.centre(shown);
  scatter.half = [extent.reach, extent.reach, extent.reach];
  scatter.view = {yaw: 0, pitch: 0};
  const values = course.epochs.map(epoch => epoch.loss);
  const last = course.epochs.length - 1;
  const loss = plot({label: `Loss of ${LOSSES[course.loss]} by epoch`, height: 170,
    x: {min: 0, max: Math.max(1, last), label: 'epoch'}, y: {...limits([0, ...values]), label: 'loss'},
    lines: [{colour: 2, points: values.map((value, i) => [i, value])}], rules: []});
  const figures = h('div', {class: 'figures'});
  let frame = 0;
  const show = (at, played) => {
    const epoch = course.epochs[at];
    const spread = epoch.learned || {};
    const one = (name, value) => h('div', {}, h('b', {}, value), name);
    figures.replaceChildren(one('loss', figure(epoch.loss)), course.hinge && at > 0 ? one('triplets open', percent(epoch.active)) : '',
      one('wide (tightness)', figure(spread.tightness)), one('apart (separation)', figure(spread.separation)),
      one('apart / wide', figure(spread.ratio)), epoch.kept_out ? one('the same, kept out', figure(epoch.kept_out.ratio)) : '');
    loss.moveCursor(at);
    cancelAnimationFrame(frame);
    if (played && !calm.matches) return glide(shown[at - 1], shown[at]);
    scatter.points = shown[at];
    scatter.draw();
  };
  const glide = (from, to) => {
    const began = performance.now();
    const move = now => {
      const share = Math.max(0, Math.min(1, (now - began) / 400));
      scatter.points = to.map((point, i) => point.map((value, k) => from[i][k] + share * (value - from[i][k])));
      scatter.draw();
      if (share < 1) frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
  };
  const share = percent(course.explained.slice(0, 2).reduce((a, b) => a + b, 0));
  const root = h('figure', {}, h('h3', {}, LOSSES[course.loss]), scatter.root,
    h('figcaption', {}, `Flat view: ${share} of the last epoch's variance of ${course.width} values.`), figures, loss);
  return {root, show, scatter};
}

// One scale for all, so that wide and far can be compared by eye.
function commonExtent(data) {
  const middle = shown => {
    const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    for (const point of shown.flat()) point.forEach((v, k) => { low[k] = Math.min(low[k], v); high[k] = Math.max(high[k], v); });
    return low.map((v, k) => (v + high[k]) / 2);
  };
  let reach = 0;
  for (const course of data.courses) {
    const shown = course.epochs.map(epoch => unpack(epoch.positions));
    const centre = middle(shown);
    for (const point of shown.flat()) reach = Math.max(reach, Math.hypot(point[0] - centre[0], point[1] - centre[1]));
  }
  return {reach: reach || 1, centre: middle};
}

function spreadChart(data, key, label) {
  const style = i => ({colour: [2, 1, 3, 4][i % 4], dash: DASHES[i % 4]});
  const lines = data.courses.map((course, i) => ({...style(i), points: course.epochs.map((epoch, at) => [at, epoch.learned && epoch.learned[key]])}));
  const last = data.courses[0].epochs.length - 1;
  return plot({label, height: 200, lines, x: {min: 0, max: Math.max(1, last), label: 'epoch'},
    y: {...limits([0, ...lines.flatMap(line => line.points.map(point => point[1]))]), label}});
}

function comparisonPart(data) {
  const last = data.courses[0].epochs.length - 1;
  const extent = commonExtent(data);
  const panels = data.courses.map(course => coursePanel(data, course, extent));
  const charts = [['tightness', 'wide: mean distance to own mean'], ['separation', 'apart: nearest two means'], ['ratio', 'apart / wide']]
    .map(([key, label]) => spreadChart(data, key, label));
  const controls = player({what: 'Epoch', count: last + 1, start: last, every: 800, text: at => at ? `epoch ${at} of ${last}` : 'before training',
    show: (at, played) => { for (const panel of panels) panel.show(at, played); for (const chart of charts) chart.moveCursor(at); }});
  const names = lineLegend(data.courses.map((course, i) => ({name: LOSSES[course.loss], colour: [2, 1, 3, 4][i % 4], dash: DASHES[i % 4]})));
  const cells = (spread, key) => spread ? spread[key] ?? '–' : '–';
  const hollow = data.points.some(point => point[3]) ? ' Filled marks taught the network; hollow ones are of incidents kept out, which it never saw.' : '';
  return [part('comparison', 'The same windows under each loss',
    'Press play: each label should shrink to a small heap of its own, far from the others. All pictures have one scale.',
    controls, legend(data.classes, data.normal, (cls, on) => panels.forEach(panel => panel.scatter.toggle(cls, on))),
    h('div', {class: 'columns'}, panels.map(panel => panel.root)),
    h('p', {class: 'note'}, `${count(data.points.length, 'window')}, as many of each label where it has so many.${hollow} Each loss has one projection, the principal components of its last epoch; drag a picture, or use the arrow keys, to turn it.`)),
  part('spread', 'How tight, how far apart', 'Watch the third chart: once a loss has nothing left to teach, its line stays where it is; the line of one that goes on tightening goes on rising.',
    story(data), names, h('div', {class: 'columns'}, charts.map(chart => h('figure', {}, chart))),
    h('p', {class: 'note'}, 'Wide (tightness): the mean distance of a window to its own label\'s mean, every label counting the same. Apart (separation): the distance of the two nearest label means. Over the windows drawn above that taught the network.'),
    numbers(data.courses.map(course => table(LOSSES[course.loss], ['epoch', 'loss', ...(course.hinge ? ['triplets open'] : []), 'tightness', 'separation', 'apart / wide', 'the same, kept out'],
      course.epochs.map((epoch, at) => [String(at), epoch.loss ?? '–', ...(course.hinge ? [at ? percent(epoch.active) : '–'] : []), cells(epoch.learned, 'tightness'), cells(epoch.learned, 'separation'), cells(epoch.learned, 'ratio'), cells(epoch.kept_out, 'ratio')])))))];
}
