"""Who may say what about a product, and what a text may hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance.discussion import (
    LONGEST,
    judge_accept,
    judge_edit,
    judge_hide,
    judge_rating,
    judge_speaker,
    judge_text,
    plain,
    speaks_for,
)
from agora.model.discussion import Answer, Question, Rating
from tests.unit.governance.deciding import ANA, ARIA, BOARD, GRETA, MESH, NOW, OLGA, ORDERS, SOFIA

PRODUCT = ORDERS.port.of
QUESTION = Question(id="que-1", product=PRODUCT, author="ana", at=NOW, text="why?")
OWNERS = Answer(
    id="ans-1", product=PRODUCT, question="que-1", author="sam", of_owner=True, at=NOW, text="so"
)
GUESS = replace(OWNERS, id="ans-2", author="greta", of_owner=False)
RATING = Rating(product=PRODUCT, author="ana", at=NOW, stars=1, words="bad")


def codes(reasons):
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("why?", []),
        ("# A\n\n\t<b>*x*</b> 💡 مرحبا", []),
        ("x" * LONGEST, []),
        ("x" * (LONGEST + 1), ["E651"]),
        ("", ["E650"]),
        ("a\x00", ["E652"]),
        ("a\x07" + "x" * LONGEST, ["E651", "E652"]),
        ("a\x7fb", ["E652"]),
        ("a\u2066b", ["E652"]),
        ("a\udcffb", ["E652"]),
    ],
)
def test_what_a_text_may_hold(text, found):
    assert codes(judge_text(text)) == found


def test_words_beside_stars_may_be_left_out():
    assert codes(judge_text("", needed=False)) == []


@given(st.text())
def test_a_text_that_is_kept_is_kept_as_it_is(text):
    assert plain(plain(text)) == plain(text)
    assert "\r" not in plain(text)


@pytest.mark.parametrize(("who", "found"), [(ANA, []), (BOARD, ["E653"]), (ARIA, ["E653"])])
def test_only_persons_speak(who, found):
    assert codes(judge_speaker(who)) == found


def test_the_owners_speak_for_a_product():
    assert speaks_for(MESH, PRODUCT, SOFIA)
    assert not speaks_for(MESH, PRODUCT, ANA)
    assert not speaks_for(replace(MESH, domains=()), PRODUCT, SOFIA)


@pytest.mark.parametrize(
    ("judge", "said", "may", "may_not"),
    [
        (judge_edit, QUESTION, (ANA,), (SOFIA, GRETA, OLGA)),
        (judge_edit, OWNERS, (SOFIA,), (ANA, GRETA)),
        (judge_edit, GUESS, (GRETA,), (ANA, SOFIA)),
        (judge_accept, QUESTION, (ANA, SOFIA), (GRETA,)),
        (judge_hide, QUESTION, (ANA, SOFIA, GRETA, OLGA), (BOARD,)),
        (judge_hide, GUESS, (SOFIA, GRETA, OLGA), (ANA,)),
        (judge_hide, RATING, (ANA, GRETA, OLGA), (SOFIA, BOARD)),
    ],
)
def test_whose_words_are_whose(judge, said, may, may_not):
    assert [codes(judge(MESH, said, who)) for who in may] == [[]] * len(may)
    assert [codes(judge(MESH, said, who)) for who in may_not] == [["E654"]] * len(may_not)


@pytest.mark.parametrize(
    ("who", "stars", "has_read", "found"),
    [
        (ANA, 1, True, []),
        (ANA, 5, True, []),
        (ANA, 0, True, ["E656"]),
        (ANA, 6, True, ["E656"]),
        (ANA, 3, False, ["E658"]),
        (SOFIA, 5, True, ["E657"]),
        (replace(SOFIA, domains=()), 5, True, ["E657"]),
        (replace(ANA, domains=("sales",)), 5, True, ["E657"]),
        (BOARD, 5, True, ["E653"]),
        (ARIA, 9, False, ["E653", "E656", "E658"]),
    ],
)
def test_who_has_used_it_rates_it(who, stars, has_read, found):
    assert codes(judge_rating(MESH, PRODUCT, who, stars, has_read=has_read)) == found
