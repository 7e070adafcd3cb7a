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
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Show it in a browser afterwards.")
    ] = True,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65_535, help="The port to serve on; 0 for 8080 or the next free one."
        ),
    ] = 0,
) -> int:
    """Build the demo mesh from The Complete Journey, show what three persons see, and serve it."""
    played = openings().demo(Path(folder), weeks)
    return (openings().present(Path(folder), port) if serve else 0) or played
