"""What a run has to load: deliveries in the order they came, and why everything is built anew."""

from dataclasses import replace
from datetime import UTC, datetime

import duckdb
import pytest

from agora.model.contract import Contract, Metric, QualityRule, RuleKind, Severity
from agora.model.lineage import ColumnName, Edge, How, PortLineage
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.product import (
    Build,
    Load,
    LoadMode,
    Output,
    OutputPort,
    Product,
    ProductKind,
    SourceSpec,
)
from agora.model.release import InputPin, Release, SourcePin
from agora.workshop import increments
from agora.workshop.increments import Growth, arrivals, growth

NAME = ProductName("lab", "sales")
PORT = PortVersion(PortName("lab", "sales", "sales"), 1)
ARRIVING = SourceSpec(name="raw", type="csv", path="deliveries/*.csv")
ONE_FILE = SourceSpec(name="raw", type="csv", path="data.csv")
BY_WEEK = Load(mode=LoadMode.APPEND, by=("week",), driver="raw")
BY_ID = Load(mode=LoadMode.MERGE, by=("id",), driver="raw")


def pin(origin, content="", **more):
    digest = content or origin
    return SourcePin(name="raw", hash=digest, path=f"/{digest}", size=1, origin=origin, **more)


def read(alias="sales", release=1, policy="p"):
    return InputPin(
        alias=alias, port=PORT, release=release, snapshot_id=release, policy_hash=policy
    )


def product(load=BY_WEEK, *, build="b1", contract="c1"):
    promised = Contract(
        id="sales", version="1.0.0", status="active", table="sales", columns=(), hash=contract
    )
    return Product(
        name=NAME,
        id="sales",
        kind=ProductKind.SOURCE_ALIGNED,
        ports=(OutputPort(name=PORT.port, contract=promised),),
        build=Build(outputs=(Output(port=PORT, source="raw", load=load),), hash=build),
    )


def released(sources=(), inputs=()):
    return Release(
        product=NAME, number=1, parent=0, run="r1", released_at=datetime(2018, 1, 1, tzinfo=UTC),
        fingerprint="f", code_hash="b1", contracts=((str(PORT), "c1"),), snapshots=(),
        sources=tuple(sources), inputs=tuple(inputs),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("known", "landed", "expected"),
    [
        ([], ["a", "b"], ["a", "b"]),
        (["a"], ["a", "b"], ["a", "b"]),
        (["c"], ["a", "b", "c"], ["c", "a", "b"]),
        (["a", "b"], ["b"], ["a", "b"]),
        (["a"], [("a", "other")], ["other"]),
        (["a"], ["a", ("again", "a")], ["a"]),
        (["a", "b"], [("a", "fixed"), "b", "c"], ["fixed", "b", "c"]),
    ],
    ids=["first", "new", "late", "moved-away", "corrected", "sent-again", "corrected-in-place"],
)
def test_deliveries_keep_the_order_in_which_they_came(known, landed, expected):
    def pins(words):
        return [pin(*word) if isinstance(word, tuple) else pin(word) for word in words]

    found = arrivals(ARRIVING, pins(known), pins(landed))
    assert [each.hash for each in found] == expected


def test_a_source_that_is_one_file_is_what_it_holds_now():
    assert arrivals(ONE_FILE, [pin("data.csv", "old")], [pin("data.csv", "new")]) == (
        pin("data.csv", "new"),
    )


def test_a_source_with_a_watermark_keeps_what_was_fetched_before():
    first, second = pin("t", "one", mark="5"), pin("t > 5", "two", mark="9")
    assert arrivals(ONE_FILE, [first], [second]) == (first, second)
    assert arrivals(ONE_FILE, [first], []) == (first,)


def test_what_is_not_loaded_by_deliveries_is_built_anew():
    assert growth(product(None), released(), [], []).anew == "it is not loaded by deliveries"


@pytest.mark.parametrize(
    ("of", "standing", "sources", "expected"),
    [
        (product(), None, [pin("a")], "there is no release yet"),
        (product(build="b2"), released([pin("a")]), [pin("a")], "the build has changed"),
        (product(contract="c2"), released([pin("a")]), [pin("a")], "a contract has changed"),
        (product(), released([pin("a")]), [pin("a", "x")], "a delivery of `raw` was corrected"),
        (product(), released([pin("a")]), [pin("a"), pin("b")], ""),
    ],
)
def test_only_deliveries_that_came_are_loaded_when_all_else_is_as_it_was(
    of, standing, sources, expected
):
    found = growth(of, standing, sources, [])
    assert found.anew == expected
    assert [p.origin for p in found.fresh] == (["b"] if not expected else ["a"])
    assert (found.since is None) == bool(expected)


def test_everything_is_built_anew_when_it_is_asked_for():
    found = growth(product(), released([pin("a")]), [pin("a")], [], asked=True)
    assert found == Growth(anew="it was asked for", driver="raw", fresh=(pin("a"),))


