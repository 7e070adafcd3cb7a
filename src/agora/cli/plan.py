"""`agora plan`: what a change would do, before it runs."""

from typing import Annotated

import typer

from agora.cli.answers import plans
from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened, openings
from agora.cli.reaching import anywhere
from agora.model.errors import Unusable
from agora.usecases import plan as verbs

app = command("plan", "")
judge = anywhere(verbs.plan)
FORMS = ("text", "json", "markdown")


Against = Annotated[
    str,
    typer.Option(
        "--against",
        help="Compare with a version in Git instead of the last release.",
        metavar="REF",
    ),
]
Data = Annotated[
    bool | None,
    typer.Option(
        "--data/--no-data",
        help="Rehearse the build and count the rows that would differ; by default for a product "
        "that is named.",
    ),
]
Unused = Annotated[
    bool, typer.Option("--ok-if-unused", help="Exit with 0 when what breaks is used by nobody.")
]


@app.command(epilog=epilog("agora plan --against origin/main --format markdown"))
def plan(
    product: Annotated[
        str, typer.Argument(help="One product; without it, every one that differs.")
    ] = "",
    against: Against = "",
    data: Data = None,
    form: Annotated[str, typer.Option("--format", help="text, json or markdown.")] = "",
    unused: Unused = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> int:
    """See what would change, whom it would break, and what may be done; nothing is released."""
    wanted = _form("json" if json else form or "text")
    with opened(mesh) as house:
        found = judge(
            house,
            actor(house, as_),
            product,
            environment=openings().environment,
            against=against,
            data=bool(product) if data is None else data,
        )
    if wanted == "json":
        give("plan", found)
    else:
        for line in plans.markdown(found) if wanted == "markdown" else plans.text(found):
            say(line)
    return 1 if plans.stops(found, unused=unused) else 0


def _form(word: str) -> str:
    if word not in FORMS:
        names = ", ".join(f"`{each}`" for each in FORMS)
        raise Unusable(f"`{word}` is no format of a plan", code="E032", hint=f"use one of {names}")
    return word
