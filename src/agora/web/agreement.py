"""Agreement: what one may use, what one has granted, and how it ends or goes on."""

from agora.model.access import Agreement
from agora.model.errors import AgoraError
from agora.usecases import agreements as verbs
from agora.usecases.granted import granted
from agora.web.answers import Page, Redirect
from agora.web.called import begun, consumer, purposes, table
from agora.web.paths import get, post
from agora.web.request import last_moment
from agora.web.visit import Visit


def listed(visit: Visit) -> Page:
    """My agreements with those of my teams, and those I granted."""
    return _page(visit)


def _page(visit: Visit, wrong: str = "", status: int = 200) -> Page:
    own = verbs.mine(visit.house, visit.who)
    values = {
        "own": [_line(visit, each) for each in own.agreements],
        "granted": [_line(visit, each) for each in granted(visit.house, visit.who)],
        "due": [(_line(visit, each.agreement), each) for each in own.due],
        "held": {
            (each.port, each.consumer, each.purpose)
            for each in own.agreements
            if each.active(visit.house.now())
        },
        "wrong": wrong,
    }
    return Page(template="agreement/agreements.html", values=values, status=status)


def _line(visit: Visit, agreement: Agreement) -> dict[str, object]:
    titles = purposes(visit)
    return {
        "agreement": agreement,
        "who": begun(consumer(visit, agreement.consumer)),
        "title": table(visit, agreement.port),
        "purpose": titles.get(agreement.purpose, agreement.purpose),
        "onward": [titles.get(each, each) for each in agreement.onward],
        "active": agreement.active(visit.house.now()),
        "href": f"/products/{agreement.port.port.domain}/{agreement.port.port.product}",
    }


def end(visit: Visit) -> Page | Redirect:
    """It is over from this moment."""
    try:
        verbs.end(visit.house, visit.who, visit.path["agreement"], visit.text("words"))
    except AgoraError as problem:
        return _page(visit, problem.sentence, problem.status)
    return Redirect("/agreements", said="Ended. The next query under it is refused.")


def renew(visit: Visit) -> Page | Redirect:
    """The consumer asks for more time, or the owner gives it."""
    until = last_moment(visit.text("until"))
    if until is None:
        return _page(visit, "say until when, as 2018-06-30", 422)
    try:
        if visit.text("extend"):
            verbs.extend(visit.house, visit.who, visit.path["agreement"], until=until)
            return Redirect("/agreements", said="Extended.")
        verbs.renew(
            visit.house,
            visit.who,
            visit.path["agreement"],
            until=until,
            reason=visit.text("reason"),
        )
    except AgoraError as problem:
        return _page(visit, problem.sentence, problem.status)
    return Redirect("/requests?of=mine", said="Asked for more time; the owners decide.")


ROUTES = (
    get("/agreements", listed),
    post("/agreements/{agreement}/end", end),
    post("/agreements/{agreement}/renew", renew),
)
