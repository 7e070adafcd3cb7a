// <sql-editor data-schema="/query/schema" data-errors='[{"line": 1, "column": 8, "message": "…"}]'>
//   <textarea name="sql">…</textarea></sql-editor>
// The textarea stays in the form and holds the text; CodeMirror writes into it. Ctrl Enter submits
// the form. An attribute data-errors that changes marks anew, as does an element
// <div data-errors-of="ID of the textarea" data-errors="[…]"> that htmx brings.
// GET data-schema answers only what the person may know:
//   {"tables": [{"name": "sales.weekly_sales", "title": "Weekly Sales Report",
//                "columns": [{"name": "week", "type": "date", "masked": false}]}],
//    "parameters": ["week"]}
// The editor lives in a shadow root: there its styles are adopted sheets, which a page that allows
// no inline style permits. It has no slot, so that the textarea is in the form but not in sight.
import {
  acceptCompletion, autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, Compartment, completionKeymap,
  defaultKeymap, drawSelection, EditorState, EditorView, HighlightStyle, highlightActiveLine, highlightSelectionMatches,
  history, historyKeymap, indentOnInput, keymap, lineNumbers, lintGutter, lintKeymap, placeholder, PostgreSQL, Prec,
  searchKeymap, setDiagnostics, sql, syntaxHighlighting, tags,
} from "../vendor/codemirror-6.43.15.min.js";

const LOOK = EditorView.theme({
  "&": { fontSize: "var(--t2)", border: "1px solid var(--control)", borderRadius: "var(--r1)", background: "var(--surface)", color: "var(--text)" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", minHeight: "10rem", maxHeight: "60vh" },
  ".cm-content": { caretColor: "var(--text)", padding: "10px 0" },
  ".cm-gutters": { background: "var(--sunk)", color: "var(--muted)", border: "0", borderRadius: "var(--r1) 0 0 var(--r1)" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "color-mix(in srgb, var(--accent) 26%, transparent)" },
  ".cm-tooltip, .cm-panels": { background: "var(--surface)", color: "var(--text)", border: "1px solid var(--control)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 8px", fontFamily: "var(--font)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-soft)", color: "var(--text)" },
  // the library's own marks are data: images, which the page's policy forbids
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".cm-lint-marker-error": { content: "''", width: "10px", height: "10px", margin: "6px 2px", borderRadius: "50%", background: "var(--bad)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "1em" },
});
const COLOURS = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--ok)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: [tags.comment], color: "var(--muted)", fontStyle: "italic" },
]));

// Typing over a selection makes Chromium keep its look as an inline style, which the page's policy
// refuses aloud. So the editor replaces a selection itself.
const TYPED_OVER = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to } = view.state.selection.main;
    if (event.inputType !== "insertText" || !event.data || from === to) return false;
    view.dispatch({ ...view.state.replaceSelection(event.data), userEvent: "input.type", scrollIntoView: true });
    event.preventDefault();
    return true;
  },
});

const optionOf = ({ name, type, masked }) => ({ label: name, type: "property", boost: 2, detail: type + (masked ? " · masked" : "") });

function schemaOf({ tables }) {
  const schema = {};
  for (const { name, title, columns } of tables) {
    const [domain, table] = name.split(".");
    (schema[domain] ??= {})[table] = { self: { label: table, type: "class", detail: title ?? "" }, children: columns.map(optionOf) };
  }
  return schema;
}

// A column with no table before it is one of the tables that the text names.
const columnsOf = ({ tables }) => (context) => {
  const word = context.matchBefore(/(?<![\w.$'"])\w+/);
  if (!word) return null;
  const named = new Set(context.state.doc.toString().toLowerCase().match(/\w+\.\w+/g));
  const columns = tables.filter(({ name }) => named.has(name)).flatMap((table) => table.columns);
  return { from: word.from, options: [...new Map(columns.map((each) => [each.name, optionOf(each)])).values()], validFor: /^\w*$/ };
};

class SqlEditor extends HTMLElement {
  static observedAttributes = ["data-errors"];

  connectedCallback() {
    if (this.view) return;
    this.area = this.querySelector("textarea");
    const label = this.area.labels?.[0];
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.language = new Compartment();
    const run = () => { this.area.form?.requestSubmit(); return true; };
    this.view = new EditorView({
      root: shadow,
      parent: shadow,
      state: EditorState.create({
        doc: this.area.value,
        extensions: [
          Prec.highest(keymap.of([{ key: "Mod-Enter", run }, { key: "Tab", run: acceptCompletion }])),
          lineNumbers(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
          autocompletion(), highlightActiveLine(), highlightSelectionMatches(), EditorView.lineWrapping, LOOK, COLOURS, TYPED_OVER,
          this.language.of(sql({ dialect: PostgreSQL })),
          placeholder(this.area.placeholder || "select …"),
          EditorView.contentAttributes.of({ "aria-label": label?.textContent.trim() ?? "SQL", "aria-multiline": "true" }),
          EditorView.updateListener.of((update) => { if (update.docChanged) this.written(); }),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        ],
      }),
    });
    label?.addEventListener("click", () => this.view.focus());
    document.addEventListener("htmx:after:swap", this.told);
    this.mark();
    this.learn();
  }

  written() {
    this.area.value = this.view.state.doc.toString();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  attributeChangedCallback() { if (this.view) this.mark(); }

  get value() { return this.view.state.doc.toString(); }
  set value(text) { this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } }); }

  mark() {
    const doc = this.view.state.doc;
    const found = JSON.parse(this.dataset.errors || "[]").map(({ line, column = 1, message }) => {
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const from = Math.min(at.from + Math.max(column, 1) - 1, at.to);
      const word = /^\w+/.exec(doc.sliceString(from, at.to))?.[0].length ?? 1;
      return { from, to: Math.min(from + word, doc.length), severity: "error", message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  async learn() {
    if (!this.dataset.schema) return;
    const answer = await fetch(this.dataset.schema, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const known = await answer.json();
    const parameters = known.parameters ?? [];
    const extensions = [sql({ dialect: PostgreSQL, schema: schemaOf(known), upperCaseKeywords: false, keywordCompletion: (label, type) => ({ label, type, boost: -20 }) })];
    extensions.push(PostgreSQL.language.data.of({ autocomplete: columnsOf(known) }));
    if (parameters.length) {
      extensions.push(PostgreSQL.language.data.of({ autocomplete: (context) => {
        const word = context.matchBefore(/\$\w*/);
        return word && { from: word.from, options: parameters.map((name) => ({ label: `$${name}`, type: "variable" })) };
      } }));
    }
    this.view.dispatch({ effects: this.language.reconfigure(extensions) });
    this.dataset.ready = "yes";
  }

  told = () => { // an answer that came for a part of the page says where the text is wrong
    const told = document.querySelector(`[data-errors-of="${this.area.id}"]`);
    if (told) this.dataset.errors = told.dataset.errors;
  };

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.told);
    this.view?.destroy();
    this.view = null;
  }
}
customElements.define("sql-editor", SqlEditor);
