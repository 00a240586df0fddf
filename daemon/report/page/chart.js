// Line and bar charts in SVG, drawn for the width they have.

const MARGIN = {left: 52, right: 24, top: 22, bottom: 38};

function niceTicks(low, high, wanted) {
  const span = high - low || 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * power).find(candidate => candidate >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; ++i)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

function scale(axis, from, to) {
  const value = axis.log ? Math.log10 : x => x;
  const low = value(axis.min);
  const span = value(axis.max) - low || 1;
  return x => from + (value(axis.log ? Math.max(x, axis.min) : x) - low) / span * (to - from);
}

function ticksOf(axis, room) {
  if (axis.ticks) return axis.ticks;
  if (!axis.log) return niceTicks(axis.min, axis.max, Math.max(3, Math.floor(room)));
  const ticks = [];
  for (let e = Math.round(Math.log10(axis.min)); 10 ** e <= axis.max * 1.001; ++e) ticks.push(10 ** e);
  return ticks;
}

// A figure whose SVG is drawn anew whenever its width changes. draw(svg, width, height).
function responsive(label, height, draw) {
  const svg = s('svg', {role: 'img', 'aria-label': label, height});
  const holder = h('div', {class: 'plot'}, svg);
  let drawn = 0;
  const redraw = () => {
    const width = Math.floor(holder.clientWidth);
    if (width < 40) return;
    drawn = width;
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.replaceChildren();
    draw(svg, width, height);
  };
  new ResizeObserver(() => { if (Math.floor(holder.clientWidth) !== drawn) redraw(); })
    .observe(holder);
  holder.redraw = redraw;
  return holder;
}

function drawAxes(svg, width, height, x, y, options) {
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  for (const tick of ticksOf(options.y, (bottom - MARGIN.top) / 40)) {
    svg.append(s('line', {class: 'grid', x1: MARGIN.left, x2: right, y1: y(tick), y2: y(tick)}),
      s('text', {x: MARGIN.left - 6, y: y(tick) + 4, 'text-anchor': 'end'},
        (options.y.format || figure)(tick)));
  }
  for (const tick of ticksOf(options.x, (right - MARGIN.left) / 70))
    svg.append(s('text', {x: x(tick), y: bottom + 16, 'text-anchor': 'middle'},
      (options.x.format || figure)(tick)));
  svg.append(s('line', {class: 'axis', x1: MARGIN.left, x2: right, y1: bottom, y2: bottom}),
    s('text', {x: 2, y: 12}, options.y.label),
    s('text', {x: right, y: height - 4, 'text-anchor': 'end'}, options.x.label));
}

function pathOf(points, x, y) {
  let path = '';
  let pen = 'M';
  for (const [a, b] of points) {
    if (!known(b)) { pen = 'M'; continue; }
    path += `${pen}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

// options: label, height; x, y: {min, max, label, log, ticks, format}; lines: [{points, colour,
// dash}]; bars: [{from, to, value, colour}]; rules: [{x, text}] upright, or [{points}].
// Returns a figure's holder; its moveCursor(x) puts an upright line there.
function plot(options) {
  let cursorAt = null;
  let place = null;
  let cursor = null;
  const holder = responsive(options.label, options.height || 220, (svg, width, height) => {
    const x = place = scale(options.x, MARGIN.left, width - MARGIN.right);
    const y = scale(options.y, height - MARGIN.bottom, MARGIN.top);
    drawAxes(svg, width, height, x, y, options);
    for (const bar of options.bars || [])
      svg.append(s('rect', {class: `bar-fill f${bar.colour} l${bar.colour}`, x: x(bar.from),
        width: Math.max(0.5, x(bar.to) - x(bar.from)), y: y(bar.value),
        height: Math.max(0, y(options.y.min) - y(bar.value))}));
    (options.rules || []).forEach((rule, i) => drawRule(svg, rule, x, y, width, height, i));
    for (const line of options.lines || []) drawLine(svg, line, x, y);
    cursor = s('line', {class: 'cursor', y1: MARGIN.top, y2: height - MARGIN.bottom});
    svg.append(cursor);
    holder.moveCursor(cursorAt);
  });
  holder.moveCursor = at => {
    cursorAt = at;
    if (!cursor) return;
    cursor.classList.toggle('hidden', at === null);
    if (at === null) return;
    cursor.setAttribute('x1', place(at));
    cursor.setAttribute('x2', place(at));
  };
  return holder;
}

// number: their texts lie one below the other, as two of them may be close.
function drawRule(svg, rule, x, y, width, height, number) {
  if (rule.points) {
    svg.append(s('path', {class: 'rule', d: pathOf(rule.points, x, y)}));
    return;
  }
  const left = x(rule.x) > width / 2;
  svg.append(s('line', {class: 'rule', x1: x(rule.x), x2: x(rule.x), y1: MARGIN.top,
    y2: height - MARGIN.bottom}),
  s('text', {class: 'strong', x: x(rule.x) + (left ? -5 : 5), y: MARGIN.top + 10 + 14 * number,
    'text-anchor': left ? 'end' : 'start'}, rule.text || ''));
}

function drawLine(svg, line, x, y) {
  svg.append(s('path', {class: `curve l${line.colour}`, d: pathOf(line.points, x, y),
    'stroke-dasharray': line.dash}));
  const seen = line.points.filter(point => known(point[1]));
  if (seen.length === 1)
    svg.append(s('circle', {class: `f${line.colour}`, cx: x(seen[0][0]), cy: y(seen[0][1]), r: 3.5}));
}

// Limits with some air for lists of values, some of them unknown.
function limits(values, from = Infinity) {
  const seen = values.filter(known);
  const low = Math.min(from, ...seen);
  const high = Math.max(...seen);
  return {min: low, max: high > low ? high + 0.04 * (high - low) : low + 1};
}
