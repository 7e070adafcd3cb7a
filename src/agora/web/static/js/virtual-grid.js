// <virtual-grid data-url="/query/ID/rows" data-rows="1000000" data-caption="Result">a table</virtual-grid>
// The table inside is for those without JavaScript; the grid takes its place.
// GET data-url?offset=N&limit=500 answers one window of the result that was kept:
//   {"columns": [{"name": "week", "type": "date", "kind": "time|number|text", "masked": false, "why": ""}],
//    "offset": 0, "total": 1000000, "rows": [["2017-01-02", 12], …]}     (null is nothing)
// Only the rows in sight are in the page, so the number of rows does not matter: a browser's longest
// element (some 30 million pixels) is not met, since the scroll bar is scaled above MAX_HEIGHT.
// Keys: arrows, PageUp/Down, Home/End, with Ctrl to the first and last row; Shift marks, Ctrl A all; Ctrl C copies as TSV.
const WINDOW = 500;
const KEPT = 12;
const MAX_HEIGHT = 8_000_000;
const MOST_COPIED = 20_000;
const MOST_WIDTH = 22;

const make = (role, className, parent) => {
  const element = parent.appendChild(document.createElement("div"));
  element.setAttribute("role", role);
  element.className = className;
  return element;
};
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

class VirtualGrid extends HTMLElement {
  connectedCallback() {
    this.total = Number(this.dataset.rows ?? 0);
    this.windows = new Map();
    this.at = { row: 0, column: 0 };
    this.from = null;
    this.top = 0;
    this.placed = null;
    this.start();
  }

  async start() {
    const first = await this.fetched(0).catch(() => null);
    if (!first || !this.isConnected) return; // the table stays
    this.columns = first.columns;
    this.total = first.total;
    this.replaceChildren();
    this.build(first);
    this.resize = new ResizeObserver(() => this.draw());
    this.resize.observe(this.box);
    this.draw();
    this.dataset.ready = "yes";
  }

  build(first) {
    this.box = make("grid", "vgrid", this);
    this.box.tabIndex = 0;
    this.box.setAttribute("aria-label", this.dataset.caption ?? "Rows");
    this.box.setAttribute("aria-rowcount", this.total + 1);
    this.box.setAttribute("aria-colcount", this.columns.length + 1);
    this.box.setAttribute("aria-multiselectable", "true");
    this.id ||= `grid-${Math.random().toString(36).slice(2, 8)}`;
    const widths = this.columns.map((column, n) => {
      const longest = first.rows.slice(0, 100).reduce((most, row) => Math.max(most, String(row[n] ?? "").length), column.name.length + (column.masked ? 10 : 1));
      return `${clamp(longest * .64 + 2, 5, MOST_WIDTH)}em`; // em, not ch: the head is bolder
    });
    this.box.style.setProperty("--columns", `${String(this.total).length * .75 + 2}em ${widths.join(" ")}`);
    this.head = make("row", "vhead", this.box);
    this.head.setAttribute("aria-rowindex", 1);
    make("columnheader", "rownum", this.head).textContent = "#";
    for (const column of this.columns) {
      const cell = make("columnheader", column.kind === "number" ? "number" : "", this.head);
      cell.textContent = column.masked ? `${column.name} (masked)` : column.name;
      cell.title = [column.type, column.why].filter(Boolean).join(" – ");
    }
    this.space = make("rowgroup", "vrows", this.box);
    this.foot = this.appendChild(document.createElement("div"));
    this.foot.className = "vgrid-foot";
    this.where = this.foot.appendChild(document.createElement("span"));
    this.help = this.foot.appendChild(document.createElement("span"));
    this.help.textContent = "Arrow keys move, Shift marks, Ctrl A all, Ctrl C copies";
    this.box.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.box.addEventListener("wheel", (event) => this.wheeled(event), { passive: false });
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.box.addEventListener("pointerdown", (event) => this.pointed(event));
    this.box.addEventListener("copy", (event) => { event.preventDefault(); this.copy(); });
  }

  // Sizes
  get rowHeight() { return this.height ??= parseFloat(getComputedStyle(this).getPropertyValue("--row")) || 40; }
  get room() { return Math.max(this.box.clientHeight - this.head.offsetHeight, this.rowHeight); }
  get whole() { return Math.min(this.total * this.rowHeight, MAX_HEIGHT); }
  get scaled() { return this.total * this.rowHeight > MAX_HEIGHT; }
  get lastTop() { return Math.max(this.total - this.room / this.rowHeight, 0); }

