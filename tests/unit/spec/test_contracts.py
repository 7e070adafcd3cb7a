"""Contracts: types, limits, rules and references as every version of ODCS writes them."""

import json
from decimal import Decimal

import pytest

from agora.model.contract import Limits, Metric, Operator, Relationship, RuleKind, Severity
from agora.model.types import Kind
from agora.spec.contracts import contract
from agora.spec.texts import read


def written(columns, *, version="v3.1.0", table=None, **root):
    document = {
        "apiVersion": version,
        "kind": "DataContract",
        "id": "c",
        "version": "1.2.0",
        "status": "active",
        "schema": [{"name": "t", "properties": columns, **(table or {})}],
        **root,
    }
    text = read("c.odcs.yaml", json.dumps(document).encode(), {})
    return contract(text), text


def one(column, **more):
    found, text = written([{"name": "a", **column}], **more)
    assert text.findings == []
    return found.columns[0]


@pytest.mark.parametrize(
    ("column", "version", "sql"),
    [
        ({"logicalType": "string"}, "v3.1.0", "VARCHAR"),
        ({"logicalType": "integer"}, "v3.1.0", "BIGINT"),
        ({"logicalType": "number"}, "v3.1.0", "DOUBLE"),
        ({"logicalType": "boolean"}, "v3.1.0", "BOOLEAN"),
        ({"logicalType": "date"}, "v3.1.0", "DATE"),
        ({"logicalType": "timestamp"}, "v3.1.0", "TIMESTAMP"),
        ({"logicalType": "time"}, "v3.1.0", "TIME"),
        (
            {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
            "v3.1.0",
            "TIMESTAMP WITH TIME ZONE",
        ),
        (
            {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": False}},
            "v3.1.0",
            "TIMESTAMP",
        ),
        ({"logicalType": "integer", "physicalType": "INTEGER"}, "v3.1.0", "INTEGER"),
        ({"logicalType": "integer", "physicalType": "DECIMAL(20)"}, "v3.1.0", "DECIMAL(20,0)"),
        ({"logicalType": "number", "physicalType": "numeric(9, 2)"}, "v3.1.0", "DECIMAL(9,2)"),
        ({"logicalType": "string", "physicalType": "varchar(20)"}, "v3.1.0", "VARCHAR"),
        ({"physicalType": "DATE"}, "v3.1.0", "DATE"),
        ({"logicalType": "date", "physicalType": "TIMESTAMP"}, "v3.0.2", "TIMESTAMP"),
        ({"logicalType": "array", "items": {"logicalType": "string"}}, "v3.1.0", "VARCHAR[]"),
        ({"logicalType": "array", "physicalType": "INTEGER[]"}, "v3.1.0", "INTEGER[]"),
        (
            {"logicalType": "object", "properties": [{"name": "x", "logicalType": "date"}]},
            "v3.1.0",
            'STRUCT("x" DATE)',
        ),
        (
            {
                "logicalType": "array",
                "items": {
                    "logicalType": "object",
                    "properties": [{"name": "x", "physicalType": "FLOAT"}],
                },
            },
            "v3.1.0",
            'STRUCT("x" FLOAT)[]',
        ),
    ],
)
def test_types(column, version, sql):
    assert one(column, version=version).type.sql == sql


@pytest.mark.parametrize(
    ("column", "version"),
    [
        ({"logicalType": "date", "physicalType": "TIMESTAMP"}, "v3.1.0"),
        ({"logicalType": "boolean", "physicalType": "INTEGER"}, "v3.1.0"),
        ({"logicalType": "string", "physicalType": "DATE"}, "v3.1.0"),
        ({"logicalType": "integer", "physicalType": "DOUBLE"}, "v3.1.0"),
        ({"logicalType": "timestamp", "physicalType": "TIME"}, "v3.1.0"),
    ],
)
def test_types_that_contradict_each_other(column, version):
    _, text = written([{"name": "a", **column}], version=version)
    assert [finding.code for finding in text.findings] == ["E141"]


@pytest.mark.parametrize(
    "physical",
    [
        "INTERVAL",
        "UBIGINT",
        "UINT64",
        "HUGEINT",
        "TIMESTAMP_NS",
        "DECIMAL(39,1)",
        "DECIMAL(2,5)",
        "UUID2",
        "MAP",
        "",
    ],
)
def test_types_that_cannot_be_kept(physical):
    _, text = written([{"name": "a", "physicalType": physical}])
    assert [finding.code for finding in text.findings] == ["E140"]


@pytest.mark.parametrize(
    ("version", "logical", "options", "limits"),
    [
        (
            "v3.0.2",
            "integer",
            {"minimum": 1, "exclusiveMinimum": True},
            Limits(exclusive_minimum=1),
        ),
        ("v3.0.2", "integer", {"minimum": 1, "exclusiveMinimum": False}, Limits(minimum=1)),
        (
            "v3.0.2",
            "integer",
            {"maximum": 9, "exclusiveMaximum": True},
            Limits(exclusive_maximum=9),
        ),
        ("v3.1.0", "number", {"exclusiveMinimum": 1.5}, Limits(exclusive_minimum=Decimal("1.5"))),
        (
            "v3.1.0",
            "integer",
            {"minimum": 0, "exclusiveMaximum": 5},
            Limits(minimum=0, exclusive_maximum=5),
        ),
        ("v3.1.0", "date", {"minimum": "2018-01-01"}, Limits(minimum="2018-01-01")),
        (
            "v3.1.0",
            "string",
            {"minLength": 0, "maxLength": 3, "pattern": "^a"},
            Limits(min_length=0, max_length=3, pattern="^a"),
        ),
        ("v3.1.0", "string", {"format": "email"}, Limits(format="email")),
    ],
)
def test_limits(version, logical, options, limits):
    assert (
        one({"logicalType": logical, "logicalTypeOptions": options}, version=version).limits
        == limits
    )


def test_limits_of_lists():
    column = {"logicalType": "array", "items": {"logicalType": "string"}}
    found = one(
        {**column, "logicalTypeOptions": {"minItems": 1, "maxItems": 3, "uniqueItems": True}}
    )
    assert found.limits == Limits(min_items=1, max_items=3, unique_items=True)


def test_permitted_values_of_3_2():
    found = one(
        {"logicalType": "integer", "enum": [{"value": 1}, {"value": 2, "label": "two"}]},
        version="v3.2.0",
    )
    assert found.limits.options == (1, 2)


def test_a_column_says_everything_it_promises():
    found = one(
        {
            "physicalName": "b", "id": "x", "businessName": "B", "description": "d", "required": True,
            "unique": True, "primaryKey": True, "primaryKeyPosition": 2, "tags": ["p"],
            "classification": "q", "logicalType": "string",
        }
    )  # fmt: skip
    assert (found.name, found.id, found.title, found.description) == ("b", "x", "B", "d")
    assert (found.required, found.unique, found.key_position) == (True, True, 2)
    assert found.labels == {"p", "q"}
    assert found.type.kind is Kind.VARCHAR


@pytest.mark.parametrize(
    ("key", "position"),
    [
        ({"primaryKey": True}, 1),
        ({"primaryKey": False, "primaryKeyPosition": 1}, 0),
        ({"primaryKey": True, "primaryKeyPosition": -1}, 1),
    ],
)
def test_key_positions(key, position):
    assert one({"logicalType": "string", **key}).key_position == position


def ruled(rule, *, at_table=False, version="v3.1.0"):
    column = {"name": "a", "logicalType": "integer"}
    if at_table:
        found, text = written([column], table={"quality": [rule]}, version=version)
    else:
        found, text = written([{**column, "quality": [rule]}], version=version)
    assert text.findings == [], [f.sentence for f in text.findings]
    return found.rules[0]


@pytest.mark.parametrize("operator", list(Operator))
def test_every_operator(operator):
    between = operator in (Operator.BETWEEN, Operator.NOT_BETWEEN)
    found = ruled({"metric": "nullValues", operator.value: [1, 2.5] if between else 1.5})
    assert found.operator is operator
    assert found.threshold == ((Decimal(1), Decimal("2.5")) if between else (Decimal("1.5"),))


@pytest.mark.parametrize(
    ("rule", "at_table", "metric"),
    [
        ({"metric": "nullValues"}, False, Metric.NULL_VALUES),
        (
            {
                "type": "library",
                "metric": "missingValues",
                "arguments": {"missingValues": ["", "N/A"]},
            },
            False,
            Metric.MISSING_VALUES,
        ),
        (
            {"metric": "invalidValues", "arguments": {"validValues": [1, 2]}},
            False,
            Metric.INVALID_VALUES,
        ),
        (
            {"metric": "invalidValues", "arguments": {"pattern": "^a$"}},
            False,
            Metric.INVALID_VALUES,
        ),
        ({"metric": "duplicateValues"}, False, Metric.DUPLICATE_VALUES),
        (
            {"metric": "duplicateValues", "arguments": {"properties": ["a"]}},
            True,
            Metric.DUPLICATE_VALUES,
        ),
        ({"metric": "rowCount"}, True, Metric.ROW_COUNT),
    ],
)
def test_every_metric(rule, at_table, metric):
    found = ruled({**rule, "mustBe": 0, "unit": "rows"}, at_table=at_table)
    assert (found.kind, found.metric, found.percent) == (RuleKind.LIBRARY, metric, False)
    arguments = rule.get("arguments", {})
    assert found.missing == tuple(arguments.get("missingValues", ()))
    assert found.valid == tuple(arguments.get("validValues", ()))
    assert found.pattern == arguments.get("pattern", "")
    assert found.properties == tuple(arguments.get("properties", ()))


def test_other_kinds_of_rules():
    assert ruled({"type": "sql", "query": "SELECT 1", "mustBe": True}).threshold == (Decimal(1),)
    assert ruled({"type": "text", "description": "Looks right"}).kind is RuleKind.TEXT
    assert ruled({"type": "custom", "engine": "soda", "implementation": "x"}).engine == "soda"
    assert ruled({"rule": "nullValues", "mustBe": 0}, version="v3.0.2").metric is Metric.NULL_VALUES
    assert ruled({"metric": "nullValues", "mustBe": 0, "unit": "percent"}).percent


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        (None, Severity.BLOCK), ("error", Severity.BLOCK), ("Critical", Severity.BLOCK), ("high", Severity.BLOCK),
        ("block", Severity.BLOCK), ("quarantine", Severity.QUARANTINE), ("info", Severity.WARN),
        ("warn", Severity.WARN), ("WARNING", Severity.WARN), ("low", Severity.WARN), ("minor", Severity.WARN),
        ("medium", Severity.WARN),
    ],
)  # fmt: skip
def test_severities(word, severity):
    given = {} if word is None else {"severity": word}
    assert ruled({"metric": "nullValues", "mustBe": 0, **given}).severity is severity


