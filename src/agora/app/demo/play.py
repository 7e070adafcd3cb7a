"""Playing the demo: lay the mesh out, let people ask and answer, run every product, and show it."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import monotonic

from agora.app.demo import deliveries
from agora.app.demo.lay import lay, lay_later
from agora.app.demo.script import (
    AGENT,
    ANSWERED,
    ASKED,
    NEXT,
    PURPOSE,
    QUESTION,
    RATED,
    READERS,
    REFUSED,
    SAID,
    WISHES,
    Wish,
)
from agora.app.house import close_house, open_house
from agora.cli.answers.results import broken, line, summary
from agora.cli.answers.rows import write
from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, paint, say, tell
from agora.cli.watching import Watch
from agora.model.access import Agreement, Request, RequestState
from agora.model.checks import Outcome
from agora.model.errors import AgoraError, Denied, Missing
from agora.model.people import Actor
from agora.needs.house import House
from agora.usecases.access import answer, ask
from agora.usecases.discuss import discussion, question, reply
from agora.usecases.order import in_order
from agora.usecases.query import query
from agora.usecases.rate import rate
from agora.usecases.run import Ran, run
from agora.usecases.show import show

WEEKS_SHOWN = 13
PRODUCTS = 10
LATER_WEEK = 49
"""The week in which marketing offers its segments without ages, beside the version with them."""


def play(folder: Path, weeks: int = WEEKS_SHOWN) -> int:
    """The demo mesh stands in the folder, its year replayed; a second time only shows it.

    The last `weeks` arrive one by one on the mesh's own clock, everything before them at once.
    """
    started = monotonic()
    written = lay(folder)
    tell(f"the mesh lies in {folder}" + (f" ({count(written, 'file')} written)" if written else ""))
    coming = deliveries.missing(folder, weeks)
    with Watch(PRODUCTS * (len(coming) + 1)) as watch:
        told = list(_replayed(folder, coming, watch))
        house = open_house(folder, dict(os.environ), watch)
        try:
            watch.about("today")
            told.append(_edition(house, "today", late=True))
        except AgoraError:
            close_house(house)
            raise
    try:
        _tell_runs(told, monotonic() - started)
        _show_products(house)
        _show_readers(house)
        _talk(house)
        _what_next(folder)
    finally:
        close_house(house)
    return 0 if all(each.skipped or each.release_made for each in told[-1].ran) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """What one morning brought: how every product's run ended, and how many requests were made."""

    when: str
    ran: tuple[Ran, ...]
    agreed: int


def _replayed(folder: Path, coming: tuple[range, ...], watch: Watch) -> Iterator[_Played]:
    """Each edition arrives on its morning, and every product runs."""
    for edition in deliveries.deliver(folder, coming) if coming else ():
        if edition[0] >= LATER_WEEK:
            lay_later(folder)
        when = f"week {edition[-1]}"
        watch.about(when)
        house = open_house(folder, dict(os.environ), watch)
        try:
            played = _edition(replace(house, now=partial(deliveries.arrival, edition)), when)
            _next_day(house, deliveries.arrival(edition) + timedelta(days=1))
            yield played
        finally:
            close_house(house)


def _edition(house: House, when: str, *, late: bool = False) -> _Played:
    agreed = sum(
        _settle(house, wish, at_once=late or not wish.next_day)
        for wish in WISHES
        if late or not wish.late
    )
    ran = tuple(
        run(house, _operator(house), str(name)) for name in in_order(house, _operator(house))
    )
    return _Played(when=when, ran=ran, agreed=agreed)


def _next_day(house: House, day: datetime) -> None:
    """Whoever was asked by people has answered."""
    morning = replace(house, now=lambda: day)
    for wish in WISHES:
        if wish.next_day:
            _settle(morning, wish, at_once=True)


def _settle(house: House, wish: Wish, *, at_once: bool) -> bool:
    """The wish has been asked, once, and answered, unless that is for later; True when it was asked."""
    consumer = wish.consumer or wish.by
    if _agreed(house, wish, consumer):
        return False
    request = _pending(house, wish, consumer)
    made = request is None
    if request is None:
        until = datetime.combine(date.fromisoformat(wish.until), time.max, UTC)
        asked = ask(
            house, _actor(house, wish.by), wish.port, purpose=wish.purpose, reason=wish.reason,
            consumer=consumer, until=until, accept_terms=True, onward=wish.onward,
        )  # fmt: skip
        request = asked.request.id
    if wish.answered_by and at_once:
        answer(house, _actor(house, wish.answered_by), request, approve=True)
    return made


