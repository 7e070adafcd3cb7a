"""`agora lineage`: what a column came from, and what comes of it."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from agora.cli.answers.terminal import give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.lineage import ColumnName
from agora.usecases import lineage as verbs
from agora.usecases.lineage import Told
from agora.workshop.lineage.impact import Branch

app = command("lineage", "")
trace = anywhere(verbs.lineage)
_UNNAMED = "something you may not know of"


@app.command(epilog=epilog("agora lineage customers.households.age --down"))
def lineage(
    what: Annotated[
        str, typer.Argument(help="A column such as customers.households.age, or a whole port.")
    ],
    up: Annotated[bool, typer.Option("--up", help="Only what it came from.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Only what comes of it.")] = False,
    depth: Annotated[int, typer.Option("--depth", min=0, help="So many steps; 0: all.")] = 0,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Draw what a column came from and what comes of it, in the current editions."""
    both = up == down
    with opened(mesh) as house:
        told = trace(house, actor(house, as_), what, up=up or both, down=down or both, depth=depth)
    if json:
        give("lineage", told)
        return
    for each in told:
        _draw(each, up=up or both, down=down or both)


def _draw(told: Told, *, up: bool, down: bool) -> None:
    say(paint(_name(told.column), "bold"))
    if told.conservative:
        say("  a step could not be followed: every column of what it reads counts as an origin")
    for wanted, word, branches in ((up, "from", told.up), (down, "to", told.down)):
        if wanted:
            say(f"  {word}{'' if branches else ' nothing'}")
            for line in _tree(branches, "  "):
                say(line)


def _tree(branches: Sequence[Branch], indent: str) -> Iterator[str]:
    for place, branch in enumerate(branches):
        last = place == len(branches) - 1
        again = " …" if branch.again else ""
        name = safe(_name(branch.column)) if branch.column else paint(_UNNAMED, "dim")
        yield f"{indent}{'└─' if last else '├─'} {name}  {paint(_how(branch), 'dim')}{again}"
        yield from _tree(branch.branches, f"{indent}{'   ' if last else '│  '}")


def _how(branch: Branch) -> str:
    words = ", ".join(how.value.replace("-", " ") for how in branch.how)
    return f"({words}: counted)" if branch.counted else f"({words})"


def _name(column: ColumnName) -> str:
    return str(column) if column.column else f"{column.relation} (which rows)"
