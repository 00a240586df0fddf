// Colours and shapes of classes. Canvases read the colours that the style sheet has for the
// reader's theme, and are drawn anew when that changes.

const COLOURS = 8;
const redraws = new Set();
const calm = matchMedia('(prefers-reduced-motion: reduce)');

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const redraw of redraws) redraw();
});

// 0 is normal's own; further classes share the others in turn, with another shape.
function look(cls, normal) {
  if (cls === normal) return {colour: 0, shape: 0};
  const place = cls < normal ? cls : cls - 1;
  return {colour: 1 + place % (COLOURS - 1), shape: 1 + place % (SHAPES.length - 1)};
}

function palette() {
  const style = getComputedStyle(document.documentElement);
  const read = name => style.getPropertyValue(name).trim();
  return {
    classes: Array.from({length: COLOURS}, (_, i) => read(`--c${i}`)),
    text: read('--text'), soft: read('--soft'), line: read('--line'), card: read('--card'),
  };
}

// Each adds a closed path of about the same area around (x, y).
const SHAPES = [
  (path, x, y, r) => { path.moveTo(x + r, y); path.arc(x, y, r, 0, 2 * Math.PI); },
  (path, x, y, r) => polygon(path, x, y, 1.35 * r, 3, -Math.PI / 2),
  (path, x, y, r) => polygon(path, x, y, 1.25 * r, 4, Math.PI / 4),
  (path, x, y, r) => polygon(path, x, y, 1.3 * r, 4, 0),
  (path, x, y, r) => star(path, x, y, 1.5 * r),
  (path, x, y, r) => polygon(path, x, y, 1.35 * r, 3, Math.PI / 2),
  (path, x, y, r) => polygon(path, x, y, 1.15 * r, 6, 0),
];

function polygon(path, x, y, r, corners, turn) {
  for (let i = 0; i < corners; ++i) {
    const angle = turn + 2 * Math.PI * i / corners;
    path[i ? 'lineTo' : 'moveTo'](x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  path.closePath();
}

function star(path, x, y, r) {
  for (let i = 0; i < 10; ++i) {
    const angle = -Math.PI / 2 + Math.PI * i / 5;
    const reach = i % 2 ? r / 2.2 : r;
    path[i ? 'lineTo' : 'moveTo'](x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  path.closePath();
}

// The marker of a class as a small picture, for legends.
function marker(cls, normal) {
  const {colour, shape} = look(cls, normal);
  const steps = [];
  const path = {
    moveTo: (x, y) => steps.push(`M${x.toFixed(2)} ${y.toFixed(2)}`),
    lineTo: (x, y) => steps.push(`L${x.toFixed(2)} ${y.toFixed(2)}`),
    arc: (x, y, r) => steps.push(`A${r} ${r} 0 1 1 ${x - r} ${y}A${r} ${r} 0 1 1 ${x + r} ${y}`),
    closePath: () => steps.push('Z'),
  };
  SHAPES[shape](path, 8, 8, 5);
  return s('svg', {width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true'},
    s('path', {d: steps.join(''), class: `f${colour}`}));
}

// The classes with their markers. toggle(cls, on): with it they are buttons.
function legend(classes, normal, toggle) {
  return h('ul', {class: 'legend'}, classes.map((name, cls) => {
    if (!toggle) return h('li', {}, marker(cls, normal), name);
    const button = h('button', {type: 'button', 'aria-pressed': 'true', onclick: () => {
      const on = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', on);
      toggle(cls, on);
    }}, marker(cls, normal), name);
    return h('li', {}, button);
  }));
}

const DASHES = [null, '7 4', '2 3', '10 3 2 3'];

// A line's colour and dashes, for legends of line charts.
const sample = (colour, dash) => s('svg', {width: 30, height: 12, 'aria-hidden': 'true'},
  s('line', {x1: 1, y1: 6, x2: 29, y2: 6, class: `curve l${colour}`, 'stroke-dasharray': dash}));

const lineLegend = entries => h('ul', {class: 'legend'}, entries.map(entry =>
  h('li', {}, sample(entry.colour, entry.dash), entry.name)));
