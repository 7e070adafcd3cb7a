"""A market in use, so that a change of a contract has somebody to break.

mia asked for weeks, the dashboards for stores, ana (of the owning team) for everything she wants,
the segments are built from households and amounts, and carl looks at what the segments say.
"""

from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.usecases.access import answer, ask
from agora.usecases.query import query
from agora.usecases.run import run

CONTRACT = "sales/transactions/contracts/transactions.v1.odcs.yaml"
PRODUCT = "sales/transactions/transactions.odps.yaml"
BUILD = "sales/transactions/build.yaml"
STEP = "sales/transactions/steps/typed.sql"
PORT = "sales.transactions"
MESHES = Path(__file__).parents[1] / "meshes"
WEEK = """      - name: week
        logicalType: integer
        physicalType: INTEGER
        logicalTypeOptions: {minimum: 1, maximum: 53}
"""
AMOUNT = """      - {name: amount, logicalType: number, physicalType: "DECIMAL(9,2)", required: true}
"""


def edit(path, *changes):
    text = path.read_text()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)


@contextmanager
def opened(root):
    house = open_house(root, {})
    try:
        yield house
    finally:
        close_house(house)


def actor(house, name, purpose=""):
    principal = house.mesh.principal(name)
    assert principal is not None, name
    return Actor(principal=principal, operator=house.mesh.operator, purpose=purpose)


def agree(
    house,
    consumer,
    purpose,
    *,
    by,
    port=PORT,
    owner="sofia",
    columns=(),
    until=None,
    edition="",
    onward=(),
):
    asked = ask(
        house,
        actor(house, by),
        port,
        purpose=purpose,
        reason="for a test",
        consumer=consumer,
        columns=columns,
        until=until,
        edition=edition,
        accept_terms=True,
        onward=onward,
    )
    found = answer(house, actor(house, owner), asked.request.id, approve=True)
    assert found.agreement is not None
    return found.agreement


def read(house, name, sql, purpose=""):
    answer = query(house, actor(house, name, purpose), sql).answer
    rows = [row for batch in answer for row in batch.to_pylist()]
    answer.close()
    return rows


def in_use(root):
    """Everything is built, agreed and asked once."""
    with opened(root) as house:
        run(house, actor(house, "emil"), PORT)
        agree(house, "service:customers.segments", "segmentation", by="carl")
        run(house, actor(house, "carl"), "customers.segments")
        agree(house, "mia", "campaign-planning", by="mia")
        agree(house, "service:bi", "sales-planning", by="mia", columns=["store_id", "quantity"])
        read(
            house,
            "mia",
            "select week, count(*) from sales.transactions where week > 2 group by week",
        )
        read(
            house,
            "mia",
            "select week, count(*) from sales.transactions where week > 3 group by week",
        )
        read(
            house,
            "service:bi",
            "select store_id, sum(quantity) from sales.transactions group by all",
        )
        read(house, "ana", "select max(sold_at) from sales.transactions_v1")
        read(house, "carl", "select max(amount) from customers.segments")
        read(house, "carl", "select sum(baskets) from customers.segments")


def without(root, column, line):
    """The column is gone from the contract and from the step that made it."""
    edit(root / CONTRACT, (line, ""))
    edit(root / STEP, (f"  {column},\n", ""))


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NEW = "sales/transactions/contracts/transactions.v2.odcs.yaml"
DEPRECATED = ("status: active", "status: deprecated")


def last_day(day):
    """The line that announces the last day of a version, put beside the frequency."""
    frequency = "  - {property: frequency, value: 1, unit: d}\n"
    return frequency, frequency + f'  - {{property: endOfLife, value: "{day}"}}\n'


def second_version(root):
    """A version 2 beside version 1: without weeks, and with pieces instead of quantities."""
    (root / NEW).write_text((root / CONTRACT).read_text())
    edit(
        root / NEW,
        ("id: sales-transactions-v1", "id: sales-transactions-v2"),
        ("version: 1.0.0", "version: 2.0.0"),
        ("name: quantity", "name: pieces"),
        (WEEK, ""),
    )
    edit(
        root / PRODUCT,
        (
            "    contractId: sales-transactions-v1\n",
            (
                "    contractId: sales-transactions-v1\n"
                "  - {name: transactions, version: 2.0.0, contractId: sales-transactions-v2}\n"
            ),
        ),
    )
    edit(
        root / BUILD,
        ("steps:\n", "steps:\n  - {file: steps/pieces.sql}\n"),
        (
            "version: 1, from: typed}\n",
            "version: 1, from: typed}\n  - {port: transactions, version: 2, from: pieces}\n",
        ),
    )
    (root / "sales/transactions/steps/pieces.sql").write_text(
        "select * exclude (week, quantity), quantity as pieces from typed\n"
    )
