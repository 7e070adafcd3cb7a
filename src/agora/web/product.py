"""Product: the page of one data product, which is its label and everything around it."""

from dataclasses import replace

from agora.model.access import Turn
from agora.model.decision import Decision
from agora.model.product import OutputPort
from agora.model.search import Access
from agora.usecases.connect import connect
from agora.usecases.discuss import talk
from agora.usecases.follow import follows
from agora.usecases.owning import owns
from agora.usecases.related import related
from agora.usecases.saved import curated
from agora.usecases.show import Shown, show
from agora.usecases.steps import label_read
from agora.web.answers import Page
from agora.web.labels import health, label_rows
from agora.web.paths import get
from agora.web.tables import table_view
from agora.web.templates import day
from agora.web.visit import Visit

TABS = (
    ("", "Overview"), ("data", "Data"), ("contract", "Promises"), ("lineage", "Lineage"),
    ("quality", "Quality"), ("discuss", "Questions"), ("versions", "Editions and versions"),
)  # fmt: skip
TURNS = {Turn.OWNERS: "Asked {}", Turn.REQUESTER: "Asked {}. The owners have a question to you."}
Pairs = tuple[tuple[OutputPort, Decision], ...]
OWN = (("consumers", "Who uses it"),)


def name_of(visit: Visit) -> str:
    """The product a path names."""
    return f"{visit.path['domain']}.{visit.path['product']}"


def frame(visit: Visit, shown: Shown, here: str) -> dict[str, object]:
    """What every page of a product shows around its own part."""
    product = shown.product
    base = f"/products/{product.name.domain}/{product.name.product}"
    said = talk(visit.house, product.name)
    return {
        "shown": shown,
        "product": product,
        "base": base,
        "title": product.title or str(product.name),
        "state": state(shown),
        "health": health(product, shown.quality),
        "talk": said,
        "follows": follows(visit.house, visit.who, str(product.name)),
        "tabs": [
            {
                "key": key,
                "title": title,
                "href": f"{base}/{key}" if key else base,
                "count": said.questions if key == "discuss" else 0,
            }
            for key, title in (
                *TABS,
                *(OWN if owns(visit.house, visit.who, product.name.domain) else ()),
            )
        ],
        "tab": here,
    }


def product(visit: Visit) -> Page:
    """Everything a shopper sees about a product."""
    shown = show(visit.house, visit.who, name_of(visit))
    label_read(visit.house, visit.who, name_of(visit))
    pairs = newest_first(shown)
    beside = related(visit.house, visit.who, name_of(visit))
    values = frame(visit, shown, "") | {
        "label": label_rows(visit.house, shown),
        "tables": [table_view(shown, port, decision) for port, decision in pairs],
        "uses": _uses(visit, pairs),
        "joined": beside.joined,
        "alike": beside.alike,
        "curated": curated(visit.house, visit.who, name_of(visit)),
    }
    return Page(template="product/product.html", values=values)


def newest_first(shown: Shown) -> Pairs:
    """Every table with what was decided about it; of several versions the newest stands first."""
    pairs = zip(shown.product.ports, shown.decisions, strict=True)
    return tuple(sorted(pairs, key=lambda pair: -pair[0].contract.major))


def _uses(visit: Visit, pairs: Pairs) -> list[dict[str, object]]:
    """Ways to use the first table that this person may read, else the first one."""
    allowed = [port for port, decision in pairs if decision.allowed]
    port = (allowed or [port for port, _ in pairs])[:1]
    if not port:
        return []
    purpose = next((d.purpose for p, d in pairs if p is port[0] and d.allowed), "")
    who = replace(visit.who, purpose=purpose)
    return [
        {"id": each.tool, "title": each.title, "text": each.text, "language": each.language}
        for each in connect(visit.house, who, str(port[0].version), visit.site.url)
    ]


def state(shown: Shown) -> dict[str, str]:
    """The button with what this person can do next, and what they wait for."""
    base = f"/products/{shown.product.name.domain}/{shown.product.name.product}"
    request = shown.request
    waits = {
        "href": f"/requests/{request.id}" if request else "",
        "note": TURNS[request.turn].format(day(request.asked_at)) if request else "",
    }
    return {
        Access.OPEN: {"state": "query", "href": f"{base}/data#query", "note": ""},
        Access.PENDING: {"state": "pending", **waits},
        Access.ON_REQUEST: {"state": "request", "href": f"{base}/request", "note": ""},
    }[shown.access]


ROUTES = (get("/products/{domain}/{product}", product),)
