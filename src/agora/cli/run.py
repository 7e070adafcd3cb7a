"""`agora run`: products are built, checked and released."""

import sys
from typing import Annotated

import typer

from agora.cli.answers.results import broken, summary
from agora.cli.answers.terminal import count, give, paint, safe, say, tell
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import Place, anywhere
from agora.cli.verify import verified
from agora.cli.watching import Watch
from agora.model.errors import Unusable
from agora.model.people import Actor
from agora.usecases import order
from agora.usecases import run as verbs
from agora.usecases.run import Ran

app = command("run", "")
in_order = anywhere(order.in_order)
run_each = anywhere(verbs.run_each)
build = anywhere(verbs.run)
_USUAL = ("", "there is no release yet", "it is not loaded by deliveries", "it was asked for")
"""Why everything was built, where nobody would wonder."""


@app.command(epilog=epilog("agora run sales.weekly-sales"))
def run(
    products: Annotated[
        list[str] | None, typer.Argument(help="Which products, in this order.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every product, inputs first.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also when nothing has changed.")] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Load every delivery once more, not only new ones.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Build a release again from its pins, and compare.")
    ] = False,
    release: Annotated[
        str, typer.Option("--release", help="Which release to verify: its number, or a day.")
    ] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> int:
    """Build, check and release; a check that blocks keeps the last good release serving."""
    if verify:
        return verified(products or [], release, every, as_, mesh, as_json=json)
    if release:
        raise Unusable("a release is only verified", code="E468", hint="add `--verify`")
    ran: list[tuple[str, Ran]] = []
    try:
        with Watch() as watch, opened(mesh, watch) as house:
            who = actor(house, as_)
            names = _names(house, who, products or [], every=every)
            watch.expect(len(names))
            how = {"again": again, "anew": anew}
            if every:
                ran.extend(
                    (str(n), each) for n, each in run_each(house, who, in_order(house, who), **how)
                )
            else:
                ran.extend((n, build(house, who, n, **how)) for n in names)
    finally:
        for name, each in () if json else ran:
            _show(name, each)
        _refused([each for _, each in ran])
    if json:
        give("runs", tuple(each for _, each in ran))
    return 0 if all(each.skipped or each.release_made for _, each in ran) else 1


def _names(house: Place, who: Actor, products: list[str], *, every: bool) -> list[str]:
    if every:
        return [str(name) for name in in_order(house, who)]
    if not products:
        raise Unusable("no product is named", code="E021", hint="name one, or say `--all`")
    return products


def _refused(ran: list[Ran]) -> None:
    """Which products no run could be made of, and why: the last thing that is said."""
    refused = [each.refused for each in ran if each.refused]
    for name, why in refused:
        label = paint(f"error[{why.code}]", "red", "bold", stream=sys.stderr)
        tell(f"{label}: {name}: {safe(why.sentence)}")
        if why.hint:
            tell(f"  = help: {safe(why.hint)}")
    if refused:
        tell(f"{len(refused)} of {count(len(ran), 'product')} could not be run")


def _show(name: str, ran: Ran) -> None:
    if ran.skipped and ran.release:
        say(f"{paint('=', 'dim')} {name}: nothing has changed since release {ran.release.number}")
        return
    if ran.run is None:
        return
    if ran.run.loaded not in _USUAL:
        tell(f"  built anew: {safe(ran.run.loaded)}")
    for drift in ran.run.drifts:
        tell(f"  source `{drift.source}`: {safe(drift.sentence)}")
    for line in broken(ran.run.results):
        tell(line)
    for batch in ran.run.quarantines:
        tell(
            f"  {count(batch.rows, 'row')} of {batch.port} in quarantine: agora show {name} --quarantine"
        )
    if ran.release_made and ran.release:
        rows = sum(snapshot.rows for snapshot in ran.release.snapshots)
        say(
            f"{paint('✓', 'green')} {name}: release {ran.release.number}, {count(rows, 'row')}, {summary(ran.run.results)}"
        )
    else:
        serving = (
            f"release {ran.release.number} keeps serving" if ran.release else "nothing is released"
        )
        say(f"{paint('✗', 'red')} {name}: not released, {summary(ran.run.results)}; {serving}")
