// Play, pause, one step back or on, and a slider over steps 0 .. count - 1. Nothing plays before
// the reader asks for it.

// options: what: the steps' name; count; start; text(step); show(step, played); every: ms.
function player(options) {
  let now = options.start || 0;
  let timer = null;
  const last = options.count - 1;
  const play = h('button', {type: 'button', class: 'main play', onclick: () => {
    if (timer) return pause();
    if (now === last) go(0, false);
    timer = setInterval(() => {
      go(now + 1, true);
      if (now === last) pause();
    }, options.every);
    play.textContent = '❚❚ Pause';
  }}, '▶ Play');
  const pause = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = '▶ Play';
  };
  const step = by => { pause(); go(now + by, false); };
  const slider = h('input', {type: 'range', min: 0, max: last, step: 1, value: now,
    'aria-label': options.what, oninput: () => { pause(); go(Number(slider.value), false); }});
  const output = h('output', {});
  const go = (to, played) => {
    now = Math.max(0, Math.min(last, to));
    slider.value = now;
    slider.setAttribute('aria-valuetext', options.text(now));
    output.textContent = options.text(now);
    root.dataset.step = now;
    options.show(now, played);
  };
  const root = h('div', {class: 'player', role: 'group', 'aria-label': options.what},
    play, h('button', {type: 'button', class: 'back', 'aria-label': 'One back', onclick: () => step(-1)}, '◀'),
    h('button', {type: 'button', class: 'on', 'aria-label': 'One on', onclick: () => step(1)}, '▶'), slider, output);
  root.pause = pause;
  go(now, false);
  return root;
}
