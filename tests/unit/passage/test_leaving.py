"""What a form has room for is asked before anything leaves, and how it ended is told as it was."""

import pytest

from agora.model.errors import Exhausted
from agora.model.result import cancelled
from agora.needs.outlet import Form
from agora.passage.leaving import _outcome, demand_room

SHEET = Form(kind="xlsx", title="Workbook", media="a/b", suffix=".xlsx", rows=10)


def test_a_form_with_an_end_takes_no_more():
    demand_room(SHEET, 10)
    with pytest.raises(Exhausted, match="11 rows do not fit: `xlsx` holds 10") as told:
        demand_room(SHEET, 11)
    assert told.value.code_shown == "E680"


def test_a_form_without_an_end_takes_everything():
    demand_room(Form(kind="csv", title="CSV", media="a/b", suffix=".csv"), 10**9)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (cancelled(), "stopped"),
        (Exhausted("too long", code="E431"), "E431"),
        (OSError("no room"), "failed"),
    ],
)
def test_whoever_went_away_met_no_error(problem, told):
    assert _outcome(problem) == told
