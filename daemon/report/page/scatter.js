// Points of up to three components on a canvas, with clusters' reaches; to be turned where asked.

const ISO = {yaw: -0.6, pitch: 0.45};

class Scatter {
  // options: label; points: [[x, y, z]...]; cls: class of each; normal; hollow: of each, may be
  // missing; discs: [{cls, radius, centres}]; turns; tip(i): text; height; axes: texts; faint.
  constructor(options) {
    this.options = options;
    this.points = options.points;
    this.off = new Set();
    this.view = options.turns ? {...ISO} : {yaw: 0, pitch: 0};
    this.canvas = h('canvas', {role: 'img', 'aria-label': options.label,
      tabindex: options.turns ? 0 : null});
    this.tip = h('div', {class: 'tip', hidden: true});
    this.root = h('div', {class: `canvas${options.turns ? ' turns' : ''}`}, this.canvas, this.tip);
    this.fit(options.fitTo || this.points);
    this.redraw = () => this.draw();
    redraws.add(this.redraw);
    new ResizeObserver(() => { if (this.root.clientWidth !== this.drawnAt) this.draw(); })
      .observe(this.root);
    this.canvas.addEventListener('pointermove', event => this.hover(event));
    this.canvas.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    if (options.turns) this.listen();
  }

  // It is no longer part of the page.
  close() { redraws.delete(this.redraw); }

  // What must be seen: all points, and the reach of all clusters.
  fit(points) {
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    const see = (point, reach) => {
      for (let k = 0; k < 3; ++k) {
        low[k] = Math.min(low[k], point[k] - reach);
        high[k] = Math.max(high[k], point[k] + reach);
      }
    };
    for (const point of points) see(point, 0);
    for (const disc of this.options.discs || [])
      for (const centre of disc.centres) see(centre, disc.radius);
    this.centre = low.map((value, k) => (value + high[k]) / 2);
    this.half = low.map((value, k) => Math.max((high[k] - value) / 2, 1e-6));
    if (this.options.turns) {
      const ball = Math.max(...points.map(p => Math.hypot(...p.map((v, k) => v - this.centre[k]))));
      this.half = [ball, ball, ball];
    }
  }

