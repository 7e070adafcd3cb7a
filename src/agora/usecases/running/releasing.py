"""Releasing: one transaction makes a run's snapshots what readers get; tags only repeat it."""

from collections.abc import Sequence
from dataclasses import replace

from agora.model.errors import Conflict
from agora.model.ledger import Entry, Event
from agora.model.lineage import ColumnLineage
from agora.model.maintenance import Compacted
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.progress import Phase
from agora.model.release import Current, Release, Run, RunState
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.aside import runs_of
from agora.passage.tending import outdated
from agora.usecases.running import promising


def release(house: House, who: Actor, product: Product, run: Run) -> Release:
    """The run's snapshots are released, or Conflict is raised because another run was faster."""
    contracts = tuple((str(port.version), port.contract.hash) for port in product.ports)
    made = replace(_release(house, run), contracts=contracts)
    return _commit(house, who, product, run, made)


def restore(house: House, who: Actor, product: Product, run: Run, target: Release) -> Release:
    """A new release has the rows of `target`, unless that one was taken away meanwhile (Conflict)."""
    entry = house.entry(
        who,
        Event.ROLLED_BACK,
        subject=str(product.name),
        facts=(
            ("release", run.parent + 1),
            ("to", target.number),
            ("instead_of", run.parent),
            ("why", run.loaded),
        ),
    )
    return _again(house, who, product, run, target, entry)


def carried(house: House, who: Actor, made: Release, *, run: str, parent: int, why: str) -> Run:
    """The run of a release for which nothing is built: it has what another release was made of."""
    return Run(
        id=run,
        product=made.product,
        state=RunState.RUNNING,
        started_by=who.principal.id,
        started_at=house.now(),
        fingerprint=made.fingerprint,
        code_hash=made.code_hash,
        parent=parent,
        loaded=why,
        sources=made.sources,
        inputs=made.inputs,
        snapshots=made.snapshots,
        results=made.results,
        quarantines=made.quarantines,
        labels=made.labels,
    )


def compacted(
    house: House,
    who: Actor,
    product: Product,
    run: Run,
    target: Release,
    tables: Sequence[Compacted],
) -> Release:
    """A new release has the rows of the current one in the files of the run; Conflict as above."""
    entry = house.entry(
        who,
        Event.COMPACTED,
        subject=str(product.name),
        facts=(
            ("release", run.parent + 1),
            ("rows_of", target.rows_of),
            ("run", run.id),
            ("files_before", tuple(f"{each.port}={each.before}" for each in tables)),
            ("files_after", tuple(f"{each.port}={each.after}" for each in tables)),
            ("snapshots", tuple(f"{s.port}={s.snapshot_id}" for s in run.snapshots)),
        ),
    )
    return _again(house, who, product, run, target, entry)


def _again(
    house: House, who: Actor, product: Product, run: Run, target: Release, entry: Entry
) -> Release:
    """Rows that were released before are once more; what their columns came from goes with them."""
    made = replace(
        _release(house, run),
        contracts=target.contracts,
        restores=target.rows_of,
        labels=target.labels,
    )
    key = keys.release(product.name, target.number)
    kept = house.store.get(Release, key)
    if kept is None or kept.noun.expired_at is not None:
        raise Conflict(f"edition {target.number} is no longer kept", code="E461")
    # the row is put again unchanged, so that nobody takes its files away in the same moment
    puts = [Put(key=key, noun=kept.noun, revision=kept.revision)]
    traced = house.store.get(ColumnLineage, keys.run(product.name, target.run))
    if traced is not None:
        noun = replace(traced.noun, run=run.id)
        puts.append(Put(key=keys.run(product.name, run.id), noun=noun))
    return _commit(house, who, product, run, made, puts, (entry,))


def _commit(
    house: House,
    who: Actor,
    product: Product,
    run: Run,
    made: Release,
    more: Sequence[Put] = (),
    told: Sequence[Entry] = (),
) -> Release:
    house.progress.phase(product.name, Phase.RELEASE)
    current = house.store.get(Current, str(product.name))
    ended = replace(
        run, state=RunState.RELEASED, release=made.number, ended_at=house.now(), labels=()
    )
    kept = house.store.get(Run, keys.run(product.name, run.id))
    puts = (
        Put(key=keys.release(product.name, made.number), noun=made),
        Put(
            key=str(product.name),
            noun=Current(product=product.name, number=made.number),
            revision=current.revision if current else 0,
        ),
        Put(key=keys.run(product.name, run.id), noun=ended, revision=kept.revision if kept else 0),
        *promising.words(house, product),
        *more,
    )
    house.progress.point("before-release")
    house.store.commit(puts, (*told, *_ended(house, who, made, ended)))
    house.progress.point("after-release")
    return made


