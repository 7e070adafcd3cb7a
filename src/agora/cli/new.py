"""`agora new`: a first product."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.errors import Unavailable, Unusable
from agora.usecases import new as verbs

app = command("new", "")
make = anywhere(verbs.new)


@app.command(epilog=epilog("agora new sales.visits --from visits.csv"))
def new(
    product: Annotated[str, typer.Argument(help="Its name: domain.product.")],
    origin: Annotated[
        str, typer.Option("--from", help="A CSV, Parquet, JSON or spreadsheet file.")
    ] = "",
    options: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            help="How to read the file, such as delimiter=; or sheet=Targets or header=4.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Make a product's files: label, contract, build and first step."""
    content = b""
    if origin:
        try:
            content = Path(origin).read_bytes()
        except OSError:
            raise Unavailable(f"`{origin}` cannot be read", code="E303") from None
    with opened(mesh) as house:
        created = make(
            house,
            actor(house, as_),
            product,
            origin=origin,
            content=content,
            options=_options(options or ()),
        )
    if json:
        give("created", created)
        return
    for file in created.files:
        say(f"wrote {file}")
    say(f"Next: agora check, then agora run {product.replace('/', '.')}")


def _options(said: Sequence[str]) -> tuple[tuple[str, str | int], ...]:
    """What was said as `NAME=VALUE`, numbers as numbers; raises Unusable."""
    parts = [word.partition("=") for word in said]
    wrong = [name for name, sign, _ in parts if not (name and sign)]
    if wrong:
        raise Unusable(f"`{wrong[0]}` is no option", code="E034", hint="write it as NAME=VALUE")
    return tuple((name, int(value) if value.isdigit() else value) for name, _, value in parts)
