"""Check results as one reader may see them."""

from dataclasses import replace

from agora.governance.decisions import decide
from agora.governance.results import seen
from agora.model.checks import CheckResult, Outcome, Sample
from agora.model.contract import Severity
from agora.model.expressions import ColumnRef
from agora.model.policy import Effect, MaskKind, Target
from tests.unit.governance.deciding import MESH, ORDERS, ask, guardrail, masked, under

SAMPLE = Sample(values=(("store", "3"), ("age", "41")))
RESULT = CheckResult(
    check="age-known",
    port=ORDERS,
    outcome=Outcome.FAIL,
    severity=Severity.BLOCK,
    sentence="age is known",
    failing=1,
    samples=(SAMPLE, Sample(values=(("age", "42"),))),
)
BARE = replace(RESULT, samples=())


def under_rule(rule):
    return seen((RESULT,), (decide(under(rule), ask()),))


def test_who_sees_everything_sees_the_samples():
    assert seen((RESULT,), (decide(MESH, ask()),)) == (RESULT,)
    assert seen((BARE,), ()) == (BARE,)


def test_a_masked_value_is_left_out_of_samples():
    (result,) = under_rule(guardrail(masked(MaskKind.PARTIAL), applies_to=Target(columns=("age",))))
    assert result == replace(RESULT, samples=(Sample(values=(("store", "3"),)),))


def test_who_sees_only_some_rows_or_none_sees_no_samples():
    assert under_rule(guardrail(Effect(rows=ColumnRef(name="late")))) == (BARE,)
    assert under_rule(guardrail(Effect(deny=True))) == (BARE,)
    assert seen((RESULT,), ()) == (BARE,)
