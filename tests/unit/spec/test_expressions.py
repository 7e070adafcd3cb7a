"""The language of row rules: what is read, what it means, where a problem stands."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from agora.spec.expressions import MAX_DEPTH, MAX_LENGTH, Unreadable, parse


def column(name):
    return ColumnRef(name=name)


def equal(name, value):
    return Compare(by=Comparison.EQUAL, left=column(name), right=Literal(value=value))


READ = {
    "a = 1": equal("a", 1),
    "a <> 1.50": Compare(
        by=Comparison.UNEQUAL, left=column("a"), right=Literal(value=Decimal("1.50"))
    ),
    "a != -1": Compare(by=Comparison.UNEQUAL, left=column("a"), right=Literal(value=-1)),
    "a = 'it''s'": equal("a", "it's"),
    "a = true or b = 2 and c = 3": AnyOf(
        parts=(equal("a", True), All(parts=(equal("b", 2), equal("c", 3))))
    ),
    "(a = 1 or b = 2) and c = 3": All(
        parts=(AnyOf(parts=(equal("a", 1), equal("b", 2))), equal("c", 3))
    ),
    "not a = 1 and b = 2": All(parts=(Not(item=equal("a", 1)), equal("b", 2))),
    "NOT (a IS NULL)": Not(item=Absent(item=column("a"))),
    "a is not null": Not(item=Absent(item=column("a"))),
    "a in (1, 2)": OneOf(item=column("a"), options=(Literal(value=1), Literal(value=2))),
    "a not in ('x')": Not(item=OneOf(item=column("a"), options=(Literal(value="x"),))),
    "region in $user.regions": OneOf(
        item=column("region"), options=(Attribute(scope="user", name="regions"),)
    ),
    "a = $grant.purpose": Compare(
        by=Comparison.EQUAL, left=column("a"), right=Attribute(scope="grant", name="purpose")
    ),
    "day >= date '2018-01-01'": Compare(
        by=Comparison.AT_LEAST, left=column("day"), right=Literal(value=date(2018, 1, 1))
    ),
    "at < timestamp '2018-01-01T08:00:00'": Compare(
        by=Comparison.LESS,
        left=column("at"),
        right=Literal(value=datetime(2018, 1, 1, 8)),
    ),
    "week between 1 and 4": All(
        parts=(
            Compare(by=Comparison.AT_LEAST, left=column("week"), right=Literal(value=1)),
            Compare(by=Comparison.AT_MOST, left=column("week"), right=Literal(value=4)),
        )
    ),
    "date = 1": equal("date", 1),
    '"Total ""Sales""" = 1': equal('Total "Sales"', 1),
    "active": column("active"),
    "true": Literal(value=True),
}


@pytest.mark.parametrize(("text", "meaning"), READ.items(), ids=list(READ))
def test_is_read_as_meant(text, meaning):
    assert parse(text) == meaning


WRONG = {
    "": 0,
    "   ": 3,
    "a =": 3,
    "a": None,
    "1": 1,
    "a = 1 b": 6,
    "a in": 4,
    "a in (": 6,
    "a in ()": 6,
    "a in (1": 7,
    "a not 1": 6,
    "a is 1": 5,
    "(a = 1": 6,
    "a = 1)": 5,
    "a = 'x": 4,
    "a ; drop table b": 2,
    "a = $reader.x": 4,
    "a = $user": 4,
    "a = date 'soon'": 9,
    "a = - b": 6,
    "a == 1": 3,
    "f(a) = 1": 1,
    "a || b = 1": 2,
    "a between 1": 11,
    "select 1": 7,
    "a = 1 -- x": 6,
    "a = 1 and": 9,
    "1 = 1 or": 8,
}


@pytest.mark.parametrize(("text", "position"), [(t, p) for t, p in WRONG.items() if p is not None])
def test_problems_are_found_where_they_stand(text, position):
    with pytest.raises(Unreadable) as found:
        parse(text)
    assert found.value.position == position, str(found.value)
    assert str(found.value)


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 or " * MAX_LENGTH,
        "(" * (MAX_DEPTH + 2) + "a = 1" + ")" * (MAX_DEPTH + 2),
        "not " * (MAX_DEPTH + 2) + "a = 1",
        "(" * MAX_LENGTH,
    ],
)
def test_what_is_too_long_or_too_deep_is_refused(text):
    with pytest.raises(Unreadable):
        parse(text)


def render(of):
    match of:
        case Literal(value=None):
            return "null"
        case Literal(value=bool() as value):
            return "true" if value else "false"
        case Literal(value=str() as value):
            return "'" + value.replace("'", "''") + "'"
        case Literal(value=datetime() as value):
            return f"timestamp '{value.isoformat()}'"
        case Literal(value=date() as value):
            return f"date '{value.isoformat()}'"
        case Literal(value=value):
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case ColumnRef(name=name):
            return '"' + name.replace('"', '""') + '"'
        case Attribute(scope=scope, name=name):
            return f"${scope}.{name}"
        case Compare(by=by, left=left, right=right):
            return f"{render(left)} {by.value} {render(right)}"
        case OneOf(item=item, options=(Attribute() as only,)):
            return f"{render(item)} in {render(only)}"
        case OneOf(item=item, options=options):
            return f"{render(item)} in ({', '.join(render(each) for each in options)})"
        case Absent(item=item):
            return f"{render(item)} is null"
        case Not(item=item):
            return f"not ({render(item)})"
        case All(parts=parts):
            return " and ".join(f"({render(each)})" for each in parts)
        case AnyOf(parts=parts):
            return " or ".join(f"({render(each)})" for each in parts)
    raise AssertionError(of)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
COLUMNS = NAMES.map(column)
ATTRIBUTES = st.builds(
    Attribute,
    scope=st.sampled_from(["user", "grant"]),
    name=st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,8}", fullmatch=True),
)
LITERALS = st.builds(
    Literal,
    value=st.none()
    | st.booleans()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
    | st.integers(-(10**18), 10**18)
    | st.dates()
    | st.datetimes(),
)
VALUES = COLUMNS | ATTRIBUTES | LITERALS
CONDITIONS = st.recursive(
    st.builds(Compare, by=st.sampled_from(list(Comparison)), left=VALUES, right=VALUES)
    | st.builds(Absent, item=VALUES)
    | st.builds(
        OneOf, item=VALUES, options=st.lists(COLUMNS | LITERALS, min_size=1, max_size=3).map(tuple)
    )
    | st.builds(OneOf, item=VALUES, options=ATTRIBUTES.map(lambda each: (each,))),
    lambda inner: (
        st.builds(Not, item=inner)
        | st.builds(All, parts=st.lists(inner, min_size=2, max_size=3).map(tuple))
        | st.builds(AnyOf, parts=st.lists(inner, min_size=2, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_what_is_written_out_is_read_back_the_same(condition):
    text = render(condition)
    if len(text) <= MAX_LENGTH:
        assert parse(text) == condition


@given(
    st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "a",
                "=",
                "(",
                ")",
                "in",
                "not",
                "is",
                "null",
                "and",
                "1",
                "'x'",
                ",",
                "$user.x",
                "between",
            ]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_any_text_is_read_or_refused(text):
    try:
        parse(text)
    except Unreadable as refused:
        problem = refused
    else:
        return
    assert 0 <= problem.position <= len(text)
