"""What only people can tell of a label, as contracts state it."""

import pytest

from agora.model.contract import Severity
from agora.spec.labels import severity, stated, zone
from tests.unit.spec.test_contracts import one, written

WEEK = {"property": "period", "value": "week"}


def test_units_and_periods_are_custom_properties():
    column = one({"logicalType": "integer", "customProperties": [WEEK]})
    assert (column.unit, column.period) == ("", "week")
    column = one(
        {"logicalType": "number", "customProperties": [WEEK, {"property": "unit", "value": "USD"}]}
    )
    assert (column.unit, column.period) == ("USD", "week")
    assert stated({"customProperties": [{"property": "unit", "value": None}]}, "unit") == ""
    assert stated({}, "unit") == ""


def test_a_zone_is_stated_or_not_there():
    options = {"defaultTimezone": "Europe/Berlin"}
    assert one({"logicalType": "timestamp", "logicalTypeOptions": options}).zone == "Europe/Berlin"
    assert one({"logicalType": "timestamp"}).zone == ""
    assert zone({"logicalTypeOptions": None}) == ""


@pytest.mark.parametrize(
    ("word", "found"),
    [("warning", Severity.WARN), ("Quarantine", Severity.QUARANTINE), ("", Severity.BLOCK)],
)
def test_a_reference_says_how_much_it_matters(word, found):
    link = {"to": "t.a", "customProperties": [{"property": "severity", "value": word}]}
    _, text = written([{"name": "a", "logicalType": "integer", "relationships": [link]}])
    path = ("schema", 0, "properties", 0, "relationships", 0)
    assert severity(text, path) is found
    assert text.findings == []


def test_a_severity_nobody_knows_is_a_finding_and_blocks():
    link = {"to": "t.a", "customProperties": [{"property": "severity", "value": "loud"}]}
    _, text = written([{"name": "a", "logicalType": "integer", "relationships": [link]}])
    assert severity(text, ("schema", 0, "properties", 0, "relationships", 0)) is Severity.BLOCK
    assert [finding.code for finding in text.findings] == ["E145"]
