"""A recipe compiled and run by the engine does what a plain reading of it does, on any rows."""

import re
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.model.expressions import ColumnRef, Compare, Comparison, Literal
from agora.model.recipe import (
    Cast,
    Casting,
    Deduplicate,
    DropColumns,
    DropRows,
    Fill,
    Instruction,
    Keep,
    MapValues,
    Otherwise,
    PutAside,
    Recipe,
    Rename,
    Split,
    Trim,
    Unpivot,
)
from agora.model.types import parse_type
from agora.workshop.recipes.compiling import compiled, until
from agora.workshop.recipes.instructions import SPACE

TEXTS = ["", " a", "b ", "a b", "a b c", "N", "1", "12", "1.5", "1.234,5", "-7", "x", "31.12.2020", "30.2.2020", "2020-12-31", None]  # fmt: skip
LOSES = {Otherwise.FAIL, Otherwise.NULL}


@pytest.fixture(scope="module")
def engine():
    connection = duckdb.connect(config={"threads": 1})
    yield connection
    connection.close()


class Reading:
    """The instructions one after another, in plain Python; a row is (values, reason)."""

    def __init__(self, columns, rows):
        self.columns = list(columns)
        self.rows = [(dict(zip(columns, row, strict=True)), None) for row in rows]
        self.counts = []

    def follow(self, deed):
        getattr(self, f"_{type(deed).__name__.lower()}")(deed)

    def _each(self, change):
        made = []
        for values, reason in self.rows:
            found, why = change(dict(values))
            made.append((found, reason or why))
        self.rows = made

    def _trim(self, deed):
        names = deed.columns or self.columns
        self._each(lambda row: ({k: v.strip(SPACE) if k in names and isinstance(v, str) else v for k, v in row.items()}, None))  # fmt: skip

    def _rename(self, deed):
        names = dict(deed.names)
        self.columns = [names.get(name, name) for name in self.columns]
        self._each(lambda row: ({names.get(k, k): v for k, v in row.items()}, None))

    def _cast(self, deed):
        misfits = [0] * len(deed.columns)

        def change(row):
            why = None
            for place, each in enumerate(deed.columns):
                value = row[each.column]
                if value is None or value in each.nulls:
                    row[each.column] = None
                    continue
                row[each.column] = read(each, value)
                if row[each.column] is None:
                    misfits[place] += each.otherwise is Otherwise.FAIL and not self.aside
                    if each.otherwise is Otherwise.QUARANTINE:
                        form = f" in the form `{each.format}`" if each.format else ""
                        why = why or f"`{each.column}` is no {each.to.sql}{form}"
            return row, why

        self._counted(change)
        self.counts += [n for n, c in zip(misfits, deed.columns, strict=True) if c.otherwise is Otherwise.FAIL]  # fmt: skip

    def _counted(self, change):
        """As `_each`, where the change can see whether the row is put aside already."""
        made = []
        for values, reason in self.rows:
            self.aside = reason is not None
            found, why = change(dict(values))
            made.append((found, reason or why))
        self.rows = made

    def _mapvalues(self, deed):
        values, missed = dict(deed.values), [0]

        def change(row):
            value = row[deed.column]
            if value is None or value in values:
                row[deed.column] = values.get(value)
                return row, None
            row[deed.column] = value if deed.otherwise is Otherwise.KEEP else None
            missed[0] += not self.aside
            aside = deed.otherwise is Otherwise.QUARANTINE
            return row, f"`{deed.column}` is none of the values that are mapped" if aside else None

        self._counted(change)
        self.counts += missed if deed.otherwise is Otherwise.FAIL else []

    def _fill(self, deed):
        self._each(lambda row: (row | {k: v for k, v in deed.values if row[k] is None}, None))

    def _split(self, deed):
        missed, most = [0], len(deed.into)

        def change(row):
            value = row.pop(deed.column)
            parts = value.split(deed.by) if value is not None else []
            why = None
            if len(parts) > most:
                if deed.otherwise is Otherwise.KEEP:
                    parts = [*parts[: most - 1], deed.by.join(parts[most - 1 :])]
                else:
                    parts = []
                missed[0] += deed.otherwise is Otherwise.FAIL and not self.aside
                if deed.otherwise is Otherwise.QUARANTINE:
                    why = f"`{deed.column}` has more than {most} parts"
            filled = [*parts, *[None] * (most - len(parts))]
            return row | dict(zip(deed.into, filled, strict=True)), why

        self._counted(change)
        self.counts += missed if deed.otherwise is Otherwise.FAIL else []
        self.columns = [
            new for name in self.columns for new in (deed.into if name == deed.column else [name])
        ]

    def _unpivot(self, deed):
        kept = deed.keep or [name for name in self.columns if name not in deed.columns]
        self.rows = [
            ({k: row[k] for k in kept} | {deed.name: name, deed.value: row[name]}, reason)
            for row, reason in self.rows
            for name in deed.columns
        ]
        self.columns = [*kept, deed.name, deed.value]

    def _deduplicate(self, deed):
        every = [*deed.order, *(name for name in self.columns if name not in deed.order)]

        def place(row):
            return [(row[k] is not None, row[k] if row[k] is not None else 0) for k in every]

        best, kept = {}, []
        for row, reason in self.rows:
            key = tuple(row[k] for k in deed.key)
            if reason or None in key:
                kept.append((row, reason))
            elif key not in best or (place(row) > place(best[key])) == (deed.keep is Keep.LAST):
                best[key] = row if key not in best or place(row) != place(best[key]) else best[key]
        self.rows = [*kept, *((row, None) for row in best.values())]

    def _dropcolumns(self, deed):
        self.columns = [name for name in self.columns if name not in deed.columns]
        self._each(lambda row: ({k: row[k] for k in self.columns}, None))

    def _droprows(self, deed):
        self.rows = [(r, w) for r, w in self.rows if w or not true(deed.where, r)]

    def _putaside(self, deed):
        self._each(lambda row: (row, deed.reason if true(deed.where, row) else None))


