"""Entries: what the ledger says of requests and agreements, and refusals it hears of first."""

from collections.abc import Sequence

from agora.model.access import Agreement, Request
from agora.model.errors import Denied
from agora.model.ledger import Entry, Event
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.passage.recording import refused


def of_request(house: House, who: Actor, event: Event, request: Request) -> Entry:
    """Something happened to a request."""
    terms = request.accepted.hash if request.accepted else ""
    named = (
        ("bundle", request.bundle),
        ("renews", request.renews),
        ("terms", terms),
        ("onward", request.onward),
    )
    more = tuple((name, value) for name, value in named if value)
    edition = (("edition", request.edition),) if request.edition else ()
    return house.entry(
        who,
        event,
        subject=str(request.port),
        purpose=request.purpose,
        facts=(
            ("request", request.id),
            ("consumer", request.consumer),
            ("columns", request.columns),
            ("until", request.until.isoformat() if request.until else ""),
            ("agreement", request.agreement),
            *edition,
            *more,
        ),
    )


def of_agreement(house: House, who: Actor, event: Event, agreement: Agreement) -> Entry:
    """Something happened to an agreement."""
    return house.entry(
        who,
        event,
        subject=str(agreement.port),
        purpose=agreement.purpose,
        facts=(
            ("agreement", agreement.id),
            ("consumer", agreement.consumer),
            ("until", agreement.expires.isoformat() if agreement.expires else ""),
            ("words", agreement.ended_for),
            *((("onward", agreement.onward),) if agreement.onward else ()),
        ),
    )


def demand(
    house: House, who: Actor, subject: object, sentence: str, reasons: Sequence[Reason]
) -> None:
    """Raise Denied for these reasons, if there are any; the ledger hears of it first."""
    if not reasons:
        return
    problem = Denied.because(reasons, sentence)
    refused(house, who, str(subject), "", problem, event=Event.DENIED)
    raise problem
