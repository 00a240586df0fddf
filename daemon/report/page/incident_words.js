// What is said of an incident, and of each of its steps.

const NORMAL = 0, FAULT = 1, UNKNOWN = 2, NOT_SCORED = 3;  // outcomes

const abnormal = step => step.outcome === FAULT || step.outcome === UNKNOWN;

// Slots are left out between a step and the one before.
const isGap = (steps, i) => i > 0 && steps[i].slot > steps[i - 1].slot + 1;

// Places of the last `of` scored steps up to one, it included.
function counted(steps, at, of) {
  const places = [];
  for (let i = at; i >= 0 && places.length < of; --i) {
    if (steps[i].outcome !== NOT_SCORED) places.push(i);
    if (isGap(steps, i)) break;
  }
  return places;
}

// By which m of n an alarm would be raised here: one without a name has its own.
function ruleAt(incident, at) {
  const places = counted(incident.steps, at, incident.raise[1]);
  const bad = places.filter(i => abnormal(incident.steps[i]));
  const unknown = bad.filter(i => incident.steps[i].outcome === UNKNOWN);
  return 2 * unknown.length > bad.length
    ? {unnamed: true, needed: incident.raise_unknown[0], of: incident.raise_unknown[1]}
    : {unnamed: false, needed: incident.raise[0], of: incident.raise[1]};
}

function alarmStep(incident) {
  const steps = incident.steps;
  const after = known(incident.delay_s) ? incident.delay_s : incident.alarms.length ? incident.alarms[0].after_s : null;
  return after === null ? -1 : steps.findIndex(step => step.after_s >= after - 1e-6);
}

function sayWhen(after) {
  if (Math.abs(after) < 0.5) return 'as the incident begins';
  return after < 0 ? `${duration(after)} before the incident begins` : `${duration(after)} into the incident`;
}

function sayMoves(incident, step) {
  const moved = step.deviations.map((value, k) => [value, incident.kpis[k]])
    .filter(([value]) => Math.abs(value) > 2)
    .sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 3);
  if (!moved.length) return 'No KPI is more than 2 scales from its usual level in this slot.';
  return `${moved.map(([value, name]) =>
    `${name} is ${figure(Math.abs(value), 2)} scales ${value > 0 ? 'above' : 'below'} its usual level`).join(', ')}.`;
}

function sayVerdict(data, incident, step) {
  const name = data.classes[step.nearest];
  const others = data.normal === step.nearest ? '' :
    `, and ${figure(step.distances[data.normal], 2)} from normal`;
  const place = `The last ${incident.window} slots together lie ${figure(step.distances[step.nearest], 2)} radii from ${name}${others}.`;
  const p = `p = ${figure(step.p_value, 2)}`;
  switch (step.outcome) {
    case UNKNOWN:
      return step.unfamiliar ? `${place} That would be normal, but its KPIs do what they did in no window of training (${p}): unknown.`
        : `${place} Nothing known is like it (${p}): unknown.`;
    case FAULT:
      return `${place} So it is called ${name}.`;
    default:
      if (step.calm) return 'Little has moved for some slots, so the window is called normal, whatever it lies near.';
      return step.nearest === data.normal ? `${place} So it is normal.`
        : `${place} That is too far, or too little nearer than normal: normal.`;
  }
}

function sayCount(incident, at, alarm) {
  if (alarm >= 0 && at > alarm) return 'The alarm stands.';
  const {unnamed, needed, of} = ruleAt(incident, at);
  const bad = counted(incident.steps, at, of).filter(i => abnormal(incident.steps[i])).length;
  const so = `${bad} of the last ${of} verdicts are not normal`;
  if (at === alarm) {
    const type = known(incident.delay_s) ? incident.fault_type : incident.alarms[0].fault_type;
    return `${so}: the alarm ${type} is raised.`;
  }
  return unnamed ? `${so}, most of them unknown; an alarm without a name needs ${needed}.`
    : `${so}; an alarm needs ${needed}.`;
}

const incidentName = incident => `${incident.fault_type} on ${incident.element}`;

function sayOutcome(incident) {
  if (known(incident.delay_s)) return `named after ${duration(incident.delay_s)}`;
  return incident.alarms.length ? `called ${incident.alarms[0].fault_type}` : 'no alarm';
}

function sayAlarm(incident, alarm) {
  const after = incident.alarms.length && duration(incident.alarms[0].after_s);
  const told = known(incident.delay_s)
    ? `The alarm names it ${duration(incident.delay_s)} after it begins${incident.typical ? ': the median of all that were named' : ''}.`
    : incident.alarms.length ? `The alarm, ${after} after it begins, calls it ${incident.alarms[0].fault_type}.` : 'No alarm is raised.';
  return alarm < 0 && incident.alarms.length ? `${told} That is later than what is kept of it here.` : told;
}

function leftOut(steps) {
  const gap = steps.findIndex((_, i) => isGap(steps, i));
  return gap < 0 ? '' : ` At the dotted line ${count(steps[gap].slot - steps[gap - 1].slot - 1, 'slot')} are left out.`;
}

function sayChoice({list, seen, kept}) {
  if (list.length >= seen) return '';
  const first = kept < seen ? `, out of the first ${kept.toLocaleString('en')} in the history` : '';
  return `${list.length.toLocaleString('en')} of ${count(seen, 'incident')} on an element can be chosen${first}: of each fault type those that no alarm names, then the slowest.`;
}