def true(where, row):
    value = row[where.left.name]
    return value is not None and value == where.right.value


def read(casting, text):
    """One text as its type, by the rules the guide gives."""
    if casting.to.sql == "DATE":
        try:
            return datetime.strptime(text, casting.format).date()
        except ValueError:
            return None
    whole, _, part = text.lstrip("+-").partition(casting.decimal)
    groups = whole.split(casting.thousands) if casting.thousands else [whole]
    grouped = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:]))  # fmt: skip
    digits = "".join(groups)
    if not grouped or not re.fullmatch("[0-9]+", digits) or not re.fullmatch("[0-9]*", part):
        return None
    if part.rstrip("0")[casting.to.scale :] or len(text) - len(text.lstrip("+-")) > 1:
        return None
    number = Decimal(f"{'-' if text[0] == '-' else ''}{digits}.{part or 0}")
    return number if casting.to.scale else int(number)


def castings(column):
    number = st.builds(
        Casting,
        column=st.just(column),
        to=st.sampled_from([parse_type("integer"), parse_type("decimal(12,2)")]),
        decimal=st.just(","),
        thousands=st.sampled_from(["", "."]),
        nulls=st.sampled_from([(), ("", "x")]),
        otherwise=st.sampled_from([Otherwise.FAIL, Otherwise.NULL, Otherwise.QUARANTINE]),
    )
    day = st.builds(
        Casting,
        column=st.just(column),
        to=st.just(parse_type("date")),
        format=st.just("%d.%m.%Y"),
        otherwise=st.sampled_from([Otherwise.FAIL, Otherwise.QUARANTINE]),
    )
    return st.one_of(number, day)


