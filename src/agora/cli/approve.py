"""`agora approve`: see and answer requests."""

from collections.abc import Mapping

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
    Allowed,
    AllowedOnward,
    AllowedUntil,
    Ask,
    EndInstead,
    Look,
    NoOnward,
    Refuse,
    Told,
    Waiting,
)
from agora.model.access import Agreement, Request
from agora.model.people import Actor
from agora.usecases import access, agreements, inbox
from agora.usecases.access import Answered
from agora.usecases.inbox import Weighed

app = command("approve", "")
answer = anywhere(access.answer)
answerers = anywhere(inbox.answerers)
ask_back = anywhere(access.ask_back)
end = anywhere(agreements.end)
pending = anywhere(inbox.pending)
weigh = anywhere(inbox.weigh)


@app.command(epilog=epilog("agora approve req-20180102T080000-3f9c21 --as sofia"))
def approve(
    request: Waiting = "",
    refuse: Refuse = False,
    ask: Ask = "",
    look: Look = False,
    end_: EndInstead = False,
    reason: Told = "",
    columns: Allowed = None,
    until: AllowedUntil = "",
    onward: AllowedOnward = None,
    no_onward: NoOnward = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Answer a request; an approval is the access, from this moment on."""
    name, _, version = request.partition("@")
    with opened(mesh) as house:
        who = actor(house, as_)
        if not request:
            waiting = pending(house, who)
            _list(who, waiting, dict(answerers(house, who)), as_json=json)
        elif look:
            _weighed(weigh(house, who, name), as_json=json)
        elif ask:
            _asked(ask_back(house, who, name, ask), local=here(house), as_json=json)
        elif end_:
            _ended(end(house, who, request, reason), as_json=json)
        else:
            answered = answer(
                house, who, name, approve=not refuse, columns=columns_of(columns),
                until=last_moment(until), onward=() if no_onward else words(onward) or None,
                words=reason, version=int(version) if version.isdecimal() else 0,
            )  # fmt: skip
            _answered(answered, as_json=json)


def _ended(ended: Agreement, *, as_json: bool) -> None:
    if as_json:
        give("agreement", ended)
    else:
        say(f"{ended.id} has ended")


def _asked(asked: Request, *, local: bool, as_json: bool) -> None:
    if as_json:
        give("request", asked)
    else:
        say(f"{asked.id} waits for an answer of `{asked.asked_by}`")
        if local:
            say(f'Next: agora agreements {asked.id} --reply "…" --as {asked.asked_by}')


def _weighed(found: Weighed, *, as_json: bool) -> None:
    if as_json:
        give("weighed", found)
        return
    told.request(found.request)
    told.decision(found.decision)
    told.staying(found.stay)
    if found.past:
        told.past(found.past)


def _answered(answered: Answered, *, as_json: bool) -> None:
    agreed = answered.agreement
    if as_json:
        give("answered", answered)
    elif agreed is None:
        say(f"{answered.request.id} was refused")
    else:
        until = f" until {agreed.expires:%Y-%m-%d}" if agreed.expires else ""
        say(f"{agreed.id}: `{agreed.consumer}` may use {agreed.port}{until}")


def _list(
    who: Actor,
    requests: tuple[Request, ...],
    owners: Mapping[str, tuple[str, ...]],
    *,
    as_json: bool,
) -> None:
    if as_json:
        give("requests", requests)
        return
    if not requests:
        say("nothing waits for you")
        return
    for each in requests:
        told.request(each)
    own = [r for r in requests if who.principal.id in owners.get(r.id, ())]
    if own:
        name = f"{own[0].id}@{own[0].version}" if own[0].version > 1 else own[0].id
        say(f"Next: agora approve {name} --as {who.principal.id}, or with --refuse --reason …")
    else:
        named = sorted({f"`{owner}`" for r in requests for owner in owners.get(r.id, ())})
        say(f"answered by {' or '.join(named)}")