  scrolled() {
    if (this.placed !== null && Math.abs(this.box.scrollTop - this.placed) < 1.5) return; // placed by `go`, which knows the row better
    this.placed = null;
    const reach = Math.max(this.whole - this.room, 1);
    this.top = this.scaled ? (this.box.scrollTop / reach) * this.lastTop : this.box.scrollTop / this.rowHeight;
    this.soon();
  }

  wheeled(event) { // a scaled scroll bar would jump over rows
    if (!this.scaled || event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    const before = this.top;
    this.go(this.top + event.deltaY * (event.deltaMode ? 1 : 1 / this.rowHeight));
    if (this.top !== before) event.preventDefault();
  }

  go(top) {
    this.top = clamp(top, 0, this.lastTop);
    const reach = Math.max(this.whole - this.room, 1);
    const to = this.scaled ? (this.top / (this.lastTop || 1)) * reach : this.top * this.rowHeight;
    this.box.scrollTop = to;
    this.placed = this.box.scrollTop;
    this.soon();
  }

  soon() { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); }); }

  draw() {
    if (!this.box) return;
    this.height = null;
    this.space.style.height = `${this.whole}px`;
    const first = clamp(Math.floor(this.top) - 6, 0, this.total);
    const last = Math.min(first + Math.ceil(this.room / this.rowHeight) + 13, this.total);
    const base = this.box.scrollTop;
    const rows = this.space.children;
    while (rows.length > last - first) rows[rows.length - 1].remove();
    for (let n = first; n < last; n += 1) {
      const row = rows[n - first] ?? this.emptyRow();
      row.style.transform = `translateY(${base + (n - this.top) * this.rowHeight}px)`;
      this.fill(row, n);
    }
    const seen = [Math.floor(this.top) + 1, Math.min(Math.ceil(this.top + this.room / this.rowHeight), this.total)];
    this.where.textContent = this.total ? `Rows ${seen.map((n) => n.toLocaleString()).join("–")} of ${this.total.toLocaleString()}` : "No rows";
    clearTimeout(this.wanted);
    this.wanted = setTimeout(() => this.want(first, last), 40);
  }

  emptyRow() {
    const row = make("row", "", this.space);
    make("rowheader", "rownum", row);
    for (const column of this.columns) make("gridcell", `${column.kind === "number" ? "number" : ""}${column.masked ? " masked" : ""}`, row);
    return row;
  }

  fill(row, n) {
    const values = this.rowAt(n);
    row.setAttribute("aria-rowindex", n + 2);
    row.classList.toggle("waiting", !values);
    row.firstChild.textContent = (n + 1).toLocaleString();
    const marked = this.marked();
    const held = n >= marked.top && n <= marked.bottom;
    this.columns.forEach((_, c) => {
      const cell = row.children[c + 1];
      const value = values?.[c];
      const text = value === null || value === undefined ? (values ? "–" : "") : typeof value === "object" ? JSON.stringify(value) : String(value);
      if (cell.textContent !== text) cell.textContent = text;
      cell.classList.toggle("null", Boolean(values) && value === null);
      const here = n === this.at.row && c === this.at.column;
      const picked = held && c >= marked.left && c <= marked.right && (this.from !== null);
      cell.classList.toggle("at", here);
      cell.classList.toggle("picked", picked);
      cell.setAttribute("aria-selected", picked || here);
      cell.id = `${this.id}-${n}-${c}`;
      if (here) this.box.setAttribute("aria-activedescendant", cell.id);
    });
  }

  // Windows of rows
  rowAt(n) {
    const page = this.windows.get(Math.floor(n / WINDOW));
    return page?.rows?.[n % WINDOW];
  }

  async want(first, last) {
    const pages = new Set([Math.floor(first / WINDOW), Math.floor(Math.max(last - 1, 0) / WINDOW)]);
    for (const page of pages) {
      if (page * WINDOW >= this.total || this.windows.has(page)) continue;
      await this.fetched(page).then(() => this.soon(), () => { this.where.textContent = "These rows could not be fetched."; });
    }
  }

  async fetched(page) {
    const kept = this.windows.get(page);
    if (kept) return kept.answer;
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("offset", page * WINDOW);
    url.searchParams.set("limit", WINDOW);
    const entry = {};
    entry.answer = fetch(url, { headers: { accept: "application/json" } }).then(async (response) => {
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      entry.rows = answer.rows;
      return answer;
    });
    this.windows.set(page, entry);
    entry.answer.catch(() => this.windows.delete(page));
    if (this.windows.size > KEPT) this.windows.delete(this.windows.keys().next().value);
    return entry.answer;
  }

  // Moving and marking
  marked() {
    const from = this.from ?? this.at;
    return { top: Math.min(from.row, this.at.row), bottom: Math.max(from.row, this.at.row), left: Math.min(from.column, this.at.column), right: Math.max(from.column, this.at.column) };
  }

  move(row, column, mark) {
    if (mark) this.from ??= { ...this.at };
    else this.from = null;
    this.at = { row: clamp(row, 0, Math.max(this.total - 1, 0)), column: clamp(column, 0, this.columns.length - 1) };
    const visible = this.room / this.rowHeight;
    if (this.at.row < this.top) this.go(this.at.row);
    else if (this.at.row > this.top + visible - 1) this.go(this.at.row - visible + 1);
    else this.soon();
    const head = this.head.children[this.at.column + 1];
    if (head.offsetLeft < this.box.scrollLeft) this.box.scrollLeft = head.offsetLeft;
    else if (head.offsetLeft + head.offsetWidth > this.box.scrollLeft + this.box.clientWidth) this.box.scrollLeft = head.offsetLeft + head.offsetWidth - this.box.clientWidth;
  }

  pressed(event) {
    const page = Math.max(Math.floor(this.room / this.rowHeight) - 1, 1);
    const { row, column } = this.at;
    const far = event.ctrlKey || event.metaKey;
    const to = {
      ArrowDown: [far ? this.total - 1 : row + 1, column], ArrowUp: [far ? 0 : row - 1, column],
      ArrowRight: [row, far ? this.columns.length : column + 1], ArrowLeft: [row, far ? 0 : column - 1],
      PageDown: [row + page, column], PageUp: [row - page, column],
      Home: [far ? 0 : row, 0], End: [far ? this.total - 1 : row, this.columns.length],
    }[event.key];
    if (to) {
      event.preventDefault();
      this.move(...to, event.shiftKey);
    } else if (far && event.key.toLowerCase() === "a") {
      event.preventDefault();
      this.from = { row: 0, column: 0 };
      this.at = { row: Math.max(this.total - 1, 0), column: this.columns.length - 1 };
      this.soon();
    } else if (far && event.key.toLowerCase() === "c") {
      event.preventDefault();
      this.copy();
    }
  }

  pointed(event) {
    const cell = event.target.closest("[role=gridcell]");
    if (!cell) return;
    const [, row, column] = /-(\d+)-(\d+)$/.exec(cell.id);
    this.move(Number(row), Number(column), event.shiftKey);
  }

  async copy() {
    const { top, bottom, left, right } = this.marked();
    const end = Math.min(bottom, top + Math.floor(MOST_COPIED / (right - left + 1)));
    const lines = [];
    for (let n = top; n <= end; n += 1) {
      const page = Math.floor(n / WINDOW);
      const rows = this.windows.get(page)?.rows ?? (await this.fetched(page)).rows;
      lines.push(rows[n % WINDOW].slice(left, right + 1).map((value) => this.plain(value)).join("\t"));
    }
    await navigator.clipboard.writeText(lines.join("\n"));
    const said = end < bottom ? `Copied the first ${lines.length.toLocaleString()} rows` : `Copied ${lines.length.toLocaleString()} ${lines.length === 1 ? "row" : "rows"}`;
    document.dispatchEvent(new CustomEvent("agora:say", { detail: said }));
  }

  plain(value) {
    const text = value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
    const number = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text); // exact ones come as text
    const calm = typeof value === "string" && !number && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // a sheet must not take it for a formula
    return /[\t\n"]/.test(calm) ? `"${calm.replaceAll('"', '""')}"` : calm;
  }

  disconnectedCallback() {
    this.resize?.disconnect();
    clearTimeout(this.wanted);
  }
}
customElements.define("virtual-grid", VirtualGrid);
