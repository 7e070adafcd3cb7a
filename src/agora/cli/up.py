"""`agora up`: the mesh is served, for browsers and programs."""

from typing import Annotated

import typer

from agora.cli.asking import MeshFolder, command, epilog, openings, root, words
from agora.cli.openings import Serving

app = command("up", "")


@app.command(epilog=epilog("agora up --port 8080"))
def up(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65_535, help="The port to listen on; 0 for 8080 or the next free one."
        ),
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes answer.")] = 1,
    url: Annotated[
        str, typer.Option(help="Where people reach it, when it is not this host and port.")
    ] = "",
    demo: Annotated[
        bool, typer.Option("--demo", help="Visitors pick who they are; on this machine only.")
    ] = False,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy", help="An address or network whose `X-Forwarded-For` is believed; else none."
        ),
    ] = None,
    stop: Annotated[bool, typer.Option("--stop", help="End the server that runs.")] = False,
    mesh: MeshFolder = "",
) -> int:
    """Serve the pages and the API of this mesh until Ctrl C."""
    if stop:
        return openings().stop(root(mesh))
    asked = Serving(
        root=root(mesh),
        host=host,
        port=port,
        workers=workers,
        url=url.rstrip("/"),
        demo=demo,
        proxies=words(proxy),
    )
    return openings().serve(asked)
