// The course's explorer: update rules on a landscape that one can turn, stretch, start anywhere.
// The same file runs in JupyterLab (course_lib/explorer.py), on the website, and in the tests.
// The rules are those of course_lib/optimizers/rules.py, one coordinate at a time.
const { abs, ceil, cos, floor, hypot, log10, max, min, PI, round, sin, sqrt } = Math;
const HORIZON = 1000;  // steps that are made, to say when a rule settles

// w, g: numbers; s: the rule's state of this coordinate, changed in place; returns the next w
export const RULES = {
  sgd: (w, g, s, { lr }) => w - lr * g,
  momentum(w, g, s, { lr, beta }) {
    s.v = beta * s.v + g;
    return w - lr * s.v;
  },
  nesterov(w, g, s, { lr, beta }) {
    s.v = beta * s.v + g;
    return w - lr * (g + beta * s.v);
  },
  adagrad(w, g, s, { lr }) {
    s.v = s.v + g * g;
    return w - lr * g / (sqrt(s.v) + 1e-8);
  },
  rmsprop(w, g, s, { lr, beta2 }) {  // beta2 is the course's rho
    s.v = beta2 * s.v + (1 - beta2) * g * g;
    return w - lr * g / (sqrt(s.v) + 1e-8);
  },
  adam(w, g, s, { lr, beta, beta2 }) {  // beta is the course's beta1
    s.t += 1;
    s.m = beta * s.m + (1 - beta) * g;
    s.v = beta2 * s.v + (1 - beta2) * g * g;
    const m_hat = s.m / (1 - beta ** s.t), v_hat = s.v / (1 - beta2 ** s.t);
    return w - lr * m_hat / (sqrt(v_hat) + 1e-8);
  },
};

export const DEFAULTS = {
  sgd: {}, momentum: { beta: 0.9 }, nesterov: { beta: 0.9 }, adagrad: {}, rmsprop: { beta2: 0.9 },
  adam: { beta: 0.9, beta2: 0.999 },
};

// ---- landscapes: fun(x, y, g) returns the loss and writes the gradient into g

export function ravine({ kappa = 100, angle = 30 } = {}) {
  const mu = 1 / kappa, c = cos(angle * PI / 180), s = sin(angle * PI / 180);
  const a = c * mu * c + s * s, b = c * mu * s - s * c, d = s * mu * s + c * c;
  const fun = (x, y, g) => {
    g[0] = x * a + y * b;
    g[1] = x * b + y * d;
    return 0.5 * (x * g[0] + y * g[1]);
  };
  return { fun, mu, L: 1, minimum: [0, 0], window: [-1.6, 1.6, -1.2, 1.2], target: 1e-6, low: -3.5,
    home: [-1.3, 0.5], key: `ravine ${kappa} ${angle}` };
}

export function beale() {
  const fun = (x, y, g) => {
    const r1 = 1.5 - x * (1 - y), r2 = 2.25 - x * (1 - y * y), r3 = 2.625 - x * (1 - y * y * y);
    g[0] = 2 * r1 * (y - 1) + 2 * r2 * (y * y - 1) + 2 * r3 * (y * y * y - 1);
    g[1] = 2 * r1 * x + 2 * r2 * (2 * x * y) + 2 * r3 * (3 * x * y * y);
    return r1 * r1 + r2 * r2 + r3 * r3;
  };
  return { fun, mu: 0.3014636465222469, L: 48.97978635347775,  // of its Hessian at the minimum
    minimum: [3, 0.5], window: [-0.9, 4.1, -1.35, 2.4], target: 1e-3, low: -2,
    home: [0.37, 1.35], key: "beale" };
}

const LANDSCAPES = { ravine, beale };

// ---- runs, and what theory says of them

