"""Search: products as somebody types, narrowed by facets, each of which is a link."""

from collections.abc import Mapping
from itertools import pairwise
from urllib.parse import urlencode

import markupsafe

from agora.model.errors import Conflict
from agora.model.product import Product
from agora.model.search import FACETS, Access, Facet, Sort
from agora.usecases.search import Found, Hit, Hits
from agora.usecases.search import search as find
from agora.usecases.steps import searched
from agora.usecases.wish import settle, wish
from agora.web.answers import Page, Redirect
from agora.web.labels import health
from agora.web.paths import get, post
from agora.web.templates import number
from agora.web.visit import Visit, whole

PAGE = 24
MOST = 200
TITLES = {
    "access": "Access", "domain": "Domain", "tag": "Tag", "quality": "Promises",
    "fresh": "Refreshed", "kind": "Kind", "state": "State", "format": "Format",
}  # fmt: skip
WORDS = {
    "open": "Open to you", "pending": "Pending", "on-request": "On request",
    "holds": "All kept", "broken": "Not all kept", "unreleased": "Nothing released yet",
    "day": "Within a day", "week": "Within a week", "month": "Within a month",
    "older": "Longer ago", "never": "Never",
}  # fmt: skip
FIELDS = {
    "name": "name", "title": "title", "tags": "tags", "column": "columns",
    "summary": "description", "glossary": "glossary", "readme": "how to use it",
}  # fmt: skip
STATES = {Access.OPEN: "query", Access.PENDING: "pending", Access.ON_REQUEST: "request"}


def search(visit: Visit) -> Page:
    """What fits the words and the chosen facets."""
    return _page(visit, _asked(visit))


def _asked(visit: Visit) -> dict[str, str]:
    """The address of what is shown, in a form that can be changed and written again."""
    asked = {"q": visit.query.get("q", "").strip()[:MOST]}
    asked |= {name: visit.query[name] for name in FACETS if visit.query.get(name)}
    if visit.query.get("sort") in tuple(Sort):
        asked["sort"] = visit.query["sort"]
    return {name: value for name, value in asked.items() if value}


def _page(visit: Visit, asked: Mapping[str, str], wrong: str = "", status: int = 200) -> Page:
    start = whole(visit.query.get("from", ""), "from", most=100_000)
    found = find(
        visit.house,
        visit.who,
        asked.get("q", ""),
        where={name: (asked[name],) for name in FACETS if name in asked},
        sort=asked.get("sort", Sort.MATCH),
        limit=PAGE,
        offset=start,
        patient=False,
    )
    if _submitted(visit, asked) and not found.indexing:
        searched(visit.house, visit.who, asked["q"], found.total)
    values = {
        "q": asked.get("q", ""),
        "found": found,
        "cards": [_card(hit) for hit in found.hits],
        "named": [_line(each) for each in found.named],
        "here": _address({**asked, "from": str(start)}),
        "facets": [_facet(facet, asked) for facet in found.facets if _useful(facet)],
        "chosen": [_chip(name, value, asked) for name, value in asked.items() if name in FACETS],
        "kept": {name: value for name, value in asked.items() if name != "q"},
        "clear": _address({"q": asked.get("q", "")}),
        "instead": _address({**asked, "q": found.did_you_mean}),
        "earlier": _step(asked, start - PAGE) if start else None,
        "later": _step(asked, start + PAGE) if start + PAGE < found.total else None,
        "counts": _counts(found),
        "wrong": wrong,
    }
    return Page(template="search/search.html", values=values, status=status)


def _submitted(visit: Visit, asked: Mapping[str, str]) -> bool:
    """True for words that were sent off: not while typing, narrowing or turning pages."""
    sent = visit.request.headers
    typing = "hx-request" in sent and "hx-boosted" not in sent
    return visit.request.method == "GET" and set(asked) == {"q"} and "from" not in visit.query and not typing  # fmt: skip


def suggest(visit: Visit) -> Page:
    """The first few that fit, for the palette."""
    q = visit.query.get("q", "")[:MOST]
    found = find(visit.house, visit.who, q, limit=8, patient=False)
    items = [{**_line(each), "note": str(each.name)} for each in found.products]
    return Page(template="search/suggest.json", values={"items": items}, media="application/json")


