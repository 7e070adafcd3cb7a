"""`agora schedule`: when products run by themselves, and what became of it."""

import os
import socket
from datetime import UTC, datetime
from typing import Annotated

import typer

from agora.cli.answers.terminal import give, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import Place, anywhere
from agora.model.errors import Denied, Unusable
from agora.needs.house import House
from agora.usecases import schedule as verbs
from agora.usecases.schedule import Scheduled

app = command("schedule", "")
listed = anywhere(verbs.listed)
put = anywhere(verbs.put)


@app.command(epilog=epilog('agora schedule sales.weekly-sales --set "0 6 * * mon Europe/Berlin"'))
def schedule(
    product: Annotated[str, typer.Argument(help="A product; without one, all are listed.")] = "",
    text: Annotated[
        str,
        typer.Option(
            "--set", help="`inputs`, `by-hand`, or a cron line and a time zone.", metavar="WHEN"
        ),
    ] = "",
    now: Annotated[bool, typer.Option("--tick", help="Run everything that is due now.")] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See when products run by themselves; change it in their files; run what is due."""
    with opened(mesh) as house:
        who = actor(house, as_)
        if text:
            if not product:
                raise Unusable("no product is named", code="E021", hint="name the one to schedule")
            commit = put(house, who, product, text)
            if json:
                give("schedule", {"product": product, "schedule": text, "commit": commit})
                return
            say(f"{product} runs: {safe(text)}" + (f" (commit {commit[:10]})" if commit else ""))
            return
        if now:
            _tick(house, who.principal.id, as_json=json)
            return
        found = [each for each in listed(house, who) if product in ("", str(each.product))]
    if json:
        give("schedules", tuple(found))
        return
    for each in found:
        say(_line(each))
    if not found:
        say("nothing runs by itself")
        say('Next: agora schedule PRODUCT --set "0 6 * * mon Europe/Berlin"')


def _tick(house: Place, who: str, *, as_json: bool) -> None:
    if not isinstance(house, House):
        words = "a server runs what is due by itself"
        raise Unusable(words, code="E778", hint="`agora schedule` says what was run, and when")
    from agora.model.people import Actor
    from agora.usecases.run import run

    operator = house.mesh.principal(house.mesh.operator)
    if operator is None or who != operator.id:
        raise Denied("only the operator runs what is due", code="E758", hint="a server does it")

    def started(name: str) -> tuple[str, str]:
        ran = run(house, Actor(principal=operator, operator=operator.id), name)
        if ran.skipped:
            return "nothing new", ""
        return ("released" if ran.release_made else "kept back"), ""

    holder = f"{socket.gethostname()}/{os.getpid()}"
    turns = tuple(verbs.tick(house, started, holder=holder, now=datetime.now(UTC)))
    if as_json:
        give("turns", tuple(turn for _, turn in turns))
        return
    for name, turn in turns:
        say(f"{name}: {turn.outcome}" + (f" ({safe(turn.said)})" if turn.said else ""))
    if not turns:
        say("nothing is due")


def _line(each: Scheduled) -> str:
    due = "next when an input has a new edition"
    if not each.schedule.inputs:
        due = f"next {each.clock}" if each.due else "never"
    last = ""
    if each.last:
        moment = each.last.looked.isoformat(timespec="minutes")
        last = f"; last {moment}: {each.last.outcome}"
    return f"{each.product}  {each.schedule.text}  {due}{last}"