// Return { x, y, loss, n, lost }: the path and the loss after 0 ... n steps. A run that diverges
// ends at its last finite point, with lost = true.
export function run(landscape, start, name, hyper, steps, kept = {}) {
  const { x = [], y = [], loss = [] } = kept, g = [0, 0], step = RULES[name];
  const s = { m: 0, v: 0, t: 0 }, r = { m: 0, v: 0, t: 0 };
  [x[0], y[0]] = start;
  loss[0] = landscape.fun(x[0], y[0], g);
  for (let n = 0; n < steps; n++) {
    const u = step(x[n], g[0], s, hyper), v = step(y[n], g[1], r, hyper);
    const value = landscape.fun(u, v, g);
    if (!(max(abs(u), abs(v)) <= 1e8 && isFinite(value)) || !isFinite(hypot(...g)))
      return { x, y, loss, n, lost: true };
    x[n + 1] = u;
    y[n + 1] = v;
    loss[n + 1] = value;
  }
  return { x, y, loss, n: steps, lost: false };
}

// Return the first step from which the loss stays at or below the target; infinity if it does not.
export function settled({ loss, n, lost }, target) {
  let t = n + 1;
  while (t > 0 && loss[t - 1] <= target) t--;
  return t > n || lost ? Infinity : t;
}

function largerRoot(total, product) {  // max |z| of z^2 - total z + product = 0
  const inside = total * total - 4 * product;
  return inside >= 0 ? (abs(total) + sqrt(inside)) / 2 : sqrt(product);
}

// factor per step in the long run, of a = lr * curvature
export const RADIUS = {
  sgd: (a) => abs(1 - a),
  momentum: (a, beta) => largerRoot(1 + beta - a, beta),
  nesterov: (a, beta) => largerRoot((1 - a) * (1 + beta), (1 - a) * beta),
};
// the a at which it becomes 1
export const EDGE = {
  sgd: () => 2,
  momentum: (beta) => 2 * (1 + beta),
  nesterov: (beta) => (2 + 2 * beta) / (1 + 2 * beta),
};

// Return Polyak's lr and beta, the best of momentum for curvatures from mu to L.
export function polyak({ mu, L }) {
  const r = (sqrt(L) - sqrt(mu)) / (sqrt(L) + sqrt(mu));
  return { lr: (1 + r) ** 2 / L, beta: r * r };
}

export function factor(name, { lr, beta }, { mu, L }) {
  const radius = RADIUS[name];
  return radius && max(radius(lr * mu, beta), radius(lr * L, beta));
}

// Return the rate, of 41 from 1e-4 to 10, at which the rule settles first; null if at none.
export function bestRate(landscape, start, name, hyper, steps = HORIZON) {
  let best = null, least = Infinity;
  for (let k = 0; k <= 40; k++) {
    const lr = 10 ** (-4 + k / 8);
    const t = settled(run(landscape, start, name, { ...hyper, lr }, steps), landscape.target);
    if (t < least) [best, least] = [lr, t];
  }
  return best;
}

// ---- looks: those of course_lib/plotting.py, and lighter colours on dark paper

export const LOOKS = {  // colour, colour on dark, marker, dashes
  sgd: ["#000000", "#ffffff", "o", []],
  momentum: ["#1845fb", "#7d95ff", "s", []],
  nesterov: ["#578dff", "#a8c8ff", "D", [5, 1]],
  adagrad: ["#c77c00", "#f0a63c", "^", []],
  rmsprop: ["#c91f16", "#ff7b72", "v", [5, 1]],
  adam: ["#882255", "#e58fbd", "P", []],
};
export const PAPER = { light: "#ffffff", dark: "#16181c" };
const POLYGONS = {  // corners, on a circle of radius 1
  o: Array.from({ length: 16 }, (_, k) => [cos(k * PI / 8), sin(k * PI / 8)]),
  s: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  D: [[0, -1.1], [1.1, 0], [0, 1.1], [-1.1, 0]],
  "^": [[0, -1.1], [1.1, 0.9], [-1.1, 0.9]],
  v: [[0, 1.1], [1.1, -0.9], [-1.1, -0.9]],
  P: [[-1, -3], [1, -3], [1, -1], [3, -1], [3, 1], [1, 1], [1, 3], [-1, 3], [-1, 1], [-3, 1],
    [-3, -1], [-1, -1]].map(([x, y]) => [x * 0.37, y * 0.37]),
  "*": Array.from({ length: 10 }, (_, k) => [k % 2 ? 0.5 : 1.25, (k - 2.5) * PI / 5])
    .map(([r, turn]) => [r * cos(turn), r * sin(turn)]),
};