def ask_for(visit: Visit) -> Page | Redirect:
    """What nobody offers is wished for; owners and the governance lead see it."""
    words, reason = visit.text("q"), visit.text("reason")
    if not reason:
        return _page(visit, {"q": words}, "Say what you need it for", 422)
    try:
        wish(visit.house, visit.who, words, reason)
    except Conflict:
        return Redirect("/", said=f"You wish for “{words}” already; it stands below.")
    return Redirect(
        "/search", said=f"Noted: you wish for “{words}”. Those who could offer it see it."
    )


def settled(visit: Visit) -> Redirect:
    """A wish is answered by who could offer it, or taken back by who had it."""
    settle(visit.house, visit.who, visit.text("wish"), visit.text("answer"))
    return Redirect("/", said="Settled: it is wished for no more.")


def href(product: Product) -> str:
    """Where a product's page is."""
    return f"/products/{product.name.domain}/{product.name.product}"


def _line(product: Product) -> dict[str, str]:
    title = product.title or str(product.name)
    return {"title": title, "href": href(product), "name": str(product.name)}


def _card(hit: Hit) -> dict[str, object]:
    product = hit.product
    first = next((each for each in hit.found if each.field not in ("name", "title")), None)
    return {
        "title": _marked_title(hit),
        "href": href(product),
        "summary": product.summary,
        "domain": str(product.name),
        "health": health(product, hit.quality),
        "access": STATES[hit.access],
        "match": marked(first) if first else "",
        "where": FIELDS[first.field] if first else "",
    }


def _marked_title(hit: Hit) -> markupsafe.Markup:
    title = hit.product.title or str(hit.product.name)
    found = next((each for each in hit.found if each.field == "title" and each.text == title), None)
    return marked(found) if found else markupsafe.escape(title)


def marked(found: Found) -> markupsafe.Markup:
    """The piece of text with what fits marked; all of it escaped."""
    places = [0, *(end for mark in found.marks for end in (mark.start, mark.end)), len(found.text)]
    pieces = [found.text[start:end] for start, end in pairwise(places)]
    return markupsafe.Markup("").join(
        markupsafe.Markup("<mark>{}</mark>").format(piece)
        if place % 2
        else markupsafe.escape(piece)
        for place, piece in enumerate(pieces)
    )


def _useful(facet: Facet) -> bool:
    return any(value.chosen for value in facet.values) or sum(v.count > 0 for v in facet.values) > 1


def _facet(facet: Facet, asked: Mapping[str, str]) -> dict[str, object]:
    return {
        "title": TITLES[facet.name],
        "items": [
            {
                "title": value.title or WORDS.get(value.value, value.value),
                "count": value.count,
                "on": value.chosen,
                "href": _without(asked, facet.name)
                if value.chosen
                else _address({**asked, facet.name: value.value}),
            }
            for value in facet.values
            if value.count or value.chosen
        ],
    }


def _chip(name: str, value: str, asked: Mapping[str, str]) -> dict[str, str]:
    words = f"{TITLES[name]}: {WORDS.get(value, value)}"
    return {"title": words, "href": _without(asked, name)}


def _without(asked: Mapping[str, str], name: str) -> str:
    return _address({key: value for key, value in asked.items() if key != name})


def _step(asked: Mapping[str, str], start: int) -> str:
    return _address({**asked, "from": str(max(start, 0))})


def _address(asked: Mapping[str, str]) -> str:
    words = urlencode({key: value for key, value in asked.items() if value and value != "0"})
    return f"/search?{words}" if words else "/search"


def _counts(found: Hits) -> str:
    """`12 open to you, 3 on request`."""
    access = next((facet for facet in found.facets if facet.name == "access"), None)
    told = [
        f"{number(value.count)} {WORDS[value.value].lower()}"
        for value in (access.values if access else ())
        if value.count
    ]
    return ", ".join(told)


ROUTES = (
    get("/search", search),
    get("/search/suggest", suggest),
    post("/search/wish", ask_for),
    post("/search/wish/settle", settled),
)
