"""`agora preview`: the first rows of a step, on a sample."""

from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.usecases import preview as verbs
from agora.usecases.preview import Previewed

app = command("preview", "")
look = anywhere(verbs.preview)


@app.command(epilog=epilog("agora preview sales.visits clean:3 --rows 5"))
def preview(
    product: Annotated[str, typer.Argument(help="The product: domain.product.")],
    step: Annotated[
        str,
        typer.Argument(
            help="A step, source or input; `STEP:N` after instruction N; by default the last step."
        ),
    ] = "",
    rows: Annotated[int, typer.Option("--rows", help="How many rows.")] = 20,
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See what a step makes of a sample, before anything is run or released."""
    with opened(mesh) as house:
        found = look(house, actor(house, as_, purpose), product, step, rows=rows)
    if json:
        give("preview", found)
    else:
        _show(found)


def _show(found: Previewed) -> None:
    looked = found.looked
    names = [name for name, _ in looked.columns]
    cells = [["·" if row[n] is None else str(row[n]) for n in names] for row in looked.rows]
    say(table(names, cells))
    say(paint(f"({count(len(cells), 'row')} of a sample of `{safe(found.step)}`)", "dim"))
    for note in found.notes:
        say(safe(note))
    if looked.hidden:
        say(f"masked for you: {safe(', '.join(looked.hidden))}")
