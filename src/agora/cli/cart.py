"""`agora cart`: gather what you need for one purpose, and ask for all of it at once."""

from agora.cli.answers import access as told
from agora.cli.answers.terminal import give, say
from agora.cli.asking import (
    As,
    Json,
    MeshFolder,
    actor,
    columns_of,
    command,
    epilog,
    last_moment,
    opened,
    words,
)
from agora.cli.reaching import anywhere, here
from agora.cli.wishing import (
    AcceptTerms,
    Add,
    Columns,
    DryRun,
    For,
    NoOnward,
    Onward,
    Reason,
    Remove,
    Send,
    Until,
    UsedFor,
)
from agora.model.access import Cart
from agora.usecases import cart as verbs

app = command("cart", "")


@app.command(epilog=epilog("agora cart --add customers.households --purpose segmentation --as mia"))
def cart(
    add_: Add = None,
    remove_: Remove = None,
    columns: Columns = None,
    purpose: UsedFor = "",
    reason: Reason = "",
    consumer: For = "",
    onward: Onward = None,
    no_onward: NoOnward = False,
    until: Until = "",
    send_: Send = False,
    dry_run: DryRun = False,
    accept_terms: AcceptTerms = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Gather products for one purpose and ask for them together; without options, see the cart."""
    with opened(mesh) as house:
        who = actor(house, as_)
        found = anywhere(verbs.draft)(
            house, who, purpose=purpose, reason=reason, consumer=consumer,
            until=last_moment(until), onward=() if no_onward else words(onward) or None,
        )  # fmt: skip
        for name in remove_ or ():
            found = anywhere(verbs.remove)(house, who, name)
        for name in add_ or ():
            found = anywhere(verbs.add)(house, who, name, columns_of(columns))
        if dry_run:
            coming = anywhere(verbs.foresee_cart)(house, who)
            give("foresight", coming) if json else told.foresight(coming)
        elif send_:
            asked = anywhere(verbs.send)(house, who, accept_terms=accept_terms)
            give("asked", asked) if json else told.asked(asked, here=here(house))
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
    more = f", passed on for {', '.join(found.onward)}" if found.onward else ""
    say(
        f"{whom} for {found.purpose or 'no purpose yet'}{more}{until}: {found.reason or '…'}".strip()
    )
    say("Next: agora cart --send")
