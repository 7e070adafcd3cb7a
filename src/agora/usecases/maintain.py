"""Maintain: rows and files that are no longer kept are gone, and what is kept is proved to be there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agora.governance.rights import may_run
from agora.model.errors import AgoraError, Broken, Conflict, Denied, Unusable
from agora.model.ledger import Entry, Event
from agora.model.maintenance import Area, Cause, Compacted, Edition, Held, Maintained, Stored
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.release import Release
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage import keys
from agora.passage.derived import drop
from agora.passage.knowing import find_product
from agora.passage.recording import refused
from agora.passage.tending import standing, tend
from agora.quality.levels import span
from agora.usecases.running import compacting, keeping, releasing
from agora.workshop.maintenance import Retention, State, cause, expiring, references, tallied

GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What would go: editions, and files with their reason. `now` is the lake as it was listed."""

    state: State
    rows: keeping.Rows
    products: tuple[Product, ...]
    gone: tuple[Release, ...]
    held: tuple[Held, ...]
    files: tuple[tuple[Cause, Stored], ...]
    now: tuple[Stored, ...]


def maintain(
    house: House,
    who: Actor,
    names: Sequence[str] = (),
    *,
    keep: int = 0,
    older_than: timedelta | None = None,
    grace: timedelta = GRACE,
    dry: bool = False,
) -> Maintained:
    """Editions beyond their retention have lost their rows, and files nobody needs are removed.

    Tables of many small files have few, in an edition of their own with the same rows. Without
    `names` every product and all that belongs to none, and derived tables are tended. Never goes what is current, among the
    newest `keep`, younger than `older_than` or than the contract's `retention`, what a kept edition
    was built of, what an agreement holds, and what a run that lives works on. Raises Denied, Missing,
    Conflict (a run is just beginning, nothing was removed), Broken (kept rows are not there).
    """
    if keep < 0 or (older_than is not None and older_than < timedelta(0)) or grace < timedelta(0):
        raise Unusable("nothing is kept for less than no time", code="E470")
    products = _products(house, who, names)
    for product in products if not dry else ():
        releasing.repair(house, who, product)
    compacted, unable = _compact(house, who, products, dry=dry)
    tended = None if dry or names else tend(house, who)
    rules = {each.name: _retention(each, keep, older_than) for each in products}
    with house.lake.still():
        plan = _plan(house, products, rules, grace, whole=not names)
        if dry:
            return replace(_told(plan, plan.now, 0, dry=True), compacted=compacted)
        _remove(house, who, plan)
        whole = _proved(house, plan)
        done = _told(plan, tuple(house.lake.stored()), whole)
        done = replace(done, compacted=compacted, unable=unable, tended=tended)
        house.store.commit((), (_entry(house, who, plan, "done", done),))
        return done


def _compact(
    house: House, who: Actor, products: Sequence[Product], *, dry: bool
) -> tuple[tuple[Compacted, ...], tuple[tuple[ProductName, str], ...]]:
    """Tables of many small files have few; where that could not be, the reason is told."""
    made: list[Compacted] = []
    unable = []
    for product in products:
        try:
            made += (
                compacting.due(house, product) if dry else compacting.released(house, who, product)
            )
        except AgoraError as problem:
            unable.append((product.name, problem.sentence))
    return tuple(made), tuple(unable)


def _products(house: House, who: Actor, names: Sequence[str]) -> tuple[Product, ...]:
    """The products that were named, or all of them; this person may run each."""
    named = tuple(find_product(house, who.principal, name) for name in names)
    products = named or house.mesh.products
    if not names and who.principal.id != house.mesh.operator:
        problem = Denied(
            "only the operator maintains the whole lake",
            code="E471",
            hint="name the products you may run",
        )
        refused(house, who, "", "", problem, event=Event.DENIED)
        raise problem
    for product in products:
        reasons = may_run(house.mesh, product.name, who.principal)
        if reasons:
            problem = Denied.because(reasons)
            refused(house, who, str(product.name), "", problem, event=Event.DENIED)
            raise problem
    return products


def _retention(product: Product, keep: int, older_than: timedelta | None) -> Retention:
    levels = [level for port in product.ports for level in port.contract.service_levels]
    spans = [span(level) for level in levels if level.property.lower() == "retention"]
    promised = max((each for each in spans if each is not None), default=None)
    return Retention(keep=keep, age=older_than, promised=promised)


def _plan(
    house: House,
    products: tuple[Product, ...],
    rules: Mapping[ProductName, Retention],
    grace: timedelta,
    *,
    whole: bool,
) -> _Plan:
    state, rows = keeping.state(house)
    unknown = sorted(set(state.living) - {run.id for run in state.runs})
    if unknown:
        raise Conflict(
            "somebody is just beginning to read or build",
            code="E472",
            hint="nothing was removed; maintain again in a moment",
        )
    gone, held = expiring(state, rules)
    refers = references(state, gone, (each.name for each in products))
    now = tuple(house.lake.stored())
    _demand_there(keeping.kept(state, gone, products), now)
    files = [(why, each) for each in now if (why := cause(each, refers, grace, whole=whole))]
    needed = keeping.tables(house, state, gone, [each.name for each in products], dry=True)
    files += [(Cause.METADATA, each) for each in _descriptions(needed, now)]
    return _Plan(
        state=state,
        rows=rows,
        products=products,
        gone=gone,
        held=held,
        files=tuple(files),
        now=now,
    )


