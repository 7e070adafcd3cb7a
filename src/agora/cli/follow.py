"""`agora follow`: hear what becomes of a product."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.names import ProductName
from agora.usecases import follow as verbs
from agora.usecases.follow import Followed

app = command("follow", "")
start = anywhere(verbs.follow)
following = anywhere(verbs.following)
unfollow = anywhere(verbs.unfollow)


@app.command(epilog=epilog("agora follow sales.weekly-sales --as fay"))
def follow_(
    product: Annotated[
        str, typer.Argument(help="The product; without one, those you follow are listed.")
    ] = "",
    stop: Annotated[bool, typer.Option("--stop", help="Follow it no more.")] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Be told of a product's new editions and versions, of its end, and of broken promises."""
    with opened(mesh) as house:
        who = actor(house, as_)
        if not product:
            _list(following(house, who), as_json=json)
        elif stop:
            _followed(unfollow(house, who, product), as_json=json)
        else:
            _followed(start(house, who, product), as_json=json)


def _followed(found: Followed, *, as_json: bool) -> None:
    if as_json:
        give("followed", found)
    else:
        words = "you are told what becomes of" if found.follows else "you are told no more of"
        say(f"{words} {found.product}")


def _list(found: tuple[ProductName, ...], *, as_json: bool) -> None:
    if as_json:
        give("following", found)
        return
    for name in found:
        say(str(name))
    if not found:
        say("you follow nothing")
        say("Next: agora follow PRODUCT")
