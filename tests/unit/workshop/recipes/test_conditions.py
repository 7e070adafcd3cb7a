"""Conditions as SQL; what their cases do not reach."""

import pytest

from agora.model.expressions import AnyOf, Attribute, Compare, Comparison, Literal, OneOf
from agora.workshop.recipes.conditions import columns, sql, text, uncast


def test_a_reader_has_no_place_in_a_build():
    asked = Attribute(scope="user", name="stores")
    with pytest.raises(ValueError, match=r"\$user\.stores"):
        sql(asked, {})
    assert list(columns(Compare(by=Comparison.EQUAL, left=asked, right=asked))) == []


def test_nothing_listed_is_never_true():
    assert sql(OneOf(item=Literal(value=1), options=()), {}) == "FALSE"
    assert sql(AnyOf(parts=()), {}) == "FALSE"
    assert list(uncast(AnyOf(parts=()), {})) == []


def test_texts_are_quoted():
    assert text("it's\x00") == "'it''s\ufffd'"
