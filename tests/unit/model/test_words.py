"""Words: how texts are taken apart, what is looked for, and where it stands."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.model.words import Mark, Term, holds, marks, near, placed, said, stands, terms, words

LETTERS = st.text("abAB é_-1 ", max_size=12)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("Sold_at: the DAY", ("sold", "at", "the", "day")),
        ("Café-Crème", ("cafe", "creme")),
        (unicodedata.normalize("NFD", "Café-Crème"), ("cafe", "creme")),
        ("Straße ﬁn ½", ("strasse", "fin", "12")),
        ("売上 週次", ("売上", "週次")),
        ("\ud800 \x00 \u0301 !?", ()),
    ],
)
def test_what_a_text_is_taken_apart_into(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ()),
        ("weekly sal", (Term(words=("weekly",)), Term(words=("sal",), prefix=True))),
        ('"weekly sales" st', (Term(words=("weekly", "sales")), Term(words=("st",), prefix=True))),
        ('"weekly sales', (Term(words=("weekly", "sales")),)),
        ("sold_at", (Term(words=("sold", "at"), prefix=True),)),
        ("sales ", (Term(words=("sales",), prefix=True),)),
        ('a "" * NOT (', (Term(words=("a",)), Term(words=("not",)))),
    ],
)
def test_what_somebody_looks_for(text, wanted):
    assert terms(text) == wanted


def test_where_it_stands():
    text = "Weekly sales: every sale, wéekly."
    found = [text[m.start : m.end] for m in marks(text, terms("weekly sale"))]
    assert found == ["Weekly", "sales", "sale", "wéekly"]
    assert marks("a sold_at b", terms('"sold at"')) == (Mark(start=2, end=9),)


@given(st.text("abAB-_1 ", max_size=12), st.text("abAB-_1 ", max_size=8))
def test_plain_texts_are_marked_as_any_other(text, asked):
    """A word nobody asked for makes the text one that is not plain."""
    assert marks(text, terms(asked)) == marks(f"{text} é", terms(asked))


@given(LETTERS, LETTERS)
def test_what_is_marked_is_what_stands_there(text, asked):
    for term in terms(asked):
        there = words(text)
        assert bool(marks(text, (term,))) == holds(there, term) == bool(list(stands(there, term)))
        assert said(text, term) == holds(there, term)


@given(st.text(), st.text())
def test_any_text_can_be_looked_for(text, asked):
    for mark in marks(text, terms(asked)):
        assert 0 <= mark.start < mark.end <= len(text)
    assert tuple(word for word, _, _ in placed(text)) == words(text)


@given(st.text("abc", min_size=3, max_size=6), st.data())
def test_one_slip_is_near(word, data):
    place = data.draw(st.integers(0, len(word) - 1))
    slips = {word[:place] + word[place + 1 :], word[:place] + "z" + word[place + 1 :]}
    slips |= {word[:place] + "z" + word[place:]}
    assert slips <= near(word)
    assert word not in near(word)