def _ended(house: House, who: Actor, made: Release, run: Run) -> tuple[Entry, ...]:
    """What is told of a release; of one that was only compacted nothing is new."""
    if run.compacted:
        return ()
    news = _released(house, who, made), run_ended(house, who, run)
    return news if made.restores else (*checked(house, who, run), *news)


def settle(house: House, who: Actor, product: Product, made: Release) -> None:
    """The lake's own pointers and tags agree with the release row; may run any number of times.

    Derived tables of editions that nobody can be given any more are gone.
    """
    house.progress.phase(product.name, Phase.TAG)
    house.progress.point("before-tag")
    house.lake.publish(made)
    house.progress.point("after-tag")
    kept = house.store.get(Run, keys.run(product.name, made.run))
    if kept is not None and not kept.noun.settled:
        put = Put(key=kept.key, noun=replace(kept.noun, settled=True), revision=kept.revision)
        house.store.commit((put,), ())
    house.progress.point("after-settle")
    outdated(house, who, product)


def repair(house: House, who: Actor, product: Product) -> None:
    """What a killed run left behind is finished (when it was released) or gone (when it was not)."""
    gone = set(house.lake.leftovers())
    ports = [port.version for port in product.ports]
    for run in runs_of(house, product):
        if run.state is RunState.RELEASED and not run.settled:
            made = house.store.get(Release, keys.release(product.name, run.release))
            if made is not None:
                settle(house, who, product, made.noun)
        elif run.state is RunState.RUNNING and run.id in gone:
            house.lake.discard(run.id, ports)
            end(house, who, run, RunState.ABANDONED, "the process was gone")


def end(house: House, who: Actor, run: Run, state: RunState, error: str = "") -> Run:
    """The run is over without a release, and the ledger says how."""
    kept = house.store.get(Run, keys.run(run.product, run.id))
    ended = replace(run, state=state, ended_at=house.now(), error=error)
    put = Put(key=keys.run(run.product, run.id), noun=ended, revision=kept.revision if kept else 0)
    results = () if run.compacted else checked(house, who, ended)
    house.store.commit((put,), (*results, run_ended(house, who, ended)))
    return ended


def checked(house: House, who: Actor, run: Run) -> tuple[Entry, ...]:
    """One ledger entry per port: every promise that was counted, and how it ended."""
    ports = dict.fromkeys(result.port for result in run.results)
    return tuple(
        house.entry(
            who,
            Event.CHECKED,
            subject=str(port),
            facts=(
                ("run", run.id),
                (
                    "checks",
                    tuple(f"{r.check}={r.outcome.value}" for r in run.results if r.port == port),
                ),
            ),
        )
        for port in ports
    )


def run_ended(house: House, who: Actor, run: Run) -> Entry:
    """The ledger entry for the end of a run, with what its checks counted."""
    outcomes = [result.outcome.value for result in run.results]
    return house.entry(
        who,
        Event.RUN_ENDED,
        subject=str(run.product),
        facts=(
            ("run", run.id),
            ("state", run.state.value),
            ("error", run.error),
            ("outcomes", tuple(f"{o}={outcomes.count(o)}" for o in sorted(set(outcomes)))),
            ("quarantined", sum(batch.rows for batch in run.quarantines)),
        ),
    )


def _release(house: House, run: Run) -> Release:
    return Release(
        product=run.product,
        number=run.parent + 1,
        parent=run.parent,
        run=run.id,
        released_at=house.now(),
        fingerprint=run.fingerprint,
        code_hash=run.code_hash,
        contracts=(),
        snapshots=run.snapshots,
        sources=run.sources,
        inputs=run.inputs,
        results=run.results,
        quarantines=run.quarantines,
        labels=run.labels,
    )


def _released(house: House, who: Actor, made: Release) -> Entry:
    return house.entry(
        who,
        Event.RELEASED,
        subject=str(made.product),
        facts=(
            ("release", made.number),
            ("run", made.run),
            ("fingerprint", made.fingerprint),
            ("snapshots", tuple(f"{s.port}={s.snapshot_id}" for s in made.snapshots)),
            ("rows", tuple(f"{s.port}={s.rows}" for s in made.snapshots)),
        ),
    )
