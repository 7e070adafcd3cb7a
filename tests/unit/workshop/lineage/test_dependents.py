"""Who depends on a column: a little mesh of two products, in every way it can be used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.model.access import Agreement
from agora.model.contract import Column, Contract
from agora.model.ledger import Entry, Event
from agora.model.lineage import ColumnLineage, ColumnName, Edge, How, PortLineage
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.product import Build, InputPort, OutputPort, Product, ProductKind
from agora.model.types import Kind, Type
from agora.workshop.lineage.dependents import MEMORY, Evidence, dependents

NOW = datetime(2018, 1, 2, tzinfo=UTC)
WHOLE = Type(kind=Kind.INTEGER)


def version(name, major=1):
    return PortVersion(PortName.parse(name), major)


def product(name, columns, *inputs):
    port = version(name)
    contract = Contract(
        id=name,
        version="1.0.0",
        status="active",
        table="t",
        columns=tuple(Column(name=c, type=WHOLE) for c in columns),
    )
    return Product(
        name=port.port.of,
        id=name,
        kind=ProductKind.AGGREGATE,
        ports=(OutputPort(name=port.port, contract=contract),),
        inputs=tuple(InputPort(alias=i.port.product, port=i, purpose="any") for i in inputs),
        build=Build(hash=name),
    )


SALES, SUMS, REPORT = version("sales.visits"), version("office.sums"), version("board.report")
MESH = Mesh(
    name="m",
    domains=tuple(Domain(id=d) for d in ("sales", "office", "board")),
    principals=(
        Principal(id="mia", kind=PrincipalKind.PERSON, teams=("marketing",)),
        Principal(id="tom", kind=PrincipalKind.PERSON, teams=("marketing",)),
        Principal(id="sofia", kind=PrincipalKind.PERSON, domains=("sales",)),
    ),
    products=(
        product("sales.visits", "abc"),
        product("office.sums", ("total", "often"), SALES),
        product("board.report", ("all", "kind"), SUMS),
    ),
)


def edge(origin, to, how=How.AGGREGATION):
    relation, _, column = origin.rpartition(".")
    return Edge(origin=ColumnName(relation=relation, column=column), to=to, how=how)


def traced(port, columns, *edges, reads=()):
    line = PortLineage(port=port, columns=columns, edges=edges, reads=reads)
    return ColumnLineage(product=port.port.of, run="r", ports=(line,))


LINES = (
    traced(SALES, ("a", "b", "c"), edge("sales.visits/raw.a", "a"), reads=("sales.visits/raw",)),
    traced(
        SUMS,
        ("total", "often"),
        edge("sales.visits@1.a", "total"),
        edge("sales.visits@1.b", "", How.FILTER),
        reads=("sales.visits@1",),
    ),
    traced(REPORT, ("all", "kind"), edge("office.sums@1.total", "all"), reads=("office.sums@1",)),
)


def agreement(consumer, port=SALES, *columns, id_="", **more):
    return Agreement(
        id=id_ or f"agr-{consumer}",
        port=port,
        consumer=consumer,
        purpose="any",
        columns=columns,
        starts=NOW - timedelta(days=9),
        approved_by="sofia",
        **more,
    )


def asked(who, sql, *agreements, port=SALES, seen="abc", ago=1, event=Event.QUERY_OPENED):
    return Entry(
        event=event,
        at=NOW - timedelta(days=ago),
        who=who,
        subject=str(port),
        facts=(
            ("sql", sql),
            ("agreements", tuple(agreements)),
            ("columns", tuple(f"{port}:{c}" for c in seen)),
        ),
    )


def found(columns, *, agreements=(), entries=(), lineages=LINES, mesh=MESH, port=SALES):
    known = Evidence(
        mesh=mesh,
        now=NOW,
        lineages=tuple(lineages),
        agreements=tuple(agreements),
        entries=tuple(entries),
    )
    return dependents(known, port, None if columns is None else frozenset(columns))


def short(each):
    way = f" through {','.join(map(str, each.through))}" if each.through else ""
    return f"{each.name} {each.how.value} {','.join(each.columns) or '-'}{way}"


BUILT = ["office.sums build a", "board.report build total through office.sums@1"]


def test_builds_are_known_from_their_lineage():
    assert [short(each) for each in found("a")] == BUILT
    assert [short(each) for each in found("c")] == []
    assert [each.asked for each in found("a")] == [True, False]


def test_what_decides_the_rows_reaches_everybody_behind():
    assert [short(each) for each in found("b")] == [
        "office.sums build b",
        "board.report build - through office.sums@1",
    ]
    assert [short(each) for each in found(None)] == [
        "office.sums build a,b",
        "board.report build total through office.sums@1",
    ]


def test_a_build_nobody_traced_counts_as_using_all_it_reads():
    told = [short(each) for each in found("c", lineages=LINES[:1])]
    assert told == ["office.sums build c", "board.report build often,total through office.sums@1"]


def test_a_product_that_reads_it_no_more_does_not_depend():
    sums = replace(MESH.products[1], inputs=())
    other = replace(MESH, products=(MESH.products[0], sums, MESH.products[2]))
    assert found("a", mesh=other) == ()
    assert found("a", mesh=replace(MESH, products=MESH.products[:1])) == ()


def test_lineage_of_a_product_that_is_gone_says_nothing():
    more = (*LINES, traced(version("gone.thing"), ("x",), edge("sales.visits@1.c", "x")))
    assert found("c", lineages=more) == ()


def test_readers_are_named_by_what_they_used():
    agreements = [agreement("mia"), agreement("tom", SALES, "c")]
    entries = [
        asked("mia", "select a from sales.visits where c > ?", "agr-mia"),
        asked("mia", "select a from sales.visits where c > ?", "agr-mia", ago=3),
        asked("mia", "select max(a) from sales.visits_v1", "agr-mia", ago=2),
        asked("tom", "select c from sales.visits", "agr-tom", seen="c"),
    ]
    told = found("a", agreements=agreements, entries=entries)
    (mia,) = [each for each in told if each.name == "mia"]
    assert [short(each) for each in told if each.name != "mia"] == BUILT
    assert short(mia) == "mia queries a"
    assert mia.asked
    first, second = mia.queries
    assert (first.times, first.last, first.sql) == (
        2,
        NOW - timedelta(days=1),
        entries[0].facts[0][1],
    )
    assert (second.times, second.columns) == (1, ("a",))
    assert [short(e) for e in found("c", agreements=agreements, entries=entries)] == [
        "mia queries c",
        "tom queries c",
    ]


def test_a_team_is_named_for_its_members():
    team = agreement("team:marketing", id_="agr-team")
    told = found(
        "c", agreements=[team], entries=[asked("tom", "select c from sales.visits", "agr-team")]
    )
    assert [(short(e), e.queries[0].who) for e in told] == [("team:marketing queries c", "tom")]


def test_what_cannot_be_read_used_all_it_saw():
    told = found("c", agreements=[agreement("mia")], entries=[asked("mia", "select ((", "agr-mia")])
    assert [short(each) for each in told] == ["mia queries c"]


@pytest.mark.parametrize(
    "entry",
    [
        asked("mia", "select a from sales.visits", "agr-mia"),
        asked("mia", "select c from sales.visits", "agr-mia", ago=MEMORY.days + 1),
        asked("mia", "select c from sales.visits", "agr-mia", event=Event.QUERY_REFUSED),
        asked("mia", "select c from sales.visits", "agr-old"),
        asked("stranger", "select c from sales.visits"),
        asked("mia", "select c from sales.visits", "agr-mia", port=version("sales.visits", 2)),
    ],
    ids=["another column", "long ago", "refused", "ended", "no longer there", "another version"],
)
def test_who_did_not_use_it_only_has_the_right(entry):
    ended = agreement("mia", id_="agr-old", ended_at=NOW)
    told = found("c", agreements=[agreement("mia"), ended], entries=[entry])
    assert [short(each) for each in told] == ["mia right -"]
    assert not told[0].breaks


def test_agreements_count_while_they_hold_and_where_they_cover():
    agreements = [
        agreement("mia", SALES, "a", "c"),
        agreement("mia", SALES, "c", id_="second"),
        agreement("tom", SALES, "b"),
        agreement("team:marketing", ended_at=NOW),
        agreement("sofia", version("sales.visits", 2)),
        agreement("service:office.sums"),
    ]
    assert [short(each) for each in found("c", agreements=agreements)] == ["mia right c"]
    told = [short(e) for e in found(None, agreements=agreements) if e.how.value == "right"]
    assert told == ["mia right a,c", "tom right b"]


def test_the_domains_own_people_are_told_and_not_asked():
    own = asked("sofia", "select c from sales.visits")
    (told,) = found("c", entries=[own])
    assert (short(told), told.asked) == ("sofia queries c", False)
    agreed = replace(own, facts=(own.facts[0], ("agreements", ("agr-sofia",)), own.facts[2]))
    (told,) = found("c", entries=[agreed], agreements=[agreement("sofia")])
    assert told.asked


def test_readers_behind_are_told_with_the_way():
    behind = agreement("mia", SUMS)
    entry = asked(
        "mia", "select total from office.sums", "agr-mia", port=SUMS, seen=("total", "often")
    )
    other = asked(
        "mia", "select often from office.sums", "agr-mia", port=SUMS, seen=("total", "often")
    )
    told = found("a", agreements=[behind], entries=[entry, other])
    assert [short(each) for each in told] == [*BUILT, "mia queries total through office.sums@1"]
    assert [each.asked for each in told] == [True, False, False]
    assert len(told[-1].queries) == 1
    rows = found("b", agreements=[behind], entries=[entry, other])
    assert len(rows[-1].queries) == 2


def test_a_port_that_is_gone_has_no_columns_left():
    bare = replace(MESH, products=MESH.products[1:])
    told = found(None, mesh=bare, agreements=[agreement("mia")], lineages=LINES[1:])
    assert "mia right -" in [short(each) for each in told]
    assert "office.sums build -" in [short(each) for each in told]