@st.composite
def deeds(draw, columns, new):
    """One instruction that fits these columns of text (None for those that are text no more)."""
    names = list(columns)
    texts = [name for name, text in columns.items() if text]
    kinds = [Rename, Deduplicate, DropColumns, Unpivot] if len(names) > 1 else [Rename, Deduplicate]
    kinds += [Trim, Cast, MapValues, Fill, Split, DropRows, PutAside] if texts else []
    kind = draw(st.sampled_from(kinds))
    one = draw(st.sampled_from(texts or names))
    otherwise = draw(st.sampled_from(list(Otherwise)))
    where = Compare(by=Comparison.EQUAL, left=ColumnRef(name=one), right=Literal(value=draw(st.sampled_from(TEXTS[:-1]))))  # fmt: skip
    left = {name: text for name, text in columns.items() if name != one}
    match kind.__name__:
        case "Trim":
            return Trim(columns=draw(st.sampled_from([(), (one,)]))), columns
        case "Rename":
            return Rename(names=((one, new),)), {new if n == one else n: t for n, t in columns.items()}  # fmt: skip
        case "Cast":
            return Cast(columns=(draw(castings(one)),)), columns | {one: False}
        case "MapValues":
            values = draw(st.dictionaries(st.sampled_from(TEXTS[:-1]), st.sampled_from(["p", "q", None]), min_size=1))  # fmt: skip
            return MapValues(column=one, values=tuple(values.items()), otherwise=otherwise), columns
        case "Fill":
            return Fill(values=((one, draw(st.sampled_from(TEXTS[:-1]))),)), columns
        case "Split":
            into = (f"{new}a", f"{new}b")[: draw(st.integers(1, 2))]
            made = {}
            for name, text in columns.items():
                made |= dict.fromkeys(into, True) if name == one else {name: text}
            return Split(column=one, by=" ", into=into, otherwise=otherwise), made
        case "Unpivot":
            turned = tuple(n for n in names if columns[n])[:2] or (one,)
            rest = {n: t for n, t in columns.items() if n not in turned}
            return Unpivot(columns=turned, name=new, value=f"{new}v"), rest | {new: True, f"{new}v": columns[turned[0]]}  # fmt: skip
        case "Deduplicate":
            order = draw(st.sampled_from([(), tuple(names[-1:])]))
            return Deduplicate(key=(one,), order=order, keep=draw(st.sampled_from(Keep))), columns
        case "DropColumns":
            return DropColumns(columns=(one,)), left
        case "DropRows":
            return DropRows(where=where), columns
    return PutAside(where=where, reason="because"), columns


@st.composite
def recipes(draw):
    columns, found = dict.fromkeys("abc", True), []
    for place in range(draw(st.integers(1, 6))):
        deed, columns = draw(deeds(columns, f"n{place}"))
        found.append(Instruction(word="any", deed=deed))
    return Recipe(reads="raw", instructions=tuple(found))


ROWS = st.lists(st.tuples(*[st.sampled_from(TEXTS)] * 3), max_size=8)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(recipe=recipes(), rows=ROWS)
def test_engine_and_reading_agree(engine, recipe, rows):
    engine.execute("CREATE OR REPLACE TABLE raw (a VARCHAR, b VARCHAR, c VARCHAR)")
    if rows:
        engine.executemany("INSERT INTO raw VALUES (?, ?, ?)", [list(row) for row in rows])
    for number in range(1, len(recipe.instructions) + 1):
        part = until(recipe, number)
        made = compiled(part, "raw", [(name, "VARCHAR") for name in "abc"])
        assert made.problems == ()
        reading = Reading("abc", rows)
        for each in part.instructions:
            reading.follow(each.deed)
        assert [name for name, _ in made.columns] == reading.columns
        kept = [tuple(row[k] for k in reading.columns) for row, why in reading.rows if not why]
        aside = [(*(row[k] for k in reading.columns), why) for row, why in reading.rows if why]
        assert same(engine.execute(made.kept).fetchall(), kept), made.kept
        if made.rejected:
            assert same(engine.execute(made.rejected).fetchall(), aside), made.rejected
        else:
            assert aside == []
        counts = list(engine.execute(made.counts).fetchone()) if made.counts else []
        assert counts == reading.counts


def same(some, others):
    def told(row):
        return tuple(v.isoformat() if isinstance(v, date) else str(v) if isinstance(v, Decimal) else v for v in row)  # fmt: skip

    def exact(row):
        return tuple(f"{Decimal(v):.2f}" if isinstance(v, str) and re.fullmatch(r"-?\d+\.\d+", v) else v for v in told(row))  # fmt: skip

    return sorted(map(exact, some), key=repr) == sorted(map(exact, others), key=repr)
