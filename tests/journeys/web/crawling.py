"""Every page there is for somebody, each opened once in a browser and looked at from all sides.

Pages are found by following links from a few beginnings; of the pages of one place (one route of the
server with the same words in its question) only a few are opened.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from axe_core_python.base import AXE_SCRIPT

from agora.web.routes import routes

WIDTHS = (320, 390, 768, 1280)
HEIGHT = 800
OF_ONE_PLACE = 1
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = """(only) => axe.run({runOnly: only, resultTypes: ["violations"], preload: false}).then(
  found => found.violations.map(each => each.id + ": " + each.nodes.slice(0, 3).map(
    node => node.target.join(" ") + " (" + node.failureSummary + ")").join("; ")))"""
LOOK = """() => ({
  ones: document.querySelectorAll("h1").length,
  title: document.title,
  lang: document.documentElement.lang,
  owned: typeof self.owned !== "undefined" || document.querySelector("[data-xss]") !== null,
  links: [...document.querySelectorAll("a[href]")
  ].map(
    each => new URL(each.getAttribute("href"), document.baseURI).href),
})"""
WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return "";
  const scrolls = each => { for (let at = each.parentElement; at; at = at.parentElement)
    if (at !== document.body && getComputedStyle(at).overflowX !== "visible") return true;
    return false; };
  return [...document.querySelectorAll("body *")].filter(
    each => each.getBoundingClientRect().right > wide + 1 && !scrolls(each)
  ).slice(-3).map(each => each.tagName + "." + each.className + " " + each.textContent.slice(0, 30)
  ).join("; ") || "something";
}"""
PLACES = [(route.path, route.path_regex) for route in routes() if "GET" in (route.methods or ())]
NOWHERE = "/no/such/page", "/products/no/such"
GALLERY = "/dev/components"
"""It shows components, so that its links lead nowhere."""
NO_PAGES = ("/map.json", "/query/schema", "/search/suggest", "/sign-in/provider", "/rows")


@dataclass
class Crawl:
    """What was opened, and what is wrong with it."""

    seen: list[str] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def crawled(page: Any, origin: str, beginnings: tuple[str, ...]) -> Crawl:
    """Everything that can be reached from the beginnings by links."""
    crawl, waiting, known = Crawl(), list(beginnings), set(beginnings)
    for at in waiting:
        place = _place(at)
        if place is None or crawl.places[place] >= OF_ONE_PLACE:
            continue
        crawl.places[place] += 1
        crawl.seen.append(at)
        for link in _opened(page, origin, at, crawl):
            if link not in known:
                known.add(link)
                waiting.append(link)
    return crawl


def _place(path: str) -> str | None:
    """Which place a path belongs to; None for what is no page."""
    parts = urlsplit(path)
    if parts.path.startswith(("/static", "/api")) or parts.path.endswith(NO_PAGES):
        return None
    asked = ",".join(sorted({name for name, _ in parse_qsl(parts.query) if name in TELLING}))
    for pattern, regex in PLACES:
        if regex.match(parts.path):
            return f"{pattern}?{asked}"
    return parts.path


TELLING = ("q", "of", "from", "result", "chart", "query", "domain")


def _opened(page: Any, origin: str, path: str, crawl: Crawl) -> Iterator[str]:
    """This page, looked at; the links it has."""

    def wrong(what: str) -> None:
        crawl.wrong.append(f"{path}: {what}")

    def asked(request: Any) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            wrong(f"asks {request.url}")

    def told(message: Any) -> None:
        nowhere = path in NOWHERE and "404" in message.text
        if message.type in {"error", "warning"} and not nowhere:
            wrong(f"console: {message.text[:300]} {message.location['url']}")

    heard = {
        "request": asked,
        "console": told,
        "pageerror": lambda error: wrong(f"script: {error}"),
        "dialog": lambda dialog: (wrong("a dialog"), dialog.dismiss()),
    }
    for name, hear in heard.items():
        page.on(name, hear)
    answer = page.goto(origin + path, wait_until="load")
    if answer.status != (404 if path in NOWHERE else 200) or not answer.headers[
        "content-type"
    ].startswith("text/html"):
        wrong(f"answers {answer.status} {answer.headers.get('content-type')}")
    found = page.evaluate(LOOK)
    if found["ones"] != 1 or not re.search(r"\S.* [–·] ", found["title"]) or not found["lang"]:
        wrong(f"h1 × {found['ones']}, title {found['title']!r}, lang {found['lang']!r}")
    if found["owned"]:
        wrong("somebody's words became code")
    _looked_at(page, wrong)
    for name, hear in heard.items():
        page.remove_listener(name, hear)
    for link in found["links"]:
        if link.startswith(("javascript:", "data:", "vbscript:")):
            wrong(f"links to {link}")
        if link.startswith(origin + "/") and path != GALLERY:
            yield link.removeprefix(origin).partition("#")[0]


def _looked_at(page: Any, wrong: Any) -> None:
    """Wide, light and dark: no barrier; narrow: nothing sticks out."""
    page.evaluate(AXE_SCRIPT)
    for violation in page.evaluate(AXE, RULES):
        wrong(violation)
    page.emulate_media(color_scheme="dark")
    for violation in page.evaluate(AXE, RULES):
        wrong(f"dark: {violation}")
    page.emulate_media(color_scheme="light")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if out := page.evaluate(WIDE):
            wrong(f"{width} px: sticks out: {out}")