def test_keys_that_are_put_aside_are_judged_over_the_whole_table_when_rows_are_replaced():
    rule = QualityRule(
        id="once", kind=RuleKind.LIBRARY, metric=Metric.DUPLICATE_VALUES,
        severity=Severity.QUARANTINE,
    )  # fmt: skip
    for load, expected in ((BY_ID, "equal keys are put aside over the whole table"), (BY_WEEK, "")):
        of = product(load)
        port = replace(of.ports[0], contract=replace(of.ports[0].contract, rules=(rule,)))
        found = growth(replace(of, ports=(port,)), released([pin("a")]), [pin("a")], [])
        assert found.anew == expected


def test_a_source_or_input_beside_the_driver_that_changed_builds_anew():
    other = replace(pin("x"), name="other")
    assert growth(product(), released([other]), [replace(other, hash="y")], []).anew == (
        "`other` has changed"
    )
    assert growth(product(), released([], [read()]), [], [read(release=2)]).anew == (
        "`sales` has changed"
    )


def test_another_edition_with_the_same_rows_has_not_changed():
    first, twin = read(), replace(read(release=2), restores=1)
    for standing, now in ((first, twin), (twin, first), (twin, twin)):
        assert growth(product(), released([], [standing]), [], [now]).anew == ""
    later = replace(read(release=3), restores=2)
    assert growth(product(), released([], [first]), [], [later]).anew == "`sales` has changed"


def test_another_edition_of_the_driving_input_is_what_is_loaded_but_another_policy_is_not():
    by_input = Load(mode=LoadMode.REPLACE, by=("week",), driver="sales")
    standing = released([], [read()])
    assert growth(product(by_input), standing, [], [read(release=2)]).since == standing
    changed = growth(product(by_input), standing, [], [read(release=2, policy="q")])
    assert changed.anew == "`sales` has changed"


def test_while_steps_see_what_changed_the_whole_input_has_another_name():
    driven = Growth(driver="the-sales", since=released())
    assert increments.all_of(driven, "the-sales") == "the_sales__whole"
    assert increments.all_of(driven, "stores") == "stores"
    assert increments.all_of(Growth(driver="the-sales"), "the-sales") == "the_sales"
    assert increments.changed_name("the-sales") == "the_sales__changed"


WEEK = ColumnName(relation="lab.sales@1", column="week")
AMOUNT = ColumnName(relation="lab.sales@1", column="amount")
OWN = Edge(origin=WEEK, to="week", how=How.IDENTITY)
SUMMED = Edge(origin=AMOUNT, to="amount", how=How.AGGREGATION)
COUNTED = Edge(origin=AMOUNT, to="amount", how=How.TRANSFORMATION, counted=True)
GROUPED = Edge(origin=WEEK, to="", how=How.GROUP_BY)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([OWN], True),
        ([OWN, SUMMED, GROUPED], True),
        ([OWN, SUMMED], False),
        ([OWN, COUNTED], False),
        ([OWN, COUNTED, GROUPED], True),
        ([], False),
        ([replace(OWN, how=How.TRANSFORMATION)], False),
        ([OWN, replace(OWN, origin=AMOUNT)], False),
        ([OWN, replace(OWN, origin=AMOUNT, how=How.CONDITIONAL)], False),
        ([OWN, replace(GROUPED, how=How.WINDOW)], False),
        ([OWN, replace(GROUPED, how=How.SORT)], False),
    ],
)
def test_partitions_stay_apart_where_lineage_shows_it(edges, expected):
    load = Load(mode=LoadMode.REPLACE, by=("week",), driver="sales")
    traced = PortLineage(port=PORT, columns=("week", "amount"), edges=tuple(edges))
    assert increments.apart(traced, load, "lab.sales@1") is expected
    guessed = replace(traced, conservative=True)
    assert not increments.apart(guessed, load, "lab.sales@1")


@pytest.fixture
def tables():
    with duckdb.connect() as engine:
        engine.execute("create table fresh (week int, id int)")
        engine.execute("create table standing (week int, id int)")
        engine.execute("insert into standing values (1, 1), (2, 2), (2, 2), (null, 7)")
        yield engine


def asked(engine, sql):
    return sorted(engine.execute(sql).fetchall(), key=str)


def test_late_rows_are_those_not_behind_the_watermark(tables):
    tables.execute("insert into fresh values (3, 3), (2, 2), (null, 9)")
    assert asked(tables, increments.late(BY_WEEK, "fresh", "standing")) == [(2,)]


def test_late_rows_are_new_unless_they_are_there_equal_in_every_column(tables):
    tables.execute("insert into fresh values (3, 3), (2, 2), (2, 5), (null, 7), (1, 4), (1, 4)")
    found = asked(tables, increments.unseen(BY_WEEK, ("week", "id"), "fresh", "standing"))
    assert found == [(1, 4), (1, 4), (2, 5), (3, 3)]


def test_rows_of_equal_key_are_replaced_and_the_others_stay(tables):
    tables.execute("insert into fresh values (9, 2), (9, 7)")
    assert increments.replaces(BY_ID)
    assert not increments.replaces(BY_WEEK)
    assert asked(tables, increments.outdated(BY_ID, "standing", "fresh")) == [(3,)]
    assert asked(tables, increments.surviving(BY_ID, "standing", "fresh")) == [(1, 1)]
    narrowed = asked(tables, increments.narrowed(BY_ID, "standing", "fresh"))
    assert narrowed == [(2, 2), (2, 2), (None, 7)]