function mark(c, shape, x, y, size, fill, edge) {
  c.beginPath();
  for (const [u, v] of POLYGONS[shape]) c.lineTo(x + size * u, y + size * v);
  c.closePath();
  c.fillStyle = fill;
  c.fill();
  if (!edge) return;
  c.strokeStyle = edge;
  c.lineWidth = 1.3;
  c.stroke();
}

function line(c, xs, ys, n, [color, , dashes]) {
  c.strokeStyle = color;
  c.lineWidth = 1.8;
  c.setLineDash(dashes.map((length) => 1.8 * length));
  c.beginPath();
  for (let k = 0; k <= n; k++) c.lineTo(xs(k), ys(k));
  c.stroke();
  c.setLineDash([]);
}

function marks(c, xs, ys, n, [color, shape], gap, rim) {  // every `gap` pixels; large at the end
  for (let k = 1, way = 0; k <= n; k++) {
    way += hypot(xs(k) - xs(k - 1), ys(k) - ys(k - 1));
    if (way < gap) continue;
    mark(c, shape, xs(k), ys(k), 3.6, color);
    way = 0;
  }
  mark(c, shape, xs(n), ys(n), 6, color, rim);
}

const rgb = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));

// Return a canvas for w x h pixels, its paper darkened (or lightened) by shade(x, y) in 0 ... 1;
// it has a quarter of them, so that the landscape turns without a jerk.
function shaded(width, height, paper, shade) {
  const w = ceil(width / 2), h = ceil(height / 2);
  const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h });
  const c = canvas.getContext("2d"), image = c.createImageData(w, h), from = rgb(paper);
  const to = from[0] > 127 ? [88, 96, 104] : [150, 160, 172];
  for (let j = 0, p = 0; j < h; j++)
    for (let i = 0; i < w; i++, p += 4) {
      const share = shade(2 * i + 1, 2 * j + 1);
      for (let k = 0; k < 3; k++) image.data[p + k] = from[k] + share * (to[k] - from[k]);
      image.data[p + 3] = 255;
    }
  c.putImageData(image, 0, 0);
  return canvas;
}

const banded = (level) => floor(level) + min(1, (level - floor(level)) / 0.15);

// ---- numbers as text

const short = (v) => (v >= 1e4 ? v.toExponential(0) : String(Number(v.toPrecision(3))));
const fixed = (q) => (q >= 10 ? short(q) : q.toFixed(3));
const count = (t, lost) => (lost ? "diverges" : isFinite(t) ? String(t) : `>${HORIZON}`);

const KNOBS = [  // name, label, least, most, step; lr and kappa are powers of ten
  ["lr", "learning rate", -4, 1, 0.005], ["beta", "β (Adam: β₁)", 0, 0.995, 0.005],
  ["beta2", "β₂ (RMSprop: ρ)", 0.5, 0.999, 0.001],
  ["kappa", "condition number", 0, 3, 0.01], ["angle", "angle in degrees", -90, 90, 1],
  ["x", "start w₁", -4, 4, 0.01], ["y", "start w₂", -4, 4, 0.01],
  ["steps", "steps shown", 5, 500, 5],
];
const POWERS = ["lr", "kappa"];

