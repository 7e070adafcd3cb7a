"""`agora demo`: a mesh with real data."""

from pathlib import Path
from typing import Annotated

import typer

from agora.cli.asking import command, epilog, openings

app = command("demo", "")


@app.command(epilog=epilog("agora demo ./agora-demo"))
def demo(
    folder: Annotated[str, typer.Argument(help="Where to build it.")] = "agora-demo",
    weeks: Annotated[
        int, typer.Option(min=1, max=53, help="How many weeks arrive one by one.")
    ] = 13,
) -> int:
    """Build the demo mesh from The Complete Journey, and show what three persons see of it."""
    return openings().demo(Path(folder), weeks)
