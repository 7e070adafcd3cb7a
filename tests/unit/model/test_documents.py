"""Nouns come back from their documents as they went, and what does not fit is told apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from agora.model.documents import from_document, from_hint, to_document


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    word: str = "leaf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Twig:
    """A noun that holds others of its own kind."""

    twigs: "tuple[Twig, ...]" = ()
    end: "Leaf | Twig | None" = None
    place: tuple[str, int] = ("", 0)
    level: Level = Level.LOW
    colour: Colour | None = None
    facts: tuple[tuple[str, str | int | bool | tuple[str, ...]], ...] = ()
    spans: Mapping[str, timedelta] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    price: Decimal = Decimal(0)
    day: date | None = None
    at: datetime | None = None
    raw: bytes = b""
    anything: Any = None


WHOLE = Twig(
    twigs=(Twig(), Twig(end=Leaf(word="x"))),
    end=Twig(level=Level.HIGH),
    place=("a", 3),
    colour=Colour.RED,
    facts=(("n", 1), ("b", True), ("s", "x"), ("t", ("a", "b"))),
    spans={"week": timedelta(days=7)},
    names=frozenset({"b", "a"}),
    price=Decimal("1.20"),
    day=date(2018, 1, 1),
    at=datetime(2018, 1, 1, 8, tzinfo=UTC),
    raw=b"\x00\xff",
    anything=["as", {"it": "is"}],
)


@pytest.mark.parametrize("noun", [Twig(), WHOLE])
def test_a_noun_comes_back_as_it_went(noun):
    assert from_document(Twig, to_document(noun)) == noun


def test_what_a_document_does_not_say_is_as_when_it_is_made():
    assert from_document(Twig, {"level": "high", "later": 1}) == Twig(level=Level.HIGH)


@pytest.mark.parametrize(
    "document",
    [
        {"level": "middle"},
        {"place": ["a"]},
        {"place": ["a", True]},
        {"names": "ab"},
        {"twigs": {"0": {}}},
        {"price": "dear"},
        {"facts": [["n", None]]},
        {"spans": []},
        {"end": 3},
        3,
    ],
)
def test_what_does_not_fit_is_no_noun(document):
    with pytest.raises(ValueError):
        from_document(Twig, document)


def test_kinds_of_a_union_are_tried_in_the_order_they_are_named():
    assert from_hint(date | Decimal, "2018-01-01") == date(2018, 1, 1)
    assert from_hint(Decimal | date, "1.5") == Decimal("1.5")
