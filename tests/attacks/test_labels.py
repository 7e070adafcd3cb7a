"""A label read for what is hidden: two worlds that differ only in what a reader must not see.

The labels of both worlds, as a document that a program gets, must be equal for that reader in all
that is not declared public: how many rows there are, whether declared keys hold and references
resolve, and how checks ended.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from agora.app.house import close_house, open_house
from agora.model.documents import to_document
from agora.model.people import Actor
from agora.usecases.access import answer, ask
from agora.usecases.history import history
from agora.usecases.run import run
from agora.usecases.show import show

MARKET = Path(__file__).parents[1] / "meshes" / "market"
SALES = "sales/transactions/data/transactions.csv"
PEOPLE = "customers/households/data/households.csv"
LINK = "      - {name: household_id, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 1}"
RANDOM = re.compile(
    r"\b(?:run|agr|req)-[\w-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
    r'|"(?:snapshot_id": \d+|policy_hash": "\w+)'
)
"""Ids that are drawn anew, and the hash of rules and agreements, which has such ids in it."""
PRODUCTS = ("sales.transactions", "customers.households", "customers.segments")


def sales(row):
    """Another time, number and price in the stores that analysts do not look after."""
    cells = row.split(",")
    if cells[2] != "406":
        return row
    return ",".join([*cells[:1], "8", cells[2], "2016-06-01 12:00:00", "53", "40", "777.77"])


def people(row):
    """Another e-mail, age and income in every household."""
    cells = row.split(",")
    return ",".join([cells[0], f"canary{cells[0]}@example.org", "65+", "777K", cells[4]])


def world(root, changes):
    """A market whose segments refer to the households, built once, with mia let at the households."""
    shutil.copytree(MARKET, root)
    contract = root / "customers/segments/contracts/segments.v1.odcs.yaml"
    linked = LINK.replace("}", ", relationships: [{to: households.household_id}]}")
    contract.write_text(contract.read_text().replace(LINK, linked))
    for file, change in changes.items():
        head, *body = (root / file).read_text().splitlines()
        (root / file).write_text("\n".join([head, *map(change, body)]) + "\n")
    house = open_house(root, {})
    wish = ask(house, acting(house, "carl"), "sales.transactions", purpose="segmentation",
               reason="groups", consumer="service:customers.segments", accept_terms=True)  # fmt: skip
    answer(house, acting(house, "sofia"), wish.request.id, approve=True)
    wish = ask(
        house, acting(house, "mia"), "customers.households", purpose="segmentation", reason="x"
    )
    answer(house, acting(house, "carl"), wish.request.id, approve=True)
    for product in PRODUCTS:
        assert run(house, acting(house, "olga"), product).release_made, product
    return house


def acting(house, name, purpose=""):
    principal = house.mesh.principal(name)
    assert principal is not None
    return Actor(principal=principal, operator=house.mesh.operator, purpose=purpose)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    base = tmp_path_factory.mktemp("worlds")
    made = (world(base / "a", {}), world(base / "b", {SALES: sales, PEOPLE: people}))
    yield made
    for house in made:
        close_house(house)


def seen(house, who, product, purpose=""):
    """What a program gets of a label and its history, without ids and hashes of nothing hidden."""
    actor = acting(house, who, purpose)
    shown = to_document(show(house, actor, product))
    told = to_document(history(house, actor, product))
    return RANDOM.sub("", json.dumps([shown, told], indent=1))


READERS = [
    ("ana", "sales.transactions", "sales-planning"),
    ("mia", "sales.transactions", ""),
    ("mia", "customers.households", "segmentation"),
    ("ana", "customers.households", ""),
    ("mia", "customers.segments", ""),
    ("ana", "customers.segments", ""),
    ("agent:aria", "sales.transactions", ""),
    ("service:bi", "customers.households", ""),
]


@pytest.mark.parametrize(("who", "product", "purpose"), READERS)
def test_both_worlds_have_one_label(worlds, who, product, purpose):
    first, second = (seen(house, who, product, purpose) for house in worlds)
    assert first == second
    assert "canary" not in second
    assert "777" not in second


@pytest.mark.parametrize(
    ("who", "product"), [("sofia", "sales.transactions"), ("carl", "customers.households")]
)
def test_who_may_see_everything_sees_the_difference(worlds, who, product):
    first, second = (seen(house, who, product) for house in worlds)
    assert first != second


def test_an_unlisted_product_is_not_named_by_those_that_refer_to_it(worlds, tmp_path):
    file = "customers/households/build.yaml"
    root = tmp_path / "hidden"
    shutil.copytree(worlds[0].folder.root, root)
    text = (root / file).read_text()
    (root / file).write_text(text + "listed: false\n")
    house = open_house(root, {})
    try:
        label = show(house, acting(house, "ana"), "customers.segments").release.labels[0]
        owner = show(house, acting(house, "carl"), "customers.segments").release.labels[0]
    finally:
        close_house(house)
    assert label.references == ()
    assert [link.to for link in owner.references] == ["households"]


def test_who_may_read_one_edition_reads_no_values_of_a_later_one(tmp_path):
    root = tmp_path / "held"
    shutil.copytree(MARKET, root)
    house = open_house(root, {})
    try:
        mia = acting(house, "mia")
        run(house, acting(house, "olga"), "customers.households")
        wish = ask(
            house, mia, "customers.households", purpose="segmentation", reason="x", edition="1"
        )
        answer(house, acting(house, "carl"), wish.request.id, approve=True)
        (root / PEOPLE).write_text((root / PEOPLE).read_text() + "777,a@example.org,65+,1K,777\n")
        run(house, acting(house, "olga"), "customers.households")
        later = show(house, mia, "customers.households")
        held = show(house, mia, "customers.households", edition="1")
    finally:
        close_house(house)
    assert later.release.number == 2
    assert "777" not in json.dumps(to_document(later.release.labels))
    assert all(column.withheld for column in later.release.labels[0].columns)
    size = next(c for c in held.release.labels[0].columns if c.name == "household_size")
    assert (size.least, size.withheld) == ("1", "")
