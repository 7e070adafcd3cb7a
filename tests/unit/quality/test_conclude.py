"""From counts to outcomes, where answers are missing, wrong or errors."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.model.checks import Outcome
from agora.model.contract import Metric, Operator, QualityRule, RuleKind
from agora.quality.checks import SHARED
from agora.quality.conclude import conclude, holds, share
from agora.quality.rules import sentence
from tests.unit.quality.counting import contract, planned

ONE = {"columns": {"id": {"type": "BIGINT", "required": True, "unique": True}}}
PERCENT = {
    "columns": {"id": "BIGINT"},
    "rules": [{"metric": "nullValues", "column": "id", "mustBeLessThan": 5, "unit": "percent"}],
}


def concluded(case, answers, errors=None):
    results = conclude(planned(contract(case)), answers, errors or {})
    return {result.check: result for result in results}


def test_a_scan_without_answer_is_an_error_and_no_failure():
    found = concluded(ONE, {})
    assert {r.outcome for r in found.values()} == {Outcome.ERROR}
    assert {r.detail for r in found.values()} == {"it gave no number"}
    assert {r.rows for r in found.values()} == {None}


def test_the_error_of_a_scan_is_told_with_its_checks():
    found = concluded(ONE, {}, {SHARED: "too wide", "unique:id": "too long"})
    assert found["required:id"].detail == "too wide"
    assert found["unique:id"].detail == "too long"
    assert found["unique:id"].blocks


def test_the_error_of_a_single_scan_is_told_before_that_of_the_shared_one():
    answers = {SHARED: ({"rows": 3},)}
    found = concluded(ONE, answers, {SHARED: "all together", "required:id": "alone"})
    assert (found["required:id"].detail, found["required:id"].rows) == ("alone", 3)


def test_percent_of_an_unknown_number_of_rows_is_an_error():
    found = concluded(PERCENT, {"rule-0": ({"value": 0},)})
    assert found["rule-0"].outcome is Outcome.ERROR
    assert found["rule-0"].detail == "the rows could not be counted"


def test_the_value_of_a_percent_rule_is_the_share_and_failing_the_rows():
    found = concluded(PERCENT, {SHARED: ({"rows": 8, "c0": 1},)})
    result = found["rule-0"]
    assert (result.outcome, result.value, result.failing) == (Outcome.FAIL, Decimal("12.5"), 1)
    assert (result.column, result.rows) == ("id", 8)


def test_a_statement_asked_by_two_checks_errs_for_both():
    case = {"columns": {"id": {"type": "BIGINT", "key": 1, "unique": True}}}
    made = planned(contract(case))
    assert len(made.scans) == 3  # the shared one, the types, and one grouping for both
    found = {r.check: r for r in conclude(made, {}, {"unique:id": "too long"})}
    assert found["key"].detail == found["unique:id"].detail == "too long"


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_share_lies_between_nothing_and_everything(part, rest):
    found = share(Decimal(part), part + rest)
    assert 0 <= found <= 100
    assert round(found * (part + rest), 20) == 100 * part
    assert (found == 100) == (rest == 0 and part > 0)


@given(st.decimals(-9, 9, places=1), st.decimals(-9, 9, places=1), st.decimals(-9, 9, places=1))
def test_operators_that_deny_each_other(value, first, last):
    def kept(operator):
        rule = QualityRule(
            id="r", kind=RuleKind.LIBRARY, operator=operator, threshold=(first, last)
        )
        return holds(rule, value)

    assert kept(Operator.MUST_BE) != kept(Operator.MUST_NOT_BE)
    assert kept(Operator.GREATER_THAN) != kept(Operator.LESS_OR_EQUAL_TO)
    assert kept(Operator.LESS_THAN) != kept(Operator.GREATER_OR_EQUAL_TO)
    assert kept(Operator.BETWEEN) != kept(Operator.NOT_BETWEEN)
    assert kept(Operator.BETWEEN) <= (kept(Operator.GREATER_THAN))
    assert kept(None) == kept(Operator.MUST_BE)


def test_a_rule_without_a_number_compares_with_nothing():
    rule = QualityRule(id="r", kind=RuleKind.LIBRARY, operator=Operator.MUST_BE)
    assert holds(rule, Decimal(0))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            {"metric": "nullValues", "column": "a", "mustBe": 0},
            "the number of empty values of `a` is 0",
        ),
        (
            {"metric": "nullValues", "column": "a", "mustBeLessThan": 1.5, "unit": "percent"},
            "the share of empty values of `a` is below 1.5 percent",
        ),
        (
            {"metric": "duplicateValues", "properties": ["a", "b"], "mustBe": 0},
            "the number of repeated values of `a`, `b` is 0",
        ),
        (
            {"metric": "rowCount", "mustBeBetween": [1000, 2000000]},
            "the number of rows lies between 1,000 and 2,000,000",
        ),
        ({"type": "sql", "query": "select 1", "mustBe": 1, "id": "sums"}, "the rule `sums` is 1"),
        ({"type": "custom"}, "the rule `rule-0`"),
        ({"metric": "rowCount", "mustBe": 1, "description": "all are here"}, "all are here"),
    ],
)
def test_a_rule_says_what_it_promises(rule, words):
    columns = {"a": "BIGINT", "b": "BIGINT"}
    made = planned(contract({"columns": columns, "rules": [rule]}))
    assert made.checks[-1].sentence == words


def test_every_metric_and_operator_has_words():
    for metric in Metric:
        for operator in Operator:
            rule = QualityRule(
                id="r",
                kind=RuleKind.LIBRARY,
                metric=metric,
                operator=operator,
                threshold=(Decimal(1), Decimal(2)),
            )
            assert "1" in sentence(rule)


def test_the_share_of_no_rows_is_nothing():
    assert share(Decimal(0), 0) == 0
