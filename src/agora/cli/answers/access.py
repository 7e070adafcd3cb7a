"""Requests and agreements as they are told: what would come of asking, what waits, what is agreed."""

from collections.abc import Sequence
from datetime import datetime

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, paint, safe, say
from agora.model.access import Agreement, Due, Past, Request, Turn
from agora.model.decision import Decision
from agora.model.policy import MaskKind
from agora.model.reasons import Reason
from agora.usecases.agreeing.asking import Asked
from agora.usecases.agreeing.foreseeing import Foreseen, Foresight

_SEEN = {
    MaskKind.CLEAR: "as it is", MaskKind.PARTIAL: "in part", MaskKind.CONSTANT: "a fixed value",
    MaskKind.NULL: "empty", MaskKind.HIDDEN: "not at all",
}  # fmt: skip


def foresight(found: Foresight) -> None:
    """What would come of asking, table by table; nothing is sent."""
    for each in found.ports:
        _foreseen(each)
    if found.possible:
        say("Nothing was sent: ask the same without `--dry-run`")


def _foreseen(found: Foreseen) -> None:
    say(f"{paint(str(found.port), 'bold')}  {safe(found.title)}".rstrip())
    for reason in found.refusals:
        say(f"  cannot be asked ({reason.code}): {safe(reason.sentence)}")
        if reason.hint:
            say(f"  = help: {safe(reason.hint)}")
    if found.settled or found.had:
        say(f"  {found.settled or f'nothing to ask for: {found.had}; query it'}")
    elif not found.refusals:
        say(f"  decided by {' or '.join(found.names) or 'nobody yet'}")
    if found.serves:
        say(f"  what is made of it may be used for {' and '.join(found.serves)}")
    if found.replaces:
        say(f"  takes the place of {', '.join(found.replaces)}")
    if found.decision is not None and found.decision.allowed:
        _seen(found.decision)
    if found.terms:
        say(safe(f"  terms{' (to accept)' if found.to_accept else ''}: {found.terms}"))


def _seen(decision: Decision) -> None:
    rows = [each.reason for each in decision.rows]
    for reason in rows:
        say(safe(f"  rows: only {reason.sentence} ({reason.rule})"))
    if not rows:
        say("  rows: all of them")
    cells = [
        [
            f"  {column.name}",
            _SEEN[column.mask.kind],
            "; ".join(f"{r.sentence} ({r.rule})" for r in column.reasons),
        ]
        for column in decision.columns
    ]
    say(table(["  column", "would be seen", "why"], cells, whole=(0, 1), wrap=True))


def asked(found: Sequence[Asked], *, here: bool) -> None:
    """What was asked, who decides, and what to do next: on a server nobody answers as an owner."""
    for each in found:
        which = f" edition {each.request.edition}" if each.request.edition else ""
        what = f"{each.request.id}: {each.request.port}{which} for {each.request.purpose}"
        if each.agreement:
            say(f"{what}; {each.request.answer}: {each.agreement.id}")
        else:
            deciders = " or ".join(f"`{name}`" for name in each.deciders) or "nobody yet"
            say(f"{what}; {deciders} decides")
    waits = next((each for each in found if not each.agreement), None)
    if waits and here:
        say(f"Next: agora approve {waits.request.id} --as {(waits.deciders or ('OWNER',))[0]}")
    elif waits:
        say("You are told what they answer. How it stands: agora agreements")


def request(found: Request) -> None:
    """One request in two lines, and what was said about it."""
    name = f"{found.id}@{found.version}" if found.version > 1 else found.id
    until = f", until {found.until:%Y-%m-%d}" if found.until else ""
    columns = f", only {', '.join(found.columns)}" if found.columns else ""
    more = "".join(
        [
            f", passed on for {', '.join(found.onward)}" if found.onward else "",
            f", renews {found.renews}" if found.renews else "",
            f", with {found.bundle}" if found.bundle else "",
            ", waits for who asked" if found.turn is Turn.REQUESTER else "",
        ]
    )
    say(f"{name}  {paint(str(found.port), 'bold')}")
    say(safe(f"  `{found.consumer}` for {found.purpose}{columns}{until}: {found.reason}{more}"))
    for remark in found.remarks:
        say(safe(f"  {remark.who}: {remark.words}"))


def decision(found: Decision | None) -> None:
    """What policy leaves of a request once it is approved."""
    if found is None:
        return
    if found.allowed:
        say("  after an approval:")
        _seen(found)
    for reason in () if found.allowed else found.reasons:
        say(safe(f"  an approval would not open it: {reason.sentence} ({reason.rule})"))


def staying(found: Sequence[Reason]) -> None:
    """The rules that do not come along with what a product makes of it."""
    for reason in found:
        say(safe(f"  stays behind: {reason.sentence}"))


def past(found: Past) -> None:
    """What the consumer did so far with the owner's data."""
    active = sum(each.ended_at is None for each in found.agreements)
    last = f", the last on {found.last_read:%Y-%m-%d}" if found.last_read else ""
    say(
        f"  so far: {count(len(found.requests), 'other request')},"
        f" {count(len(found.agreements), 'agreement')} ({active} not ended);"
        f" since {found.since:%Y-%m-%d} {count(found.queries, 'query', 'queries')}{last},"
        f" {count(found.refusals, 'refusal')}"
    )


def agreements(found: Sequence[Agreement], now: datetime) -> None:
    """Agreements, one a line."""
    rows = [
        [
            each.id,
            str(each.port),
            each.consumer,
            each.purpose,
            f"{each.expires:%Y-%m-%d}" if each.expires else "",
            _state(each, now),
        ]
        for each in found
    ]
    say(table(["agreement", "table", "for", "purpose", "until", "state"], rows, whole=(0, 1)))


def due(found: Sequence[Due]) -> None:
    """What ends soon, and what to do about it."""
    for each in found:
        instead = f"; use {each.instead} instead" if each.instead else ""
        say(
            f"! {each.agreement.id} ({each.agreement.port}) ends on {each.ends:%Y-%m-%d},"
            f" with its {each.kind.value}{instead}"
        )


def _state(agreement: Agreement, now: datetime) -> str:
    if agreement.active(now):
        return "active"
    if agreement.renewed_by:
        return f"replaced by {agreement.renewed_by}"
    if agreement.ended_at is not None:
        why = f": {agreement.ended_for}" if agreement.ended_for else ""
        return f"ended by {agreement.ended_by or 'somebody'}{why}"
    return "expired"
