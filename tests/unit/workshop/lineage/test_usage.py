"""Which columns a statement used, as the ledger kept it."""

import pytest

from agora.model.names import PortVersion
from agora.passage.recording import normalised
from agora.workshop.lineage.usage import tables, used_columns

SEEN = tables(
    [
        "sales.visits@1:day",
        "sales.visits@1:store",
        "sales.visits@1:amount",
        "sales.shops.list@2:store",
    ]
)
VISITS = PortVersion.parse("sales.visits@1")
SHOPS = PortVersion.parse("sales.shops.list@2")


@pytest.mark.parametrize(
    ("sql", "visits", "shops"),
    [
        ("select day from sales.visits where amount > 3", "amount day", ""),
        ("from sales.visits", "amount day store", ""),
        ("select count(*) from sales.visits", "", ""),
        ("select visits.day from sales.visits", "day", ""),
        ("select sales.visits.day from sales.visits", "day", ""),
        (
            "select v.day from sales.visits_v1 v join sales.shops_list using (store)",
            "day store",
            "store",
        ),
        ("with q as (select day, store as s from sales.visits) select day from q", "day store", ""),
        ("with q as (select * from sales.visits) select day from q", "day", ""),
        ("select day from sales.visits order by 1 limit 5", "day", ""),
        ("select date '2018-01-01', cast(amount as decimal(9,2)) from sales.visits", "amount", ""),
        (
            "select day + interval 3 day from sales.visits where store in ('a', 'b')",
            "day store",
            "",
        ),
        (
            "select day from sales.visits where amount > 1.5e3 and store like '%x'",
            "amount day store",
            "",
        ),
    ],
)
def test_a_statement_used(sql, visits, shops):
    for text in (sql, normalised(sql)):
        used = used_columns(text, SEEN)
        assert not used.conservative, text
        assert used.of(VISITS) == tuple(visits.split()), text
        assert used.of(SHOPS) == tuple(shops.split()), text


@pytest.mark.parametrize("sql", ["select day from", "select columns('d.*') from sales.visits", "?"])
def test_what_cannot_be_read_has_used_everything(sql):
    used = used_columns(sql, SEEN)
    assert used.conservative
    assert used.of(VISITS) == ("amount", "day", "store")
