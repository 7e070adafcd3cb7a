"""`agora scorecard`: whether the mesh works."""

from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.scorecard import Figure, Scorecard, lasting
from agora.usecases import scorecard as verbs

app = command("scorecard", "")
find = anywhere(verbs.scorecard)


@app.command(epilog=epilog("agora scorecard --domain sales --as sofia"))
def scorecard(
    domain: Annotated[str, typer.Option("--domain", help="Only of this domain.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See whether the mesh works: figures counted in the ledger, and what reading costs."""
    with opened(mesh) as house:
        found = find(house, actor(house, as_), domain=domain)
    if json:
        give("scorecard", found)
    else:
        _tell(found)


def _tell(found: Scorecard) -> None:
    rows = [[each.title, _told(each), each.counted] for each in found.figures]
    say(table(["figure", "value", "what is counted"], rows, whole=(0, 1), wrap=True))
    say(f"\nwhat reading costs, up to place {found.place}:")
    costs = [
        [
            each.product,
            each.reader,
            f"{each.reads:,}",
            f"{each.rows:,}",
            f"{each.millis / 1000:,.1f}",
        ]
        for each in found.costs
    ]
    right = (False, False, True, True, True)
    say(table(["product", "reader", "reads", "rows", "seconds"], costs, right=right, whole=(0,)))
    for title, names in (("unused by others", found.unused), ("deprecated", found.deprecated)):
        say(f"\n{title}: {', '.join(names) or 'none'}")


def _told(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.unit == "seconds":
        return lasting(figure.value)
    return f"{figure.value:,}{' %' if figure.unit == 'share' else ''}"
