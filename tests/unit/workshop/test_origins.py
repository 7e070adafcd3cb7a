"""Which columns of which tables a chart is of, as far as a query can be followed."""

import pytest

from agora.model.decision import ColumnView, Decision
from agora.model.lineage import ColumnName
from agora.model.names import PortVersion
from agora.model.policy import Mask, MaskKind
from agora.model.types import parse_type
from agora.workshop.origins import origins

SALES = "sales.weekly-sales@1"
DECISION = Decision(
    allowed=True,
    port=PortVersion.parse(SALES),
    principal="ana",
    columns=tuple(
        ColumnView(name=name, type=parse_type("DATE"), mask=mask)
        for name, mask in (
            ("day", Mask()),
            ("age", Mask(kind=MaskKind.NULL)),
            ("email", Mask(kind=MaskKind.HIDDEN)),
        )
    ),
)


def column(name):
    return ColumnName(relation=SALES, column=name)


@pytest.mark.parametrize(
    ("sql", "same", "telling"),
    [
        ("select day as x from sales.weekly_sales", "day", {"day"}),
        ("select DAY as X from sales.weekly_sales_v1", "day", {"day"}),
        ("select date_trunc('week', day) as x from sales.weekly_sales", "day", {"day"}),
        ("with a as (select day from sales.weekly_sales) select day as x from a", "day", {"day"}),
        ("select max(day) as x from sales.weekly_sales", None, {"day"}),
        ("select coalesce(day, age) as x from sales.weekly_sales", None, {"age", "day"}),
        ("select count(age) as x from sales.weekly_sales", None, set()),
        ("select 1 as x from sales.weekly_sales", None, set()),
    ],
)
def test_where_a_column_comes_from(sql, same, telling):
    found = origins(sql, [DECISION])
    assert found.known
    assert found.same("x") == (column(same) if same else None)
    assert found.telling("x") == {column(name) for name in telling}


@pytest.mark.parametrize(
    "sql", ["select ((", "select email as x from sales.weekly_sales", "select x from sales.others"]
)
def test_what_cannot_be_followed_is_told_so(sql):
    found = origins(sql, [DECISION])
    assert (found.known, found.same("x"), found.telling("x")) == (False, None, frozenset())
