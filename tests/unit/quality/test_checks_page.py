"""The page about checks names everything there is, and nothing else."""

import re
from pathlib import Path

from agora.model.checks import Outcome
from agora.model.contract import Metric, Operator, Severity
from agora.quality.patterns import FORMATS
from agora.quality.values import RANGES
from tests.unit.quality.counting import contract, planned

PAGE = (Path(__file__).parents[3] / "docs" / "concepts" / "checks.md").read_text("utf-8")
EVERYTHING = {
    "columns": {
        "id": {
            "type": "BIGINT",
            "key": 1,
            "unique": True,
            "minimum": 0,
            "maximum": 1,
            "options": [1],
        },
        "n": {"type": "BIGINT", "exclusive_minimum": 0, "exclusive_maximum": 1, "format": "i8"},
        "t": {"type": "VARCHAR", "pattern": "a", "min_length": 1, "max_length": 2},
        "l": {"type": "BIGINT[]", "min_items": 1, "max_items": 2, "unique_items": True},
    },
    "references": [{"from": ["n"], "to": "weekly", "to_columns": ["id"]}],
}


def first_column(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_every_kind_of_check_is_on_the_page():
    kinds = {check.id.partition(":")[0] for check in planned(contract(EVERYTHING)).checks}
    assert first_column("What the schema promises") == kinds


def test_every_outcome_metric_operator_and_severity_is_on_the_page():
    assert first_column("How a check ends") == set(Outcome)
    assert first_column("Quality rules") == set(Metric)
    assert all(
        f"`{operator.value}`" in PAGE or f"`{operator.value}:" in PAGE for operator in Operator
    )
    assert all(f"| `{severity.value}` |" in PAGE for severity in Severity)


def test_every_format_is_on_the_page():
    assert all(f"`{name}`" in PAGE for name in FORMATS)
    assert {"i8", "i128", "u8", "u128"} <= {n for n in RANGES if f"`{n}`" in PAGE}
