"""What two products have in common."""

from agora.model.contract import Column, Contract
from agora.model.names import PortName, ProductName
from agora.model.product import Lifecycle, OutputPort, Product, ProductKind
from agora.model.types import parse_type
from agora.workshop.likeness import alike


def product(name, columns, tags=()):
    contract = Contract(
        status=Lifecycle.ACTIVE,
        table="t",
        id=name, version="1.0.0",
        columns=tuple(Column(name=c, type=parse_type("INTEGER")) for c in columns),
    )  # fmt: skip
    return Product(
        name=ProductName.parse(name),
        id=name,
        kind=ProductKind.AGGREGATE,
        title=name.upper(),
        tags=tuple(tags),
        ports=(OutputPort(name=PortName.parse(name), contract=contract),),
    )


SALES = product("sales.weeks", ["week", "store", "amount"], ["retail"])


def test_the_most_alike_come_first():
    others = [
        product("a.far", ["x", "y"]),
        product("a.near", ["WEEK", "store"], ["retail"]),
        product("a.tagged", ["x"], ["retail"]),
        SALES,
    ]
    found = alike(SALES, others, 5)
    assert [(str(each.product), each.columns, each.tags) for each in found] == [
        ("a.near", ("store", "week"), ("retail",)),
        ("a.tagged", (), ("retail",)),
    ]
    assert found[0].likeness > found[1].likeness
    assert [str(each.product) for each in alike(SALES, others, 1)] == ["a.near"]


def test_nothing_is_like_nothing():
    assert alike(product("a.b", []), [product("a.c", [])], 5) == ()
