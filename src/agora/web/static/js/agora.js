// Loaded by every page; every page works without it. What it adds, each from markup:
//   islands            a custom element of ISLANDS is fetched when a page holds one
//   navigation         after a boosted one the h1 has the focus and the title was announced; Back finds its place
//   [data-copy=ID]     a button that copies the text of #ID
//   [data-preference]  a form whose radio buttons set the cookie theme or density at once
//   tab-set            a list of links to sections becomes tabs
//   time[data-relative]  says "2 hours ago", by the mesh's clock (<html data-now>); the exact moment on hover and focus
//   dialog#palette     Ctrl K; `/` goes to the search box. <html data-shortcuts="off"> turns both off
//   .lineage           shows the node one is at
//   event agora:toast  (from the server: HX-Trigger: {"agora:toast": {"text": "Sent"}}) is told at the foot of the page
//   event agora:say    (from an island, its detail a text) is read out
const ISLANDS = { "sql-editor": 1, "virtual-grid": 1, "chart-view": 1, "mesh-map": 1, "log-stream": 1 };
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
root.classList.add("js");

function fetchIslands() {
  for (const name in ISLANDS) {
    if (!document.querySelector(name) || customElements.get(name)) continue;
    import(new URL(`${name}.js${new URL(import.meta.url).search}`, import.meta.url));
  }
}

// Words for those who listen. It lives beside the body, which a boosted navigation exchanges.
const live = document.createElement("div");
live.className = "visually-hidden";
live.setAttribute("role", "status");
root.append(live);
function announce(text) {
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
}

function toast(text) {
  let place = document.getElementById("toasts");
  if (!place) {
    place = document.body.appendChild(document.createElement("div"));
    Object.assign(place, { id: "toasts", className: "toasts" });
    place.setAttribute("role", "status");
  }
  const box = document.createElement("div");
  box.className = "toast";
  const said = box.appendChild(document.createElement("p"));
  said.textContent = text;
  const away = box.appendChild(document.createElement("button"));
  Object.assign(away, { type: "button", className: "plain", textContent: "×", ariaLabel: "Dismiss" });
  away.dataset.dismiss = "";
  place.append(box);
}
document.addEventListener("agora:say", (event) => announce(event.detail));
document.addEventListener("agora:toast", (event) => toast(event.detail.text ?? event.detail.value));

// Navigation. htmx leaves the focus on the body, and Back at the top. Where one was is kept while one
// scrolls, and not while pages are exchanged: then the browser scrolls, not the person.
const placeOf = () => `y:${location.pathname}${location.search}`;
const isWhole = (event) => event.detail?.ctx?.target === document.body;
let place = placeOf();
let moving = false;
let goingBack = false;
let going; // the request that brings the page
let rest;
let trip = 0;
const depart = (back) => { clearTimeout(rest); moving = true; goingBack = back; trip += 1; };
const keep = () => { if (!moving && place === placeOf()) sessionStorage.setItem(place, Math.round(scrollY)); };
const settle = (after) => { clearTimeout(rest); rest = setTimeout(() => { moving = goingBack = false; keep(); }, after); };
addEventListener("scroll", keep, { passive: true });
addEventListener("popstate", () => { if (history.state?.htmx) depart(true); }, { capture: true });
document.addEventListener("htmx:before:request", (event) => {
  if (!isWhole(event)) return;
  going = event.detail.ctx;
  depart("HX-History-Restore-Request" in going.request.headers);
});
document.addEventListener("htmx:finally:request", (event) => {
  if (event.detail?.ctx === going) settle(2000); // unless the page arrives before
});
document.addEventListener("htmx:after:swap", (event) => {
  enhance();
  const now = trip; // who leaves again at once has not arrived
  if (isWhole(event)) setTimeout(() => { if (now === trip) arrive(); });
});
function arrive() {
  const target = document.querySelector(".error-summary") ?? document.querySelector("h1");
  const anchor = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && !document.activeElement?.matches("input, textarea, select")) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
  place = placeOf();
  if (anchor && !goingBack) anchor.scrollIntoView();
  else scrollTo(0, goingBack ? Number(sessionStorage.getItem(place) ?? 0) : 0);
  settle(150);
  announce(document.title);
}

// Copying.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-dismiss]");
  if (!button) return;
  if ("dismiss" in button.dataset) return button.closest(".toast, .notice")?.remove();
  const what = document.getElementById(button.dataset.copy);
  const text = what.value ?? what.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // without https there is no clipboard: the text is selected instead
    getSelection().selectAllChildren(what);
    return announce("Selected. Press Ctrl C to copy.");
  }
  const mark = button.querySelector("use");
  const before = mark?.getAttribute("href");
  mark?.setAttribute("href", before.replace(/#.*/, "#check"));
  announce("Copied");
  setTimeout(() => mark?.setAttribute("href", before), 1600);
});

// Theme and density: a cookie, so that the server draws the next page right at once.
document.addEventListener("change", (event) => {
  const kind = event.target.closest?.("[data-preference]")?.dataset.preference;
  if (!kind) return;
  const value = event.target.value;
  const own = value === "system" || value === "comfortable" ? "" : value;
  document.cookie = `${kind}=${own}; path=/; max-age=${own ? 31536000 : 0}; samesite=lax`;
  if (own) root.dataset[kind] = own;
  else delete root.dataset[kind];
  document.dispatchEvent(new CustomEvent("agora:look"));
});

