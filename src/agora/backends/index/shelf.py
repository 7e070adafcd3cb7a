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
    Access,
    Fresh,
    Listing,
    Quality,
    Sight,
    boost,
    fresh,
    minute,
)

_CHANGED = (
    "SELECT p.id, p.name, p.listed, p.domain, p.kind, p.state, p.tags, p.formats, p.age, p.begins,"
    " p.ends, p.there, r.at, coalesce(u.times, 0) FROM product p LEFT JOIN released r USING (name)"
    " LEFT JOIN used u USING (name) WHERE p.touched > ?"
)


class Profile(NamedTuple):
    """What many products have in common: one value for each facet but tags and access."""

    domain: tuple[str, ...]
    kind: tuple[str, ...]
    state: tuple[str, ...]
    format: tuple[str, ...]
    quality: tuple[str, ...]
    fresh: tuple[str, ...]


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
        self.tags: list[int] = []
        self.profile: list[int] = []
        self.lift: list[float] = []
        self.quality: list[Quality] = []
        self.fresh: list[Fresh] = []
        self.listed: list[int] = []
        self.tagsets: list[tuple[str, ...]] = []
        self.profiles: list[Profile] = []
        self._tagset: dict[tuple[str, ...], int] = {}
        self._profile: dict[Profile, int] = {}

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
        """The numbers of the products that a sight names."""
        return Places(
            *(self._numbers(names) for names in (sight.open, sight.pending, sight.unlisted))
        )

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
        if missing > 0:
            for each in (self.tags, self.profile, self.lift):
                each.extend([0] * missing)
            self.names.extend([""] * missing)
            self.quality.extend([Quality.UNRELEASED] * missing)
            self.fresh.extend([Fresh.NEVER] * missing)
        listing = kept.listing
        quality = listing.quality(kept.released_at, self.at)
        aged = fresh(kept.released_at, self.at)
        self.names[number] = str(listing.name)
        self.quality[number], self.fresh[number] = quality, aged
        self.lift[number] = boost(kept.uses, quality)
        self.tags[number] = _code(listing.tags, self._tagset, self.tagsets)
        profile = Profile(
            domain=(listing.name.domain,),
            kind=(listing.kind,),
            state=(listing.state,),
            format=listing.formats,
            quality=(quality,),
            fresh=(aged,),
        )
        self.profile[number] = _code(profile, self._profile, self.profiles)


def _code(key: object, codes: dict, keys: list) -> int:  # type: ignore[type-arg]
    found = codes.get(key)
    if found is None:
        found = codes[key] = len(keys)
        keys.append(key)
    return int(found)


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(str(value)), UTC)


def narrowed(
    shelf: Shelf, numbers: Sequence[int], places: Places, where: Mapping[str, frozenset[str]]
) -> Sequence[int]:
    """Those of the products that have one of the values of each facet."""
    shared = {name: values for name, values in where.items() if name in Profile._fields}
    if shared:
        fits = {
            code
            for code, profile in enumerate(shelf.profiles)
            if all(values.intersection(getattr(profile, name)) for name, values in shared.items())
        }
        codes = shelf.profile
        numbers = [n for n in numbers if codes[n] in fits]
    if "tag" in where:
        tagged = {c for c, tags in enumerate(shelf.tagsets) if where["tag"].intersection(tags)}
        codes = shelf.tags
        numbers = [n for n in numbers if codes[n] in tagged]
    if "access" in where:
        numbers = [n for n in numbers if places.access(n) in where["access"]]
    return numbers


def counted(
    shelf: Shelf, numbers: Sequence[int], places: Places, names: Sequence[str]
) -> dict[str, Counter[str]]:
    """How many of the products have each value of these facets."""
    found: dict[str, Counter[str]] = {}
    shared = [name for name in names if name in Profile._fields]
    if shared:
        codes = Counter(map(shelf.profile.__getitem__, numbers))
        for name in shared:
            found[name] = _spread(
                (getattr(shelf.profiles[code], name), times) for code, times in codes.items()
            )
    if "tag" in names:
        codes = Counter(map(shelf.tags.__getitem__, numbers))
        found["tag"] = _spread((shelf.tagsets[code], times) for code, times in codes.items())
    if "access" in names:
        opened = sum(map(places.open.__contains__, numbers)) if places.open else 0
        waiting = places.pending - places.open
        asked = sum(map(waiting.__contains__, numbers)) if waiting else 0
        rest = len(numbers) - opened - asked
        found["access"] = Counter(
            {str(Access.OPEN): opened, str(Access.PENDING): asked, str(Access.ON_REQUEST): rest}
        )
    return found


def _spread(groups: Iterable[tuple[tuple[str, ...], int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for values, times in groups:
        for value in values:
            found[value] += times
    return found
