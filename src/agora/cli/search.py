"""`agora search`: find products."""

from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.usecases.search import search as find

app = command("search", "")


@app.command(epilog=epilog("agora search weekly sales"))
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words on the label; none lists everything.")
    ] = None,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Find products by names, titles, descriptions, tags, columns and README."""
    with opened(mesh) as house:
        hits = find(house, actor(house, as_), " ".join(words or ()))
    if json:
        give("hits", hits)
        return
    if not hits:
        say("nothing fits; try fewer words")
        return
    rows = [[str(h.product.name), h.product.title, h.access, ", ".join(h.matched)] for h in hits]
    say(table(["product", "title", "access", "found in"], rows, whole=(0,), wrap=True))
    say(f"({count(len(hits), 'product')}) Next: agora show {hits[0].product.name}")
