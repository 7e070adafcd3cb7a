// <mesh-map data-url="/map.json" data-label="Map of the mesh"></mesh-map>, with the list of the same
// products after it in the page: the map is a picture, the list is the way for everybody.
// GET data-url answers what the person may know of:
//   {"domains": [{"name": "sales", "title": "Sales"}],
//    "products": [{"id": "sales.weekly-sales", "title": "Weekly Sales Report", "domain": "sales",
//                  "href": "/products/sales/weekly-sales", "state": "healthy|at-risk|failing|…", "readers": 12}],
//    "links": [{"from": "sales.transactions", "to": "sales.weekly-sales"}]}
// Names are drawn only where there is room for them.
import { laidOut, ROW } from "./map-layout.js";

const MANY = 300;
const STATES = { healthy: "--ok", "at-risk": "--warn", failing: "--bad", deprecated: "--warn" };

class MeshMap extends HTMLElement {
  async connectedCallback() {
    const answer = await fetch(this.dataset.url, { headers: { accept: "application/json" } });
    if (!answer.ok || !this.isConnected) return; // the list stays
    this.mesh = await answer.json();
    this.lay();
    this.byId = new Map(this.mesh.products.map((product) => [product.id, product]));
    this.build();
    this.whole();
    this.dataset.ready = "yes";
  }

  lay() { Object.assign(this, laidOut(this.mesh, this.clientWidth)); }