  listen() {
    let last = null;
    this.canvas.addEventListener('pointerdown', event => {
      last = [event.clientX, event.clientY];
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointermove', event => {
      if (!last) return;
      this.turn((event.clientX - last[0]) / 130, (event.clientY - last[1]) / 130);
      last = [event.clientX, event.clientY];
    });
    for (const end of ['pointerup', 'pointercancel'])
      this.canvas.addEventListener(end, () => { last = null; });
    const keys = {ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, -0.15], ArrowDown: [0, 0.15]};
    this.canvas.addEventListener('keydown', event => {
      if (!keys[event.key]) return;
      event.preventDefault();
      this.turn(...keys[event.key]);
    });
  }

  turn(yaw, pitch) {
    this.view.yaw += yaw;
    this.view.pitch = Math.max(-Math.PI / 2, Math.min(Math.PI / 2, this.view.pitch + pitch));
    this.draw();
  }

  buttons() {
    const button = (text, what) => h('button', {type: 'button', onclick: what}, text);
    return h('div', {class: 'buttons', role: 'group', 'aria-label': 'Turn the picture'},
      button('↺ left', () => this.turn(-0.3, 0)), button('↻ right', () => this.turn(0.3, 0)),
      button('↑ up', () => this.turn(0, -0.3)), button('↓ down', () => this.turn(0, 0.3)),
      button('Start view', () => { this.view = {...ISO}; this.draw(); }));
  }

  // [x, y, depth] on the canvas; components 1 and 2 as they are where nothing is turned.
  project(point) {
    const [x, y, z] = point.map((value, k) => value - this.centre[k]);
    const {yaw, pitch} = this.view;
    const across = x * Math.cos(yaw) + z * Math.sin(yaw);
    const deep = z * Math.cos(yaw) - x * Math.sin(yaw);
    const up = y * Math.cos(pitch) - deep * Math.sin(pitch);
    return [this.middle[0] + across * this.zoom, this.middle[1] - up * this.zoom,
      y * Math.sin(pitch) + deep * Math.cos(pitch)];
  }

  draw() {
    const width = this.root.clientWidth - 2;
    if (width < 40) return;
    this.drawnAt = this.root.clientWidth;
    const height = Math.round(this.options.height || Math.min(420, width * 0.8));
    const ratio = window.devicePixelRatio || 1;
    this.size = [width, height];
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    const pen = this.pen = this.canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.colours = palette();
    this.middle = [width / 2, height / 2];
    this.zoom = Math.min((width / 2 - 14) / this.half[0], (height / 2 - 20) / this.half[1]);
    for (const disc of this.options.discs || []) if (!this.off.has(disc.cls)) this.drawReach(disc, ratio);
    this.drawAxes();
    this.drawPoints();
    if (this.options.after) this.options.after(this);
  }

  // The shadow of all balls of one cluster as one shape: filled, with an outline.
  drawReach(disc, ratio) {
    const colour = this.colours.classes[look(disc.cls, this.options.normal).colour];
    const sheet = document.createElement('canvas');
    sheet.width = this.canvas.width;
    sheet.height = this.canvas.height;
    const pen = sheet.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = colour;
    const balls = grow => {
      pen.beginPath();
      for (const centre of disc.centres) {
        const [x, y] = this.project(centre);
        pen.moveTo(x, y);
        pen.arc(x, y, Math.max(0.1, disc.radius * this.zoom + grow), 0, 2 * Math.PI);
      }
      pen.fill();
    };
    const put = alpha => {
      this.pen.globalAlpha = alpha;
      this.pen.drawImage(sheet, 0, 0, ...this.size);
      this.pen.globalAlpha = 1;
    };
    const share = Math.min(1, 6 / this.options.discs.length);  // many of them must not hide the marks
    balls(0);
    put(0.14 * share);
    balls(1.4);
    pen.globalCompositeOperation = 'destination-out';
    balls(0);
    put(0.8 * share);
  }

  drawAxes() {
    const {pen, colours} = this;
    pen.font = '12px system-ui, sans-serif';
    pen.fillStyle = colours.soft;
    pen.strokeStyle = colours.line;
    const axes = this.options.axes || [];
    if (!this.options.turns) {
      pen.fillText(axes[1] || '', 8, 16);
      pen.textAlign = 'right';
      pen.fillText(axes[0] || '', this.size[0] - 8, this.size[1] - 8);
      pen.textAlign = 'left';
      return;
    }
    for (let k = 0; k < 3; ++k) {
      const ends = [-1, 1].map(side =>
        this.project(this.centre.map((value, i) => value + (i === k ? side * this.half[k] * 0.9 : 0))));
      pen.beginPath();
      pen.moveTo(ends[0][0], ends[0][1]);
      pen.lineTo(ends[1][0], ends[1][1]);
      pen.stroke();
      pen.fillText(`${k + 1}`, ends[1][0] + 3, ends[1][1] - 3);
    }
  }

  drawPoints() {
    const {pen, options} = this;
    this.places = this.points.map(point => this.project(point));
    const order = this.points.map((_, i) => i);
    // Normal below, as it is many; where it is turned, what lies behind is drawn first.
    if (options.turns) order.sort((a, b) => this.places[a][2] - this.places[b][2]);
    else order.sort((a, b) => (options.cls[b] === options.normal) - (options.cls[a] === options.normal));
    const radius = this.size[0] < 420 ? 2.6 : 3.1;
    for (const i of order) {
      if (this.off.has(options.cls[i])) continue;
      const {colour, shape} = look(options.cls[i], options.normal);
      const [x, y, depth] = this.places[i];
      const near = options.turns ? 0.5 + 0.5 * depth / this.half[2] : 1;
      pen.globalAlpha = options.faint ? 0.28 : 0.45 + 0.45 * Math.max(0, Math.min(1, near));
      pen.fillStyle = pen.strokeStyle = this.colours.classes[colour];
      pen.beginPath();
      SHAPES[shape](pen, x, y, radius * (options.turns ? 0.85 + 0.3 * near : 1));
      if (options.hollow && options.hollow[i]) {
        pen.lineWidth = 1.4;
        pen.stroke();
      } else {
        pen.fill();
      }
    }
    pen.lineWidth = 1;
    pen.globalAlpha = 1;
  }

  hover(event) {
    if (!this.options.tip || !this.places) return;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1;
    let nearest = 14;
    this.places.forEach((place, i) => {
      const away = Math.hypot(place[0] - x, place[1] - y);
      if (away < nearest && !this.off.has(this.options.cls[i])) [best, nearest] = [i, away];
    });
    this.tip.hidden = best < 0;
    if (best < 0) return;
    this.tip.textContent = this.options.tip(best);
    this.tip.style.left = `${Math.max(0, Math.min(x + 12, this.size[0] - 244))}px`;
    this.tip.style.top = `${y + 14}px`;
  }

  toggle(cls, on) {
    if (on) this.off.delete(cls);
    else this.off.add(cls);
    this.draw();
  }
}
