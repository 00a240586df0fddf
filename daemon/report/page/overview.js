// What the page is of, and the figures to remember.

function heading(data) {
  if (data.kind === 'comparison')
    return h('header', {}, h('h1', {}, 'Losses side by side'),
      h('p', {class: 'soft'}, `${count(data.data.elements, 'element')}, ${clock(data.data.first)} to ` +
        `${clock(data.data.last)} UTC. Each loss trained the same ${data.options.encoder} encoder on the ` +
        `same ${count(data.data.windows, 'window')}, seed ${data.options.seed}, ` +
        `${count(data.options.epochs, 'epoch')}. faultprint ${data.program}.`));
  const model = data.model;
  const trained = known(model.loss)
    ? `, a ${model.encoder} encoder trained with ${model.loss} on ${count(model.windows, 'window')}` : '';
  return h('header', {}, h('h1', {}, 'How the model sees the network'),
    h('p', {class: 'soft'}, `${count(data.data.elements, 'element')}, ${clock(data.data.first)} to ` +
      `${clock(data.data.last)} UTC, ${count(data.data.windows, 'window')} scored. Model ` +
      `${model.fingerprint}${trained}. faultprint ${data.program}.`));
}

function tiles(data) {
  const sum = data.summary;
  const tile = (value, text) => h('div', {class: 'tile'}, h('b', {}, value), h('span', {}, text));
  return h('div', {class: 'tiles'},
    tile(`${sum.named} of ${sum.incidents}`, 'incidents named right'),
    tile(known(sum.median_delay_s) ? duration(sum.median_delay_s) : '–',
      'median from their start to the alarm'),
    tile(String(sum.false_alarms), `false alarms in ${figure(sum.element_hours)} element-hours`),
    tile(figure(sum.macro_f1), 'macro-F1 over all windows: 1 is perfect'));
}

function warnings(data) {
  const list = data.model.warnings || [];
  if (!list.length) return null;
  return h('details', {}, h('summary', {}, `Training warned ${list.length === 1 ? 'once' : `${list.length} times`}`),
    h('ul', {}, list.map(text => h('li', {}, text))));
}
