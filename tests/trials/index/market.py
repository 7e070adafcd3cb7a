"""A market made up, and what a search of it must answer: every product looked at, one by one."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from agora.model.names import ProductName
from agora.model.search import (
    FACETS,
    FIELDS,
    Access,
    Listing,
    Question,
    Sight,
    Sort,
    fresh,
    minute,
)
from agora.model.words import holds, terms, words
from agora.needs.index import News, Standing

NOW = datetime(2018, 1, 2, 8, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
WORD = st.sampled_from(["sales", "sale", "Weekly", "wéekly", "store", "sold_at", "a", "売上"])
TEXT = st.lists(WORD, max_size=3).map(" ".join)
SOME = st.sampled_from(["x", "y", "z"])
MOMENT = st.integers(-40, 2).map(lambda days: NOW + timedelta(days=days, minutes=-3))


@st.composite
def markets(draw, smallest=0):
    """Listings with names of their own, and since when the rows of some are released."""
    listings = []
    for number in range(draw(st.integers(smallest, 6))):
        listings.append(
            Listing(
                name=ProductName(draw(st.sampled_from(["north", "south"])), f"p-{number}"),
                listed=draw(st.booleans()),
                texts=tuple(draw(TEXT) for _ in FIELDS),
                kind=draw(SOME),
                state=draw(SOME),
                tags=tuple(sorted(draw(st.sets(SOME)))),
                formats=(draw(SOME),),
                age=draw(st.none() | st.integers(0, 20).map(lambda d: timedelta(days=d))),
                begins=draw(st.none() | MOMENT),
                ends=draw(st.none() | MOMENT),
            )
        )
    released = {str(each.name): draw(st.none() | MOMENT) for each in listings}
    return tuple(listings), released


@st.composite
def askings(draw, listings):
    """A reader and what they ask of these listings."""
    names = [str(each.name) for each in listings]
    some = st.sets(st.sampled_from(names)) if names else st.just(set())
    unlisted = draw(some) & {str(each.name) for each in listings if not each.listed}
    hidden = {str(each.name) for each in listings if not each.listed} - unlisted
    sight = Sight(
        open=frozenset(draw(some) - hidden),
        pending=frozenset(draw(some) - hidden),
        unlisted=frozenset(unlisted),
    )
    values = {
        "access": st.sampled_from([*map(str, Access)]),
        "domain": st.sampled_from(["north", "south", "nowhere"]),
        "quality": st.sampled_from(["holds", "broken", "unreleased"]),
        "fresh": st.sampled_from(["day", "week", "month", "older", "never"]),
    }
    where = tuple(
        (name, tuple(draw(st.sets(values.get(name, SOME), min_size=1, max_size=2))))
        for name in draw(st.sets(st.sampled_from(FACETS), max_size=3))
    )
    text = draw(st.just("") | TEXT | TEXT.map(lambda t: f'"{t}"') | st.text(max_size=6))
    sort = draw(st.sampled_from(Sort))
    return Question(terms=terms(text), where=where, sort=sort, limit=4), sight


def news(listings, released, *, mesh="m1", place=1, anew=False, uses=None, today=TODAY):
    return News(
        standing=Standing(mesh=mesh, place=place, seal=f"seal-{place}"),
        today=today,
        anew=anew,
        listings=listings,
        released=released,
        uses=uses or {},
    )


def access(name, sight):
    if name in sight.open:
        return "open"
    return "pending" if name in sight.pending else "on-request"


def values_of(listing, released, sight):
    """The values of every facet of one product."""
    at = released.get(str(listing.name))
    return {
        "access": {access(str(listing.name), sight)},
        "domain": {listing.name.domain},
        "tag": set(listing.tags),
        "quality": {str(listing.quality(at, minute(NOW)))},
        "fresh": {str(fresh(at, minute(NOW)))},
        "kind": {listing.kind},
        "state": {listing.state},
        "format": set(listing.formats),
    }


def fitting(listings, released, question, sight, without=""):
    """The names of what fits; the facet `without` narrows nothing."""
    found = []
    for each in listings:
        known = each.listed or str(each.name) in sight.unlisted
        texts = [words(text) for text in each.texts]
        said = all(any(holds(text, term) for text in texts) for term in question.terms)
        values = values_of(each, released, sight)
        chosen = all(set(v) & values[name] for name, v in question.where if name != without)
        if known and said and chosen:
            found.append(each)
    return found


def counts(listings, released, question, sight, name):
    """How many would be found with each value of a facet."""
    found = {}
    for each in fitting(listings, released, question, sight, without=name):
        for value in values_of(each, released, sight)[name]:
            found[value] = found.get(value, 0) + 1
    return found


def day(number):
    return date(2018, 1, 2) - timedelta(days=number)
