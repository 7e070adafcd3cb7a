"""`agora cart`: gather what you need for one purpose, and ask for all of it at once."""

from typing import Annotated

import typer

from agora.cli.answers import access as told
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
from agora.model.access import Cart

app = command("cart", "")


@app.command(epilog=epilog("agora cart --add customers.households --purpose segmentation --as mia"))
def cart(
    add_: Annotated[
        list[str] | None, typer.Option("--add", help="Put a product or port into the cart.")
    ] = None,
    remove_: Annotated[
        list[str] | None, typer.Option("--remove", help="Take one out of the cart.")
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--columns", help="Only these columns, with --add.")
    ] = None,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What all of it will be used for.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why, in your own words.")] = "",
    consumer: Annotated[
        str, typer.Option("--for", help="Somebody you may ask for: a service, an agent, team:ID.")
    ] = "",
    until: Annotated[str, typer.Option("--until", help="The last day, as 2018-06-30.")] = "",
    send_: Annotated[bool, typer.Option("--send", help="Ask for all of it.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come of sending it.")
    ] = False,
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="Accept the terms of use as they are now.")
    ] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Gather products for one purpose and ask for them together; without options, see the cart."""
    from agora.usecases.cart import add, draft, foresee_cart, remove, send

    with opened(mesh) as house:
        who = actor(house, as_)
        found = draft(
            house, who, purpose=purpose, reason=reason, consumer=consumer, until=last_moment(until)
        )
        for name in remove_ or ():
            found = remove(house, who, name)
        for name in add_ or ():
            found = add(house, who, name, words(columns))
        if dry_run:
            coming = foresee_cart(house, who)
            give("foresight", coming) if json else told.foresight(coming)
        elif send_:
            asked = send(house, who, accept_terms=accept_terms)
            give("asked", asked) if json else told.asked(asked)
        else:
            _cart(found, as_json=json)


def _cart(found: Cart, *, as_json: bool) -> None:
    if as_json:
        give("cart", found)
        return
    for item in found.items:
        only = f", only {', '.join(item.columns)}" if item.columns else ""
        say(f"{item.port}{only}")
    if not found.items:
        say("the cart is empty: `agora cart --add PRODUCT` puts something into it")
        return
    until = f", until {found.until:%Y-%m-%d}" if found.until else ""
    whom = f" for `{found.consumer}`" if found.consumer else ""
    say(f"{whom} for {found.purpose or 'no purpose yet'}{until}: {found.reason or '…'}".strip())
    say("Next: agora cart --send")