const STYLE = `
.course-explorer form{display:grid;gap:.8rem;font-size:.9rem;line-height:1.35;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));align-items:start}
.course-explorer :is(.bar,[hidden]+p){grid-column:1/-1}
.course-explorer p{margin:0}
.course-explorer figure{margin:0;padding:0}
.course-explorer figcaption{font-size:.85rem;line-height:1.3;margin:0;padding:.3rem 0 0;
  text-align:left;color:inherit;font-weight:400;opacity:1}
.course-explorer canvas{width:100%;height:300px;display:block;border-radius:.4rem}
.course-explorer .drag{cursor:grab;touch-action:none}
.course-explorer .knobs label{display:grid;grid-template-columns:8.6rem 1fr 3.6rem;gap:.5rem;
  align-items:center;margin:0;font-weight:400;min-height:1.8rem}
.course-explorer .knobs label:has(:disabled){opacity:.55}
.course-explorer output{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.course-explorer [type=range]{width:100%;margin:0;accent-color:#578dff;min-height:1.5rem}
.course-explorer table{display:table;table-layout:auto!important;
  border-collapse:collapse;width:100%;margin:0;
  font-size:.95em;font-variant-numeric:tabular-nums}
.course-explorer :is(th,td){padding:.2rem;border:0;border-bottom:1px solid #8886;
  text-align:right;background:none;font-weight:400;color:inherit}
.course-explorer :is(th,td):nth-child(-n+2){text-align:left}
.course-explorer thead th{font-weight:600}
.course-explorer td label{display:flex;gap:.35rem;align-items:center;margin:0;font-weight:inherit}
.course-explorer td canvas{width:36px;height:18px;flex:none}
.course-explorer tr:has([type=radio]:checked){background:#578dff33}
.course-explorer tr:has([type=radio]:checked) td{font-weight:700}
.course-explorer .bar{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center}
.course-explorer :is(button,select){font:inherit;color:inherit;background:none;padding:.35rem .8rem;
  border:1px solid currentcolor;border-radius:.3rem;cursor:pointer}
.course-explorer option{color:#000;background:#fff}
.course-explorer :is(input,button,select):focus-visible{outline:3px solid #578dff;
  outline-offset:2px}
@media(max-width:600px){.course-explorer canvas{height:230px}
  .course-explorer :is(th,td){padding:.2rem .1rem}}`;

const knob = ([name, label, least, most, step]) => `<label><span>${label}</span>
<input type="range" name="${name}" min="${least}" max="${most}" step="${step}"><output></output>
</label>`;
const row = (name) => `<tr data-rule="${name}"><td><input type="checkbox" aria-label="run ${name}">
</td><td><label><input type="radio" name="steered" value="${name}"><canvas width="72" height="36"
aria-hidden="true"></canvas>${name}</label></td><td></td><td></td><td></td></tr>`;
const HEADS = ["run", "steer", "rate", "factor", "steps"].map((t) => `<th scope="col">${t}</th>`);
const view = (name, words, drag = "") => `<figure><canvas role="img" data-view="${name}" ${drag}>
</canvas><figcaption>${words}</figcaption></figure>`;
const html = (names) => `<style>${STYLE}</style><form>
<div class="bar"><button type="button" name="race">▶ Race</button>
<button type="button" name="best">Best rate for each</button><label>on <select name="landscape">
<option value="ravine">a ravine</option><option value="beale">Beale's function</option></select>
</label><label><input type="checkbox" name="phase"> phase diagram</label></div>
${view("land", "Drag the ringed start; the star is the minimum", 'class="drag"')}
${view("loss", "")}<div class="knobs" role="group" aria-label="settings">${KNOBS.map(knob).join("")}
</div><table><thead><tr>${HEADS.join("")}</tr></thead><tbody>${names.map(row).join("")}</tbody>
</table>${view("phase", "", 'class="drag"')}<p role="status"></p></form>`;

// ---- the explorer itself

const PHASE = 4.2;  // the largest lr * curvature of the diagram
const LEFT = 38, BOTTOM = 34, EDGES = 14;  // pixels around a diagram

class Explorer {
  constructor(root, given) {
    this.state = { landscape: "ravine", kappa: 100, angle: 30, steps: 200, phase: true, hyper: {},
      rules: ["sgd", "momentum", "adam"], steered: "momentum", ...given };
    this.land = LANDSCAPES[this.state.landscape](this.state);
    this.state.start ??= this.land.home;
    this.names = Object.keys(RULES);
    this.hyper = {};
    for (const name of this.names)
      this.hyper[name] = { ...DEFAULTS[name], ...this.state.hyper[name] };
    this.kept = {};
    this.root = root;
    root.innerHTML = html(this.names);
    this.form = root.querySelector("form");
    this.rows = [...root.querySelectorAll("[data-rule]")];
    this.views = {};
    for (const canvas of root.querySelectorAll("[data-view]"))
      this.views[canvas.dataset.view] = canvas;
    this.look();
    this.tune(this.names.filter((name) => !this.hyper[name].lr));
    this.listen();
    this.changed();
  }

