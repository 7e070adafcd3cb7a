"""Laws of compatibility: it is a partial order, and what is lost is always said."""

import itertools
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.changes import Bump, Mark, Side, Verdict
from agora.model.contract import (
    Column,
    Contract,
    Limits,
    Metric,
    Operator,
    QualityRule,
    RuleKind,
    ServiceLevel,
    Severity,
)
from agora.model.types import Kind, Type
from agora.quality.compatibility.contracts import compare

NAMES = ["a", "b", "c", "d"]
TYPES = [
    Type(kind=Kind.INTEGER),
    Type(kind=Kind.BIGINT),
    Type(kind=Kind.VARCHAR),
    Type(kind=Kind.DECIMAL, precision=9, scale=2),
    Type(kind=Kind.DECIMAL, precision=18, scale=2),
    Type(kind=Kind.STRUCT, fields=(("x", Type(kind=Kind.INTEGER)),)),
    Type(kind=Kind.STRUCT, fields=(("x", Type(kind=Kind.BIGINT)), ("y", Type(kind=Kind.DATE)))),
]
small = st.integers(0, 4)
limits = st.builds(
    Limits,
    minimum=st.none() | small,
    maximum=st.none() | small.map(lambda n: n + 5),
    exclusive_minimum=st.none() | small,
    max_length=st.none() | small,
    options=st.lists(st.sampled_from("xyz"), unique=True, max_size=3).map(tuple),
    unique_items=st.booleans(),
)
columns = st.builds(
    Column,
    name=st.sampled_from(NAMES),
    type=st.sampled_from(TYPES),
    id=st.just("") | st.sampled_from(["i", "j", "k"]),
    required=st.booleans(),
    unique=st.booleans(),
    key_position=st.integers(0, 2),
    tags=st.just(()) | st.just(("personal",)),
    limits=limits,
)
rules = st.builds(
    QualityRule,
    id=st.sampled_from(["r", "s"]),
    kind=st.just(RuleKind.LIBRARY),
    metric=st.just(Metric.ROW_COUNT),
    operator=st.sampled_from(list(Operator)),
    threshold=st.tuples(small, small).map(lambda pair: tuple(Decimal(n) for n in sorted(pair))),
    severity=st.sampled_from(list(Severity)),
)
levels = st.builds(
    ServiceLevel,
    property=st.sampled_from(["latency", "retention", "endOfLife"]),
    value=st.sampled_from(["1", "2", "2030-01-01", "2031-01-01"]),
    unit=st.just("d"),
)


def distinct(items, key):
    return tuple({key(each): each for each in items}.values())


contracts = st.builds(
    lambda cs, rs, ls, table: Contract(
        id="x",
        version="1.0.0",
        status="active",
        table=table,
        columns=distinct(distinct(cs, lambda c: c.name), lambda c: c.id or c.name),
        rules=distinct(rs, lambda r: r.id),
        service_levels=distinct(ls, lambda level: level.property),
    ),
    st.lists(columns, min_size=1, max_size=4),
    st.lists(rules, max_size=2),
    st.lists(levels, max_size=2),
    st.sampled_from(["t", "u"]),
)


def promises_all(old, new):
    """Nobody loses anything and nothing is in doubt."""
    return all(change.verdict is Verdict.COMPATIBLE for change in compare(old, new))


@settings(max_examples=50, deadline=None)
@given(contracts)
def test_a_contract_changes_nothing_compared_with_itself(promise):
    assert compare(promise, promise) == ()


@settings(max_examples=150, deadline=None)
@given(contracts, contracts, contracts)
def test_what_is_compatible_step_by_step_is_compatible_as_a_whole(one, two, three):
    if promises_all(one, two) and promises_all(two, three):
        assert promises_all(one, three)


@settings(max_examples=50, deadline=None)
@given(contracts, st.data())
def test_a_chain_of_compatible_steps_never_breaks(promise, data):
    chain = [promise]
    for _ in range(4):
        chain.append(data.draw(st.sampled_from(STEPS))(chain[-1]))
    for early, late in itertools.pairwise(chain):
        assert promises_all(early, late)
    assert promises_all(chain[0], chain[-1])


def grown(promise):
    new = Column(name=f"n{len(promise.columns)}", type=TYPES[0])
    return replace(promise, columns=(*promise.columns, new))


def required(promise):
    return replace(promise, columns=tuple(replace(c, required=True) for c in promise.columns))


def narrower(promise):
    strict = tuple(
        replace(c, limits=replace(c.limits, maximum=3, options=c.limits.options[:1] or ("x",)))
        for c in promise.columns
    )
    return replace(promise, columns=strict)


def ruled(promise):
    number = len(promise.rules)
    rule = QualityRule(
        id=f"n{number}",
        kind=RuleKind.LIBRARY,
        metric=Metric.ROW_COUNT,
        operator=Operator.GREATER_THAN,
        threshold=(Decimal(number + 100),),
    )
    return replace(promise, rules=(*promise.rules, rule))


STEPS = [grown, required, narrower, ruled]


@settings(max_examples=50, deadline=None)
@given(contracts, st.data())
def test_a_removed_column_always_breaks_and_names_itself(promise, data):
    gone = data.draw(st.sampled_from(promise.columns))
    rest = tuple(c for c in promise.columns if c != gone)
    found = compare(promise, replace(promise, columns=rest))
    assert any(c.breaks and c.mark is Mark.REMOVED and c.columns == (gone.name,) for c in found)


@settings(max_examples=50, deadline=None)
@given(contracts, contracts)
def test_what_is_lost_one_way_is_won_the_other(one, two):
    there, back = compare(one, two), compare(two, one)
    assert bool(there) == bool(back) or one.hash == two.hash
    gone = {
        c.columns[0]
        for c in there
        if c.mark is Mark.REMOVED and c.path.count(".") == 1 and c.path.startswith("columns.")
    }
    come = {
        c.path.partition(".")[2]
        for c in back
        if c.mark is Mark.ADDED and c.path.startswith("columns.") and c.path.count(".") == 1
    }
    assert gone == come


@settings(max_examples=50, deadline=None)
@given(contracts, contracts)
def test_verdict_side_and_bump_fit_together(one, two):
    names = {column.name for column in one.columns}
    for change in compare(one, two):
        assert (change.verdict is Verdict.BREAKING) <= (change.bump is Bump.MAJOR)
        assert (change.verdict is Verdict.COMPATIBLE) <= (change.bump is not Bump.MAJOR)
        assert (change.side is Side.PRODUCER) <= (change.verdict is Verdict.COMPATIBLE)
        assert set(change.columns) <= names
        assert change.sentence == change.sentence.strip()


@settings(max_examples=50, deadline=None)
@given(contracts, contracts)
def test_judging_twice_says_the_same(one, two):
    assert compare(one, two) == compare(one, two)
