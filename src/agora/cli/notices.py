"""`agora notices`: what you were told, and how you want to be told."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import Place, anywhere
from agora.model.notice import Hook, Mailing
from agora.model.people import Actor
from agora.usecases import notices as verbs
from agora.usecases import notify
from agora.usecases.notices import Hooked, Notices
from agora.usecases.notify import Notified

app = command("notices", "")
drop = anywhere(verbs.drop)
hook = anywhere(verbs.hook)
hooks = anywhere(verbs.hooks)
mark = anywhere(verbs.mark)
told = anywhere(verbs.notices)
prefer = anywhere(verbs.prefer)
notify_now = anywhere(notify.notify_now)


@app.command(epilog=epilog("agora notices --mail daily --as fay"))
def notices_(
    read: Annotated[bool, typer.Option("--read", help="Mark all of them as read.")] = False,
    mail: Annotated[
        Mailing | None, typer.Option("--mail", help="When you are mailed what you are told.")
    ] = None,
    hook_: Annotated[
        str, typer.Option("--hook", help="Call this address with what you are told.", metavar="URL")
    ] = "",
    hooks_: Annotated[bool, typer.Option("--hooks", help="List your webhooks.")] = False,
    drop_: Annotated[
        str, typer.Option("--drop", help="Call this webhook no more.", metavar="HOOK")
    ] = "",
    owner: Annotated[
        str, typer.Option("--for", help="Webhooks of a service of your team instead of your own.")
    ] = "",
    send: Annotated[
        bool, typer.Option("--send", help="As an operator: tell and send all that waits.")
    ] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See what you were told: requests, answers, editions, ends; and say how you want to be told."""
    with opened(mesh) as house:
        who = actor(house, as_)
        if send:
            _sent(notify_now(house, who, _now), as_json=json)
        elif mail is not None:
            _preferred(house, who, mail, as_json=json)
        elif hook_:
            _hooked(hook(house, who, hook_, owner=owner, now=_now()), as_json=json)
        elif drop_:
            _dropped(drop(house, who, drop_, owner=owner, now=_now()), as_json=json)
        elif hooks_:
            _hooks(hooks(house, who, owner=owner), as_json=json)
        else:
            _list(house, who, read=read, as_json=json)


def _now() -> datetime:
    """The machine's time: what is sent does not follow a mesh's own clock."""
    return datetime.now(UTC)


def _list(house: Place, who: Actor, *, read: bool, as_json: bool) -> None:
    found = told(house, who)
    if read:
        mark(house, who)
    if as_json:
        give("notices", found)
    else:
        _show(found)


def _show(found: Notices) -> None:
    for each in found.told:
        mark_ = " " if each.notice.read_at else paint("●", "cyan")
        say(safe(f"{mark_} {each.notice.at:%Y-%m-%d %H:%M}  {each.sentence}"))
    if not found.told:
        say("nobody has told you anything")
    elif found.unread:
        say(f"{found.unread} unread; agora notices --read")


def _sent(found: Notified, *, as_json: bool) -> None:
    if as_json:
        give("notified", found)
        return
    sent = found.sent
    say(f"{count(found.made, 'notice')} made, {sent.sent} sent, {sent.later} to be tried again")
    if sent.given_up:
        say(f"{sent.given_up} given up; `agora ledger` tells why")


def _preferred(house: Place, who: Actor, mail: Mailing, *, as_json: bool) -> None:
    found = prefer(house, who, mail)
    if as_json:
        give("preference", found)
    else:
        words = {Mailing.AT_ONCE: "at once", Mailing.DAILY: "once a day", Mailing.NEVER: "never"}
        say(f"you are mailed {words[found.mailing]}")


def _hooked(found: Hooked, *, as_json: bool) -> None:
    if as_json:
        give("hooked", found)
    else:
        say(f"{found.hook.id} calls {safe(found.hook.url)}")
        say(f"secret: {found.secret}")
        say("keep it: it is not shown again, and tells you that a call is ours")


def _dropped(found: Hook, *, as_json: bool) -> None:
    if as_json:
        give("hook", found)
    else:
        say(f"{found.id} is called no more")


def _hooks(found: tuple[Hook, ...], *, as_json: bool) -> None:
    if as_json:
        give("hooks", found)
        return
    for each in found:
        say(f"{each.id}  {safe(each.url)}")
    if not found:
        say("no webhooks")
