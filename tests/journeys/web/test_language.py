"""The reader's language: numbers and dates as they write them, and room for words longer than ours."""

import re
from contextvars import copy_context
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agora.web import templates
from agora.web.reader import HOUSE, language, reads

pytestmark = pytest.mark.journey
SALES = "/products/sales/transactions"
PAGES = ("/", "/search", SALES, SALES + "/data", SALES + "/request", "/query", "/me", "/requests")
LONGER = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walk.nextNode()) texts.push(walk.currentNode);
  for (const text of texts) {
    const words = text.data.trim();
    if (!words || text.parentElement.closest("script, svg, sql-editor, code, pre, .visually-hidden")) continue;
    text.data = `${text.data} ${"ő".repeat(3)}${words.slice(0, Math.ceil(words.length * .4)).replace(/[aeiou]/g, "é")}`;
  }
}"""
CUT = """() => {
  const shown = each => each.checkVisibility({ visibilityProperty: true }) && getComputedStyle(each).clipPath === "none" && !each.closest(".visually-hidden, svg, sql-editor, .skip");
  const own = each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const scrolls = each => each.closest(".table, .tablist, .shell-nav, pre, .vgrid, .lineage");
  const told = each => `${each.tagName}.${each.className} “${each.textContent.trim().slice(0, 40)}”`;
  const texts = [...document.querySelectorAll("body *")].filter(each => shown(each) && own(each) && each.tagName !== "OPTION");
  const wrong = [];
  for (const each of texts) {
    const style = getComputedStyle(each);
    if (style.overflow !== "visible" && style.display !== "inline" && !scrolls(each) &&
        (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1)) wrong.push(`cut: ${told(each)}`);
    const box = each.getBoundingClientRect();
    if (box.right > document.documentElement.clientWidth + 1 && !scrolls(each)) wrong.push(`sticks out: ${told(each)}`);
  }
  const boxes = texts.filter(each => each.matches("a.button, button, h1, h2, h3, dt, dd, label, p")).map(each => [each, each.getBoundingClientRect()]);
  for (const [one, a] of boxes) for (const [other, b] of boxes) {
    if (one === other || one.contains(other) || other.contains(one) || scrolls(one)) continue;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const floats = [one, other].some(each => each.closest(".snippet, .main-action, .toasts, .shell-header, .stick"));
    if (wide > 3 && high > 3 && !floats) wrong.push(`overlap: ${told(one)} and ${told(other)}`);
  }
  return [...new Set(wrong)];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_words_half_as_long_again_are_cut_nowhere(page_as, width):
    page = page_as("mia", viewport={"width": width, "height": 900}, reduced_motion="reduce")
    for path in PAGES:
        page.goto(path, wait_until="load")
        page.evaluate(LONGER)
        assert page.evaluate(CUT) == [], path


@pytest.mark.parametrize(
    ("accepts", "number", "date"),
    [
        ("", "1,234.5", "31 December 2017"),
        ("en-US,en;q=0.9", "1,234.5", "31 December 2017"),
        ("de-DE,de;q=0.9,en;q=0.5", "1.234,5", "31.12.2017"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}234,5", "31 déc. 2017"),
    ],
)
def test_numbers_and_dates_are_written_as_the_reader_writes_them(client_as, accepts, number, date):
    def written():
        reads(accepts)
        return templates.number(Decimal("1234.5")), templates.day(
            datetime(2017, 12, 31, tzinfo=UTC)
        )

    assert copy_context().run(written) == (number, date)
    ana = client_as("ana")
    ana.headers["accept-language"] = accepts
    said = re.search(r"<time [^>]*>([^<]+)</time>", ana.get(SALES).text)[1]
    assert bool(re.match(r"\d\d\.\d\d\.\d{4}", said)) == (date == "31.12.2017")


@pytest.mark.parametrize(
    ("accepts", "found"),
    [
        ("de;q=0.2, fr;q=0.9", "fr"),
        ("en;q=0, de", "de"),
        ("xx-YY, nonsense!, de", "de"),
        ("de;q=many, es", "es"),
        ("*", "en"),
        ("de," * 500, "de"),
    ],
)
def test_the_language_is_the_one_wanted_most_of_those_we_know(accepts, found):
    assert language(accepts).language == found


def test_who_says_nothing_reads_as_the_house_writes():
    assert language("") == language("en-US") == HOUSE
