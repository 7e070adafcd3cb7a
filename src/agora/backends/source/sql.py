"""Databases: a table or one SELECT, fetched in one read-only transaction and landed as Parquet.

With a `watermark` only what lies at or behind the last mark is fetched: of the rows that bear the
last mark itself, those that were delivered already are left out one for one, so that rows which
arrive later under an equal mark are neither lost nor doubled. A row that appears later under an
earlier mark is not seen: choose a column that only grows.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from agora.backends.databases import reading
from agora.backends.databases.reading import Column, Database
from agora.backends.source import rows
from agora.backends.source.around import Around
from agora.backends.source.databases import marks
from agora.backends.source.databases.asking import judged
from agora.backends.source.databases.opening import complaints, opened
from agora.backends.source.files import Allowed, named, strange
from agora.model.errors import Invalid
from agora.model.product import SourceSpec
from agora.model.release import SourcePin
from agora.needs.source import Delivery

OPTIONS: Allowed = {"url": str, "table": str, "query": str, "watermark": str, "key": (str, tuple)}


class SqlSource:
    """A table or query of SQLite, PostgreSQL, MariaDB or MySQL."""

    def __init__(self, around: Around) -> None:
        """Secrets are filled in when the database is opened, and nowhere else."""
        self._around = around

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        found = [*strange(spec, OPTIONS), *complaints(spec)]
        if spec.path:
            found.append("a database has no `path`: use the options `url` and `table` or `query`")
        if bool(spec.option("table")) == bool(spec.option("query")):
            found.append("name either a `table` or a `query`")
        return tuple(found)

    def offered(
        self, spec: SourceSpec, folder: str, scratch: str, known: Sequence[SourcePin]
    ) -> tuple[Delivery, ...]:
        with contextlib.closing(opened(self._around, spec, folder)) as database:
            asked = _question(spec, database)
            columns = database.columns(asked)
            named(spec, [column.name for column in columns])
            fetch = _Fetch(spec, database, asked, columns)
            path = str(Path(scratch) / f"{spec.name}.parquet")
            if not spec.option("watermark"):
                fetch.write(path, [fetch.select("")])
                return (Delivery(path=path, origin=fetch.called),)
            return fetch.behind(path, known)

    def to_parquet(self, spec: SourceSpec, landed: str, _folder: str) -> tuple[str, ...]:  # noqa: ARG002 (landed as it is read)
        return (landed,)


class _Fetch:
    """One question to one database, with what came before."""

    def __init__(
        self, spec: SourceSpec, database: Database, asked: str, columns: Sequence[Column]
    ) -> None:
        self._spec, self._database, self._asked, self._columns = spec, database, asked, columns

    @property
    def called(self) -> str:
        """What the deliveries are named after."""
        return str(self._spec.option("table") or "query")

    def behind(self, path: str, known: Sequence[SourcePin]) -> tuple[Delivery, ...]:
        """What is new behind the last mark, as one delivery, or nothing."""
        mark = marks.column(self._spec, self._columns)
        name = self._database.quoted(mark.name)
        self._no_gaps(name, mark)
        highest = self._database.text(f"max({name})", mark)
        upper = self._database.one(f"SELECT {highest} FROM {self._inner}")
        last = next((pin.mark for pin in reversed(known) if pin.mark), "")
        if upper is None:
            return () if last else self._empty(path)
        bound = f"{name} <= {self._database.literal(upper, mark)}"
        parts: list[Any] = [self.select(bound)]
        if last:
            at = self._database.literal(last, mark)
            late = self._database.batches(self.select(f"{name} = {at}"), self._columns)
            before = [pin.path for pin in known if pin.mark == last]
            parts = [
                marks.fresh(self._spec, mark, late, before),
                self.select(f"{name} > {at} AND {bound}"),
            ]
        if not self.write(path, parts) and last:
            return ()
        origin = (
            f"{self.called} to {upper}" if not last else f"{self.called} from {last} to {upper}"
        )
        return (Delivery(path=path, origin=_counted(origin, known), mark=upper),)

    def write(self, path: str, parts: Sequence[Any]) -> int:
        """The rows of these questions, one after the other; how many there are."""
        return rows.write(path, reading.schema(self._columns), self._rows(parts))

    def select(self, condition: str) -> str:
        """The question with a condition, in the order of watermark and key where there is one."""
        listed = ", ".join(column.expression for column in self._columns)
        where = f" WHERE {condition}" if condition else ""
        order = ", ".join(self._database.quoted(name) for name in self._order())
        return f"SELECT {listed} FROM {self._inner}{where}" + (
            f" ORDER BY {order}" if order else ""
        )

    @property
    def _inner(self) -> str:
        return f"(\n{self._asked}\n) AS asked"

    def _rows(self, parts: Sequence[Any]) -> Iterator[Any]:
        for part in parts:
            yield from (
                self._database.batches(part, self._columns) if isinstance(part, str) else part
            )

    def _order(self) -> tuple[str, ...]:
        key = self._spec.option("key")
        named_key = (key,) if isinstance(key, str) else key if isinstance(key, tuple) else ()
        if not named_key and self._spec.option("table"):
            named_key = self._database.key(_table(self._spec, self._database))
        mark = self._spec.option("watermark")
        there = {column.name for column in self._columns}
        if lost := [str(name) for name in named_key if name not in there]:
            raise reading.unanswered(f"there is no column `{lost[0]}`")
        return tuple(dict.fromkeys(([str(mark)] if mark else []) + [str(k) for k in named_key]))

    def _empty(self, path: str) -> tuple[Delivery, ...]:
        self.write(path, [])
        return (Delivery(path=path, origin=self.called),)

    def _no_gaps(self, name: str, mark: Column) -> None:
        if self._database.one(f"SELECT 1 FROM {self._inner} WHERE {name} IS NULL LIMIT 1"):
            raise Invalid(
                f"source `{self._spec.name}`: the watermark `{mark.name}` is empty in some rows",
                code="E357",
                hint="they would never be fetched: choose a column that is always filled",
            )


def _counted(origin: str, known: Sequence[SourcePin]) -> str:
    """A name of its own for each delivery, also for several under one mark."""
    taken = {pin.origin for pin in known}
    names = (origin if n == 1 else f"{origin} ({n})" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _question(spec: SourceSpec, database: Database) -> str:
    query = spec.option("query")
    if query:
        return judged(str(query), database.dialect)
    return f"SELECT * FROM {_table(spec, database)}"


def _table(spec: SourceSpec, database: Database) -> str:
    return ".".join(database.quoted(part) for part in str(spec.option("table")).split("."))