def _agreed(house: House, wish: Wish, consumer: str) -> bool:
    return any(
        (str(k.noun.port.port), k.noun.consumer, k.noun.purpose)
        == (wish.port, consumer, wish.purpose)
        for k in house.store.find(Agreement, f"{wish.port}@")
    )


def _pending(house: House, wish: Wish, consumer: str) -> str | None:
    for kept in house.store.find(Request):
        noun = kept.noun
        same = (str(noun.port.port), noun.consumer, noun.purpose) == (
            wish.port,
            consumer,
            wish.purpose,
        )
        if same and noun.state is RequestState.PENDING:
            return noun.id
    return None


def _actor(house: House, name: str, purpose: str = "") -> Actor:
    principal = house.mesh.principal(name)
    if principal is None:
        raise Missing(
            f"there is no `{name}` in the demo", code="E018", hint="was `people.yaml` changed?"
        )
    return Actor(principal=principal, operator=house.mesh.operator, purpose=purpose)


def _operator(house: House) -> Actor:
    return _actor(house, house.mesh.operator)


def _tell_runs(told: Sequence[_Played], seconds: float) -> None:
    made = sum(each.release_made for played in told for each in played.ran)
    kept = sum(each.skipped for each in told[-1].ran)
    agreed = sum(played.agreed for played in told)
    words = [count(made, "release") + " made" if made else f"{kept} unchanged"]
    words += [f"{count(len(told) - 1, 'Monday')} replayed"] if len(told) > 1 else []
    words.append(f"{count(agreed, 'request')} made" if agreed else "nothing new to agree")
    tell(f"{', '.join(words)} in {seconds:.0f} s")
    for played in told:
        for each in played.ran:
            if each.run and not each.release_made:
                tell(f"! {played.when}: {each.run.product} was not released: {each.run.error}")
                for words_ in broken(each.run.results):
                    tell(words_)


def _show_products(house: House) -> None:
    say(paint("What there is, and whether its promises hold", "bold"))
    rows, notes = [], []
    for product in house.mesh.products:
        shown = show(house, _operator(house), str(product.name))
        if shown.release is None:
            rows.append([str(product.name), "not released", "", ""])
            continue
        newest = {each.port.port: each.rows for each in shown.release.snapshots}
        results = shown.release.results
        rows.append(
            [
                str(product.name),
                product.title,
                f"{sum(newest.values()):,}",
                summary(results).removeprefix("checks: "),
            ]
        )
        many = len(product.ports) > 1
        notes += [
            f"  {r.port if many else product.name}: {line(r)}"
            for r in results
            if r.outcome is Outcome.WARN
        ]
        notes += [
            f"  {product.name}: {count(q.rows, 'row')} of {q.port.port} in quarantine"
            for q in shown.release.quarantines
        ]
    say(table(["product", "title", "rows", "promises"], rows, right=[False, False, True, False]))
    for note in notes:
        say(note)


def _show_readers(house: House) -> None:
    _show_question("One question, three persons", QUESTION)
    for name, words in READERS:
        say()
        _show_reader(name, words)
        asked = query(house, _actor(house, name, PURPOSE), QUESTION)
        write(asked.answer)
    _show_agent(house)
    _show_refused(house)


def _show_question(title: str, question: str) -> None:
    say()
    say(paint(title, "bold"))
    say(paint(question, "dim"))


def _show_reader(name: str, words: str) -> None:
    say(f"{paint(name, 'cyan', 'bold')} — {words}")


def _show_agent(house: House) -> None:
    name, words, question = AGENT
    _show_question("And an agent", question)
    _show_reader(name, words)
    write(query(house, _actor(house, name, PURPOSE), question).answer)


def _show_refused(house: House) -> None:
    """Somebody asks for what they may not read, and is told why and what to do."""
    name, words, question = REFUSED
    _show_question("A refusal explains itself", question)
    _show_reader(name, words)
    try:
        write(query(house, _actor(house, name), question).answer)
    except Denied as problem:
        for reason in problem.reasons:
            say(f"  {reason.sentence} ({reason.rule}); {reason.hint}")


def _talk(house: House) -> None:
    """Who has read the tills has asked about them and rated them, once."""
    asker, words = ASKED
    if discussion(house, _actor(house, asker), SAID).asked:
        return
    asked = question(house, _actor(house, asker), SAID, words)
    owner, answer_ = ANSWERED
    reply(house, _actor(house, owner), SAID, asked.id, answer_)
    reader, stars, why = RATED
    rate(house, _actor(house, reader), SAID, stars, why)


def _what_next(folder: Path) -> None:
    say()
    say(paint("What to try next", "bold"))
    for command in (f"cd {folder}", *NEXT):
        say(f"  {command}")
