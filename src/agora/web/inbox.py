"""Inbox: requests that wait for this person, this person's own, and each with everything to decide by."""

from collections.abc import Callable

from agora.model.access import Request, RequestState, Turn
from agora.model.errors import AgoraError
from agora.usecases import access, requests
from agora.usecases.agreements import mine
from agora.usecases.inbox import inbox, weigh
from agora.web.answers import Page, Redirect
from agora.web.called import begun, consumer, people, purposes, table
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.request import NO_DAY, last_moment
from agora.web.tables import left_out, seen
from agora.web.visit import Visit, whole

CHIPS = {
    RequestState.PENDING: ("Pending", ""),
    RequestState.APPROVED: ("Approved", "ok"),
    RequestState.REFUSED: ("Refused", "bad"),
    RequestState.WITHDRAWN: ("Withdrawn", ""),
}
SHOWN = 100


def listed(visit: Visit) -> Page:
    """What this person decides, or what they asked for."""
    found = inbox(visit.house, visit.who)
    own = mine(visit.house, visit.who).requests
    of = visit.query.get("of", "") or ("decide" if found.open or not own else "mine")
    shown = (*found.open, *found.asked_back, *found.answered) if of == "decide" else own
    values = {
        "tabs": [
            {"key": "decide", "title": "For me to decide", "href": "?of=decide", "count": len(found.open)},
            {"key": "mine", "title": "Asked by me", "href": "?of=mine", "count": 0},
        ],
        "of": of,
        "rows": [line(visit, each, of) for each in shown[:SHOWN]],
        "more": len(shown) > SHOWN,
    }  # fmt: skip
    return Page(template="inbox/inbox.html", values=values)


def line(visit: Visit, request: Request, of: str) -> dict[str, object]:
    """A request in a list of those one decides (`decide`), or of one's own (`mine`)."""
    chip, kind = CHIPS[request.state]
    turn = request.turn is Turn.OWNERS if of == "decide" else request.turn is Turn.REQUESTER
    waits = request.state is RequestState.PENDING and turn
    if waits:
        chip, kind = ("Decide" if of == "decide" else "Answer the question"), "warn"
    return {
        "title": table(visit, request.port),
        "name": str(request.port),
        "href": f"/requests/{request.id}",
        "about": f"{purposes(visit).get(request.purpose, request.purpose)}: {request.reason}",
        "person": _for_whom(visit, request),
        "at": request.asked_at.isoformat(),
        "chip": chip,
        "kind": kind,
        "unread": waits,
    }


def _for_whom(visit: Visit, request: Request) -> str:
    """Who asks, and for whom where that is somebody else."""
    asker = people(visit, (request.asked_by,))
    if request.consumer == request.asked_by:
        return asker
    return f"{asker} for {consumer(visit, request.consumer)}"


def one(visit: Visit) -> Page:
    """One request, with what the policy would leave of it and what the consumer did before."""
    return _one(visit)


def _one(visit: Visit, wrong: str = "", status: int = 200) -> Page:
    weighed = weigh(visit.house, visit.who, visit.path["request"])
    asked = weighed.request
    port = visit.house.mesh.port(asked.port)
    chip, kind = CHIPS[asked.state]
    columns = [each.name for each in port.contract.columns] if port else list(asked.columns)
    values = {
        "asked": asked,
        "weighed": weighed,
        "chip": chip,
        "kind": kind,
        "columns": [name for name in columns if not asked.columns or name in asked.columns],
        "masked": [
            {"name": view.name, **seen(view)}
            for view in (weighed.decision.columns if weighed.decision else ())
            if seen(view)["masked"] and not left_out(view)
        ],
        "may_answer": not weighed.refusals and asked.state is RequestState.PENDING,
        "may_change": weighed.may_change and asked.state is RequestState.PENDING,
        "my_turn": asked.turn is Turn.REQUESTER,
        "names": people(visit, weighed.deciders),
        **_words(visit, asked),
        "given": weighed.agreed or asked,
        "ends": weighed.agreed.expires if weighed.agreed else asked.until,
        "who": lambda name: people(visit, (name,)),
        "until": asked.until.date().isoformat() if asked.until else "",
        "wrong": wrong,
    }
    return Page(template="inbox/request.html", values=values, status=status)


def _words(visit: Visit, asked: Request) -> dict[str, object]:
    """What is asked for in words, and what a product may pass it on for."""
    titles = purposes(visit)
    passes = visit.house.mesh.built_by(asked.consumer) is not None
    serves = (asked.purpose, *asked.onward) if passes else ()
    return {
        "title": table(visit, asked.port),
        "whom": begun(consumer(visit, asked.consumer)),
        "purpose": titles.get(asked.purpose, asked.purpose),
        "passed": [(each, titles.get(each, each)) for each in asked.onward],
        "serves": " and ".join(titles.get(each, each) for each in serves),
    }


def _done(visit: Visit, deed: Callable[[], object], said: str) -> Page | Redirect:
    """The deed is done, or the page says why not with everything that was typed."""
    try:
        deed()
    except AgoraError as problem:
        return _one(visit, beside(problem), problem.status)
    return Redirect(f"/requests/{visit.path['request']}", said=said)


def approve(visit: Visit) -> Page | Redirect:
    """It is approved, perhaps for fewer columns, uses or a shorter time: the access begins now."""
    chosen = visit.texts("column")
    every = visit.texts("every")
    until = last_moment(visit.text("until"))
    if every and not chosen:
        return _one(visit, "Leave at least one column, or refuse the request", 422)
    if visit.text("until") and until is None:
        return _one(visit, NO_DAY, 422)
    return _done(
        visit,
        lambda: access.answer(
            visit.house,
            visit.who,
            visit.path["request"],
            approve=True,
            columns=chosen if len(chosen) < len(every) else (),
            until=until,
            onward=visit.texts("onward"),
            words=visit.text("words"),
            version=whole(visit.text("version"), "version"),
        ),
        "Approved. Their next query works.",
    )


def refuse(visit: Visit) -> Page | Redirect:
    """It is refused, with the reason."""
    return _done(
        visit,
        lambda: access.answer(
            visit.house,
            visit.who,
            visit.path["request"],
            approve=False,
            words=visit.text("words"),
            version=whole(visit.text("version"), "version"),
        ),
        "Refused; they read your reason.",
    )


def ask_back(visit: Visit) -> Page | Redirect:
    """Whoever asked has a question to answer first."""
    return _done(
        visit,
        lambda: access.ask_back(visit.house, visit.who, visit.path["request"], visit.text("words")),
        "Asked. It waits for their answer.",
    )


def reply(visit: Visit) -> Page | Redirect:
    """The owners have their answer."""
    return _done(
        visit,
        lambda: requests.reply(visit.house, visit.who, visit.path["request"], visit.text("words")),
        "Answered. It waits for the owners again.",
    )


def withdraw(visit: Visit) -> Page | Redirect:
    """Nobody has to answer it any more."""
    return _done(
        visit,
        lambda: requests.withdraw(
            visit.house, visit.who, visit.path["request"], visit.text("words")
        ),
        "Withdrawn.",
    )


BASE = "/requests/{request}"
ROUTES = (
    get("/requests", listed),
    get(BASE, one),
    post(BASE + "/approve", approve),
    post(BASE + "/refuse", refuse),
    post(BASE + "/ask", ask_back),
    post(BASE + "/reply", reply),
    post(BASE + "/withdraw", withdraw),
)
