"""`agora token`: what programs show instead of a password."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, say, tell
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened, words
from agora.cli.reaching import anywhere
from agora.model.errors import Unusable
from agora.model.token import Token
from agora.usecases import token as verbs

app = command("token", "")


@app.command(
    epilog=epilog("agora token --make dashboards --scopes read --days 90 --for service:bi")
)
def token(
    make: Annotated[str, typer.Option("--make", help="Make one; say what will use it.")] = "",
    scopes: Annotated[
        list[str] | None,
        typer.Option("--scopes", help="What it allows: read, ask, make, operate; read otherwise."),
    ] = None,
    days: Annotated[int, typer.Option("--days", help="How many days it lasts, at most 365.")] = 30,
    consumer: Annotated[
        str, typer.Option("--for", help="A service your team owns, or an agent of yours.")
    ] = "",
    revoke: Annotated[str, typer.Option("--revoke", help="End this one: its id.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See your tokens, make one (its secret is shown once) or end one."""
    if make and revoke:
        raise Unusable("one thing at a time", code="E002", hint="make one, or revoke one")
    with opened(mesh) as house:
        who, now = actor(house, as_), datetime.now(UTC)
        if make:
            made = anywhere(verbs.make)(
                house,
                who,
                name=make,
                scopes=words(scopes) or ("read",),
                days=days,
                consumer=consumer,
                now=now,
            )
            _made(made, as_json=json)
        elif revoke:
            _revoked(anywhere(verbs.revoke)(house, who, revoke, now), as_json=json)
        else:
            _list(anywhere(verbs.tokens)(house, who), now, as_json=json)


def _made(made: verbs.Made, *, as_json: bool) -> None:
    if as_json:
        give("token", made)
        return
    say(made.secret)
    allows = ", ".join(made.token.scopes)
    tell(f"`{made.token.principal}` until {made.token.expires_at:%Y-%m-%d}: {allows}.")
    tell("Keep it like a password; it is not shown again.")


def _revoked(ended: Token, *, as_json: bool) -> None:
    if as_json:
        give("token", ended)
    else:
        say(f"{ended.id} opens nothing any more")


def _list(found: tuple[Token, ...], now: datetime, *, as_json: bool) -> None:
    if as_json:
        give("tokens", found)
        return
    rows = [
        [
            each.id,
            each.name,
            each.principal,
            ", ".join(each.scopes),
            _ends(each, now),
            f"{each.last_used_at:%Y-%m-%d}" if each.last_used_at else "never",
            each.made_by,
        ]
        for each in found
    ]
    heads = ["id", "name", "acts as", "allows", "until", "last used", "made by"]
    say(table(heads, rows, whole=(0,)) if rows else "no tokens yet")


def _ends(each: Token, now: datetime) -> str:
    if each.revoked_at:
        return "revoked"
    return "over" if now >= each.expires_at else f"{each.expires_at:%Y-%m-%d}"
