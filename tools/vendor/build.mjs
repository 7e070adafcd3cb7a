// Makes src/agora/web/static/vendor anew: `npm install && npm run build` in a copy of this folder,
// or `node build.mjs TARGET TESTS` from one. The font is cut by fonttools (with brotli), named
// by the environment variable FONTTOOLS. Sources come from npm, artefacts are
// committed, vendor.lock.json says what each one is.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const [target = "../../src/agora/web/static/vendor", tests = "../../tests/vendor"] = process.argv.slice(2);
const modules = "node_modules";
const version = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"))).version;
const licence = (name) => JSON.parse(readFileSync(join(modules, name, "package.json"))).license;

const ICONS = `activity arrow-left arrow-right bell book-open bookmark calendar chart-column chart-line check
check-check chevron-down chevron-left chevron-right chevrons-up-down circle circle-alert circle-check
circle-dot circle-x clock code copy database download ellipsis external-link eye eye-off file-spreadsheet
file-text filter git-branch hammer history info key link loader-circle lock lock-open log-out mail map
megaphone menu message-square minus monitor moon network pencil play plus refresh-cw rows-3 rows-4 scale
search send settings shield shield-check shopping-cart sliders-horizontal sparkles square star store sun
table-2 tag terminal trash-2 triangle-alert upload user users workflow x zap`.split(/\s+/);

// Nothing that reaches a browser may compile text to code: the page's policy forbids it, and here
// the places that would are taken out, so that a changed library is noticed when it is vendored.
const GRAVES = [
  [/vega-runtime\/(src|build)\/.*\.js$/, /(?<![\w.])(new )?Function\((?!\))/g],
  [/d3-dsv\/.*\.m?js$/, /new Function\(/g],
];
const noCompiling = {
  name: "no-compiling",
  setup(b) {
    b.onLoad({ filter: /(vega-runtime|d3-dsv)\/.*\.m?js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [file, what] of GRAVES) {
        if (file.test(path)) contents = contents.replace(what, "__mayNotCompile(");
      }
      if (!contents.includes("__mayNotCompile(")) return { contents };
      return { contents: `const __mayNotCompile = () => { throw new Error("text is never compiled here"); };\n${contents}` };
    });
  },
};

async function bundle(entry, file, plugins = []) {
  await build({ entryPoints: [entry], outfile: join(target, file), bundle: true, minify: true, format: "esm",
    target: "es2022", legalComments: "none", logLevel: "warning", plugins });
}

function sprite() {
  const symbols = ICONS.map((icon) => {
    const inside = readFileSync(join(modules, "lucide-static/icons", `${icon}.svg`), "utf8")
      .replace(/^[\s\S]*?<svg[\s\S]*?>/, "").replace("</svg>", "").replace(/\s+/g, " ").trim();
    return `<symbol id="${icon}" viewBox="0 0 24 24">${inside}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide ${version("lucide-static")}, ISC -->\n${symbols.join("\n")}\n</svg>\n`;
}

// The weights we use and the letters Western Europe writes with: a page has 60 KB, and this is a third of it.
function font(part, name, unicodes, features) {
  const fonttools = process.env.FONTTOOLS ?? "fonttools";
  const file = `inter-${name}-${version("@fontsource-variable/inter")}.woff2`;
  const source = join(modules, `@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`);
  execFileSync(fonttools, ["varLib.instancer", source, "wght=400:650", "-q", "-o", "inter.ttf"]);
  execFileSync(fonttools, ["subset", "inter.ttf", `--unicodes=${unicodes}`, "--flavor=woff2", `--layout-features=${features}`,
    `--output-file=${join(target, file)}`]);
  rmSync("inter.ttf");
  return file;
}

mkdirSync(target, { recursive: true });
mkdirSync(tests, { recursive: true });
for (const old of readdirSync(target)) rmSync(join(target, old));

const made = [];
const add = (file, parts, how) => made.push({ file, parts, how });
const named = (name, tail = "min.js") => `${name}-${version({ codemirror: "@codemirror/view", htmx: "htmx.org" }[name] ?? name)}.${tail}`;

const htmx = named("htmx");
copyFileSync(join(modules, "htmx.org/dist/htmx.min.js"), join(target, htmx));
add(htmx, ["htmx.org"], "dist/htmx.min.js, as it is");
const sse = `htmx-sse-${version("htmx.org")}.min.js`;
copyFileSync(join(modules, "htmx.org/dist/ext/hx-sse.min.js"), join(target, sse));
add(sse, ["htmx.org"], "dist/ext/hx-sse.min.js, as it is");
for (const file of [htmx, sse]) { // the maps are not shipped: no browser shall look for them
  writeFileSync(join(target, file), readFileSync(join(target, file), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
await bundle("codemirror.js", named("codemirror"));
add(named("codemirror"), ["@codemirror/autocomplete", "@codemirror/commands", "@codemirror/lang-sql", "@codemirror/language", "@codemirror/lint", "@codemirror/search", "@codemirror/state", "@codemirror/view", "@lezer/highlight"], "esbuild of codemirror.js");
await bundle("vega.js", named("vega"), [noCompiling]);
add(named("vega"), ["vega", "vega-lite", "vega-interpreter"], "esbuild of vega.js, everything that compiles text to code taken out");
writeFileSync(join(target, "icons.svg"), sprite());
add("icons.svg", ["lucide-static"], `a sprite of ${ICONS.length} icons`);
add(font("latin", "basic", "U+20-7E,U+A0-FF,U+152-153,U+2013,U+2014,U+2018-201E,U+2022,U+2026,U+2032,U+2033,U+2039,U+203A,U+20AC,U+2122,U+2190-2193,U+2212", "kern,tnum,ccmp"), ["@fontsource-variable/inter"], "cut by fonttools: weights 400 to 650, the letters of Western Europe");
add(font("latin-ext", "latin-ext", "U+0100-0130,U+0132-0151,U+0154-017F,U+0218-021B,U+1E9E,U+20A3-20A4,U+20A6-20A9,U+20AB-20BF", "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,ss03,case"), ["@fontsource-variable/inter"], "cut by fonttools");
writeFileSync(join(target, "LICENSES.txt"), ["htmx.org", "@codemirror/view", "vega", "vega-lite", "vega-interpreter", "lucide-static", "@fontsource-variable/inter"]
  .map((name) => `== ${name} ${version(name)} (${licence(name)})\n\n${readFileSync(join(modules, name, readdirSync(join(modules, name)).find((f) => /^licen[sc]e/i.test(f))), "utf8").trim()}\n`).join("\n"));

const lock = { made: "tools/vendor/build.mjs", files: made.map(({ file, parts, how }) => {
  const bytes = readFileSync(join(target, file));
  return { file, how, sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length,
    packages: parts.map((name) => ({ name, version: version(name), licence: licence(name) })) };
}) };
writeFileSync(join(target, "vendor.lock.json"), `${JSON.stringify(lock, null, 2)}\n`);
copyFileSync(join(modules, "axe-core/axe.min.js"), join(tests, `axe-${version("axe-core")}.min.js`));
for (const { file, bytes, gzip } of lock.files) console.log(file, bytes, gzip);
