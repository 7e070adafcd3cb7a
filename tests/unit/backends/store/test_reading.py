"""What a store read lately is at hand, and never for another text than the one it was read from."""

import json

import pytest

from agora.backends.store import reading
from agora.backends.store.reading import Reading
from agora.model.documents import to_document
from agora.model.names import ProductName
from agora.model.release import Current


def text(number):
    noun = Current(product=ProductName("sales", "visits"), number=number)
    return json.dumps(to_document(noun))


def test_a_text_is_read_once_and_another_one_anew():
    reads = Reading()
    first = reads.noun(Current, text(1))
    assert reads.noun(Current, text(1)) is first
    assert reads.noun(Current, text(2)).number == 2
    assert reads.noun(ProductName, text(1), within="product") == first.product


def test_what_was_not_read_for_long_is_forgotten(monkeypatch):
    monkeypatch.setattr(reading, "LETTERS", 3 * len(text(1)))
    reads = Reading()
    nouns = [reads.noun(Current, text(n)) for n in (1, 2, 3)]
    assert reads.noun(Current, text(1)) is nouns[0]
    reads.noun(Current, text(4))
    assert reads.noun(Current, text(1)) is nouns[0]
    assert reads.noun(Current, text(2)) is not nouns[1]


def test_a_text_larger_than_everything_is_read_and_forgotten(monkeypatch):
    monkeypatch.setattr(reading, "LETTERS", 5)
    reads = Reading()
    assert reads.noun(Current, text(1)) is not reads.noun(Current, text(1))


@pytest.mark.parametrize("broken", ["", "[]", '{"product": 1}', "{"])
def test_what_is_no_noun_is_said_every_time(broken):
    reads = Reading()
    for _ in range(2):
        with pytest.raises((ValueError, TypeError)):
            reads.noun(Current, broken)
