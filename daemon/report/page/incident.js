// One incident, slot by slot: what moves, what it is like, what is decided.

// KPIs by slots; the window of the current step framed, what is still to come faint.
function heatmap(incident) {
  const steps = incident.steps;
  const row = 20;
  const height = incident.kpis.length * row + 44;
  let at = 0;
  let shade = null;
  const holder = responsive('Deviation of each KPI in each slot', height, (svg, width) => {
    const left = Math.min(170, width * 0.36);
    const cell = (width - left - 4) / steps.length;
    incident.kpis.forEach((name, k) => {
      const most = Math.floor((left - 8) / 7.4);  // characters of the widest font met
      svg.append(s('text', {x: left - 6, y: k * row + 15, 'text-anchor': 'end'},
        name.length > most ? `${name.slice(0, most - 1)}…` : name, s('title', {}, name)));
      steps.forEach((step, i) => {
        const value = step.deviations ? step.deviations[k] : 0;
        svg.append(s('rect', {class: 'cell', x: left + i * cell, y: k * row + 2, width: cell - 1, height: row - 2}));
        if (Math.abs(value) > 0.5)
          svg.append(s('rect', {class: value > 0 ? 'high' : 'low', x: left + i * cell, y: k * row + 2,
            width: cell - 1, height: row - 2, 'fill-opacity': Math.min(1, 0.1 + Math.abs(value) / 9)}));
      });
    });
    const bottom = incident.kpis.length * row + 2;
    const begin = steps.findIndex(step => step.inside);
    if (begin >= 0)
      svg.append(s('line', {class: 'rule', x1: left + begin * cell, x2: left + begin * cell, y1: 0, y2: bottom + 6}),
        s('text', {class: 'strong', x: left + begin * cell, y: bottom + 18, 'text-anchor': 'middle'}, 'begins'));
    steps.forEach((_, i) => {
      if (isGap(steps, i))
        svg.append(s('line', {class: 'rule', 'stroke-dasharray': '1 5', x1: left + i * cell, x2: left + i * cell, y1: 0, y2: bottom + 6}));
    });
    const alarm = alarmStep(incident);
    if (alarm >= 0)
      svg.append(s('text', {class: 'strong', x: left + (alarm + 0.5) * cell, y: bottom + 34, 'text-anchor': 'middle'}, '▲ alarm'));
    const first = s('rect', {class: 'frame'});
    svg.append(first);
    shade = () => {
      const from = steps.findIndex(step => step.slot > steps[at].slot - incident.window);
      for (const [name, value] of Object.entries({x: left + from * cell - 1, y: 1,
        width: (at - from + 1) * cell + 1, height: bottom})) first.setAttribute(name, value);
    };
    shade();
  });
  holder.show = step => { at = step; if (shade) shade(); };
  return holder;
}

function verdictStrip(data, incident) {
  const marks = incident.steps.map(step => h('span', {
    class: step.outcome === FAULT ? 'bad' : step.outcome === UNKNOWN ? 'odd' : '',
    title: `${step.time}: ${verdictName(data, step)}`},
  step.outcome === FAULT ? '!' : step.outcome === UNKNOWN ? '?' : step.outcome === NORMAL ? '·' : ''));
  const root = h('div', {class: 'strip', role: 'img', 'aria-label': 'Verdict of each slot'}, marks);
  root.show = at => {
    const last = new Set(counted(incident.steps, at, ruleAt(incident, at).of));
    marks.forEach((mark, i) => {
      mark.classList.toggle('later', i > at);
      mark.classList.toggle('now', i === at);
      mark.classList.toggle('counted', last.has(i));
    });
  };
  return root;
}

function verdictName(data, step) {
  if (step.outcome === FAULT) return data.classes[step.nearest];
  return ['normal', '', 'unknown', 'not scored'][step.outcome];
}

// How far the window lies from each cluster; the stroke is the cluster's edge.
function distanceBars(data) {
  const most = 6;
  const rows = data.classes.slice(0, data.known).map((name, cls) => {
    const bar = h('i', {class: `b${look(cls, data.normal).colour}`});
    const edge = h('u', {});
    edge.style.left = `${100 / most}%`;
    return {bar, name, value: h('output', {}), track: h('div', {class: 'track'}, bar, edge)};
  });
  const root = h('div', {class: 'bars'}, rows.map(row => [h('span', {}, row.name), row.track, row.value]));
  root.show = step => rows.forEach((row, cls) => {
    const value = step.distances ? step.distances[cls] : null;
    row.bar.style.width = `${known(value) ? Math.min(100, 100 * value / most) : 0}%`;
    row.value.textContent = known(value) ? figure(value, 2) : '–';
  });
  return root;
}

