"""The shelf: what facets and ranking need of every product, held in memory beside the index's file.

A product is a number here, and lists are read at that number: of tens of thousands that fit some
words each is looked at a few times only, by functions that loop in C.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from agora.model.names import ProductName
from agora.model.search import (
    FACETS,
    Access,
    Listing,
    Sight,
    boost,
    fresh,
    minute,
)

_SIGHTS = 500
_CHANGED = (
    "SELECT p.id, p.name, p.listed, p.domain, p.kind, p.state, p.tags, p.formats, p.age, p.begins,"
    " p.ends, p.there, r.at, coalesce(u.times, 0) FROM product p LEFT JOIN released r USING (name)"
    " LEFT JOIN used u USING (name) WHERE p.touched > ?"
)


class Column:
    """One facet of every product: at its number the code of its values, few of which differ."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.codes: list[int] = []
        self.values: list[tuple[str, ...]] = []
        self._code: dict[tuple[str, ...], int] = {}

    def put(self, number: int, values: tuple[str, ...]) -> None:
        """The product has these values of the facet."""
        code = self._code.setdefault(values, len(self.values))
        if code == len(self.values):
            self.values.append(values)
        if number >= len(self.codes):
            self.codes.extend([0] * (number + 1 - len(self.codes)))
        self.codes[number] = code

    def having(self, numbers: Sequence[int], wanted: frozenset[str]) -> Sequence[int]:
        """Those of the products that have one of these values."""
        fits = {code for code, values in enumerate(self.values) if wanted.intersection(values)}
        codes = self.codes
        return [number for number in numbers if codes[number] in fits]

    def counted(self, numbers: Sequence[int]) -> Counter[str]:
        """How many of the products have each value."""
        found: Counter[str] = Counter()
        for code, times in Counter(map(self.codes.__getitem__, numbers)).items():
            for value in self.values[code]:
                found[value] += times
        return found


class Kept(NamedTuple):
    """What the file says of one product that does not change as time passes."""

    listing: Listing
    released_at: datetime | None
    uses: int


class Places(NamedTuple):
    """A reader's sight, by the numbers of products."""

    open: frozenset[int]
    pending: frozenset[int]
    unlisted: frozenset[int]

    def access(self, number: int) -> Access:
        """What a product is to this reader."""
        if number in self.open:
            return Access.OPEN
        return Access.PENDING if number in self.pending else Access.ON_REQUEST


class Shelf:
    """Every product's facets as of one version of the file, judged at one moment."""

    def __init__(self) -> None:
        """Nothing is on it yet."""
        self.version = 0
        self.at: datetime | None = None
        self.kept: dict[int, Kept] = {}
        self.numbers: dict[str, int] = {}
        self.names: list[str] = []
        self.lift: list[float] = []
        self.listed: list[int] = []
        self.columns = {name: Column() for name in FACETS if name != "access"}
        self._places: dict[int, tuple[Sight, int, Places]] = {}

    def refresh(self, connection: sqlite3.Connection, version: int, now: datetime) -> None:
        """It is as the file is in this transaction, and judged at this moment."""
        moved = self.at != minute(now)
        self.at = minute(now)
        changed: Iterable[int] = ()
        if version != self.version:
            changed = [self._load(row) for row in connection.execute(_CHANGED, (self.version,))]
            self.listed = sorted(n for n, kept in self.kept.items() if kept.listing.listed)
            self.version = version
        for number in self.kept if moved else changed:
            if number in self.kept:
                self._judge(number, self.kept[number])

    def places(self, sight: Sight) -> Places:
        """The numbers of the products that a sight names; those of the last sights are remembered."""
        seen = self._places.get(id(sight))
        if seen is None or seen[0] is not sight or seen[1] != self.version:
            if len(self._places) >= _SIGHTS:
                self._places.clear()
            names = (sight.open, sight.pending, sight.unlisted)
            seen = (sight, self.version, Places(*map(self._numbers, names)))
            self._places[id(sight)] = seen
        return seen[2]

    def _numbers(self, names: Iterable[str]) -> frozenset[int]:
        return frozenset(self.numbers[name] for name in names if name in self.numbers)

    def _load(self, row: Sequence[object]) -> int:
        (
            number,
            name,
            listed,
            domain,
            kind,
            state,
            tags,
            formats,
            age,
            begins,
            ends,
            there,
            at,
            uses,
        ) = row
        place = int(str(number))
        if not there:
            gone = self.kept.pop(place, None)
            if gone:
                self.numbers.pop(str(gone.listing.name), None)
            return place
        listing = Listing(
            name=ProductName(str(domain), str(name).partition(".")[2]),
            listed=bool(listed),
            texts=(),
            kind=str(kind),
            state=str(state),
            tags=tuple(json.loads(str(tags))),
            formats=tuple(json.loads(str(formats))),
            age=None if age is None else timedelta(seconds=float(str(age))),
            begins=_moment(begins),
            ends=_moment(ends),
        )
        self.kept[place] = Kept(listing, _moment(at), int(str(uses)))
        self.numbers[str(name)] = place
        return place

    def _judge(self, number: int, kept: Kept) -> None:
        assert self.at is not None, "it is judged at a moment"
        missing = number + 1 - len(self.names)
        self.names.extend([""] * missing)
        self.lift.extend([0.0] * missing)
        listing = kept.listing
        quality = listing.quality(kept.released_at, self.at)
        self.names[number] = str(listing.name)
        self.lift[number] = boost(kept.uses, quality)
        values = {
            "domain": (listing.name.domain,),
            "tag": listing.tags,
            "quality": (str(quality),),
            "fresh": (str(fresh(kept.released_at, self.at)),),
            "kind": (listing.kind,),
            "state": (listing.state,),
            "format": listing.formats,
        }
        for name, column in self.columns.items():
            column.put(number, values[name])


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(str(value)), UTC)


def narrowed(
    shelf: Shelf, numbers: Sequence[int], places: Places, where: Mapping[str, frozenset[str]]
) -> Sequence[int]:
    """Those of the products that have one of the values of each facet."""
    for name, values in where.items():
        if name == "access":
            numbers = [number for number in numbers if places.access(number) in values]
        else:
            numbers = shelf.columns[name].having(numbers, values)
    return numbers


def counted(shelf: Shelf, numbers: Sequence[int], places: Places, name: str) -> Counter[str]:
    """How many of the products have each value of this facet."""
    if name != "access":
        return shelf.columns[name].counted(numbers)
    opened = sum(map(places.open.__contains__, numbers)) if places.open else 0
    waiting = places.pending - places.open
    asked = sum(map(waiting.__contains__, numbers)) if waiting else 0
    rest = len(numbers) - opened - asked
    return Counter(
        {str(Access.OPEN): opened, str(Access.PENDING): asked, str(Access.ON_REQUEST): rest}
    )
