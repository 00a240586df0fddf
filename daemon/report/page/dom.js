// Elements and numbers. Names in the data are other people's text: they become text nodes and
// attributes, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}

const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

const known = value => value !== null && value !== undefined;

// Three significant digits, plain for people.
function figure(value, digits = 3) {
  if (!known(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size < 0.001) return value.toExponential(1);
  return String(Number(value.toPrecision(digits)));
}

function percent(share) {
  if (!known(share)) return '–';
  const value = 100 * share;
  if (value > 0 && value < 0.1) return 'under 0.1 %';
  return `${value >= 10 ? Math.round(value) : Number(value.toFixed(1))} %`;
}

const count = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

function duration(seconds) {
  const size = Math.round(Math.abs(seconds));
  if (size < 120) return `${size} s`;
  if (size < 7200) return `${Math.round(size / 60)} min`;
  return `${Math.round(size / 3600)} h`;
}

// In which unit a span of so many seconds is read best.
function timeUnit(seconds) {
  const size = Math.abs(seconds);
  if (size < 900) return {name: 'seconds', seconds: 1};
  if (size < 3 * 3600) return {name: 'minutes', seconds: 60};
  if (size < 3 * 86400) return {name: 'hours', seconds: 3600};
  return {name: 'days', seconds: 86400};
}

// "2017-08-04 17:24:45", UTC, of RFC 3339 text or seconds since 1970.
function clock(time) {
  const text = typeof time === 'number' ? new Date(time * 1000).toISOString() : time;
  return text.slice(0, 19).replace('T', ' ');
}

// One part of the page: what it is, what to look at, its pictures, and the numbers behind them.
function part(id, title, look, ...content) {
  return h('section', {id, 'aria-labelledby': `${id}-title`}, h('h2', {id: `${id}-title`}, title),
    h('p', {class: 'look'}, look), content);
}

const numbers = (...content) => h('details', {}, h('summary', {}, 'The numbers'), content);

// rows: lists of cells; those that are numbers stand to the right.
function table(caption, heads, rows) {
  const cell = (tag, value) => typeof value === 'number'
    ? h(tag, {class: 'n'}, figure(value)) : h(tag, {}, known(value) ? value : '–');
  const right = rows.length ? rows[0].map(value => typeof value === 'number') : [];
  return h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption},
    h('table', {}, h('caption', {class: 'soft'}, caption),
      h('thead', {}, h('tr', {}, heads.map((head, i) =>
        h('th', {scope: 'col', class: right[i] && 'n'}, head)))),
      h('tbody', {}, rows.map(row => h('tr', {}, row.map(value => cell('td', value)))))));
}
