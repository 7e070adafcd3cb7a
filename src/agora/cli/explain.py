"""`agora explain`: what somebody sees and why, or what a code means."""

import re
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened
from agora.cli.errors import near
from agora.cli.reaching import anywhere
from agora.model import codes
from agora.model.decision import ColumnView, Decision
from agora.model.errors import Missing
from agora.model.policy import MaskKind
from agora.spec import codes as findings
from agora.usecases import explain as verbs

app = command("explain", "")
decide = anywhere(verbs.explain)
_SEEN = {
    MaskKind.CLEAR: "as it is", MaskKind.PARTIAL: "in part", MaskKind.CONSTANT: "a fixed value",
    MaskKind.NULL: "empty", MaskKind.HIDDEN: "not at all",
}  # fmt: skip


@app.command(epilog=epilog("agora explain customers.households --as fay --purpose reporting"))
def explain(
    what: Annotated[str, typer.Argument(help="A product or port, or a code such as E131.")],
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Say per column what this person sees and whose rule it is."""
    if re.fullmatch(r"E\d{3}", what):
        _code(what, as_json=json)
        return
    with opened(mesh) as house:
        decisions = decide(house, actor(house, as_, purpose), what)
    if json:
        give("decisions", decisions)
        return
    for decision in decisions:
        _show(decision)


def _code(code: str, *, as_json: bool) -> None:
    known = {**codes.CODES, **findings.CODES}
    if code not in known:
        raise Missing(f"there is no code `{code}`", code="E027", hint=near(code, list(known)))
    title, advice = known[code]
    if as_json:
        give("code", {"code": code, "title": title, "advice": advice})
        return
    say(f"{code}: {title}")
    say(f"  = help: {advice}")


def _show(decision: Decision) -> None:
    whose = f"{decision.principal} and {decision.port}"
    if not decision.allowed:
        say(f"{whose}: no access")
        for reason in decision.reasons:
            say(f"  --> {reason.rule or 'company rule'}: {reason.sentence}")
            if reason.hint:
                say(f"  = help: {reason.hint}")
        return
    purpose = f" for {decision.purpose}" if decision.purpose else ""
    until = f", until {decision.expires:%Y-%m-%d}" if decision.expires else ""
    say(f"{whose}: access{purpose}{until}; {decision.reasons[0].sentence}")
    for rule in decision.rows:
        say(f"  rows: {rule.reason.sentence} ({rule.reason.rule})")
    if not decision.rows:
        say("  rows: all of them")
    rows = [_row(column) for column in decision.columns]
    say(table(["column", "type", "seen", "why"], rows, whole=(0, 2), wrap=True))


def _row(column: ColumnView) -> list[str]:
    why = "; ".join(f"{reason.sentence} ({reason.rule})" for reason in column.reasons)
    return [column.name, column.type.sql, _SEEN[column.mask.kind], why]
