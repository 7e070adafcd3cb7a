"""`agora ledger`: what happened, and the proof of it."""

from collections import deque
from collections.abc import Iterable
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, paint, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.model.errors import Unusable
from agora.model.ledger import Record, Verdict
from agora.usecases.ledger import records, verify

app = command("ledger", "")
ACTIONS = ("list", "verify", "export")


@app.command(epilog=epilog("agora ledger verify"))
def ledger(
    action: Annotated[str, typer.Argument(help="list, verify or export (JSON lines).")] = "list",
    after: Annotated[int, typer.Option("--after", help="Only records behind this place.")] = 0,
    last: Annotated[
        int, typer.Option("--last", help="Only the newest so many, when listing.")
    ] = 20,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> int:
    """See what happened: the operator and governance see everything, everybody else their own."""
    if action not in ACTIONS:
        raise Unusable(
            f"`{action}` is nothing a ledger can do", code="E028", hint=f"use {', '.join(ACTIONS)}"
        )
    with opened(mesh) as house:
        who = actor(house, as_)
        if action == "verify":
            return _verdict(verify(house, who), as_json=json)
        found = records(house, who, after=after)
        if action == "export":
            for record in found:
                say(record.body)
            return 0
        kept = _newest(found, last)
    if json:
        give("records", tuple(kept))
        return 0
    rows = [_row(record) for record in kept]
    heads = [
        "place",
        "at",
        "who",
        "what",
        "purpose" if any(row[4] for row in rows) else "",
        "about",
    ]
    say(table(heads, rows, whole=(0, 1), wrap=True))
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
        what = f"{what}: {count(int(str(facts['rows'])), 'row')}"
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
