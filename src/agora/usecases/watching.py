"""Watching: how a run goes, step by step and line by line, from where somebody left off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agora.governance.rights import may_run
from agora.model.errand import Errand
from agora.model.errors import Denied, Missing
from agora.model.operating import LogLine
from agora.model.people import Actor
from agora.model.release import Run, RunState
from agora.needs.house import House
from agora.passage import keys
from agora.passage.knowing import find_product
from agora.quality.runs import log

Mark = tuple[int, int]
"""How far somebody has heard: which step of an errand, which line of a log."""
START: Mark = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that happened: a step of the errand or a line of the log, and the mark after it."""

    mark: Mark
    told: Errand | LogLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What happened since a mark; `over` when nothing more will."""

    heard: tuple[Heard, ...]
    over: bool


def errand(house: House, who: Actor, name: str, after: Mark = START) -> Watched:
    """How the run goes that was last asked for on a server. Raises Missing, Denied."""
    product = find_product(house, who.principal, name).name
    if reasons := may_run(house.mesh, product, who.principal):
        raise Denied.because(reasons)
    kept = house.store.get(Errand, str(product))
    if kept is None:
        raise Missing(
            f"nobody has asked this server for a run of `{product}`",
            code="E781",
            hint="ask for one; what a terminal runs is another thing",
        )
    heard = list(_steps(house, kept.noun, after)) if kept.revision > after[0] else []
    if kept.noun.over and kept.noun.run:
        made = house.store.get(Run, keys.run(product, kept.noun.run))
        line = after[1] if after[0] == kept.revision else 0
        heard += _lines(made.noun, (kept.revision, line)) if made else []
    return Watched(heard=tuple(heard), over=kept.noun.over)


def run(made: Run, after: Mark = START) -> Watched:
    """How one run goes, that somebody may see."""
    over = made.state is not RunState.RUNNING
    return Watched(heard=tuple(_lines(made, (0, after[1]))), over=over)


def _steps(house: House, now: Errand, after: Mark) -> Iterator[Heard]:
    """The steps of this errand; those of the ones before it are somebody else's."""
    for kept in house.store.history(Errand, now.product):
        if kept.revision > after[0] and kept.noun.asked_at == now.asked_at:
            yield Heard(mark=(kept.revision, 0), told=kept.noun)


def _lines(made: Run, after: Mark) -> Iterator[Heard]:
    """The log from a line on; while it runs only what will not change any more."""
    running = made.state is RunState.RUNNING
    lines = log(replace(made, snapshots=()) if running else made)
    for number, line in enumerate(lines[after[1] :], after[1] + 1):
        yield Heard(mark=(after[0], number), told=line)
