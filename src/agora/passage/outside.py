"""Outside: rows of live tables, fetched for one statement as far as its decision lets them through.

What is fetched lies in a file that only we can read and only this statement's engine is given, under
the same shield as any other rows. It is gone with the answer; after a crash, with the next statement.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from agora.governance.outcomes import left, plain
from agora.governance.shielding import shown
from agora.model.errors import AgoraError, Missing, Unavailable
from agora.model.expressions import Expression
from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.release import ReleasedColumn, Snapshot
from agora.model.types import Kind, Type
from agora.needs.engine import Answer, Message
from agora.needs.house import House
from agora.needs.outside import Outside
from agora.passage import derived
from agora.passage.ruling import Ruling, current_release
from agora.workshop import inplace

if TYPE_CHECKING:
    import pyarrow as pa

AREA = "live"
BUILD_SECONDS = 3600
_TOLD = frozenset({"E351", "E352", "E388", "E514"})
"""What a reader may know besides that a table cannot be read: nothing that its rows decide alone."""


def answered(
    house: House,
    session: Session,
    rulings: Sequence[Ruling],
    relations: Sequence[Governed],
    sql: str,
) -> Answer:
    """The answer over these relations, each with its ruling; live ones are fetched now.

    No engine is given a fetched file twice: its session is this statement's own.
    """
    bounds = house.mesh.bounds
    if not any(relation.live for relation in relations):
        return house.readers.answer(session, relations, sql, bounds)
    _sweep(house)
    area = house.new_id(AREA)
    with contextlib.ExitStack() as held:
        held.callback(house.lake.discard, area, ())
        scratch = house.lake.scratch(area)
        given = [
            fetched(house, ruling, relation, f"{scratch}/{AREA}/{place}", bounds)
            for place, (ruling, relation) in enumerate(zip(rulings, relations, strict=True))
        ]
        own = replace(session, fingerprint=f"{session.fingerprint} {area}")
        answer = house.readers.answer(own, given, sql, bounds)
        return Passing(answer, held.pop_all())


class Passing:
    """An answer over rows that were fetched for it, and that are gone when it is closed."""

    def __init__(self, answer: Answer, held: contextlib.ExitStack) -> None:
        """Hold what was fetched for as long as the answer is open."""
        self._answer, self._held = answer, held

    @property
    def schema(self) -> "pa.Schema":
        """Column names and types of the answer."""
        return self._answer.schema

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        """The batches, as the engine gives them."""
        yield from self._answer

    def messages(self) -> Iterator[Message]:
        """The same as messages."""
        yield from self._answer.messages()

    def close(self) -> None:
        """Stop the work if it still runs; what was fetched is gone."""
        with self._held:
            self._answer.close()


def fetched(
    house: House, ruling: Ruling, relation: Governed, folder: str, bounds: Bounds
) -> Governed:
    """The relation over the rows its table has now, in a file below `folder`; others as they are.

    Only columns whose values are seen, or decide which rows are, are in it, and of the rows at least
    those that are seen. Where a rule keeps what is hidden out of every file, nothing else is.
    Raises Missing for an edition of then, Unavailable when the table is not as it was checked or
    cannot be reached, Exhausted at the bounds.
    """
    snapshot = ruling.snapshot
    if not relation.live or snapshot is None:
        return relation
    _demand_current(house, ruling)
    columns = shown(relation.shield, snapshot.columns)
    wanted = [column.name for column in columns]
    seen = _asked(house, ruling, snapshot, wanted, relation.shield.rows, folder, bounds)
    _demand_same(ruling, columns, seen)
    standing = columns or tuple(
        ReleasedColumn(name=name, type=Type(kind=Kind.BOOLEAN), field_id=0)
        for name, _, _ in seen.columns
    )
    given = replace(relation, files=seen.files, columns=standing, live=False)
    if ruling.decision.physical and relation.shield.barrier:
        return _apart(house, ruling, snapshot, given, folder)
    return given


def _asked(
    house: House,
    ruling: Ruling,
    snapshot: Snapshot,
    wanted: Sequence[str],
    rows: Expression | None,
    folder: str,
    bounds: Bounds,
) -> Outside:
    """What the table has now; of the reasons why it cannot be read, readers are told few."""
    table = inplace.where(snapshot)
    try:
        return house.externals.fetch(table, wanted, rows, f"{folder}/rows.parquet", bounds)
    except AgoraError as problem:
        if problem.code_shown in _TOLD:
            raise
        raise _changed(ruling) from problem


def _demand_current(house: House, ruling: Ruling) -> None:
    """Rows of then are kept nowhere; showing those of now as an edition of then would be a lie."""
    current = current_release(house, ruling.product)
    made = ruling.release
    if made is not None and current is not None and made.number != current.number:
        raise Missing(
            f"the rows of `{ruling.port.version}` in edition {made.number} are not kept: it is live",
            code="E389",
            hint="leave the edition out to read its rows of now",
        )


def _demand_same(ruling: Ruling, columns: Sequence[ReleasedColumn], seen: Outside) -> None:
    kinds = {name: kind for name, kind, _ in seen.columns}
    if not all(inplace.fits(column.type, kinds[column.name]) for column in columns):
        raise _changed(ruling)


def _changed(ruling: Ruling) -> Unavailable:
    return Unavailable(
        f"the table behind `{ruling.port.version}` is not as it was when it was checked",
        code="E387",
        hint=f"its owners find the reason with `agora run {ruling.product.name}`",
    )


def _apart(
    house: House, ruling: Ruling, snapshot: Snapshot, given: Governed, folder: str
) -> Governed:
    """The relation over a file of nothing but what is seen; the fetched one is gone."""
    columns = left(snapshot, given.shield)
    derived.demand_readable(ruling, snapshot, columns)
    target = f"{folder}/apart"
    with house.benches.open(
        (),
        (replace(given, schema="main", name=derived.SEEN),),
        writable=(target,),
        scratch=f"{folder}/work",
        bounds=house.mesh.bounds,
    ) as bench:
        files, _ = derived.write(bench, columns, target, AREA)
    house.lake.remove(file.path for file in given.files)
    return replace(given, files=files, columns=columns, shield=plain(columns))


def _sweep(house: House) -> None:
    """What statements of processes that are gone had fetched is gone, too."""
    if any(name.startswith(f"{AREA}-") for name in house.lake.leftovers()):
        with house.lake.still():
            for name in tuple(house.lake.leftovers()):
                if name.startswith(f"{AREA}-"):
                    house.lake.discard(name, ())