function incidentMap(data, incident) {
  const points = data.embedding.points;
  let at = 0;
  const map = new Scatter({label: 'Path of the incident through the map of all windows', points: points.map(p => p.slice(0, 3)),
    cls: points.map(p => p[3]), normal: data.normal, faint: true, height: 260,
    after: self => {
      const pen = self.pen;
      const path = incident.steps.slice(0, at + 1).filter(step => step.point).map(step => self.project(step.point));
      if (!path.length) return;
      pen.strokeStyle = self.colours.text;
      pen.lineWidth = 1.5;
      pen.beginPath();
      path.forEach(([x, y], i) => pen[i ? 'lineTo' : 'moveTo'](x, y));
      pen.stroke();
      const [x, y] = path[path.length - 1];
      pen.beginPath();
      pen.arc(x, y, 7, 0, 2 * Math.PI);
      pen.fillStyle = self.colours.card;
      pen.fill();
      pen.lineWidth = 3;
      pen.stroke();
      pen.lineWidth = 1;
    }});
  return {root: map.root, show: step => { at = step; map.draw(); }, close: () => map.close()};
}

// One incident's views, and what ends them.
function incidentViews(data, incident) {
  const alarm = alarmStep(incident);
  const say = h('div', {class: 'say', 'aria-live': 'polite'});
  const heat = heatmap(incident);
  const strip = verdictStrip(data, incident);
  const bars = distanceBars(data);
  const map = incidentMap(data, incident);
  const show = (at, played) => {
    const step = incident.steps[at];
    say.setAttribute('aria-live', played ? 'off' : 'polite');  // while it plays, words come too fast
    const scored = step.outcome !== NOT_SCORED;
    say.classList.toggle('alarm', alarm >= 0 && at >= alarm);
    say.replaceChildren(h('p', {}, h('b', {}, `${clock(step.time)}, ${sayWhen(step.after_s)}.`)),
      ...(scored ? [sayMoves(incident, step), sayVerdict(data, incident, step), sayCount(incident, at, alarm)]
        : ['This slot was not scored: the element\'s baseline is still learning, or too much is missing.'])
        .map(text => h('p', {}, text)));
    for (const view of [heat, strip, map]) view.show(at);
    bars.show(step);
  };
  const begin = Math.max(0, incident.steps.findIndex(step => step.inside));
  const controls = player({what: 'Slot of the incident', count: incident.steps.length,
    start: alarm >= 0 ? alarm : begin, every: 900, show,
    text: at => `slot ${at + 1} of ${incident.steps.length}`});
  const [raise, unnamed] = [incident.raise, incident.raise_unknown].map(([m, n]) => `${m} of ${n}`);
  const content = [h('p', {}, sayAlarm(incident, alarm)),
    controls, say,
    h('figure', {}, heat, h('figcaption', {}, `The ${incident.kpis.length} of ${incident.all_kpis} KPIs that move most, a column each ${figure(incident.period_s)} s: orange above, blue below the element's own usual level; full colour is 9 scales. The frame is the window that is judged.${leftOut(incident.steps)}`)),
    h('div', {class: 'columns'},
      h('div', {}, h('h3', {}, 'Distance to each cluster'), bars,
        h('p', {class: 'note'}, 'In radii: left of the stroke it is as near as windows usually are to their own cluster.'),
        h('h3', {}, 'Verdicts'), strip,
        h('p', {class: 'note'}, `! fault, ? unknown, · normal. The underlined are counted: ${raise} raise an alarm, ${unnamed} where most of them are unknown.`)),
      h('figure', {}, map.root, h('figcaption', {}, 'The window\'s way across the map of all windows (the 2-D picture below).'))),
    numbers(table('Each slot', ['time', 'verdict', 'nearest', 'p-value', ...data.classes.slice(0, data.known).map(name => `to ${name}`)],
      incident.steps.map(step => [clock(step.time), verdictName(data, step),
        known(step.nearest) ? data.classes[step.nearest] : '–', step.p_value ?? '–',
        ...data.classes.slice(0, data.known).map((_, c) => step.distances ? step.distances[c] : '–')])))];
  return {content, close: () => { controls.pause(); map.close(); }};
}

function incidentPart(data) {
  if (!data.incidents) return null;
  const {list, ...common} = data.incidents;
  const name = h('span', {});
  const body = h('div', {});
  let views = null;
  const open = at => {
    if (views) views.close();
    const incident = {...common, ...list[at], typical: at === common.typical};
    name.textContent = incidentName(incident);
    views = incidentViews(data, incident);
    body.replaceChildren(...views.content);
  };
  const choice = h('select', {onchange: () => open(choice.selectedIndex)}, list.map((incident, i) =>
    h('option', {selected: i === common.typical}, `${incidentName(incident)}, ${clock(incident.start)}: ${sayOutcome(incident)}`)));
  open(common.typical);
  const note = sayChoice(data.incidents);
  return part('incident', ['One incident, step by step: ', name],
    'Press play and watch the KPIs leave their usual level, the window move to its fault, and the verdicts add up to an alarm.',
    list.length > 1 && h('label', {class: 'choice'}, 'Incident', choice), note && h('p', {class: 'note'}, note), body);
}
