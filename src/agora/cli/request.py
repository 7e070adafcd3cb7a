"""`agora request`: ask the owners for access."""

from typing import Annotated

import typer

from agora.cli.answers import access as told
from agora.cli.answers.terminal import give
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
from agora.usecases.access import ask_for, foresee
from agora.usecases.agreeing.asking import Wish

app = command("request", "")


@app.command(
    epilog=epilog(
        'agora request customers.households --purpose reporting --reason "board pack" --as fay'
    )
)
def request(
    ports: Annotated[
        list[str],
        typer.Argument(help="Products or ports, for one purpose: domain.product[.port][@version]."),
    ],
    purpose: Annotated[str, typer.Option("--purpose", help="What it will be used for.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your own words.")] = "",
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
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="Accept the terms of use as they are now.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run",
            help="Send nothing: say who decides, what is masked, and what is against it.",
        ),
    ] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Ask for products; their owners see the requests and answer them."""
    wish = Wish(
        ports=tuple((port, words(columns)) for port in ports),
        purpose=purpose,
        reason=reason,
        consumer=consumer,
        until=last_moment(until),
        edition=edition,
        accept_terms=accept_terms,
    )
    with opened(mesh) as house:
        if dry_run:
            found = foresee(house, actor(house, as_), wish)
            give("foresight", found) if json else told.foresight(found)
            return
        asked = ask_for(house, actor(house, as_), wish)
    if json:
        give("asked", asked[0] if len(asked) == 1 else asked)
    else:
        told.asked(asked)
