"""`agora request`: ask the owners for access."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import give, say
from agora.cli.asking import (
    As,
    Json,
    MeshFolder,
    actor,
    command,
    epilog,
    last_moment,
    opened,
    words,
)
from agora.usecases.access import ask

app = command("request", "")


@app.command(
    epilog=epilog(
        'agora request customers.households --purpose reporting --reason "board pack" --as fay'
    )
)
def request(
    port: Annotated[
        str, typer.Argument(help="The product or port: domain.product[.port][@version].")
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What it will be used for.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your own words.")],
    consumer: Annotated[
        str, typer.Option("--for", help="Somebody you may ask for: a service, an agent, team:ID.")
    ] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--columns", help="Only these columns.")
    ] = None,
    edition: Annotated[
        str, typer.Option("--edition", help="Only this edition, whose rows are then kept for it.")
    ] = "",
    until: Annotated[str, typer.Option("--until", help="The last day, as 2018-06-30.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Ask for a product; its owners see the request and answer it."""
    with opened(mesh) as house:
        asked = ask(
            house,
            actor(house, as_),
            port,
            purpose=purpose,
            reason=reason,
            columns=words(columns),
            until=last_moment(until),
            consumer=consumer,
            edition=edition,
        )
    if json:
        give("asked", asked)
        return
    deciders = " or ".join(f"`{name}`" for name in asked.deciders) or "nobody yet"
    which = f" edition {asked.request.edition}" if asked.request.edition else ""
    say(f"{asked.request.id}: {asked.request.port}{which} for {purpose}; {deciders} decides")
    say(f"Next: agora approve {asked.request.id} --as {(asked.deciders or ('OWNER',))[0]}")
