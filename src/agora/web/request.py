"""Request: somebody asks for a table, and is told before sending what will come of it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from agora.model.decision import ColumnView
from agora.model.errors import AgoraError
from agora.model.product import Lifecycle, Product
from agora.usecases.access import ask_for, foresee, offered, voices
from agora.usecases.agreeing.asking import Wish
from agora.usecases.agreeing.foreseeing import Foreseen, Foresight
from agora.web.answers import Page, Redirect
from agora.web.called import begun, consumer, people, purposes
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.tables import left_out, seen
from agora.web.visit import Visit

LEAST_REASON = 20
USUAL = timedelta(days=365)
NO_DAY = "Write the day as 2018-06-30"
ASKED_BY_FORM = {"E423"}
"""What the form itself asks for when it is sent; nobody need hear of it while they still write."""


def form(visit: Visit) -> Page:
    """The empty form, with what is usual filled in."""
    return _form(visit, {}, None)


def send(visit: Visit) -> Page | Redirect:
    """The request is sent, or only foreseen, or goes back with every mistake."""
    product = offered(visit.house, visit.who, _name(visit))
    wish = wished(visit, _chosen(visit))
    wrong = dict(mistakes(visit, wish))
    if wrong or visit.text("look"):
        foresight = foresee(visit.house, visit.who, wish) if wish.ports and wish.purpose else None
        return _form(visit, wrong if not visit.text("look") else {}, foresight)
    try:
        asked = ask_for(visit.house, visit.who, wish, seen=visit.text("seen"))
    except AgoraError as problem:
        told = {field_of(problem): told_by(problem)}
        return _form(visit, told, foresee(visit.house, visit.who, wish), problem.status)
    if all(each.agreement for each in asked):
        return Redirect(f"/products/{product.name.domain}/{product.name.product}/data", said="You may use it from now on.")  # fmt: skip
    names = sorted({name for each in asked for name in each.deciders})
    return Redirect(
        f"/requests/{asked[0].request.id}", said=f"Sent. {people(visit, names)} will decide."
    )


def look(visit: Visit) -> Page:
    """What would come of it, as the form stands now; nothing is sent."""
    wish = wished(visit, _chosen(visit))
    foresight = None
    if wish.ports and wish.purpose:
        foresight = foresee(visit.house, visit.who, wish)
    return Page(template="request/foresight.html", values=foreseen(visit, foresight))


def _chosen(visit: Visit) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every table of which a column is ticked, with those columns."""
    ports = (port for port in visit.texts("port") if not untouched(visit, port))
    return tuple((port, columns(visit, port)) for port in ports)


def wished(visit: Visit, ports: Sequence[tuple[str, tuple[str, ...]]]) -> Wish:
    """The form as a wish."""
    return Wish(
        ports=tuple(ports),
        purpose=visit.text("purpose"),
        reason=visit.text("reason"),
        consumer=visit.text("consumer"),
        until=last_moment(visit.text("until")),
        accept_terms=visit.text("accept_terms") == "yes",
        onward=visit.texts("onward"),
    )


def field_of(problem: AgoraError) -> str:
    """Which field of the form a refusal is about."""
    return {"E424": "until", "E630": "accept_terms", "E802": "onward", "E427": "port"}.get(
        problem.code_shown, "purpose"
    )


def told_by(problem: AgoraError) -> str:
    """A refusal in the words of the form, where its hint speaks of the terminal."""
    if field_of(problem) == "accept_terms":
        return "There are terms of use: read them, and tick the box to accept them"
    return beside(problem)


def columns(visit: Visit, port: str) -> tuple[str, ...]:
    """The columns ticked for a port; none when all of them are."""
    ticked = tuple(
        name.partition("/")[2] for name in visit.texts("column") if name.startswith(f"{port}/")
    )
    every = [name for name in visit.texts("every") if name.startswith(f"{port}/")]
    return () if len(ticked) == len(every) else ticked


def untouched(visit: Visit, port: str) -> bool:
    """True for a table whose columns were shown and of which not a single one is ticked."""
    shown = any(name.startswith(f"{port}/") for name in visit.texts("every"))
    return shown and not any(name.startswith(f"{port}/") for name in visit.texts("column"))


def mistakes(visit: Visit, wish: Wish) -> Iterator[tuple[str, str]]:
    """What is missing or cannot be, by the field it belongs to."""
    if any(untouched(visit, port) for port in visit.texts("port")):
        yield "port", "Tick at least one column of each table"
    elif not wish.ports:
        yield "port", "Choose at least one table"
    if not wish.purpose:
        yield "purpose", "Choose what you need it for"
    if len(wish.reason) < LEAST_REASON:
        yield "reason", f"Say why in at least {LEAST_REASON} characters: the owner decides by it"
    if visit.text("until") and wish.until is None:
        yield "until", NO_DAY


