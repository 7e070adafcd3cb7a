"""Row rules: attributes become values of the right type, and what cannot be compared is found."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given

from agora.governance.rows import Unbound, bind, columns_of, mistyped
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Literal,
    Not,
    OneOf,
)
from agora.model.people import Principal, PrincipalKind
from agora.model.types import parse_type
from tests.unit.governance.deciding import ANA, agreed, conditions

TYPES = {
    "i": parse_type("INTEGER"),
    "n": parse_type("DECIMAL(9,2)"),
    "v": parse_type("VARCHAR"),
    "b": parse_type("BOOLEAN"),
    "d": parse_type("DATE"),
    "t": parse_type("TIME"),
    "m": parse_type("TIMESTAMP"),
    "x": parse_type("BLOB"),
    "l": parse_type("INTEGER[]"),
}
GIVEN = {
    "i": "7", "n": "7.5", "v": "north", "b": "True", "d": "2018-01-31", "t": "10:00:00",
    "m": "2018-01-31T10:00:00", "x": "ff", "l": "[1]",
}  # fmt: skip
MOMENT = datetime.fromisoformat("2018-01-31T10:00:00")
READ = {
    "i": 7, "n": Decimal("7.5"), "v": "north", "b": True, "d": date(2018, 1, 31), "t": "10:00:00",
    "m": MOMENT,
}  # fmt: skip


def user(name):
    return Attribute(scope="user", name=name)


def reader(**attributes):
    pairs = tuple((name, tuple(values)) for name, values in attributes.items())
    return Principal(
        id="ana", kind=PrincipalKind.PERSON, teams=("a", "b"), roles=("r",), attributes=pairs
    )


def equal(left, right):
    return Compare(by=Comparison.EQUAL, left=left, right=right)


@pytest.mark.parametrize("column", TYPES)
def test_an_attribute_is_read_as_the_column_beside_it(column):
    rule = equal(ColumnRef(name=column), user("it"))
    if column not in READ:
        with pytest.raises(Unbound, match="which yours is not"):
            bind(rule, reader(it=[GIVEN[column]]), None, TYPES)
        return
    bound = bind(rule, reader(it=[GIVEN[column]]), None, TYPES)
    assert bound == equal(ColumnRef(name=column), Literal(value=READ[column]))


@pytest.mark.parametrize("column", ["i", "n", "b", "d", "t", "m"])
@pytest.mark.parametrize("text", ["north", "", "NaN", "1e5", "7; drop"])
def test_an_attribute_that_is_no_such_value_is_no_value(column, text):
    with pytest.raises(Unbound):
        bind(equal(ColumnRef(name=column), user("it")), reader(it=[text]), None, TYPES)


@pytest.mark.parametrize(
    ("literal", "text", "value"),
    [
        (3, "7", 7), (Decimal("1.5"), "7", 7), (True, "false", False), ("a", "7", "7"),
        (None, "7", "7"), (date(2018, 1, 1), "2018-01-31", date(2018, 1, 31)),
        (MOMENT, "2018-01-31T10:00:00", MOMENT),
    ],
)  # fmt: skip
def test_beside_a_literal_an_attribute_is_read_as_that(literal, text, value):
    bound = bind(equal(user("it"), Literal(value=literal)), reader(it=[text]), None)
    assert bound.left == Literal(value=value)


def test_several_values_become_options_and_none_matches_nothing():
    rule = OneOf(item=ColumnRef(name="i"), options=(user("some"), Literal(value=9)))
    values = [o.value for o in bind(rule, reader(some=["3", "5"]), None, TYPES).options]
    assert values == [3, 5, 9]
    empty = OneOf(item=ColumnRef(name="i"), options=(user("some"),))
    assert bind(empty, reader(some=[]), None, TYPES).options == ()


def test_a_single_value_is_needed_where_one_is_compared():
    for values in ([], ["3", "5"]):
        with pytest.raises(Unbound, match="exactly one"):
            bind(equal(ColumnRef(name="i"), user("some")), reader(some=values), None, TYPES)


@pytest.mark.parametrize(
    ("attribute", "values"),
    [
        (user("id"), ["ana"]),
        (user("teams"), ["a", "b"]),
        (user("roles"), ["r"]),
        (Attribute(scope="grant", name="purpose"), ["reporting"]),
        (Attribute(scope="grant", name="consumer"), ["ana"]),
    ],
)
def test_what_is_known_of_every_reader_cannot_be_overwritten(attribute, values):
    rule = OneOf(item=ColumnRef(name="v"), options=(attribute,))
    bound = bind(rule, reader(id=["else"], teams=["else"]), agreed(), TYPES)
    assert [option.value for option in bound.options] == values


@pytest.mark.parametrize(
    ("attribute", "agreement"),
    [
        (user("missing"), agreed()),
        (Attribute(scope="grant", name="columns"), agreed()),
        (Attribute(scope="grant", name="purpose"), None),
        (Attribute(scope="mars", name="purpose"), agreed()),
    ],
)
def test_what_is_missing_is_said_by_name(attribute, agreement):
    with pytest.raises(Unbound, match=rf"\${attribute.scope}\.{attribute.name}"):
        bind(equal(ColumnRef(name="v"), attribute), ANA, agreement, TYPES)


def test_every_shape_is_bound_to_its_leaves():
    leaf, bound = (
        equal(ColumnRef(name="v"), user("id")),
        equal(ColumnRef(name="v"), Literal(value="ana")),
    )
    for shape in (lambda x: Not(item=x), lambda x: Absent(item=x), lambda x: All(parts=(x, x))):
        assert bind(shape(leaf), ANA, None, TYPES) == shape(bound)
    assert bind(AnyOf(parts=(leaf,)), ANA, None) == AnyOf(parts=(bound,))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (equal(ColumnRef(name="v"), Literal(value=3)), "text cannot be compared with a number"),
        (equal(ColumnRef(name="i"), ColumnRef(name="d")), "a number cannot be compared with a moment"),
        (equal(ColumnRef(name="i"), ColumnRef(name="?")), "there is no column `?`"),
        (equal(Not(item=ColumnRef(name="b")), Literal(value=True)), "a condition cannot be compared"),
        (Compare(by=Comparison.LESS, left=ColumnRef(name="b"), right=ColumnRef(name="b")), "truth has no order"),
        (Compare(by=Comparison.LESS, left=user("a"), right=ColumnRef(name="x")), "BLOB has no order"),
        (OneOf(item=ColumnRef(name="i"), options=(Literal(value="a"),)), "a number cannot be compared with text"),
        (OneOf(item=ColumnRef(name="?"), options=()), "there is no column `?`"),
        (Absent(item=ColumnRef(name="?")), "there is no column `?`"),
        (Absent(item=Not(item=ColumnRef(name="i"))), "`i` is no condition"),
        (ColumnRef(name="i"), "`i` is no condition"),
        (ColumnRef(name="?"), "there is no column `?`"),
        (Literal(value=3), "`3` is no condition"),
        (user("a"), "`$user.a` is no condition"),
        (Not(item=ColumnRef(name="v")), "`v` is no condition"),
        (All(parts=(ColumnRef(name="b"), ColumnRef(name="v"))), "`v` is no condition"),
        (AnyOf(parts=(equal(ColumnRef(name="t"), Literal(value=3)),)), "a time of day cannot be compared with a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_said(rule, words):
    assert words in mistyped(rule, TYPES)


@pytest.mark.parametrize(
    "rule",
    [
        ColumnRef(name="b"),
        Literal(value=True),
        Absent(item=ColumnRef(name="x")),
        equal(ColumnRef(name="i"), ColumnRef(name="n")),
        equal(ColumnRef(name="d"), Literal(value=date(2018, 1, 1))),
        equal(ColumnRef(name="v"), Literal(value=None)),
        Compare(by=Comparison.LESS, left=ColumnRef(name="v"), right=Literal(value="m")),
        Compare(by=Comparison.AT_LEAST, left=ColumnRef(name="m"), right=ColumnRef(name="d")),
        OneOf(item=ColumnRef(name="i"), options=(user("stores"),)),
    ],
)
def test_what_can_be_evaluated_is_not_complained_about(rule):
    assert mistyped(rule, TYPES) == ()


@given(conditions)
def test_what_a_rule_looks_at_is_known_or_complained_about(rule):
    assert columns_of(rule) <= TYPES.keys() or mistyped(rule, TYPES)
