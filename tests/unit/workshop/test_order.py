"""Steps come after what they name."""

import pytest

from agora.model.errors import Invalid
from agora.model.product import Step
from agora.workshop.order import before, order


def steps(*names):
    return [Step(name=name, file=f"steps/{name}.sql", sql="select 1") for name in names]


def test_each_step_comes_after_those_it_names():
    named = {"c": ("b", "raw"), "b": ("a",), "a": ("raw",)}
    assert [s.name for s in order(steps("c", "b", "a"), named, {"raw"})] == ["a", "b", "c"]


def test_a_circle_is_told_with_its_members():
    with pytest.raises(Invalid, match="`a`") as told:
        order(steps("a", "b"), {"a": ("b",), "b": ("a",)}, set())
    assert told.value.code_shown == "E312"


def test_an_unknown_name_is_told_with_what_there_is():
    with pytest.raises(Invalid, match="`rwa`") as told:
        order(steps("a"), {"a": ("rwa",)}, {"raw"})
    assert "`raw`" in told.value.hint


def test_names_fold_as_in_sql():
    assert len(order(steps("per-week"), {"per-week": ("raw",)}, {"raw"})) == 1


def test_what_comes_before_a_step():
    named = {"c-d": ("b", "raw"), "b": ("a",), "a": ("raw", "b"), "z": ("raw",)}
    assert before("c_d", named) == {"a", "b", "raw"}
    assert before("raw", named) == set()