  tune(names) {
    for (const name of names)
      this.hyper[name].lr = bestRate(this.land, this.state.start, name, this.hyper[name]) ?? 0.01;
  }

  look() {  // the page's text tells whether its paper is dark
    const [r, g, b] = getComputedStyle(this.root).color.match(/[\d.]+/g).map(Number);
    this.dark = 0.2126 * r + 0.7152 * g + 0.0722 * b > 127;
    this.paper = PAPER[this.dark ? "dark" : "light"];
    this.ink = this.dark ? "#e8eaed" : "#202428";
    this.pictures = {};
    this.looks = {};
    for (const [name, [light, dark, shape, dashes]] of Object.entries(LOOKS))
      this.looks[name] = [this.dark ? dark : light, shape, dashes];
    for (const { dataset, cells } of this.rows) {
      const c = cells[1].querySelector("canvas").getContext("2d"), look = this.looks[dataset.rule];
      c.setTransform(2, 0, 0, 2, 0, 0);
      c.clearRect(0, 0, 36, 18);
      line(c, (k) => 2 + 32 * k, () => 9, 1, look);
      mark(c, look[1], 18, 9, 5, look[0]);
    }
  }

  // ---- what the visitor does

  listen() {
    const { form, root, state } = this;
    root.addEventListener("keydown", (event) => event.stopPropagation());  // from JupyterLab
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", ({ target }) => {
      this.input(target);
      this.changed();
    });
    form.race.addEventListener("click", () => this.race());
    form.best.addEventListener("click", () => {
      this.tune(this.names);
      this.changed();
    });
    this.drag("land", (x, y, width, height) => {
      const [x0, y1, scale] = this.frame(width, height);
      state.start = [x0 + x / scale, y1 - y / scale].map((w) => round(100 * w) / 100);
    });
    this.drag("phase", (x, y, width, height) => {
      const hyper = this.hyper[state.steered];
      if (!RADIUS[state.steered]) return;
      hyper.lr = max(1e-3, PHASE * (x - LEFT) / (width - LEFT - EDGES)) / this.land.L;
      const beta = 1 - (y - EDGES) / (height - BOTTOM - EDGES);
      if ("beta" in hyper) hyper.beta = min(0.995, max(0, beta));
    });
    const again = () => {
      this.look();
      this.changed();
      clearTimeout(this.later);  // once more, when the page has settled
      this.later = setTimeout(() => { this.look(); this.changed(); }, 400);
    };
    const sizes = new ResizeObserver(() => this.changed());
    for (const canvas of Object.values(this.views)) sizes.observe(canvas);
    const watch = new MutationObserver(again);
    const attributeFilter = ["data-theme", "data-jp-theme-light", "class"];
    for (const element of [document.documentElement, document.body])
      watch.observe(element, { attributeFilter });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  }

  input({ name, value, type, checked }) {
    const { state } = this, number = POWERS.includes(name) ? 10 ** value : Number(value);
    if (name === "phase") state.phase = checked;
    else if (type === "checkbox")
      state.rules = this.rows.filter((tr) => tr.querySelector("[type=checkbox]").checked)
        .map((tr) => tr.dataset.rule);
    else if (name === "steered") {
      state.steered = value;
      state.rules = [...new Set([...state.rules, value])];
    } else if (name === "x") state.start = [number, state.start[1]];
    else if (name === "y") state.start = [state.start[0], number];
    else if (name === "landscape") state.landscape = value;
    else if (name in state) state[name] = number;
    else this.hyper[state.steered][name] = number;
    this.land = LANDSCAPES[state.landscape](state);
    if (name !== "landscape") return;
    state.start = this.land.home;
    this.tune(this.names);
  }

  drag(view, move) {
    const canvas = this.views[view], moved = ({ clientX, clientY }) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      move(min(width, max(0, clientX - left)), min(height, max(0, clientY - top)), width, height);
      this.changed();
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      moved(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && moved(event));
  }

  race() {  // show the runs grow, within four seconds
    const began = performance.now(), token = this.token = {};
    const frame = (now) => {
      if (token !== this.token) return;
      const share = max(0, now - began) / 4000;
      this.shown = share < 1 ? floor(share * this.state.steps) : null;
      this.paint();
      if (share < 1) requestAnimationFrame(frame);
    };
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) requestAnimationFrame(frame);
  }

  // ---- what the visitor sees

  changed() {  // compute and draw once a frame, however many events there were
    this.due ??= requestAnimationFrame(() => {
      this.due = null;
      this.compute();
      this.show();
      this.paint();
      clearTimeout(this.saying);
      this.saying = setTimeout(() => this.say(), 300);  // a screen reader hears where it rests
    });
  }

  compute() {
    const { state, land, hyper, kept } = this;
    this.runs = {};
    for (const name of state.rules)
      this.runs[name] = kept[name] = run(land, state.start, name, hyper[name], HORIZON, kept[name]);
  }

  show() {  // the controls and the table say what the state is
    const { form, state, land } = this, hyper = this.hyper[state.steered];
    const values = { ...state, ...hyper, x: state.start[0], y: state.start[1] };
    if (state.landscape !== "ravine") values.kappa = values.angle = undefined;
    form.landscape.value = state.landscape;
    form.phase.checked = state.phase;
    this.views.phase.parentElement.hidden = !state.phase;
    const told = this.predicted() ? `; dashed: predicted for ${state.steered}` : "";
    this.views.loss.nextElementSibling.textContent = `Loss at each step${told}`;
    const best = this.phased() === "momentum" ? "; star: the best for the largest" : "";
    this.views.phase.nextElementSibling.textContent = `Factor per step of ${this.phased()} `
      + `(stronger shade is faster). Marks: the least and the largest curvature${best}`;
    for (const [name] of KNOBS) {
      const input = form[name], value = values[name];
      input.disabled = value === undefined;
      if (!input.disabled) input.value = POWERS.includes(name) ? log10(value) : value;
      input.nextElementSibling.value = input.disabled ? "–" : short(value);
      input.setAttribute("aria-valuetext", input.nextElementSibling.value);
    }
    for (const { dataset: { rule }, cells } of this.rows) {
      const made = this.runs[rule], q = factor(rule, this.hyper[rule], land);
      cells[0].firstChild.checked = Boolean(made);
      cells[1].querySelector("input").checked = rule === state.steered;
      cells[2].textContent = short(this.hyper[rule].lr);
      cells[3].textContent = q === undefined ? "–" : fixed(q);
      cells[4].textContent = made ? count(settled(made, land.target), made.lost) : "";
    }
  }

  say() {
    const { state, land, runs, views } = this, name = state.steered, hyper = this.hyper[name];
    const near = state.landscape === "ravine" ? "" : "near the minimum, ";
    const theory = RADIUS[name]
      ? `${near}the predicted factor per step is ${fixed(factor(name, hyper, land))}, and it `
        + `diverges above the rate ${short(EDGE[name](hyper.beta) / land.L)}`
      : "each coordinate is scaled by its own past gradients, so no factor is predicted";
    const order = Object.keys(runs).map((rule) => [settled(runs[rule], land.target), rule])
      .filter(([t]) => isFinite(t)).sort(([a], [b]) => a - b);
    const first = order.map(([t, rule]) => `${rule} ${t}`).join(", ") || "none";
    this.root.querySelector("[role=status]").textContent = `${name}, rate ${short(hyper.lr)}: `
      + `${theory}. Steps until the loss stays below ${land.target}: ${first}.`;
    const paths = Object.keys(runs).join(", ") || "no rule";
    const from = `(${state.start.map(short).join(", ")})`;
    views.land.ariaLabel = `Landscape with the paths of ${paths} from ${from}.`;
    views.loss.ariaLabel = `Loss against step of ${paths}, in the order of arrival: ${first}.`;
    views.phase.ariaLabel = `Phase diagram of ${this.phased()}: factor per step over rate times `
      + `curvature and beta. ${name}: ${theory}.`;
  }

  paint() {
    this.paintLand();
    this.paintLoss();
    if (this.state.phase) this.paintPhase();
  }

  // Return [context, width, height] of a view, its paper or its kept picture drawn.
  sheet(view, key, shade) {
    const canvas = this.views[view], { clientWidth: w, clientHeight: h } = canvas;
    const ratio = min(2, globalThis.devicePixelRatio || 1), c = canvas.getContext("2d");
    if (w && canvas.width !== round(w * ratio)) canvas.width = round(w * ratio);
    if (h && canvas.height !== round(h * ratio)) canvas.height = round(h * ratio);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = this.paper;
    c.fillRect(0, 0, w, h);
    if (shade && w && h) {
      const size = `${key} ${w} ${h}`, { pictures } = this;
      if (pictures[view]?.size !== size)
        pictures[view] = { size, image: shaded(w, h, this.paper, shade(w, h)) };
      c.drawImage(pictures[view].image, 0, 0, 2 * ceil(w / 2), 2 * ceil(h / 2));
    }
    c.font = "12px system-ui, sans-serif";
    c.lineJoin = "round";
    return [c, w, h];
  }

  words(c, text, x, y, align = "left") {  // on a rim of paper, so that they are read on any shade
    c.textAlign = align;
    c.strokeStyle = this.paper;
    c.lineWidth = 4;
    c.strokeText(text, x, y);
    c.fillStyle = this.ink;
    c.fillText(text, x, y);
  }

  frame(w, h) {  // [w1 at the left, w2 at the top, pixels a unit]
    const [x0, x1, y0, y1] = this.land.window, scale = min(w / (x1 - x0), h / (y1 - y0));
    return [(x0 + x1 - w / scale) / 2, (y0 + y1 + h / scale) / 2, scale];
  }

  paintLand() {
    const { land, state } = this, g = [0, 0];
    const [c, w, h] = this.sheet("land", land.key, (width, height) => {
      const [x0, y1, scale] = this.frame(width, height);
      return (i, j) => {
        const level = log10(max(1e-12, land.fun(x0 + i / scale, y1 - j / scale, g))) - land.low;
        return min(0.6, max(0, banded(2 * level) * 0.055));
      };
    });
    const [x0, y1, scale] = this.frame(w, h);
    const px = (x) => scale * (x - x0), py = (y) => scale * (y1 - y);
    mark(c, "*", px(land.minimum[0]), py(land.minimum[1]), 9, this.ink, this.paper);
    for (const [name, { x, y, n }] of Object.entries(this.runs))
      this.trace(c, name, (k) => px(x[k]), (k) => py(y[k]), n, 70);
    mark(c, "o", px(state.start[0]), py(state.start[1]), 7, this.paper, this.ink);
  }

  trace(c, name, xs, ys, n, gap) {  // a path or a curve, up to the step that is shown
    const last = min(n, this.shown ?? this.state.steps), look = this.looks[name];
    line(c, xs, ys, last, look);
    marks(c, xs, ys, last, look, gap * (1 + this.names.indexOf(name) / 14), this.paper);
  }

  axes(c, w, h, across, up) {
    const ticks = (at) => { c.fillStyle = this.ink; c.fillRect(...at); };
    ticks([LEFT, h - BOTTOM, w - LEFT - EDGES, 1]);
    ticks([LEFT, EDGES, 1, h - BOTTOM - EDGES]);
    for (const [x, text] of across) this.words(c, text, x, h - BOTTOM + 16, "center");
    for (const [y, text] of up) this.words(c, text, LEFT - 5, y + 4, "right");
  }

  paintLoss() {
    const { land, runs, state } = this, g = [0, 0];
    const [c, w, h] = this.sheet("loss");
    const first = land.fun(...state.start, g);
    const top = ceil(log10(max(1e-9, first)) + 0.5), low = log10(land.target) - 2;
    const px = (t) => LEFT + (w - LEFT - EDGES) * t / state.steps;
    const py = (value) => EDGES + (h - BOTTOM - EDGES)
      * min(1.05, max(-1, (top - log10(max(1e-300, value))) / (top - low)));
    c.save();
    c.beginPath();
    c.rect(LEFT, EDGES, w - LEFT, h - BOTTOM - EDGES);
    c.clip();
    c.fillStyle = this.ink;
    c.fillRect(LEFT, py(land.target), w, 0.7);
    const q = this.predicted();
    if (q) line(c, px, (k) => py(first * q ** (2 * k)), state.steps, [this.ink, "", [3, 3]]);
    for (const [rule, { loss, n }] of Object.entries(runs))
      this.trace(c, rule, px, (k) => py(loss[k]), n, 60);
    c.restore();
    const powers = [];
    for (let e = top; e >= low; e -= 2) powers.push([py(10 ** e), `1e${e}`]);
    const halves = [0, 0.5, 1].map((share) => round(share * state.steps));
    this.axes(c, w, h, halves.map((t) => [px(t), String(t)]), powers);
    this.words(c, "step", (LEFT + w) / 2, h - 4, "center");
    this.words(c, "settled below", w - EDGES - 2, py(land.target) + 15, "right");
  }

  predicted() {  // the factor along which the loss of a quadratic should fall
    const { state, land, hyper } = this, name = state.steered;
    return state.landscape === "ravine" && this.runs[name] && factor(name, hyper[name], land);
  }

  phased() {  // the rule whose diagram is shown
    return this.state.steered === "nesterov" ? "nesterov" : "momentum";
  }

  paintPhase() {
    const { state, land, hyper } = this, name = state.steered, of = this.phased();
    const a = (x, w) => PHASE * (x - LEFT) / (w - LEFT - EDGES);
    const b = (y, h) => 1 - (y - EDGES) / (h - BOTTOM - EDGES);
    const [c, w, h] = this.sheet("phase", of, (width, height) => (i, j) => {
      const u = a(i, width), beta = b(j, height), q = RADIUS[of](u, max(0, beta));
      return u < 0 || beta < 0 || q >= 1 ? 0 : 0.08 + 0.07 * (10 - banded(10 * q));
    });
    const px = (u) => LEFT + (w - LEFT - EDGES) * min(PHASE, u) / PHASE;
    const py = (beta) => EDGES + (h - BOTTOM - EDGES) * (1 - beta);
    line(c, (k) => px(EDGE[of](k / 40)), (k) => py(k / 40), 40, [this.ink, "", []]);
    if (of === "momentum") {  // the critical dampings, and the best
      const best = polyak(land);
      line(c, (k) => px(k * k / 400), (k) => py((1 - k / 20) ** 2), 40,
        [this.looks.momentum[0], "", []]);
      mark(c, "*", px(best.lr * land.L), py(best.beta), 9, this.paper, this.ink);
    }
    const ticks = [0, 1, 2, 3, 4].map((u) => [px(u), String(u)]);
    this.axes(c, w, h, ticks, [0, 0.5, 1].map((beta) => [py(beta), String(beta)]));
    this.words(c, "β", 12, EDGES + 40);
    this.words(c, "rate × curvature", (LEFT + w) / 2, h - 4, "center");
    this.words(c, "diverges", px(of === "nesterov" ? 3 : 3.6), py(0.2), "center");
    if (!RADIUS[name])
      return this.words(c, `no factor is predicted for ${name}`, w / 2, h / 2, "center");
    const { lr, beta = 0 } = hyper[name], [color, shape] = this.looks[name];
    line(c, (k) => px(lr * [land.mu, land.L][k]), () => py(beta), 1, [color, "", []]);
    mark(c, shape, px(lr * land.mu), py(beta), 6, this.paper, color);
    mark(c, shape, px(lr * land.L), py(beta), 6, color, this.paper);
  }
}

export function show(root, given = {}) {
  root.dataset.live = "";
  return new Explorer(root, given);
}

if (globalThis.document)
  for (const root of document.querySelectorAll(".course-explorer:not([data-live])"))
    show(root, JSON.parse(root.dataset.explorer || "{}"));
