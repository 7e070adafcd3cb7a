"""`agora export`: a product in the words of other people's standards."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agora.cli.answers.terminal import give, safe, tell
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.files import leave
from agora.cli.reaching import anywhere
from agora.usecases import exports

app = command("export", "")
make = anywhere(exports.export)


@app.command(epilog=epilog("agora export sales.transactions --format dcat -o sales.jsonld"))
def export(
    product: Annotated[str, typer.Argument(help="The product or port: domain.product[.port][@1].")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="odcs, odps, json-schema, dcat, datapackage or openlineage.",
            metavar="FORMAT",
        ),
    ] = "odcs",
    output: Annotated[str, typer.Option("--output", "-o", help="A file to write.")] = "",
    version: Annotated[
        str, typer.Option("--version", help="Of the standard: by default ODCS v3.1.0, ODPS v1.0.0.")
    ] = "",
    base: Annotated[
        str, typer.Option("--base", help="The URL that begins every name in DCAT.")
    ] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Write what a product is and promises for other tools; no rows are in it."""
    with opened(mesh) as house:
        made = make(house, actor(house, as_), product, form=form, version=version, base=base)
    if output:
        leave(Path(output), made.text)
        tell(f"wrote {output}")
    elif json:
        give("export", made)
    else:
        sys.stdout.write(safe(made.text) if sys.stdout.isatty() else made.text)
