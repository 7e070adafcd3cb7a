"""`agora up`: the mesh is served, for browsers and programs."""

from typing import Annotated

import typer

from agora.cli.asking import MeshFolder, command, epilog, openings, root

app = command("up", "")


@app.command(epilog=epilog("agora up --port 8080"))
def up(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="The port to listen on.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer.")] = 1,
    url: Annotated[
        str, typer.Option(help="Where people reach it, when it is not this host and port.")
    ] = "",
    mesh: MeshFolder = "",
) -> int:
    """Serve the pages and the API of this mesh until Ctrl C."""
    return openings().serve(root(mesh), host, port, workers, url.rstrip("/"))
