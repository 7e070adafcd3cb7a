// <chart-view data-title="…" data-spec="/charts/ID/spec" data-values="/charts/ID/values"></chart-view>
// A Vega-Lite spec from data-spec, or from a <script type="application/json"> inside. Its data: from
// data-values, the shape of every page of rows,
//   {"columns": [{"name": "week", "type": "date"}, …], "rows": [["2017-01-02", 12.5], …]}
// or inline in the spec. A URL in a spec is refused: rows come through the door and nowhere else.
// Expressions are walked, never compiled. The numbers as a table stay on the page, beside it.
import { compile, expressionInterpreter, parse, View, Warn } from "../vendor/vega-6.4.0.min.js";

const OKABE_ITO = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000"];
const ON_DARK = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00", "#f0e442", "#bbbbbb"];

// A value of a token is `light-dark(…)`; only what something is painted with is a colour.
function painted(element, token) {
  const probe = element.appendChild(document.createElement("i"));
  probe.style.color = `var(${token})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function configOf(element) {
  const [text, muted, line] = ["--text", "--muted", "--line"].map((token) => painted(element, token));
  const dark = getComputedStyle(element).colorScheme === "dark"
    || (getComputedStyle(element).colorScheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const font = getComputedStyle(element).fontFamily;
  return {
    background: null, font,
    range: { category: dark ? ON_DARK : OKABE_ITO, ramp: { scheme: dark ? "darkmulti" : "teals" }, heatmap: { scheme: dark ? "darkmulti" : "teals" } },
    axis: { labelColor: muted, titleColor: text, domainColor: line, tickColor: line, gridColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600 },
    axisXDiscrete: { labelAngle: 0, labelOverlap: true, labelLimit: 140 },
    legend: { labelColor: text, titleColor: text, labelFontSize: 12, titleFontSize: 12 },
    title: { color: text }, text: { color: text }, view: { stroke: null }, bar: { cornerRadiusEnd: 2 }, line: { strokeWidth: 2 }, point: { filled: true },
    mark: { color: dark ? ON_DARK[0] : OKABE_ITO[0] },
  };
}

function refuseUrls(part) {
  if (!part || typeof part !== "object") return;
  if (typeof part.url === "string") throw new Error("a chart takes its rows from its product, not from an address");
  for (const key in part) if (key !== "values") refuseUrls(part[key]);
}

const asked = async (url) => {
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
};

class ChartView extends HTMLElement {
  async connectedCallback() {
    this.look = () => this.draw();
    document.addEventListener("agora:look", this.look);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.look);
    try {
      this.spec = this.dataset.spec ? await asked(this.dataset.spec) : JSON.parse(this.querySelector("script").textContent);
      refuseUrls(this.spec);
      if (this.dataset.values) {
        const { columns, rows } = await asked(this.dataset.values);
        this.spec.data = { values: rows.map((row) => Object.fromEntries(columns.map(({ name }, n) => [name, row[n]]))) };
      }
      await this.draw();
    } catch (problem) {
      this.tell(`This chart cannot be drawn: ${problem.message}. The table has the numbers.`);
    }
  }

  place() {
    let box = this.querySelector(".chart");
    if (!box) {
      box = this.appendChild(document.createElement("div"));
      box.className = "chart";
      box.tabIndex = 0;
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", this.dataset.title ?? "Chart");
    }
    return box;
  }

  async draw() {
    if (!this.spec) return;
    const box = this.place();
    this.view?.finalize();
    const own = { width: "container", height: 300, autosize: { type: "fit", contains: "padding" } };
    const { spec } = compile({ ...own, ...this.spec }, { config: configOf(this) });
    this.view = new View(parse(spec, null, { ast: true }), {
      expr: expressionInterpreter, renderer: "svg", container: box, hover: true, logLevel: Warn,
      loader: { load: () => Promise.reject(new Error("nothing is loaded from here")), sanitize: () => Promise.reject(new Error("no address")) },
    });
    await this.view.runAsync();
    box.querySelector("svg")?.setAttribute("aria-hidden", "true");
    this.dataset.ready = "yes";
  }

  tell(text) {
    const said = this.appendChild(document.createElement("p"));
    said.className = "bad-text";
    said.textContent = text;
    this.dataset.ready = "no";
  }

  disconnectedCallback() {
    document.removeEventListener("agora:look", this.look);
    this.scheme?.removeEventListener("change", this.look);
    this.view?.finalize();
  }
}
customElements.define("chart-view", ChartView);
