"""`agora agreements`: what you may use and have asked for, and how it goes on or ends."""

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
from agora.cli.reaching import anywhere, here
from agora.cli.wishing import (
    AcceptTerms,
    Carry,
    Change,
    Columns,
    End,
    Extend,
    Held,
    Reason,
    Renew,
    Reply,
    Until,
    Withdraw,
)
from agora.model.access import Agreement, Request
from agora.model.people import Actor
from agora.usecases import agreements as verbs
from agora.usecases import requests
from agora.usecases.agreements import Mine

app = command("agreements", "")
carry_over = anywhere(verbs.carry_over)
end = anywhere(verbs.end)
extend = anywhere(verbs.extend)
mine = anywhere(verbs.mine)
renew = anywhere(verbs.renew)
change = anywhere(requests.change)
reply = anywhere(requests.reply)
withdraw = anywhere(requests.withdraw)


@app.command(epilog=epilog("agora agreements AGREEMENT --renew --until 2018-12-31 --as fay"))
def agreements(
    name: Held = "",
    end_: End = False,
    renew_: Renew = False,
    extend_: Extend = False,
    carry: Carry = False,
    reply_: Reply = "",
    withdraw_: Withdraw = False,
    change_: Change = False,
    columns: Columns = None,
    until: Until = "",
    reason: Reason = "",
    accept_terms: AcceptTerms = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See your agreements and requests; end or renew one, reply, change or withdraw."""
    last = last_moment(until)
    only = None if columns is None else words(columns)
    with opened(mesh) as house:
        who = actor(house, as_)
        if end_:
            _agreement("has ended", end(house, who, name, reason), as_json=json)
        elif renew_:
            asked = renew(house, who, name, until=last, reason=reason, accept_terms=accept_terms)
            give("asked", asked) if json else told.asked((asked,), here=here(house))
        elif extend_:
            _agreement("goes on", extend(house, who, name, until=last), as_json=json)
        elif carry:
            _carried(carry_over(house, who, name), as_json=json)
        elif reply_:
            _request(reply(house, who, name, reply_), as_json=json)
        elif withdraw_:
            _request(withdraw(house, who, name, reason), as_json=json)
        elif change_:
            made = change(house, who, name, columns=only, until=last, reason=reason)
            _request(made, as_json=json)
        else:
            _mine(who, mine(house, who), as_json=json)


def _agreement(what: str, found: Agreement, *, as_json: bool) -> None:
    if as_json:
        give("agreement", found)
        return
    until = f" until {found.expires:%Y-%m-%d}" if found.expires and not found.ended_at else ""
    say(f"{found.id} {what}{until}")


def _carried(found: tuple[Agreement, ...], *, as_json: bool) -> None:
    if as_json:
        give("agreements", found)
        return
    for each in found:
        say(f"{each.id}: `{each.consumer}` may use {each.port}, as agreed in {each.carried_from}")
    if not found:
        say("no agreement is carried over: who uses an earlier version asks anew")


def _request(found: Request, *, as_json: bool) -> None:
    if as_json:
        give("request", found)
    else:
        told.request(found)
        say(f"  {found.state.value}")


def _mine(who: Actor, found: Mine, *, as_json: bool) -> None:
    if as_json:
        give("mine", found)
        return
    if not found.agreements and not found.requests:
        say(f"`{who.principal.id}` has agreed to nothing and asked for nothing")
        return
    if found.agreements:
        told.agreements(found.agreements, found.at)
    told.due(found.due)
    for each in found.requests:
        told.request(each)
        say(f"  {each.state.value}")
