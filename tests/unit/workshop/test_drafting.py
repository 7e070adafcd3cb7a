"""Drafting: the cases under tests/cases/making, names for inputs, and what one look tells."""

from pathlib import Path

import pytest
import sqlglot
from ruamel.yaml import YAML

from agora.model.contract import Column
from agora.model.names import PortVersion
from agora.model.sqlfacts import TableUse
from agora.model.types import Kind, Type
from agora.workshop import drafting
from agora.workshop.drafting import Seen

CASES = YAML(typ="safe").load(Path(__file__).parents[2] / "cases" / "making" / "drafting.yaml")
TEXT, AMOUNT = Type(kind=Kind.VARCHAR), Type(kind=Kind.DECIMAL, precision=9, scale=2)
ORDERS, SHOP = PortVersion.parse("sales.orders@1"), PortVersion.parse("shop.orders@1")
PROMISED = {
    ORDERS: (
        Column(name="store", type=TEXT, description="Which store"),
        Column(name="mail", type=TEXT, description="Whom to write to", tags=("personal",)),
        Column(name="spent", type=AMOUNT, tags=("money",)),
    ),
    SHOP: (Column(name="store", type=TEXT), Column(name="day", type=Type(kind=Kind.DATE))),
}
NAMES = {("sales", "orders"): "orders", ("shop", "orders"): "shop-orders"}
INPUTS = {"orders": ORDERS, "shop-orders": SHOP}
OWN = PortVersion.parse("sales.new@1")


@pytest.mark.parametrize("case", CASES, ids=[case["query"][:50] for case in CASES])
def test_case(case):
    step = drafting.rewritten(case["query"], NAMES)
    assert step.lower() == sqlglot.transpile(case["step"], read="duckdb", pretty=True)[0].lower()
    read = [port for port in PROMISED if str(port.port) in case["uses"]]
    inputs = {a: (port, PROMISED[port]) for a, port in INPUTS.items() if port in read}
    uses = {
        str(port.port): list(names) or "all" for port, names in drafting.used(step, inputs).items()
    }
    assert uses == case["uses"]
    made = [(Seen(name=name, type="VARCHAR"), TEXT) for name in case["columns"]]
    found = drafting.columns(OWN, step, inputs, made)
    told = {each.name: {"description": each.description, "tags": list(each.tags)} for each in found}
    assert told == {
        name: {"description": "", "tags": []} | words for name, words in case["columns"].items()
    }


@pytest.mark.parametrize("sql", ["select from where (", "select 1; select 2"])
def test_what_is_not_one_statement_is_no_step(sql):
    assert drafting.rewritten(sql, NAMES) is None


def table(port, name=""):
    return TableUse(schema=port.port.schema, table=name or port.port.table), port


@pytest.mark.parametrize(
    ("ports", "taken", "expected"),
    [
        (["sales.orders@1"], (), ["orders"]),
        (["sales.orders@1", "shop.orders@1"], (), ["orders", "shop-orders"]),
        (["sales.orders@1"], ("Orders",), ["sales-orders"]),
        (["sales.orders@1"], ("orders", "sales_orders"), ["sales-orders-orders"]),
        (
            ["sales.orders@1", "sales.orders@2"],
            ("sales_orders", "sales_orders_orders"),
            ["orders", "sales-orders-orders-v2-1"],
        ),
    ],
)
def test_every_input_has_a_name_of_its_own(ports, taken, expected):
    found = [PortVersion.parse(each) for each in ports]
    tables = [table(port, port.table) for port in found]
    named = drafting.aliases(tables, taken)
    assert list(named.values()) == expected
    assert set(named) == {(use.schema.lower(), use.table.lower()) for use, _ in tables}


def test_one_table_under_two_names_is_one_input():
    named = drafting.aliases([table(ORDERS), table(ORDERS, "orders_v1")], ())
    assert set(named.values()) == {"orders"}


def test_one_look_tells_types_and_what_tells_rows_apart():
    names = ["id", "n"]
    assert 'count(distinct "n") as d1' in drafting.look("select 1 as id, 2 as n; ", names)
    row = {"n": 2, "t0": "BIGINT", "d0": 2, "t1": "BIGINT", "d1": 1}
    assert drafting.seen(names, row) == (
        Seen(name="id", type="BIGINT", unique=True),
        Seen(name="n", type="BIGINT"),
    )
    nothing = drafting.seen(["id"], {"n": 0, "t0": "BIGINT", "d0": 0})
    assert not nothing[0].unique


@pytest.mark.parametrize(
    ("of", "kept"),
    [
        ("BIGINT", "BIGINT"), ("HUGEINT", "DECIMAL(38,0)"), ("UINTEGER", "BIGINT"), ("UUID", "VARCHAR"),
        ("INTERVAL", None),
    ],
)  # fmt: skip
def test_a_type_is_kept_or_has_one_that_holds_its_values(of, kept):
    found = drafting.kept(of)
    assert (found.sql if found else None) == kept


def test_the_key_is_the_first_exact_column_that_tells_rows_apart():
    double = Type(kind=Kind.DOUBLE)
    made = [
        (Seen(name="share", type="DOUBLE", unique=True), double),
        (Seen(name="store", type="VARCHAR", unique=True), TEXT),
        (Seen(name="mail", type="VARCHAR", unique=True), TEXT),
    ]
    step = "select 0.5 as share, store, mail from orders"
    found = drafting.columns(OWN, step, {"orders": (ORDERS, PROMISED[ORDERS])}, made)
    assert [each.name for each in found if each.key] == ["store"]


def test_a_step_that_cannot_be_read_asks_for_everything():
    inputs = {"orders": (ORDERS, PROMISED[ORDERS])}
    assert drafting.used("select from where (", inputs) == {ORDERS: ()}


def test_rows_are_compared_without_the_digits_that_depend_on_their_order():
    columns = [("store", TEXT), ("share", Type(kind=Kind.DOUBLE))]
    sql = drafting.difference("select 1;", "select 2", {("sales", "orders"): "orders"}, columns)
    assert '"share" is null as "share"' in sql
    assert sql.count("except all") == 2
    sqlglot.parse_one(sql, dialect="duckdb")