def last_moment(text: str) -> datetime | None:
    """A day as its last moment; None for no text or no day."""
    try:
        return datetime.combine(date.fromisoformat(text), time.max, UTC) if text else None
    except ValueError:
        return None


def _name(visit: Visit) -> str:
    return f"{visit.path['domain']}.{visit.path['product']}"


def _form(
    visit: Visit, wrong: dict[str, str], foresight: Foresight | None, status: int = 422
) -> Page:
    product = offered(visit.house, visit.who, _name(visit))
    asked = visit.request.method == "POST"
    chosen = visit.texts("port") if asked else _first(visit, product)
    values = {
        "product": product,
        "base": f"/products/{product.name.domain}/{product.name.product}",
        "chosen": chosen,
        "ticked": visit.texts("column") if asked else _plain(visit, product),
        **common(visit, wrong),
        **foreseen(visit, foresight),
    }
    return Page(template="request/request.html", values=values, status=status if wrong else 200)


def common(visit: Visit, wrong: dict[str, str]) -> dict[str, object]:
    """What the form for one product and the one for a cart have in common."""
    own = visit.who.principal
    asked = visit.request.method == "POST"
    ends = (visit.house.now() + USUAL).date().isoformat()
    consumers = voices(visit.house, visit.who)
    return {
        "consumers": [(each, _option(visit, each)) for each in consumers],
        "passes": any(visit.house.mesh.built_by(each) for each in consumers),
        "onward": visit.texts("onward"),
        "consumer": visit.text("consumer") or own.id,
        "purposes": [("", "Choose a purpose"), *purposes(visit).items()],
        "purpose": visit.text("purpose"),
        "reason": visit.text("reason"),
        "until": visit.text("until") if asked else ends,
        "accepted": visit.text("accept_terms") == "yes",
        "wrong": wrong,
        "errors": [{"id": name, "text": words} for name, words in wrong.items()],
    }


def foreseen(visit: Visit, foresight: Foresight | None) -> dict[str, object]:
    """What will happen, ready to be shown."""
    titles = purposes(visit)
    ports = [
        {
            "port": str(each.port),
            "title": each.title,
            "names": ", ".join(each.names) or people(visit, each.deciders),
            "settled": each.settled,
            "had": each.had,
            "query": f"/products/{each.port.port.domain}/{each.port.port.product}/data?table={each.port}#query",
            "refusals": [reason for reason in each.refusals if reason.code not in ASKED_BY_FORM],
            "left_out": [view.name for view in _views(each) if left_out(view)],
            "masked": [
                {"name": view.name, **seen(view)}
                for view in _views(each)
                if seen(view)["masked"] and not left_out(view)
            ],
            "rows": [rule.reason for rule in (each.decision.rows if each.decision else ())],
            "replaces": each.replaces,
            "serves": [titles.get(name, name) for name in each.serves],
        }
        for each in (foresight.ports if foresight else ())
    ]
    return {
        "foresight": foresight,
        "ports": ports,
        "terms": foresight.terms if foresight else (),
        "seen": foresight.seen if foresight else "",
    }


def _views(each: Foreseen) -> Sequence[ColumnView]:
    return each.decision.columns if each.decision else ()


def _option(visit: Visit, name: str) -> str:
    if name == visit.who.principal.id:
        return "Me"
    return begun(consumer(visit, name))


def _first(visit: Visit, product: Product) -> tuple[str, ...]:
    """The table that was named, else the first one in its newest version that is not on its way out."""
    named = visit.query.get("table", "")
    if named in (str(port.version) for port in product.ports):
        return (named,)
    same = [port for port in product.ports if port.name == product.ports[0].name]
    active = [port for port in same if port.contract.status == Lifecycle.ACTIVE] or same
    return tuple(str(port.version) for port in sorted(active, key=lambda p: -p.contract.major)[:1])


def _plain(visit: Visit, product: Product) -> tuple[str, ...]:
    """Columns ticked from the start: those nobody has called sensitive."""
    classified = visit.house.mesh.classified()
    return tuple(
        f"{port.version}/{column.name}"
        for port in product.ports
        for column in port.contract.columns
        if not column.labels & classified
    )


ROUTES = (
    get("/products/{domain}/{product}/request", form),
    post("/products/{domain}/{product}/request", send),
    post("/products/{domain}/{product}/request/foresee", look),
)