  build() {
    const box = this.appendChild(document.createElement("div"));
    box.className = this.few ? "map few" : "map";
    this.canvas = box.appendChild(document.createElement("canvas"));
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", `${this.dataset.label ?? "Map"}. Arrow keys go from product to product, Enter opens one, plus and minus zoom. The list below holds the same products.`);
    this.told = box.appendChild(document.createElement("p"));
    this.told.className = "told chip line";
    this.told.setAttribute("role", "status");
    const controls = box.appendChild(document.createElement("div"));
    controls.className = "controls";
    for (const [text, label, act] of [["+", "Zoom in", () => this.zoom(1.4)], ["−", "Zoom out", () => this.zoom(1 / 1.4)], ["⤢", "Show everything", () => this.whole()]]) {
      const button = controls.appendChild(document.createElement("button"));
      Object.assign(button, { type: "button", className: "button secondary small", textContent: text, ariaLabel: label, onclick: act });
    }
    const canvas = this.canvas;
    canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY); }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => { this.held = { x: event.offsetX, y: event.offsetY, moved: 0 }; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", (event) => this.dragged(event));
    canvas.addEventListener("pointerup", (event) => {
      const product = this.held?.moved < 4 && this.productAt(event.offsetX, event.offsetY);
      this.held = null;
      if (product) location.assign(product.href);
    });
    canvas.addEventListener("keydown", (event) => this.pressed(event));
    this.resize = new ResizeObserver(() => { if (this.few) { this.lay(); this.whole(); } else this.soon(); });
    this.resize.observe(canvas);
    this.look = () => { this.colours = null; this.soon(); };
    document.addEventListener("agora:look", this.look);
  }

  dragged(event) {
    if (this.held) {
      const [dx, dy] = [event.offsetX - this.held.x, event.offsetY - this.held.y];
      this.held = { x: event.offsetX, y: event.offsetY, moved: this.held.moved + Math.abs(dx) + Math.abs(dy) };
      this.ox += dx;
      this.oy += dy;
      return this.soon();
    }
    const product = this.productAt(event.offsetX, event.offsetY);
    if (product !== this.over) this.at(product);
    this.canvas.style.cursor = product ? "pointer" : "grab";
  }

  at(product) {
    this.over = product;
    this.told.textContent = product ? [product.title, product.state].filter(Boolean).join(", ") : "";
    this.soon();
  }

  zoom(by, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(Math.max(this.scale * by, .02), 6);
    this.ox = x - (x - this.ox) * (scale / this.scale);
    this.oy = y - (y - this.oy) * (scale / this.scale);
    this.scale = scale;
    this.soon();
  }

  whole() {
    const { clientWidth: w, clientHeight: h } = this.canvas;
    this.scale = this.few ? Math.min(w / this.width, h / this.height, 1) : Math.min(w / this.width, h / this.height, 1.6) * .94;
    this.ox = (w - this.width * this.scale) / 2;
    this.oy = (h - this.height * this.scale) / 2;
    this.soon();
  }

  productAt(x, y) {
    const [mx, my] = [(x - this.ox) / this.scale, (y - this.oy) / this.scale];
    if (this.few) return this.mesh.products.find((product) => mx > product.x - 16 && mx < product.right && Math.abs(product.y - my) < ROW / 2);
    const near = 12 / Math.min(this.scale, 1);
    const group = this.groups.find(({ x: gx, y: gy, r }) => Math.hypot(gx - mx, gy - my) < r + near);
    return group?.products.find((product) => Math.hypot(product.x - mx, product.y - my) < Math.max(product.r, near));
  }

  pressed(event) {
    const toward = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (toward) {
      event.preventDefault();
      const here = this.over ?? { x: -1, y: -1 };
      let [best, least] = [null, Infinity];
      for (const group of this.groups) for (const product of group.products) {
        const [dx, dy] = [product.x - here.x, product.y - here.y];
        const along = dx * toward[0] + dy * toward[1];
        if (along <= .5 && this.over) continue;
        const far = Math.hypot(dx, dy) + 2 * Math.abs(dx * toward[1] - dy * toward[0]);
        if (far < least) [best, least] = [product, far];
      }
      if (!best) return;
      const [sx, sy] = [best.x * this.scale + this.ox, best.y * this.scale + this.oy];
      const { clientWidth: w, clientHeight: h } = this.canvas;
      if (sx < 20 || sx > w - 20 || sy < 20 || sy > h - 20) { this.ox += w / 2 - sx; this.oy += h / 2 - sy; }
      this.at(best);
    } else if (event.key === "Enter" && this.over) location.assign(this.over.href);
    else if (event.key === "+" || event.key === "=") this.zoom(1.4);
    else if (event.key === "-") this.zoom(1 / 1.4);
    else if (event.key === "0") this.whole();
  }

  soon() { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); }); }

  paint(token) {
    this.colours ??= {};
    if (this.colours[token]) return this.colours[token];
    const probe = this.appendChild(document.createElement("i"));
    probe.style.color = `var(${token})`;
    this.colours[token] = getComputedStyle(probe).color;
    probe.remove();
    return this.colours[token];
  }

  draw() {
    const { canvas, scale } = this;
    const ratio = devicePixelRatio || 1;
    const { clientWidth: w, clientHeight: h } = canvas;
    if (canvas.width !== w * ratio || canvas.height !== h * ratio) Object.assign(canvas, { width: w * ratio, height: h * ratio });
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    pen.setTransform(ratio * scale, 0, 0, ratio * scale, this.ox * ratio, this.oy * ratio);
    const font = getComputedStyle(this).fontFamily;
    pen.textAlign = "center";
    if (this.mesh.links.length > MANY) this.drawBundles(pen);
    else this.drawLinks(pen, false); // behind the domains, so that what lies in between stays clear
    for (const group of this.groups) {
      pen.fillStyle = this.paint("--sunk");
      pen.strokeStyle = this.paint("--line");
      pen.lineWidth = 1 / scale;
      pen.beginPath();
      if (this.few) pen.roundRect(group.x, group.y, group.w, group.h, 12);
      else pen.arc(group.x, group.y, group.r, 0, 7);
      pen.fill();
      pen.stroke();
    }
    this.drawLinks(pen, true);
    if (this.few) return this.drawLists(pen, font);
    for (const group of this.groups) {
      for (const product of group.products) this.drawProduct(pen, product);
      pen.fillStyle = this.paint("--text");
      pen.font = `650 ${Math.min(Math.max(14 / scale, 12), group.r / 2.5)}px ${font}`;
      pen.strokeStyle = this.paint("--surface");
      pen.lineWidth = 4 / scale;
      pen.strokeText(group.title ?? group.name, group.x, group.y - group.r - 5 / scale);
      pen.fillText(group.title ?? group.name, group.x, group.y - group.r - 5 / scale);
    }
    if (scale > 1.1) {
      pen.fillStyle = this.paint("--muted");
      pen.font = `400 ${11 / scale}px ${font}`;
      for (const group of this.groups) for (const product of group.products) {
        const x = product.x * scale + this.ox;
        if (x > -40 && x < w + 40) pen.fillText(product.title.slice(0, Math.floor(scale * 9)), product.x, product.y + product.r + 11 / scale);
      }
    }
  }

  // More links than one can follow: then one line for each two domains, as thick as there are many.
  bundles() {
    if (this.bundled) return this.bundled;
    const between = new Map();
    for (const { from, to } of this.mesh.links) {
      const [a, b] = [this.byId.get(from)?.domain, this.byId.get(to)?.domain];
      if (!a || !b || a === b) continue;
      const key = [a, b].sort().join("\n");
      between.set(key, (between.get(key) ?? 0) + 1);
    }
    const byName = new Map(this.groups.map((group) => [group.name, group]));
    this.bundled = [...between].map(([key, count]) => [...key.split("\n").map((name) => byName.get(name)), count]);
    return this.bundled;
  }

  drawBundles(pen) {
    pen.strokeStyle = this.paint("--control");
    pen.globalAlpha = .35;
    for (const [a, b, count] of this.bundles()) {
      const far = Math.hypot(b.x - a.x, b.y - a.y) || 1;
      const [ux, uy] = [(b.x - a.x) / far, (b.y - a.y) / far];
      pen.lineWidth = (1 + Math.log2(count)) / this.scale / 1.5;
      pen.beginPath();
      pen.moveTo(a.x + ux * a.r, a.y + uy * a.r);
      pen.lineTo(b.x - ux * b.r, b.y - uy * b.r);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }

  // Those of the product one is at (own), or the others.
  drawLinks(pen, own) {
    pen.strokeStyle = this.paint(own ? "--accent" : "--control");
    pen.globalAlpha = own ? 1 : this.few ? .8 : .45;
    pen.lineWidth = (own ? 2 : 1) / this.scale;
    pen.beginPath();
    for (const { from, to, path } of this.mesh.links) {
      const [a, b] = [this.byId.get(from), this.byId.get(to)];
      if (!a || !b || (a === this.over || b === this.over) !== own) continue;
      if (this.few) this.drawThread(pen, path);
      else {
        pen.moveTo(a.x, a.y);
        pen.quadraticCurveTo((a.x + b.x) / 2, (a.y + b.y) / 2 - Math.abs(a.x - b.x) / 8, b.x, b.y);
      }
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawThread(pen, [start, ...rest]) {
    pen.moveTo(...start);
    for (const to of rest) to.length > 2 ? pen.bezierCurveTo(...to) : pen.lineTo(...to);
  }

  drawLists(pen, font) {
    pen.textAlign = "start";
    pen.textBaseline = "middle";
    for (const group of this.groups) {
      pen.fillStyle = this.paint("--text");
      pen.font = `650 15px ${font}`;
      pen.fillText(group.title ?? group.name, group.x, group.y - 16);
      for (const product of group.products) {
        this.drawProduct(pen, product);
        pen.fillStyle = this.paint(product === this.over ? "--accent" : "--text");
        pen.font = `400 14px ${font}`;
        pen.fillText(product.title, product.x + 16, product.y + 1);
      }
    }
    pen.textBaseline = "alphabetic";
  }

  drawProduct(pen, product) {
    pen.fillStyle = this.paint(STATES[product.state] ?? "--muted");
    pen.beginPath();
    pen.arc(product.x, product.y, product.r, 0, 7);
    pen.fill();
    if (product !== this.over) return;
    pen.strokeStyle = this.paint("--focus");
    pen.lineWidth = 3 / this.scale;
    pen.stroke();
  }

  disconnectedCallback() {
    this.resize?.disconnect();
    document.removeEventListener("agora:look", this.look);
  }
}
customElements.define("mesh-map", MeshMap);