def _demand_there(kept: Sequence[Release], now: Sequence[Stored]) -> None:
    """What stays lies where its releases say: else this is another lake, or one that was moved."""
    there = {each.path for each in now}
    for made in kept:
        missing = [file.path for file in keeping.files((made,)) if file.path not in there]
        if missing:
            raise Broken(
                f"edition {made.number} of `{made.product}` is not whole: `{missing[0]}` is not there",
                code="E473",
                hint="nothing was removed; put it back from a backup, or correct where the lake is",
            )


def _descriptions(needed: frozenset[str], now: Sequence[Stored]) -> list[Stored]:
    """What describes states of these tables that nobody needs."""
    folders = {path.rpartition("/")[0] for path in needed}
    return [
        each
        for each in now
        if each.area is Area.METADATA
        and each.path.rpartition("/")[0] in folders
        and each.path not in needed
    ]


def _remove(house: House, who: Actor, plan: _Plan) -> None:
    """Editions are marked first, in one transaction; from then on nobody is given them any more."""
    now = house.now()
    puts = [_expired(plan.rows[made.product, made.number], now) for made in plan.gone]
    house.progress.point("before-mark")
    house.store.commit(puts, (_entry(house, who, plan, "begun"),))
    house.progress.point("after-mark")
    _drop(house, who)
    keeping.tables(house, plan.state, plan.gone, [p.name for p in plan.products], dry=False)
    house.progress.point("before-remove")
    half = len(plan.files) // 2
    house.lake.remove(each.path for _, each in plan.files[:half])
    house.progress.point("amid-remove")
    house.lake.remove(each.path for _, each in plan.files[half:])
    house.progress.point("after-remove")


def _drop(house: House, who: Actor) -> None:
    """Tables that were set apart of what has expired are nobody's any more."""
    for each in standing(house):
        key = keys.release(each.noun.port.port.of, each.noun.release)
        made = house.store.get(Release, key)
        if made is None or made.noun.expired_at is not None:
            drop(house, who, (each,), f"edition {each.noun.release} is no longer kept")


def _expired(kept: Kept[Release], now: datetime) -> Put:
    return Put(key=kept.key, noun=replace(kept.noun, expired_at=now), revision=kept.revision)


def _proved(house: House, plan: _Plan) -> int:
    """Every file of what is kept is opened; gives how many there are."""
    files = {
        file.path: file
        for file in keeping.files(keeping.kept(plan.state, plan.gone, plan.products))
    }
    damaged = house.lake.damaged(files.values())
    if damaged:
        raise Broken(
            f"{len(damaged)} files of kept editions are damaged, first `{damaged[0]}`",
            code="E473",
            hint="put them back from a backup; `agora ledger` shows what was removed when",
        )
    return len(files)


def _told(plan: _Plan, after: Sequence[Stored], whole: int, *, dry: bool = False) -> Maintained:
    there = {each.path for each in after}
    files = plan.files if dry else [(why, f) for why, f in plan.files if f.path not in there]
    before, removed = sum(f.size for f in plan.now), tallied(files)
    left = before - sum(each.size for each in removed) if dry else sum(f.size for f in after)
    return Maintained(
        products=tuple(product.name for product in plan.products),
        expired=tuple(Edition(product=m.product, number=m.number) for m in plan.gone),
        held=plan.held,
        removed=removed,
        before=before,
        after=left,
        whole=whole,
        dry=dry,
    )


def _entry(
    house: House, who: Actor, plan: _Plan, stage: str, done: Maintained | None = None
) -> Entry:
    """What is about to be removed, or was: editions by name, files and bytes for each reason."""
    removed = done.removed if done else tallied(plan.files)
    facts: tuple[tuple[str, str | int | tuple[str, ...]], ...] = (
        ("stage", stage),
        ("editions", tuple(f"{m.product}#{m.number}" for m in plan.gone)),
        ("removed", tuple(f"{r.cause.name.lower()}={r.files}/{r.size}" for r in removed)),
        ("held", tuple(f"{h.edition.product}#{h.edition.number}" for h in plan.held)),
    )
    if done:
        facts += (("compacted", tuple(f"{c.port}={c.before}/{c.after}" for c in done.compacted)),)
        facts += (("before", done.before), ("after", done.after), ("whole", done.whole))
    return house.entry(
        who,
        Event.MAINTAINED,
        subject=", ".join(str(product.name) for product in plan.products),
        facts=facts,
    )
