"""What somebody was shown still stands exactly as long as the same would be shown again."""

from dataclasses import replace

import pytest

from agora.governance.decisions import decide
from agora.governance.standing import seen
from agora.model.expressions import ColumnRef, Compare, Comparison, Literal
from agora.model.policy import Effect, Mask, MaskKind, Target
from tests.unit.governance.deciding import MESH, ask, guardrail, masked, under

PLAIN = decide(MESH, ask())
STORE = Compare(by=Comparison.EQUAL, left=ColumnRef(name="store"), right=Literal(value=3))
AGES = Target(columns=("age",))


def key(*rules):
    return seen(decide(under(*rules), ask()), 7)


def test_the_same_is_the_same_whatever_led_there():
    assert key() == seen(replace(PLAIN, agreement="another", policy_hash="other", reasons=()), 7)
    assert key() == key(guardrail(masked(MaskKind.NULL), applies_to=Target(columns=("nothing",))))


@pytest.mark.parametrize(
    "rule",
    [
        guardrail(masked(MaskKind.NULL), applies_to=AGES),
        guardrail(masked(MaskKind.HIDDEN), applies_to=AGES),
        guardrail(Effect(mask=Mask(kind=MaskKind.CONSTANT, constant="x")), applies_to=AGES),
        guardrail(Effect(rows=STORE)),
        guardrail(Effect(deny=True)),
    ],
    ids=["a null", "a hidden column", "a constant", "fewer rows", "a denial"],
)
def test_whatever_is_shown_otherwise_falls(rule):
    assert key(rule) != key()


def test_a_number_is_not_its_text():
    one, text = (
        guardrail(Effect(rows=replace(STORE, right=Literal(value=value)))) for value in (3, "3")
    )
    assert key(one) != key(text)


def test_another_release_or_purpose_is_another_thing():
    assert seen(PLAIN, 7) != seen(PLAIN, 8)
    assert seen(PLAIN, 7) != seen(replace(PLAIN, purpose="another"), 7)


def test_a_denial_shows_nothing():
    assert key(guardrail(Effect(deny=True))) == ""
