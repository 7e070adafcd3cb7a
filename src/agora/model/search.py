"""Search: what stands of a product in the market's index, what is asked of it, and what is found."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agora.model.names import ProductName
from agora.model.words import Term

FIELDS = ("name", "title", "tags", "column", "summary", "glossary", "readme")
"""Where words are looked for; a match further to the front weighs more."""
WEIGHTS: Mapping[str, float] = {
    "name": 5.0,
    "title": 4.0,
    "tags": 3.0,
    "column": 2.0,
    "summary": 2.0,
    "glossary": 1.0,
    "readme": 1.0,
}
DAYS = 90
"""How many days of use count."""


class Access(StrEnum):
    """What a product is to a reader: open, asked for, or to be asked for."""

    OPEN = "open"
    PENDING = "pending"
    ON_REQUEST = "on-request"


class Quality(StrEnum):
    """Whether what a product promises holds now: its service levels, and every check of its rows."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNRELEASED = "unreleased"


class Fresh(StrEnum):
    """How long ago the rows a reader gets were released."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    OLDER = "older"
    NEVER = "never"


class Sort(StrEnum):
    """In which order hits come."""

    MATCH = "match"
    NAME = "name"
    NEWEST = "newest"


FACETS = ("access", "domain", "tag", "quality", "fresh", "kind", "state", "format")
CLOSED: Mapping[str, tuple[str, ...]] = {
    "access": tuple(Access),
    "quality": tuple(Quality),
    "fresh": tuple(Fresh),
}
"""The facets whose values are ours, in the order they are shown."""
_HEALTH = {Quality.HOLDS: 1.0, Quality.BROKEN: 0.8, Quality.UNRELEASED: 0.6}
_AGES = ((Fresh.DAY, 1), (Fresh.WEEK, 7), (Fresh.MONTH, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the index holds of one product, all of it told by the mesh's files.

    `texts` has one text for each of FIELDS. Its service levels say that its rows are at most `age`
    old, and that it is offered from `begins` until `ends`; None where they say nothing.
    """

    name: ProductName
    listed: bool
    texts: tuple[str, ...]
    kind: str
    state: str
    tags: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    age: timedelta | None = None
    begins: datetime | None = None
    ends: datetime | None = None

    def quality(
        self, released_at: datetime | None, now: datetime, *, flawed: bool = False
    ) -> Quality:
        """Whether the promises hold for rows of that moment, which are `flawed` if a check is broken."""
        if released_at is None:
            return Quality.UNRELEASED
        old = self.age is not None and now - released_at > self.age
        early = self.begins is not None and now < self.begins
        over = self.ends is not None and now >= self.ends
        return Quality.BROKEN if flawed or old or early or over else Quality.HOLDS

    def turns(self, released_at: datetime | None) -> Iterator[datetime]:
        """The moments at which, or right after which, rows of that moment are judged otherwise."""
        if released_at is None:
            return
        yield from (at for at in (self.begins, self.ends) if at is not None)
        if self.age is not None:
            yield released_at + self.age
        yield from (released_at + timedelta(days=limit) for _, limit in _AGES)


def fresh(released_at: datetime | None, now: datetime) -> Fresh:
    """How long ago that was."""
    if released_at is None:
        return Fresh.NEVER
    days = (now - released_at) / timedelta(days=1)
    return next((word for word, limit in _AGES if days <= limit), Fresh.OLDER)


def minute(now: datetime) -> datetime:
    """The moment a search judges by: ages are told by the minute."""
    return now.replace(second=0, microsecond=0)


def boost(uses: int, quality: Quality) -> float:
    """How much use and health lift a match: the thousandth reading counts less than the first."""
    return (1 + 0.2 * math.log1p(uses)) * _HEALTH[quality]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one reader may know of and read, by the names of products.

    `unlisted` are those of the unlisted products they may know of; everybody may know of the others.
    """

    open: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    unlisted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is looked for: all `terms`, and of each facet that is named one of the values."""

    terms: tuple[Term, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: Sort = Sort.MATCH
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a facet: how many would be found if it were the only one chosen of its facet."""

    value: str
    title: str = ""
    count: int
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow what was found."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One product that fits, as the index tells it."""

    name: str
    access: Access
    quality: Quality
    fresh: Fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the index answers: a page of `listed`, best first, of `total`.

    `unfiltered` is how many fit the words alone. `instead` are words to try, each for the word it
    replaces, when nothing fits them.
    """

    total: int
    unfiltered: int
    listed: tuple[Listed, ...] = ()
    facets: tuple[Facet, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()


class WishState(StrEnum):
    """Whether somebody still wishes for it."""

    OPEN = "open"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looked for and nobody offers, and what they need it for; later an answer to it."""

    id: str
    words: str
    reason: str
    wished_by: str
    wished_at: datetime
    state: WishState = WishState.OPEN
    answered_by: str = ""
    answer: str = ""
