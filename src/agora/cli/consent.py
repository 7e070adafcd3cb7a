"""`agora consent`: accept a change that would break what you use."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import give, paint, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened, words
from agora.cli.reaching import anywhere
from agora.usecases import consent as verbs

app = command("consent", "")
accept = anywhere(verbs.consent)


@app.command(epilog=epilog("agora consent sales.weekly-sales@1 --as fay"))
def consent(
    port: Annotated[str, typer.Argument(help="The version that changes: domain.product[.port]@1.")],
    consumer: Annotated[
        list[str] | None,
        typer.Option("--for", help="A product, team, service or agent you speak for; else all."),
    ] = None,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Accept a breaking change exactly as it stands in the files; another change asks you again."""
    with opened(mesh) as house:
        found = accept(house, actor(house, as_), port, consumers=words(consumer))
    if json:
        give("consents", found)
        return
    for each in found.consents:
        say(f"{paint('✓', 'green')} {each.consumer} accepts the change of {each.port}")
    if found.waiting:
        say(f"it still waits for {', '.join(found.waiting)}")
    else:
        say("nobody else is asked: its owners may release it")
