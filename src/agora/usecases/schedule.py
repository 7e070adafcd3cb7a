"""Schedule: products run by themselves, once for each time, whoever serves the mesh and whatever falls."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.governance.rights import may_run
from agora.model.errors import AgoraError, Conflict, Denied, Invalid
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.schedule import BY_HAND, Schedule, Turn
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage.knowing import find_product, known
from agora.passage.leasing import held, released
from agora.passage.ruling import current_release
from agora.spec.editing import Uneditable, edit
from agora.usecases.making import writing
from agora.workshop.ticking import following, told

TERM = timedelta(hours=1)
Started = Callable[[str], tuple[str, str]]
"""Runs a product; says how it went, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """One product's schedule: when it runs next, None for whenever an input changes, and its last turn.

    `clock` says the next time as people of the schedule's time zone read it.
    """

    product: ProductName
    schedule: Schedule
    due: datetime | None = None
    clock: str = ""
    last: Turn | None = None


def listed(house: House, who: Actor) -> tuple[Scheduled, ...]:
    """Every schedule of the products this person may know of."""
    products = known(house, who.principal)
    return tuple(_scheduled(house, each) for each in products if each.build.schedule)


def of(house: House, who: Actor, name: str) -> Scheduled | None:
    """The schedule of one product, None where it runs by hand. Raises Missing."""
    product = find_product(house, who.principal, name)
    return _scheduled(house, product) if product.build.schedule else None


def put(house: House, who: Actor, name: str, text: str) -> str:
    """The product's file says when it runs, committed in one's name; the answer names the commit.

    Raises Missing, Denied, Invalid.
    """
    product = find_product(house, who.principal, name)
    if reasons := may_run(house.mesh, product.name, who.principal):
        raise Denied.because(reasons)
    path = f"{product.folder}/build.yaml"
    try:
        found = _coming(house, Schedule.parse(text))
        said = found.text if found else BY_HAND
        held = house.folder.text(path)
        changed = edit(held.decode(), ("schedule",), said)
    except (ValueError, Uneditable) as problem:
        hint = "for example `0 6 * * mon Europe/Berlin`, `inputs` or `by-hand`"
        raise Invalid(str(problem), code="E757", hint=hint) from None
    words = f"Schedule {product.title or product.name}: {said}"
    author = writing.author(house, who)
    content = changed.encode()
    commit = house.folder.keep({path: content}, author=author, words=words, replacing={path: held})
    writing.recorded(house, who, product.name, commit, (path,))
    return commit


def _coming(house: House, found: Schedule | None) -> Schedule | None:
    """The schedule; raises ValueError for one whose day never comes, such as 31 February."""
    if found and not found.inputs and following(found, house.now()) is None:
        raise ValueError(f"no day fits `{found.text}`")
    return found


def tick(
    house: House,
    started: Started,
    *,
    holder: str,
    now: datetime,
    gone: Callable[[str], bool] = lambda _: False,
    moments: bool = True,
) -> Iterator[tuple[ProductName, Turn]]:
    """Everything that is due has run, inputs first; of several processes one runs each of them.

    `now` is the machine's time. A mesh with a clock of its own is asked by it, and the moments of
    cron lines count there only with `moments`. What a fallen process began is begun again, and
    moments that passed while nobody looked count once.
    """
    for product in _ordered(house):
        if not _due(house, product, moments=moments):
            continue
        lease = f"schedule {product.name}"
        if not held(house, lease, holder=holder, now=now, term=TERM, gone=gone):
            continue
        try:
            if _due(house, product, moments=moments):
                yield product.name, _run(house, product, started)
        finally:
            released(house, lease, holder=holder, now=now)


def _run(house: House, product: Product, started: Started) -> Turn:
    """The product has had its turn, whatever came of it."""
    looked, inputs = house.now(), _editions(house, product)
    kept = house.store.get(Turn, str(product.name))
    turn = Turn(product=str(product.name), looked=looked, inputs=inputs)
    try:
        outcome, said = started(str(product.name))
        turn = replace(turn, outcome=outcome, said=said)
    except AgoraError as problem:
        turn = replace(turn, outcome="failed", said=problem.sentence)
    wish = Put(key=turn.product, noun=turn, revision=kept.revision if kept else 0)
    try:
        house.store.commit((wish,), ())
    except Conflict:
        return turn  # somebody else ran it too, which a run bears, and kept theirs
    return turn


def _due(house: House, product: Product, *, moments: bool) -> bool:
    schedule = product.build.schedule
    assert schedule is not None, "only those with a schedule are asked"
    if schedule.inputs:
        return _news(house, product)
    if house.mesh.at is not None and not moments:
        return False
    moment = _next(house, product, schedule)
    return moment is not None and moment <= house.now()


def _news(house: House, product: Product) -> bool:
    """True when an input has an edition that no run of this product, and no turn, has met."""
    editions = _editions(house, product)
    kept = house.store.get(Turn, str(product.name))
    if kept is not None and kept.noun.inputs == editions:
        return False
    release = current_release(house, product)
    met = {str(pin.port): pin.release for pin in release.inputs} if release else {}
    return bool(editions) and any(met.get(port) != number for port, number in editions)


def _editions(house: House, product: Product) -> tuple[tuple[str, int], ...]:
    found = []
    for each in product.inputs:
        offering = house.mesh.product(each.port.port.of)
        release = current_release(house, offering) if offering else None
        if release is not None:
            found.append((str(each.port), release.number))
    return tuple(found)


def _next(house: House, product: Product, schedule: Schedule) -> datetime | None:
    """The first moment since the last turn or release; nothing before there was either."""
    kept = house.store.get(Turn, str(product.name))
    release = current_release(house, product)
    since = [kept.noun.looked] if kept else []
    since += [release.released_at] if release else []
    return following(schedule, max(since, default=house.now()))


def _scheduled(house: House, product: Product) -> Scheduled:
    schedule = product.build.schedule
    assert schedule is not None, "only those with a schedule are shown"
    kept = house.store.get(Turn, str(product.name))
    due = _next(house, product, schedule)
    return Scheduled(
        product=product.name,
        schedule=schedule,
        due=due,
        clock=told(schedule, due) if due else "",
        last=kept.noun if kept else None,
    )


def _ordered(house: House) -> list[Product]:
    """Every product with a schedule after those it reads, so that one look brings news all the way."""
    found = {each.name: each for each in house.mesh.products if each.build.schedule}
    ordered: list[Product] = []
    while found:
        ready = [
            each
            for each in found.values()
            if not {i.port.port.of for i in each.inputs} & (found.keys() - {each.name})
        ]
        ordered += [found.pop(each.name) for each in ready or list(found.values())]
    return ordered
