"""Runs over REST: a run is begun at once, goes on without whoever asked, and is watched as it goes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from agora.model.checks import CheckResult
from agora.model.errand import Errand
from agora.model.names import ProductName
from agora.model.operating import LogLine, RunLine
from agora.model.release import Run
from agora.needs.site import Site
from agora.quality.runs import log, remedy
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Id
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import errands, watching
from agora.usecases import run as running
from agora.usecases import runs as verbs
from agora.usecases.watching import Mark, Watched

router = APIRouter(tags=["runs"])
RUNS = "/products/{domain}/{product}/runs"
LINES = listing(model_of(RunLine))
CHECK: Any = model_of(CheckResult)
LOGGED: Any = model_of(LogLine)
LOOK, BEAT, LASTS, LONGEST = 0.5, 15.0, 300.0, 60
"""Seconds between looks, between signs of life, until a reader asks again, and of waiting at most."""
STATES = {"nothing new": "skipped", "kept back": "blocked"}
Stream = {"text/event-stream": {"schema": {"type": "string"}}}
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": Stream, "description": "Events, until the run has ended."}
}
LastEvent = Annotated[
    str, Header(alias="last-event-id", pattern=r"^(\d{1,12}\.\d{1,12})?$", description="Go on after it.")
]  # fmt: skip
Prefer = Annotated[
    str, Header(max_length=40, description="`wait=20` waits so many seconds for the end, at most 60.")
]  # fmt: skip


class Running(Body):
    """`again` runs although nothing changed; `anew` loads every delivery once more."""

    again: bool = False
    anew: bool = False


class Ran(BaseModel):
    """How a run stands: `waiting`, `running`, `skipped`, or how it ended; `run` names it then.

    `edition` is the one that is served now, `checks` are told when the caller waited for the end.
    """

    run: str | None = None
    state: str = Field(examples=["released"])
    phase: str = ""
    edition: int | None = None
    released: bool = False
    checks: list[str] = []
    error: str = ""


class RunTold(BaseModel):
    """One run: how it ended, what its checks said, what to do about it, and its log."""

    id: str
    product: str
    state: str
    started_by: str
    started_at: str
    ended_at: str | None = None
    edition: int | None = None
    error: str = ""
    remedy: str = ""
    checks: list[CHECK]
    quarantined: int
    log: list[LOGGED]


@router.get("/runs", response_model=LINES, responses=documented(), summary="What was run")
def runs(house: Within, who: By, paged: Paged) -> Any:
    """Failures that stand first, then the newest; of products the caller may run, or all."""
    return paged.page(verbs.runs(house, who))


@router.get(RUNS, response_model=LINES, responses=documented(404), summary="What was run of a product")  # fmt: skip
def of_product(house: Within, who: By, domain: Word, product: Word, paged: Paged) -> Any:
    """In the same order."""
    name = ProductName(domain, product)
    return paged.page(each for each in verbs.runs(house, who) if each.product == name)


@router.post(RUNS, status_code=202, responses={200: {"model": Ran}, **documented(404, 409)}, summary="Build, check and release it")  # fmt: skip
def begin(
    house: Within,
    who: By,
    at: At,
    response: Response,
    domain: Word,
    product: Word,
    body: Running,
    *,
    prefer: Prefer = "",
    wait: Annotated[bool, Query(description="The answer comes when the run has ended.")] = False,
) -> Ran:
    """It goes on without the caller, and again when the server falls; `Location` says where it stands.

    One that is not over yet goes on for both. A failing check keeps the last edition.
    """
    name = f"{domain}.{product}"
    if wait:
        response.status_code = 200
        return told(running.run(house, who, name, again=body.again, anew=body.anew))
    found = errands.begin(house, who, name, now=at.now(), again=body.again, anew=body.anew)
    response.headers["location"] = f"/api/v1/products/{domain}/{product}/runs/latest"
    if seconds := _seconds(prefer):
        response.headers["preference-applied"] = f"wait={seconds}"
        found = _awaited(lambda: errands.last(house, who, name) or found, seconds)
    response.status_code = 200 if found.over else 202
    return standing(found)


@router.get(f"{RUNS}/latest", responses=documented(404), summary="How the run stands that was asked for last")  # fmt: skip
def latest(house: Within, who: By, domain: Word, product: Word) -> Ran:
    """Of those asked for on a page or over the API; its events are beside it."""
    steps = watching.errand(house, who, f"{domain}.{product}").heard
    return next(standing(each.told) for each in reversed(steps) if isinstance(each.told, Errand))


@router.get(f"{RUNS}/latest/events", responses=documented(404) | STREAM, response_class=StreamingResponse, summary="How it goes, as it goes")  # fmt: skip
def latest_events(
    site: At, house: Within, who: By, domain: Word, product: Word, last_event_id: LastEvent = ""
) -> StreamingResponse:
    """Server-sent events: `step` with its phase, `log` for each line, `end`. Leave whenever you like."""
    name = f"{domain}.{product}"
    watching.errand(house, who, name)
    return streamed(site, lambda mark: watching.errand(site.house(), who, name, mark), last_event_id)  # fmt: skip


@router.get(f"{RUNS}/{{run}}", responses=documented(404), summary="One run and its log")
def one(house: Within, who: By, domain: Word, product: Word, run: Id) -> RunTold:
    """While it runs, as far as it has come."""
    return described(verbs.run(house, who, f"{domain}.{product}", run))


@router.get(f"{RUNS}/{{run}}/events", responses=documented(404) | STREAM, response_class=StreamingResponse, summary="Its log as it grows")  # fmt: skip
def events(
    site: At,
    house: Within,
    who: By,
    domain: Word,
    product: Word,
    run: Id,
    last_event_id: LastEvent = "",
) -> StreamingResponse:
    """Server-sent events: `log` for each line, and `end`; whoever began the run."""
    name = f"{domain}.{product}"
    verbs.run(house, who, name, run)

    def look(mark: Mark) -> Watched:
        return watching.run(verbs.run(site.house(), who, name, run), mark)

    return streamed(site, look, last_event_id)


def told(made: running.Ran) -> Ran:
    """How a run ended."""
    return Ran(
        run=made.run.id if made.run else None,
        state=made.run.state.value if made.run and not made.skipped else "skipped",
        edition=made.release.number if made.release else None,
        released=made.release_made,
        checks=[f"{each.outcome.value}: {each.sentence}" for each in (made.run.results if made.run else ())],
        error=made.run.error if made.run else "",
    )  # fmt: skip


def standing(errand: Errand) -> Ran:
    """How a run stands that somebody asked a server for."""
    released = errand.outcome == "released"
    return Ran(
        run=errand.run or None,
        state=STATES.get(errand.outcome, errand.outcome) or errand.state.value,
        phase=errand.phase.value if errand.phase else "",
        edition=errand.edition or None,
        released=released,
        error="" if released else errand.said,
    )


def described(run: Run) -> RunTold:
    """A run as it goes over the wire."""
    return RunTold(
        id=run.id,
        product=str(run.product),
        state=run.state.value,
        started_by=run.started_by,
        started_at=run.started_at.isoformat(),
        ended_at=run.ended_at.isoformat() if run.ended_at else None,
        edition=run.release or None,
        error=run.error,
        remedy=remedy(run.state),
        checks=wired(run.results),
        quarantined=sum(each.rows for each in run.quarantines),
        log=wired(log(run)),
    )


def streamed(site: Site, look: Callable[[Mark], Watched], after: str) -> StreamingResponse:
    """Everything that happens after a mark, until it is over or nobody listens."""
    return StreamingResponse(_events(site, look, after), media_type="text/event-stream")


async def _events(site: Site, look: Callable[[Mark], Watched], after: str) -> AsyncIterator[str]:
    step, _, line = after.partition(".")
    mark = (int(step or 0), int(line or 0))
    until = beat = time.monotonic()
    while time.monotonic() < until + LASTS and not site.closing.is_set():
        seen = await run_in_threadpool(look, mark)
        for each in seen.heard:
            mark, beat = each.mark, time.monotonic()
            yield _event(mark, each.told)
        if seen.over:
            yield f"event: end\nid: {mark[0]}.{mark[1]}\ndata: {{}}\n\n"
            return
        if time.monotonic() > beat + BEAT:
            beat = time.monotonic()
            yield ": alive\n\n"
        await asyncio.sleep(LOOK)


def _event(mark: Mark, noun: Errand | LogLine) -> str:
    name = "step" if isinstance(noun, Errand) else "log"
    data = standing(noun).model_dump() if isinstance(noun, Errand) else wired(noun)
    return f"event: {name}\nid: {mark[0]}.{mark[1]}\ndata: {json.dumps(data)}\n\n"


def _seconds(prefer: str) -> int:
    """How long the caller likes to wait: `respond-async, wait=10` of RFC 7240; 0 for not at all."""
    words = (each.strip().lower().partition("=") for each in prefer.split(","))
    said = next((value for name, _, value in words if name == "wait"), "")
    return min(int(said), LONGEST) if said.isascii() and said.isdigit() else 0


def _awaited(look: Callable[[], Errand], seconds: int) -> Errand:
    until = time.monotonic() + seconds
    while not (found := look()).over and time.monotonic() < until:
        time.sleep(LOOK / 2)
    return found
