"""The look in a real browser, under the policy of the pages: every island once, by keyboard where one can."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.unit.web import gallery

AXE = next((Path(__file__).parents[2] / "vendor").glob("axe-*.min.js")).read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.served() as url:
        yield url


@pytest.fixture
def opened(chromium: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Pages of the gallery; what they complain of fails the test."""
    contexts, complaints = [], []

    def page(path: str = "/", **options: Any) -> Any:
        context = chromium.new_context(base_url=address, **options)
        contexts.append(context)
        found = context.new_page()
        found.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        found.on("pageerror", lambda problem: complaints.append(str(problem)))
        found.goto(path)
        return found

    yield page
    for context in contexts:
        context.close()
    assert complaints == []


def ready(page: Any, *islands: str) -> None:
    for island in islands or ("sql-editor", "virtual-grid", "chart-view", "mesh-map"):
        page.wait_for_selector(f"{island}[data-ready=yes]", state="attached")


def until(page: Any, true: str) -> None:
    """Playwright's own waiting compiles text, which the policy forbids after an exchange of the page."""
    end = time.monotonic() + 15
    while not page.evaluate(true):
        assert time.monotonic() < end, true
        time.sleep(0.02)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_everybody_can_use_every_component(opened, scheme, width):
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    ready(page)
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", RULES)
    broken = [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    assert broken == []
    assert len(found["passes"]) > 20


def test_no_page_scrolls_sideways_and_every_target_can_be_hit(opened):
    page = opened()
    ready(page)
    for density in ("", "compact"):
        page.evaluate("density => { document.documentElement.dataset.density = density }", density)
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, (
                f"{over} pixels too wide at {width}, density {density or 'comfortable'}"
            )
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, select, .tablist a, .shell-nav a, .facet")]
        .map(found => [found.textContent.trim(), found.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([text]) => text)"""
    )
    assert small == []


def test_without_javascript_everything_is_there(opened):
    page = opened("/bare", java_script_enabled=False)
    for text in (
        "select week, sum(revenue)",
        "import agora",
        "curl -H",
        "3 rows went to quarantine",
    ):
        assert page.get_by_text(text).first.is_visible()
    assert page.locator("textarea[name=sql]").input_value().startswith("select week, revnue")
    assert page.locator("[data-copy]").first.is_hidden()
    page.locator("textarea[name=sql]").fill("select 1")
    page.get_by_role("button", name="Run").click()
    assert page.locator("#asked").inner_text() == "select 1"


def test_the_editor_completes_marks_and_submits(opened):
    page = opened("/only/editor")
    ready(page, "sql-editor")
    editor = page.locator("sql-editor")
    assert editor.locator(".cm-lintRange-error").inner_text() == "revnue"
    assert page.locator("textarea[name=sql]").is_hidden()
    typed = page.get_by_role("textbox", name="SQL")
    typed.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("select e from sales.weekly_sales w where w.")
    options = editor.get_by_role("option")
    expect(options).to_have_count(2)
    assert {text.split("date")[0].split("text")[0] for text in options.all_inner_texts()} == {
        "week",
        "email",
    }
    assert options.filter(has_text="masked").count() == 1
    page.keyboard.type("email is null and wee")
    expect(options.first).to_contain_text("week")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Backspace")
    page.keyboard.type("week = '2017-01-02'")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/query\?sql="))
    page.wait_for_selector("#asked")
    assert (
        page.locator("#asked").inner_text()
        == "select e from sales.weekly_sales w where w.email is null and week = '2017-01-02'"
    )


def test_a_million_rows_are_a_few_elements_and_the_last_is_one_key_away(opened):
    page = opened("/only/grid", permissions=["clipboard-read", "clipboard-write"])
    ready(page, "virtual-grid")
    grid = page.get_by_role("grid")
    assert grid.get_attribute("aria-rowcount") == str(gallery.ROWS + 1)
    masked = page.get_by_role("columnheader", name="email (masked)")
    assert masked.get_attribute("title") == "text – company rule"
    grid.focus()
    page.keyboard.press("Control+End")
    page.get_by_role("gridcell", name="999999", exact=True).wait_for()
    assert grid.get_by_role("row").count() <= 300
    last = grid.get_by_role("row").last.get_attribute("aria-rowindex")
    assert last == str(gallery.ROWS + 1)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+End")
    page.keyboard.press("Control+c")
    page.get_by_text("Copied 2 rows").wait_for(state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "999998\t'=department 6\t\n999999\t'=department 0\t"
    page.keyboard.press("Control+Home")
    page.keyboard.press("PageDown")
    here = "document.getElementById(document.querySelector('.vgrid').getAttribute('aria-activedescendant'))"
    until(page, f"{here}?.parentElement.ariaRowIndex > 5")
    box = grid.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.wheel(0, 4000)
    until(page, "!document.querySelector('.vgrid [aria-rowindex=\"2\"]')")
    assert "waiting" not in grid.get_by_role("row").nth(3).get_attribute("class")


def test_a_chart_is_drawn_from_the_rows_of_its_own_address(opened):
    page = opened("/only/chart")
    page.wait_for_selector(".chart .mark-rect path")
    assert page.locator(".chart .mark-rect path").count() == 3
    page.get_by_text("a chart takes its rows from its product").wait_for()


def test_the_map_of_two_thousand_products_stays_quick_and_has_keys(opened):
    page = opened("/only/map")
    ready(page, "mesh-map")
    took = page.evaluate(
        """() => { const map = document.querySelector("mesh-map"); const start = performance.now();
        for (let n = 0; n < 5; n += 1) { map.ox += 10; map.draw(); } return (performance.now() - start) / 5; }"""
    )
    assert took < 200
    canvas = page.locator("mesh-map canvas")
    tries = [freezes(page, canvas) for _ in range(2)]
    assert min(map(max, tries)) <= 200, f"the page stood still for these milliseconds: {tries}"
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    told = page.locator("mesh-map .told").inner_text()
    assert re.fullmatch(r"Product \d+, (healthy|at-risk|failing)", told)
    page.get_by_role("button", name="Zoom in").click()
    canvas.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/products/\d+"))


def test_lines_of_the_map_pass_other_domains_above_or_below(opened):
    page = opened("/only/map")
    crossed = page.evaluate(CROSSED, [chained(5, 2, 12), chained(12, 3, 40)])
    assert crossed == [[], []]


def chained(domains: int, products: int, links: int) -> dict[str, Any]:
    """A mesh in which domains feed later ones, and some an earlier one, the same each time."""
    names = [f"d{d}.p{p}" for d in range(domains) for p in range(products)]
    jumps = [(n * 7 % len(names), (n * 11 + 3) % len(names)) for n in range(links)]
    return {
        "domains": [{"name": f"d{d}", "title": f"Domain {d}"} for d in range(domains)],
        "products": [
            {"id": n, "title": f"Product {n}", "domain": n.partition(".")[0]} for n in names
        ],
        "links": [{"from": names[a], "to": names[b]} for a, b in jumps if a != b],
    }


CROSSED = """async (meshes) => {
  const { laidOut } = await import("/static/js/map-layout.js");
  return meshes.map((mesh) => {
    const { groups } = laidOut(mesh, 1200);
    const found = [];
    for (const { from, to, path } of mesh.links) {
      let [x, y] = path[0];
      for (const to_ of path.slice(1)) {
        const [a, b, c, d, e, f] = to_.length > 2 ? to_ : [x, y, ...to_, ...to_];
        for (let t = 0; t <= 1; t += .02) {
          const u = 1 - t, at = (p, q, r, s) => u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
          const [px, py] = [at(x, a, c, e), at(y, b, d, f)];
          const hit = groups.find((g) => px > g.x + 1 && px < g.x + g.w - 1 && py > g.y + 1 && py < g.y + g.h - 1);
          if (hit && ![from, to].some((id) => id.startsWith(hit.name + "."))) found.push(`${from} to ${to} over ${hit.name}`);
        }
        [x, y] = to_.slice(-2);
      }
    }
    return found;
  });
}"""


def freezes(page: Any, canvas: Any) -> list[float]:
    """How long the page heard nothing, each time, while somebody drags the map, zooms and looks about."""
    page.evaluate(
        """() => { self.frozen = [0]; self.watch?.disconnect();
        self.watch = new PerformanceObserver(list => self.frozen.push(...list.getEntries().map(each => each.duration)));
        self.watch.observe({ type: "longtask" }); }"""
    )
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = page.evaluate("document.querySelector('mesh-map').ox")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 60, steps=12)
    page.mouse.up()
    assert page.evaluate("document.querySelector('mesh-map').ox") != before
    for turn in (-240, -240, 240, 240):
        page.mouse.wheel(0, turn)
    page.mouse.move(x - 90, y - 90, steps=12)
    canvas.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    return page.evaluate("self.frozen")


def test_a_log_grows_as_text_and_ends(opened):
    page = opened("/only/log")
    page.wait_for_selector("log-stream[data-state=refused]")
    line = page.locator(".log li.error")
    assert line.inner_text().split() == ["07:00:02", "<b>1", "check", "failed</b>"]
    assert page.locator(".log li").count() == 2


def test_a_boosted_navigation_moves_the_focus_tells_the_title_and_back_finds_its_place(opened):
    page = opened("/bare")
    until(page, "document.documentElement.classList.contains('js')")
    page.evaluate("window.kept = true")
    way = page.get_by_role("link", name="Find data")
    way.scroll_into_view_if_needed()
    until(
        page, "sessionStorage.getItem('y:/bare') === String(Math.round(scrollY)) && scrollY > 300"
    )
    place = page.evaluate("scrollY")
    way.click()
    page.get_by_role("heading", name="Found").wait_for()
    until(page, "document.activeElement.tagName === 'H1'")
    assert page.evaluate("window.kept"), "the page was exchanged, not loaded"
    assert page.url.endswith("/search")
    assert page.locator("#token").inner_text() == "for-show"
    until(
        page,
        "[...document.querySelectorAll('[role=status]')].some(e => e.textContent.startsWith('Found'))",
    )
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.get_by_role("heading", name="Weekly Sales Report", level=1).wait_for()
    until(page, f"Math.abs(scrollY - {place}) < 2")
    until(page, "document.documentElement.classList.contains('js')")


def test_a_theme_is_kept_and_the_next_page_comes_in_it(opened):
    page = opened("/bare", color_scheme="light")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(paper) == "rgb(251, 251, 250)"
    page.locator("main").get_by_role("radio", name="Dark").check(force=True)
    assert page.evaluate(paper) == "rgb(19, 20, 19)"
    page.reload(wait_until="commit")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.wait_for_selector("html.js")
    page.locator("main").get_by_role("radio", name="System").check(force=True)
    assert page.evaluate(paper) == "rgb(251, 251, 250)"
    assert "theme" not in page.evaluate("document.cookie")


def test_the_palette_finds_a_product_and_gives_the_focus_back(opened):
    page = opened("/bare")
    until(page, "document.documentElement.classList.contains('js')")
    page.get_by_role("link", name="Follow").or_(page.get_by_role("button", name="Follow")).focus()
    page.keyboard.press("Control+k")
    page.keyboard.type("weekly")
    page.get_by_role("option", name="Weekly Sales Report").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(page, "document.activeElement.textContent.includes('Follow')")
    page.keyboard.press("Control+k")
    page.keyboard.type("weekly")
    page.get_by_role("option", name="Weekly Sales Report").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/products/sales/weekly-sales"))


def test_small_things_have_keys(opened):
    page = opened("/bare", permissions=["clipboard-read", "clipboard-write"])
    until(page, "document.documentElement.classList.contains('js')")
    page.get_by_role("tab", name="SQL").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tabpanel", name="pandas").is_visible()
    assert page.locator("#use-sql").is_hidden()
    page.get_by_role("button", name="Copy pandas").click()
    page.get_by_text("Copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()").startswith("import agora")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.get_by_role("button", name="Give up access").click()
    assert page.get_by_role("dialog").is_visible()
    page.get_by_role("button", name="Keep it").click()
    assert page.locator("#sure").is_hidden()
    page.get_by_role("button", name="why masked").click()
    assert page.locator("#why-email").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Dismiss").click()
    assert page.get_by_text("Request sent").count() == 0
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('agora:toast', {detail: {text: '<i>Saved</i>'}}))"
    )
    assert page.locator("#toasts").get_by_text("<i>Saved</i>").is_visible()
    said = page.locator(".timeline time").first
    assert said.inner_text() == "2 hours ago"
    assert said.get_attribute("data-exact").startswith("January 1, 2018")


def test_print_shows_the_label_and_not_the_way_about(opened):
    page = opened("/bare")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Label").is_visible()
    assert page.locator(".shell-header").is_hidden()
    assert page.locator("#use-curl").is_visible()
