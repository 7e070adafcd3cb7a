"""Values: what the schema says of single values, also of those inside objects."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agora.model.contract import Column, Scalar
from agora.model.types import Kind, quoted
from agora.quality.checks import Check
from agora.quality.patterns import FORMATS, problem, unmatched
from agora.quality.sql import EXACT, FLOATS, MOMENTS, constant, constants, count_of, literal, one_of

_BITS = (8, 16, 32, 64, 128)
RANGES = {f"i{n}": (-(2 ** (n - 1)), 2 ** (n - 1) - 1) for n in _BITS} | {
    f"u{n}": (0, 2**n - 1) for n in _BITS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where values are: the column or a field inside it, as `sql`; `title` names it, `top` its column."""

    column: Column
    sql: str
    title: str
    top: str

    @classmethod
    def of(cls, column: Column) -> "Place":
        """The place of a whole column."""
        return cls(column=column, sql=quoted(column.name), title=column.name, top=column.name)

    def inside(self, field: Column) -> "Place":
        """The place of one field of the object here."""
        return Place(
            column=field,
            sql=f"struct_extract({self.sql}, {literal(field.name)})",
            title=f"{self.title}.{field.name}",
            top=self.top,
        )


def checks(place: Place) -> Iterator[Check]:
    """Everything promised of the values here and of the fields inside them."""
    yield from _values(place)
    yield from _lengths(place)
    yield from _bounds(place)
    yield from _items(place)
    for field in place.column.properties:
        inner = place.inside(field)
        if field.required:
            broken = f"{place.sql} IS NOT NULL AND {inner.sql} IS NULL"
            yield _row("required", inner, broken, f"is always there where `{place.title}` is")
        yield from checks(inner)


def _values(place: Place) -> Iterator[Check]:
    limits, name = place.column.limits, place.sql
    if limits.options:
        found = constants(limits.options, place.column.type)
        broken = f"{name} IS NOT NULL AND NOT ({one_of(name, found)})"
        broke = "" if found else f"none of the permitted values is a {place.column.type}"
        yield _row("enum", place, broken, "is one of the permitted values", broke=broke)
    if limits.pattern:
        broken = unmatched(name, limits.pattern, place.column.type)
        yield _row("pattern", place, broken, "fits its pattern", broke=problem(limits.pattern))
    if limits.format and place.column.type.kind is Kind.VARCHAR:
        yield _format(place)


def _format(place: Place) -> Check:
    name, form = place.sql, place.column.limits.format
    words = f"`{place.title}` looks like {form}"
    if form not in FORMATS:
        skip = f"the format `{form}` is recorded; nothing to count"
        return Check(id=f"format:{place.title}", sentence=words, columns=(place.top,), skip=skip)
    broken = unmatched(name, FORMATS[form], place.column.type)
    if form == "date":
        broken += f" OR {name} IS NOT NULL AND TRY_CAST({name} AS DATE) IS NULL"
    return _row("format", place, broken, f"looks like {form}")


def _lengths(place: Place) -> Iterator[Check]:
    limits, name = place.column.limits, place.sql
    if place.column.type.kind is not Kind.VARCHAR:
        return
    if limits.min_length is not None:
        words = f"has at least {limits.min_length} letters"
        yield _row("min-length", place, f"length({name}) < {limits.min_length}", words)
    if limits.max_length is not None:
        words = f"has at most {limits.max_length} letters"
        yield _row("max-length", place, f"length({name}) > {limits.max_length}", words)


def _bounds(place: Place) -> Iterator[Check]:
    limits = place.column.limits
    low, high = limits.minimum, limits.maximum
    yield from _bound(place, "minimum", low, "<", "is never below")
    yield from _bound(place, "maximum", high, ">", "is never above")
    above, below = limits.exclusive_minimum, limits.exclusive_maximum
    yield from _bound(place, "exclusive-minimum", above, "<=", "is always above")
    yield from _bound(place, "exclusive-maximum", below, ">=", "is always below")
    if limits.format in RANGES and place.column.type.kind in EXACT:
        least, most = RANGES[limits.format]
        broken = f"{place.sql} < {least} OR {place.sql} > {most}"
        yield _row("format", place, broken, f"fits into {limits.format}")


def _bound(place: Place, kind: str, bound: Scalar, broken: str, words: str) -> Iterator[Check]:
    """One bound; a float that is no number lies within no bounds."""
    if bound is None:
        return
    name, comparable = place.sql, place.column.type.kind in EXACT | FLOATS | MOMENTS
    against = constant(bound, place.column.type) if comparable else None
    broke = "" if against else f"`{bound}` is no bound of a {place.column.type}"
    condition = f"{name} {broken} {against}"
    if place.column.type.kind in FLOATS:
        condition += f" OR isnan({name})"
    yield _row(kind, place, condition, f"{words} {bound}", broke=broke)


def _items(place: Place) -> Iterator[Check]:
    limits, name = place.column.limits, place.sql
    if place.column.type.kind is not Kind.LIST:
        return
    if limits.min_items is not None:
        words = f"has at least {limits.min_items} items"
        yield _row("min-items", place, f"len({name}) < {limits.min_items}", words)
    if limits.max_items is not None:
        words = f"has at most {limits.max_items} items"
        yield _row("max-items", place, f"len({name}) > {limits.max_items}", words)
    if limits.unique_items:
        filled = f"list_aggregate({name}, 'count')"
        broken = f"{filled} > len(list_distinct({name})) OR len({name}) - {filled} > 1"
        yield _row("unique-items", place, broken, "holds no item twice")


def _row(kind: str, place: Place, broken: str, words: str, *, broke: str = "") -> Check:
    made = Check(
        id=f"{kind}:{place.title}",
        sentence=f"`{place.title}` {words}",
        columns=(place.top,),
        broke=broke,
    )
    return made if broke else replace(made, broken=broken, value=count_of(broken))
