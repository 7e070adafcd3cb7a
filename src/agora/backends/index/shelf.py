"""The shelf: what facets and ranking need of every product, held in memory beside the index's file.

A product is a number here, and lists are read at that number: of tens of thousands that fit some
words each is looked at a few times only, by functions that loop in C.
"""

import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from agora.model.names import ProductName
from agora.model.search import (
    Access,
    Fresh,
    Listing,
    Quality,
    Sight,
    boost,
    fresh,
    minute,
)

_SIGHTS = 500
_TOGETHER = (("domain",), ("tag",), ("quality", "fresh", "kind", "state", "format"))
"""The facets that one column holds: where each has few values, products are counted once for all."""
_CHANGED = (
    "SELECT p.id, p.name, p.listed, p.domain, p.kind, p.state, p.tags, p.formats, p.age, p.begins,"
    " p.ends, p.there, r.at, coalesce(r.flawed, 0), coalesce(u.times, 0) FROM product p LEFT JOIN released r USING (name)"
    " LEFT JOIN used u USING (name) WHERE p.touched > ?"
)


Counts = dict[str, dict[str, int]]


class Column:
    """Some facets of every product: at its number the code of its values, few of which differ."""

    def __init__(self, facets: Sequence[str]) -> None:
        """Nothing is known yet."""
        self.facets = facets
        self.codes: list[int] = []
        self.values: list[tuple[tuple[str, ...], ...]] = []
        self._code: dict[tuple[tuple[str, ...], ...], int] = {}

    def put(self, number: int, values: tuple[tuple[str, ...], ...]) -> None:
        """The product has these values, some of each facet."""
        code = self._code.setdefault(values, len(self.values))
        if code == len(self.values):
            self.values.append(values)
        if number >= len(self.codes):
            self.codes.extend([0] * (number + 1 - len(self.codes)))
        self.codes[number] = code

    def having(self, numbers: Iterable[int], facet: str, wanted: frozenset[str]) -> Sequence[int]:
        """Those of the products that have one of these values of the facet."""
        place, codes = self.facets.index(facet), self.codes
        fits = {code for code, each in enumerate(self.values) if wanted.intersection(each[place])}
        return [number for number in numbers if codes[number] in fits]

    def counted(self, numbers: Iterable[int]) -> Counts:
        """How many of the products have each value."""
        found: Counts = {facet: {} for facet in self.facets}
        for code, times in Counter(map(self.codes.__getitem__, numbers)).items():
            for counts, values in zip(found.values(), self.values[code], strict=True):
                for value in values:
                    counts[value] = counts.get(value, 0) + times
        return found


class Kept(NamedTuple):
    """What the file says of one product that does not change as time passes."""

    listing: Listing
    released_at: datetime | None
    flawed: bool
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
        self.health: list[tuple[Quality, Fresh]] = []
        self.listed: set[int] = set()
        self.columns = [Column(facets) for facets in _TOGETHER]
        self._turns: list[tuple[datetime, int]] = []
        self._places: dict[int, tuple[Sight, int, Places]] = {}

    def refresh(self, connection: sqlite3.Connection, version: int, now: datetime) -> None:
        """It is as the file is in this transaction, and judged at this moment."""
        before, self.at = self.at, minute(now)
        numbers: Iterable[int] = self._turned(before)
        if version != self.version:
            changed = [self._load(row) for row in connection.execute(_CHANGED, (self.version,))]
            numbers = {*numbers, *changed}
            self.version = version
        for number in numbers:
            if number in self.kept:
                self._judge(number, self.kept[number])

    def _turned(self, before: datetime | None) -> Iterable[int]:
        """The products that may have to be judged anew as time has passed since."""
        assert self.at is not None, "it is judged at a moment"
        if before is None or self.at < before:
            self._turns.clear()
            return tuple(self.kept)
        turned = []
        while self._turns and self._turns[0][0] <= self.at:
            turned.append(heapq.heappop(self._turns)[1])
        return turned

    def column(self, facet: str) -> Column:
        """The column that holds this facet."""
        return next(column for column in self.columns if facet in column.facets)

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
            flawed,
            uses,
        ) = row
        place = int(str(number))
        if not there:
            self.listed.discard(place)
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
        self.kept[place] = Kept(listing, _moment(at), bool(flawed), int(str(uses)))
        self.numbers[str(name)] = place
        (self.listed.add if listed else self.listed.discard)(place)
        return place

    def _judge(self, number: int, kept: Kept) -> None:
        assert self.at is not None, "it is judged at a moment"
        missing = number + 1 - len(self.names)
        self.names.extend([""] * missing)
        self.lift.extend([0.0] * missing)
        self.health.extend([(Quality.UNRELEASED, Fresh.NEVER)] * missing)
        listing, released_at = kept.listing, kept.released_at
        quality = listing.quality(released_at, self.at, flawed=kept.flawed)
        age = fresh(released_at, self.at)
        self.names[number] = str(listing.name)
        self.lift[number] = boost(kept.uses, quality)
        self.health[number] = (quality, age)
        values = {
            "domain": (listing.name.domain,),
            "tag": listing.tags,
            "quality": (str(quality),),
            "fresh": (str(age),),
            "kind": (listing.kind,),
            "state": (listing.state,),
            "format": listing.formats,
        }
        for column in self.columns:
            column.put(number, tuple(values[name] for name in column.facets))
        turn = min((at for at in listing.turns(released_at) if at >= self.at), default=None)
        if turn is not None:
            heapq.heappush(self._turns, (turn, number))


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(str(value)), UTC)


def narrowed(
    shelf: Shelf, numbers: Iterable[int], places: Places, where: Mapping[str, frozenset[str]]
) -> Sequence[int]:
    """Those of the products that have one of the values of each facet."""
    left: Sequence[int] = list(numbers)
    for name, values in where.items():
        if name == "access":
            left = [number for number in left if places.access(number) in values]
        else:
            left = shelf.column(name).having(left, name, values)
    return left


def counted(shelf: Shelf, numbers: Sequence[int], places: Places, names: Collection[str]) -> Counts:
    """How many of the products have each value of these facets."""
    found: Counts = {}
    for column in shelf.columns:
        if not set(names).isdisjoint(column.facets):
            found |= column.counted(numbers)
    if "access" in names:
        opened = len(places.open.intersection(numbers))
        asked = len((places.pending - places.open).intersection(numbers))
        rest = len(numbers) - opened - asked
        found["access"] = {Access.OPEN: opened, Access.PENDING: asked, Access.ON_REQUEST: rest}
    return found