class TabSet extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector(".tablist");
    this.links = all("a[href^='#']", list);
    list.setAttribute("role", "tablist");
    for (const link of this.links) {
      const panel = this.panel(link);
      link.parentElement.setAttribute("role", "presentation");
      link.setAttribute("role", "tab");
      link.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.tabIndex = 0;
      link.addEventListener("click", (event) => { event.preventDefault(); this.pick(link); });
    }
    list.addEventListener("keydown", (event) => {
      const at = this.links.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      const link = this.links.at(to % this.links.length);
      this.pick(link);
      link.focus();
    });
    const kept = this.id && localStorage.getItem(`tab:${this.id}`);
    this.pick(this.links.find((link) => link.hash === location.hash || link.hash === kept) ?? this.links[0], true);
  }
  panel(link) { return document.getElementById(link.hash.slice(1)); }
  pick(link, first) {
    for (const other of this.links) {
      const on = other === link;
      other.setAttribute("aria-selected", on);
      other.tabIndex = on ? 0 : -1;
      this.panel(other).hidden = !on;
    }
    if (!first && this.id) localStorage.setItem(`tab:${this.id}`, link.hash);
  }
}
customElements.define("tab-set", TabSet);

// Moments, by the mesh's clock: a demo's year may be long ago.
const STEPS = [["year", 31536e6], ["month", 2592e6], ["day", 864e5], ["hour", 36e5], ["minute", 6e4]];
function sayTimes() {
  const words = new Intl.RelativeTimeFormat(root.lang || "en", { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(root.dataset.reader || root.lang || "en", { dateStyle: "long", timeStyle: "short" });
  const now = root.dataset.now ? Date.parse(root.dataset.now) : Date.now();
  for (const time of all("time[data-relative]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(+at)) continue;
    const gap = at - now;
    const [unit, size] = STEPS.find(([, length]) => Math.abs(gap) >= length) ?? ["minute", 6e4];
    const said = words.format(Math.round(gap / size), unit);
    if (time.textContent !== said) time.textContent = said;
    time.title = exact.format(at);
    if (!time.closest("a, button, summary")) {
      time.tabIndex = 0;
      time.dataset.exact = time.title;
    }
  }
}
setInterval(sayTimes, 60000);

// The palette.
let opener;
let asked;
function options() { return all("#palette-list [role=option]").filter((option) => !option.hidden); }
function choose(option) {
  for (const other of options()) other.setAttribute("aria-selected", other === option);
  const input = document.querySelector("#palette input");
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}
function openPalette() {
  const palette = document.getElementById("palette");
  if (!palette || palette.open) return;
  opener = document.activeElement;
  palette.showModal();
  const input = palette.querySelector("input");
  input.value = "";
  if (!palette.dataset.ready) {
    palette.dataset.ready = "yes";
    input.addEventListener("input", () => { clearTimeout(asked); asked = setTimeout(() => look(palette, input.value.trim()), 120); });
    input.addEventListener("keydown", (event) => {
      const list = options();
      const at = list.findIndex((option) => option.ariaSelected === "true");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        choose(list.at((at + (event.key === "ArrowDown" ? 1 : -1)) % list.length));
      } else if (event.key === "Escape") { // a search box would only empty itself
        event.preventDefault();
        palette.close();
      } else if (event.key === "Enter" && list[at]) {
        event.preventDefault();
        palette.close();
        list[at].querySelector("a").click();
      }
    });
    palette.addEventListener("click", (event) => { if (event.target === palette || event.target.closest("a")) palette.close(); });
    palette.addEventListener("close", () => { if (opener?.isConnected) opener.focus(); });
  }
  look(palette, "");
}
async function look(palette, text) {
  const list = palette.querySelector("ul");
  for (const found of all("[data-found]", list)) found.remove();
  const places = all("[data-place]", list);
  for (const place of places) place.hidden = !place.textContent.toLowerCase().includes(text.toLowerCase());
  choose(options()[0]);
  if (!text) return;
  const answer = await fetch(`${palette.dataset.url}?q=${encodeURIComponent(text)}`, { headers: { accept: "application/json" } });
  if (!answer.ok || palette.querySelector("input").value.trim() !== text) return;
  const { items } = await answer.json();
  const image = list.querySelector("svg")?.cloneNode(true);
  items.slice(0, 12).reverse().forEach(({ title, href, note }, n) => {
    const option = document.createElement("li");
    option.id = `palette-found-${n}`;
    option.setAttribute("role", "option");
    option.dataset.found = "";
    const link = option.appendChild(document.createElement("a"));
    Object.assign(link, { href, tabIndex: -1 });
    if (image) link.append(image.cloneNode(true));
    link.append(title);
    if (note) link.appendChild(document.createElement("small")).textContent = note;
    list.prepend(option);
  });
  choose(options()[0]);
  announce(`${items.length} found`);
}
document.addEventListener("keydown", (event) => {
  if (root.dataset.shortcuts === "off") return;
  if ((event.ctrlKey || event.metaKey) && event.key === "k" && document.getElementById("palette")) {
    event.preventDefault();
    openPalette();
  } else if (event.key === "/" && !event.target.closest?.("input, textarea, select, [contenteditable], sql-editor, dialog")) {
    const box = document.querySelector("main input[type=search], [data-search], input[type=search]");
    if (box) { event.preventDefault(); box.focus(); box.select(); }
  }
});
document.addEventListener("click", (event) => { // a menu closes when one clicks elsewhere
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest?.("[data-palette]")) openPalette();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

function enhance() {
  fetchIslands();
  sayTimes();
  for (const drawing of all(".lineage")) {
    const here = drawing.querySelector("[data-here]")?.getBoundingClientRect();
    const frame = drawing.getBoundingClientRect();
    if (here) drawing.scrollLeft += here.left + here.width / 2 - frame.left - frame.width / 2;
  }
}
enhance();
import(new URL(`live.js${new URL(import.meta.url).search}`, import.meta.url));
document.querySelector(".error-summary")?.focus();
