"""`agora show`: a product's label, or its rows as one person sees them."""

import sys
from typing import Annotated

import typer

from agora.cli.answers import labels
from agora.cli.answers.results import line, summary
from agora.cli.answers.rows import lines, write
from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, paint, safe, say, tell
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.decision import Decision
from agora.model.errors import Unusable
from agora.model.product import OutputPort
from agora.model.release import RunState
from agora.usecases import history
from agora.usecases import show as verbs
from agora.usecases.history import History
from agora.usecases.show import Part, Shown

app = command("show", "")
editions_of = anywhere(history.history)
rows_of = anywhere(verbs.rows)
label = anywhere(verbs.show)


@app.command(epilog=epilog("agora show sales.weekly-sales --sample --as ana"))
def show(
    product: Annotated[str, typer.Argument(help="The product or port: domain.product[.port].")],
    sample: Annotated[
        bool, typer.Option("--sample", help="Some rows as this person sees them.")
    ] = False,
    quarantine: Annotated[
        bool, typer.Option("--quarantine", help="Rows the newest run kept out.")
    ] = False,
    failures: Annotated[bool, typer.Option("--failures", help="Rows that broke a check.")] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Every edition, and how it was.")
    ] = False,
    rows: Annotated[int, typer.Option("--rows", help="How many rows.")] = 20,
    edition: Annotated[
        str, typer.Option("--edition", help="An earlier edition: its number, or a day.")
    ] = "",
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Read the label: what it is, what it promises, whether it holds, and how to use it."""
    part = _part(sample=sample, quarantine=quarantine, failures=failures)
    with opened(mesh) as house:
        who = actor(house, as_, purpose)
        if history:
            _history(editions_of(house, who, product), as_json=json)
            return
        if part is not None:
            wanted = max(rows, 1)
            answer = rows_of(house, who, product, of=part, limit=wanted, edition=edition)
            try:
                found = lines(house.outlets, answer) if json else write(answer, screen=wanted)
            finally:
                answer.close()
            if found == wanted:
                tell(f"there may be more: --rows {wanted * 10}")
            return
        shown = label(house, who, product, edition=edition)
    if json:
        give("label", shown)
        sys.stdout.flush()
        return
    _label(shown, past=bool(edition))


def _history(told: History, *, as_json: bool) -> None:
    if as_json:
        give("history", told)
    else:
        labels.story(told)


def _part(*, sample: bool, quarantine: bool, failures: bool) -> Part | None:
    given = [
        part
        for part, wanted in (
            (Part.SAMPLE, sample),
            (Part.QUARANTINE, quarantine),
            (Part.FAILURES, failures),
        )
        if wanted
    ]
    if len(given) > 1:
        raise Unusable("only one kind of rows at a time", code="E029")
    return given[0] if given else None


def _label(shown: Shown, *, past: bool) -> None:
    product, domain = shown.product, shown.domain
    say(
        f"{paint(safe(product.title), 'bold')}  {product.name}  {product.status.value} {product.version}"
    )
    if product.summary:
        say(safe(product.summary))
    if domain:
        contacts = ", ".join(f"{c.address}" for c in domain.contacts)
        say(
            f"of {domain.title}; owned by {', '.join(domain.owners)}{'; ' + contacts if contacts else ''}"
        )
    if shown.release:
        release = shown.release
        say(
            f"edition {release.number} of {release.released_at:%Y-%m-%d %H:%M}; {summary(release.results)}"
        )
    else:
        say("nothing is released yet")
    if shown.run and shown.run.state not in (RunState.RELEASED, RunState.RUNNING):
        how = "failed" if shown.run.state is RunState.FAILED else f"was {shown.run.state.value}"
        say(paint(f"! the newest run {how}: {safe(shown.run.error)}", "yellow"))
    for drift in shown.run.drifts if shown.run else ():
        say(paint(f"! source `{drift.source}`: {safe(drift.sentence)}", "yellow"))
    for notice in shown.notices:
        say(paint(f"! {notice.sentence}; {notice.hint}", "yellow"))
    for port, decision in zip(product.ports, shown.decisions, strict=True):
        _port(shown, port, decision)
    _promises(shown, past=past)


def _port(shown: Shown, port: OutputPort, decision: Decision) -> None:
    facts = shown.release.label(port.version) if shown.release else None
    rows = _rows(shown, port)
    say()
    say(f"{paint(str(port.version), 'bold')}  {rows}; query it as {shown.product.sql_name(port)}")
    masks = {column.name: column.mask.kind.name.lower() for column in decision.columns}
    lines = []
    for column in port.contract.columns:
        seen = masks.get(column.name, "") if decision.allowed else ""
        marks = ", ".join(sorted(column.labels))
        key = "key" if column.key_position else ("required" if column.required else "")
        lines.append(
            [
                column.name,
                column.type.sql,
                key,
                marks,
                "" if seen == "clear" else seen,
                column.description,
            ]
        )
    heads = ["column", "type", "", "tags", "seen", "meaning"]
    heads = [head if any(each[n] for each in lines) else "" for n, head in enumerate(heads)]
    say(table(heads, lines, whole=(0, 1), wrap=bool(heads[-1])))
    if facts:
        labels.facts(facts, shown.remarks)
    access = "you may read it" if decision.allowed else f"no access: {decision.reasons[0].sentence}"
    say(f"access: {access}")
    if not decision.allowed and decision.reasons[0].hint:
        say(f"  = help: {decision.reasons[0].hint}")


def _rows(shown: Shown, port: OutputPort) -> str:
    snapshot = shown.release.snapshot(port.version) if shown.release else None
    facts = shown.release.label(port.version) if shown.release else None
    if snapshot is None:
        return "no rows yet"
    rows = "rows not shown" if facts and facts.rows is None else count(snapshot.rows, "row")
    at = f"{shown.release.released_at:%Y-%m-%d %H:%M}" if shown.release else ""
    return f"live, {rows} when checked at {at}, reproducible: no" if snapshot.live else rows


def _promises(shown: Shown, *, past: bool) -> None:
    if shown.promises or (shown.release and shown.release.results):
        say()
        say(paint("promises", "bold"))
    labels.promises(tuple(zip(shown.promises, shown.records, strict=True)), past=past)
    results = shown.release.results if shown.release else ()
    for port in dict.fromkeys(result.port for result in results):
        if len(shown.product.ports) > 1:
            say(paint(str(port), "dim"))
        for result in results:
            if result.port == port:
                say(line(result))
