"""Chores: what goes on beside the answers, in one process at a time wherever the mesh is served."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from agora.app.running import done, outcome
from agora.app.up.once import memory
from agora.app.up.site import LiveSite
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.site import Site
from agora.passage.leasing import held, released

NAME: Final = "chores"
TERM = timedelta(minutes=3)
LOOK = 1.0
_log = logging.getLogger("agora.chores")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to do every so many seconds; the first time after so many."""

    name: str
    every: float
    do: Callable[[House, Site], object]


def _told(house: House, site: Site) -> None:
    from agora.usecases.notify import notify

    notify(house, site.now)


def _swept(house: House, _: Site) -> None:
    from agora.usecases.results import sweep

    sweep(house)


def _tended(house: House, _: Site) -> None:
    from agora.usecases.derive import tended

    operator = house.mesh.principal(house.mesh.operator)
    if operator is not None:
        tended(house, Actor(principal=operator, operator=house.mesh.operator))


def _sealed(house: House, _: Site) -> None:
    from agora.usecases.ledger import seal

    seal(house)


def _counted(house: House, _: Site) -> None:
    from agora.passage.counting import book, journal

    book(house)
    journal(house)


def _forgotten(house: House, site: Site) -> None:
    from agora.usecases import session, token

    memory(house.folder.root).sweep()
    session.sweep(house, site.now())
    token.sweep(house, site.now())


class Runs:
    """Products run in a thread of their own: nothing else waits for them.

    It is not waited for at the end: what a server leaves half done, the next one begins again.
    """

    def __init__(self, name: str, work: Callable[[House, Site], Iterable[tuple[str, str]]]) -> None:
        """Nothing runs yet; `work` says of each product that ran what came of it."""
        self._name, self._work = name, work
        self._thread: threading.Thread | None = None

    def __call__(self, house: House, site: Site) -> None:
        """What is due runs, unless this process is still at it."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(
                target=self._run, args=(house, site), name=self._name, daemon=True
            )
            self._thread.start()

    def _run(self, house: House, site: Site) -> None:
        try:
            for product, came in self._work(house, site):
                _log.info("%s: %s", product, came)
        except AgoraError as problem:
            _log.warning("%s: %s", self._name, problem.sentence)
        except Exception:  # noqa: BLE001 (the next look is worth more than this one)
            _log.exception("%s failed", self._name)


def _ticked(house: House, site: Site) -> Iterator[tuple[str, str]]:
    from agora.usecases.schedule import tick

    turns = tick(
        house,
        lambda name: outcome(house, name),
        holder=process(),
        now=site.now(),
        gone=fallen,
        moments=False,
    )
    yield from ((str(product), turn.outcome) for product, turn in turns)


def _seen_to(house: House, site: Site) -> Iterator[tuple[str, str]]:
    from agora.usecases.errands import work

    for each in work(house, done, holder=process(), now=site.now, gone=fallen):
        yield each.product, each.outcome


def _indexed(house: House, _: Site) -> Iterator[tuple[str, str]]:
    from agora.usecases.search import ready

    ready(house)
    yield from ()


def process() -> str:
    """What a lease calls this process, with its machine."""
    return f"{socket.gethostname()}/{os.getpid()}"


CHORES = (
    Chore(name="errands", every=1, do=Runs("errands", _seen_to)),
    Chore(name="schedules", every=20, do=Runs("schedules", _ticked)),
    Chore(name="index", every=5, do=Runs("index", _indexed)),
    Chore(name="notify", every=3, do=_told),
    Chore(name="seal", every=60, do=_sealed),
    Chore(name="sweep", every=60, do=_swept),
    Chore(name="count", every=60, do=_counted),
    Chore(name="tend", every=300, do=_tended),
    Chore(name="forget", every=3600, do=_forgotten),
)


class Keeper:
    """Does the chores in a thread of its own while no other process does; one that fails is tried again."""

    def __init__(
        self,
        site: LiveSite,
        chores: Sequence[Chore] = CHORES,
        *,
        holder: str = "",
        look: float = LOOK,
    ) -> None:
        """Keep this site, looking every so many seconds whether something is due."""
        self._site, self._look = site, look
        self._due = {chore: time.monotonic() + chore.every for chore in chores}
        self._holder = holder or process()
        self._thread = threading.Thread(target=self._keep, name="chores", daemon=True)

    def start(self) -> None:
        """Chores are done from now on until the site is closing."""
        self._thread.start()

    def join(self) -> None:
        """What was being done is done, and another process may go on at once."""
        self._thread.join()
        try:
            released(self._site.house(), NAME, holder=self._holder, now=self._site.now())
        except AgoraError as problem:
            _log.warning("the lease is not given back: %s", problem.sentence)

    def _keep(self) -> None:
        while not self._site.closing.wait(self._look):
            for chore, due in self._due.items():
                if self._site.closing.is_set():
                    return
                if due <= time.monotonic() and self._mine():
                    self._do(chore)
                    self._due[chore] = time.monotonic() + chore.every

    def _mine(self) -> bool:
        try:
            return held(
                self._site.house(), NAME, holder=self._holder, now=self._site.now(), term=TERM,
                gone=fallen,
            )  # fmt: skip
        except AgoraError as problem:
            _log.warning("nobody can tell whose turn it is: %s", problem.sentence)
            return False

    def _do(self, chore: Chore) -> None:
        try:
            chore.do(self._site.house(), self._site)
        except AgoraError as problem:
            _log.warning("%s: %s", chore.name, problem.sentence)
        except Exception:  # noqa: BLE001 (the other chores, and the next time, are worth more)
            _log.exception("%s failed", chore.name)


def fallen(holder: str) -> bool:
    """True for a process of this machine that is no more; of another machine's nobody can tell."""
    host, _, pid = holder.rpartition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
