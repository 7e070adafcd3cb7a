"""`agora people`: who may sign in, and who lets them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, say, tell
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import Place, anywhere
from agora.model.account import Standing
from agora.model.errors import Unusable
from agora.model.people import Actor
from agora.usecases import account as verbs

app = command("people", "")
DONE = {
    "sign_out": "is signed out everywhere",
    "unlock": "may try again",
    "block": "is blocked: nothing they have opens anything",
    "unblock": "may sign in again",
}


@app.command(epilog=epilog("agora people --invite ana"))
def people(
    invite: Annotated[str, typer.Option("--invite", help="Let this person set a password.")] = "",
    reset: Annotated[
        str, typer.Option("--reset", help="Take the password away, end all sessions, invite anew.")
    ] = "",
    sign_out: Annotated[str, typer.Option("--sign-out", help="End all their sessions.")] = "",
    unlock: Annotated[
        str, typer.Option("--unlock", help="Let them try again after too many wrong passwords.")
    ] = "",
    block: Annotated[
        str, typer.Option("--block", help="Make everything they have open nothing.")
    ] = "",
    unblock: Annotated[str, typer.Option("--unblock", help="Let them sign in again.")] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See who may sign in and how they stand; invite, reset, sign out, block. For the operator."""
    wishes = {
        "invite": invite,
        "reset": reset,
        "sign_out": sign_out,
        "unlock": unlock,
        "block": block,
        "unblock": unblock,
    }
    named = [(wish, person) for wish, person in wishes.items() if person]
    if len(named) > 1:
        raise Unusable("one thing at a time", code="E002", hint="name one person, once")
    with opened(mesh) as house:
        who, now = actor(house, as_), datetime.now(UTC)
        if not named:
            _list(anywhere(verbs.people)(house, who, now), as_json=json)
        else:
            _do(house, who, *named[0], now, as_json=json)


def _do(house: Place, who: Actor, wish: str, person: str, now: datetime, *, as_json: bool) -> None:
    match wish:
        case "invite":
            _invited(anywhere(verbs.invite)(house, who, person, now), as_json=as_json)
            return
        case "reset":
            _invited(anywhere(verbs.reset)(house, who, person, now), as_json=as_json)
            return
        case "sign_out":
            anywhere(verbs.sign_out_person)(house, who, person)
        case "unlock":
            anywhere(verbs.unlock)(house, who, person, now)
        case "block":
            anywhere(verbs.block)(house, who, person)
        case "unblock":
            anywhere(verbs.unblock)(house, who, person)
    if as_json:
        give("person", {"person": person, "done": wish.replace("_", "-")})
    else:
        say(f"`{person}` {DONE[wish]}")


def _invited(made: verbs.Invitation, *, as_json: bool) -> None:
    if as_json:
        give("invitation", made)
        return
    say(made.secret)
    tell(f"Send this to `{made.person}` and to nobody else; it is not shown again.")
    tell("They paste it at `/invitation` of your server, where they choose a password.")
    tell(f"It can be used once, until {made.until:%Y-%m-%d}.")


def _list(found: tuple[verbs.Listed, ...], *, as_json: bool) -> None:
    if as_json:
        give("people", found)
        return
    rows = [
        [
            each.principal.id,
            each.principal.name,
            _standing(each),
            ", ".join(each.principal.teams),
            ", ".join(each.principal.roles),
        ]
        for each in found
    ]
    say(table(["person", "name", "sign-in", "teams", "roles"], rows, whole=(0,)))


def _standing(each: verbs.Listed) -> str:
    words = "not invited" if each.standing is Standing.NONE else each.standing.value
    if each.provider:
        words += ", by the provider"
    if each.locked_until:
        words += f", locked until {each.locked_until:%H:%M} UTC"
    if each.standing is Standing.INVITED:
        words += f" until {each.invited_until:%Y-%m-%d}"
    return words
