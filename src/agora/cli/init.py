"""`agora init`: an empty mesh."""

import getpass
import re
from pathlib import Path
from typing import Annotated

import typer

from agora.cli.answers.terminal import give, say
from agora.cli.asking import Json, command, epilog, openings
from agora.usecases.init import init as make

app = command("init", "")


@app.command(epilog=epilog("agora init --name acme --operator olga"))
def init(
    folder: Annotated[str, typer.Argument(help="Where; by default this folder.")] = ".",
    name: Annotated[str, typer.Option(help="The mesh's name; by default the folder's.")] = "",
    operator: Annotated[str, typer.Option(help="Who runs it; by default you.")] = "",
    json: Json = False,
) -> None:
    """Make an empty mesh: its file, its people and its first guardrail."""
    place = Path(folder)
    created = make(
        openings().folder(place),
        name or _word(place.resolve().name) or "mesh",
        operator or _word(getpass.getuser()) or "operator",
    )
    if json:
        give("created", created)
        return
    for file in created.files:
        say(f"wrote {file}")
    say("Next: agora new sales.visits")


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-").lstrip("0123456789-")
