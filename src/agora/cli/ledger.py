"""`agora ledger`: what happened, and the proof of it."""

from collections import deque
from collections.abc import Iterable
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, paint, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.activity import Sought
from agora.model.errors import Unusable
from agora.model.ledger import Record, Verdict
from agora.usecases import ledger as verbs
from agora.workshop.refusals import unanswered

app = command("ledger", "")
records = anywhere(verbs.records)
verify = anywhere(verbs.verify)
ACTIONS = ("list", "verify", "export")


@app.command(epilog=epilog("agora ledger verify"))
def ledger(
    action: Annotated[str, typer.Argument(help="list, verify or export (JSON lines).")] = "list",
    after: Annotated[int, typer.Option("--after", help="Only records behind this place.")] = 0,
    last: Annotated[
        int, typer.Option("--last", help="Only the newest so many, when listing.")
    ] = 20,
    person: Annotated[
        str, typer.Option("--person", help="Only what they did, or was for them.")
    ] = "",
    product: Annotated[str, typer.Option("--product", help="Only about this product.")] = "",
    event: Annotated[
        str, typer.Option("--event", help="Only this, such as `approved`; several with commas.")
    ] = "",
    purpose: Annotated[str, typer.Option("--purpose", help="Only for this purpose.")] = "",
    since: Annotated[str, typer.Option("--since", help="Only from this day on.")] = "",
    until: Annotated[str, typer.Option("--until", help="Only up to this day and with it.")] = "",
    text: Annotated[str, typer.Option("--text", help="Only entries in which this stands.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> int:
    """See what happened: governance sees everything, owners their products, others their own."""
    if action not in ACTIONS:
        raise Unusable(
            f"`{action}` is nothing a ledger can do", code="E028", hint=f"use {', '.join(ACTIONS)}"
        )
    with opened(mesh) as house:
        who = actor(house, as_)
        if action == "verify":
            return _verdict(verify(house, who), as_json=json)
        wanted = {"person": person, "product": product, "events": event, "purpose": purpose, "since": since, "until": until, "text": text}  # fmt: skip
        found = records(house, who, after=after, sought=Sought.of(wanted))
        if action == "export":
            for record in (each for each in found if each.body):
                say(record.body)
            return 0
        return _listed(_newest(found, last), as_json=json)


def _listed(kept: list[Record], *, as_json: bool) -> int:
    if as_json:
        give("records", tuple(kept))
        return 0
    rows = [_row(record) for record in kept]
    purpose = "purpose" if any(row[4] for row in rows) else ""
    say(table(["place", "at", "who", "what", purpose, "about"], rows, whole=(0, 1), wrap=True))
    return 0


def _newest(found: Iterable[Record], last: int) -> list[Record]:
    return list(deque(found, maxlen=max(last, 1)))


def _row(record: Record) -> list[str]:
    entry = record.entry
    who = (
        entry.who
        if entry.who == entry.operator or not entry.operator
        else f"{entry.who} (by {entry.operator})"
    )
    what = entry.event.value
    facts = dict(entry.facts)
    about = entry.subject or str(facts.get("statement", "")) or str(facts.get("code", ""))
    if "rows" in facts and entry.event.value == "query-closed":
        what = f"{what}: {unanswered(entry) or count(int(str(facts['rows'])), 'row')}"
    return [str(record.place), f"{entry.at:%Y-%m-%d %H:%M}", who, what, entry.purpose, about]


def _verdict(verdict: Verdict, *, as_json: bool) -> int:
    if as_json:
        give("verdict", verdict)
    else:
        mark = paint("✓", "green") if verdict.holds else paint("✗", "red")
        words = "the record holds" if verdict.holds else "the record was tampered with"
        say(
            f"{mark} {words}: {count(verdict.records, 'record')} in {count(verdict.batches, 'batch', 'batches')}"
        )
        for problem in verdict.problems:
            say(f"  {problem}")
    return 0 if verdict.holds else 1