def test_rules_without_ids_are_told_apart():
    rule = {"metric": "nullValues", "mustBe": 0}
    found, _ = written([{"name": "a", "logicalType": "integer", "quality": [rule, rule]}])
    assert [each.id for each in found.rules] == ["nullValues:a", "nullValues:a-2"]


@pytest.mark.parametrize("version", ["v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"])
def test_every_version_is_read(version):
    found, text = written([{"name": "a", "logicalType": "string"}], version=version)
    assert text.findings == []
    assert (found.standard, found.major, found.table) == (version, 1, "t")


def test_terms_and_service_levels():
    found, _ = written(
        [{"name": "a", "logicalType": "string"}],
        description={"purpose": "p", "usage": "u", "limitations": "l"},
        slaProperties=[
            {"property": "latency", "value": 4, "unit": "h"},
            {"property": "retention", "value": None},
        ],
    )
    assert (found.description, found.terms, found.limitations) == ("p", "u", "l")
    assert [(level.property, level.value, level.unit) for level in found.service_levels] == [
        ("latency", "4", "h"),
        ("retention", "", ""),
    ]


def test_relationships_wait_for_all_contracts():
    found, _ = written([{"name": "a", "logicalType": "string", "relationships": [{"to": "t.a"}]}])
    assert found.relationships == ()
    assert Relationship(columns=("a",), to="t", to_columns=("a",)).contract == ""
