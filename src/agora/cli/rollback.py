"""`agora rollback`: readers have the rows of an earlier edition again."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.usecases import rollback as verbs
from agora.usecases.rollback import Coming, RolledBack

app = command("rollback", "")
back = anywhere(verbs.rollback)


@app.command(
    epilog=epilog('agora rollback sales.weekly-sales --to 12 --reason "week 51 came twice"')
)
def rollback(
    product: Annotated[str, typer.Argument(help="The product: domain.product.")],
    to: Annotated[
        str, typer.Option("--to", help="Which edition: its number, or a day it was current.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; the ledger keeps it.")],
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Make an earlier edition the newest one, and say what the next run would load again."""
    with opened(mesh) as house:
        done = back(house, actor(house, as_), product, to=to, reason=reason)
    if json:
        give("rollback", done)
    else:
        _show(product, done)


def _show(product: str, done: RolledBack) -> None:
    say(
        f"{paint('✓', 'green')} {product}: release {done.release.number} has the rows of edition "
        f"{done.to}, instead of edition {done.instead_of}"
    )
    for line in _coming(done.coming):
        say(f"  {safe(line)}")


def _coming(coming: Coming) -> list[str]:
    if coming.unknown:
        return [f"what the next run will load cannot be told: {coming.unknown}"]
    lines = [f"the next run loads {each}" for each in coming.deliveries]
    lines += [f"the next run reads {each}" for each in coming.inputs]
    lines += [f"taken back, and no longer at its source: {each}" for each in coming.gone]
    if coming.anew and (coming.deliveries or coming.inputs or "changed" in coming.anew):
        lines.append(f"the next run builds everything anew: {coming.anew}")
    return lines or ["the next run finds nothing new"]
