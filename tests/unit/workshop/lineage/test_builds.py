"""What steps make of one another, where nobody can look inside, and what travels along."""

import pytest
from sqlglot import exp

from agora.model.lineage import ColumnLineage, ColumnName, Edge, How, PortLineage, source_name
from agora.model.names import PortName, PortVersion, ProductName
from agora.workshop.lineage.builds import Filled, OpaqueStep, Relation, SqlStep, lineage
from agora.workshop.lineage.flows import Traced
from agora.workshop.lineage.relations import table
from agora.workshop.lineage.scopes import Scope, Untraceable
from agora.workshop.lineage.tags import carried
from tests.unit.workshop.lineage.tracing import PORT, RELATIONS, traced, words


def opaque(**fields):
    return OpaqueStep(**{"name": "step", "columns": ("p", "r"), "reads": ("u",)} | fields)


def of(steps, columns, relation="step", relations=RELATIONS):
    (port,) = lineage(relations, steps, [Filled(port=PORT, columns=columns, relation=relation)])
    return port


def test_an_opaque_step_is_all_to_all():
    port = of([opaque()], ("p", "r"))
    assert port.conservative
    assert words(port.origins("p")) == words(port.origins("r"))
    assert {e.origin.column for e in port.origins("p") if e.carries} == {"k", "x", "y"}
    assert port.reads == ("u",)


def test_a_step_that_declares_its_columns_is_believed():
    port = of([opaque(declared={"p": [("u", "x"), ("u", "gone")], "r": [("t", "a")]})], ("p", "r"))
    assert not port.conservative
    assert words(e for e in port.edges if e.to) == {"u.x transformation"}
    assert {w for w in words(port.origins("r")) if "filter" in w} == {
        "u.k filter", "u.x filter", "u.y filter",
    }  # fmt: skip


def test_columns_nobody_declared_come_from_everything():
    port = of([opaque(declared={"p": [("u", "x")]})], ("p", "r"))
    assert port.conservative
    assert words(e for e in port.origins("p") if e.carries) == {"u.x transformation"}
    assert len([e for e in port.origins("r") if e.carries]) == 3


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("this is no statement", ("p",)),
        ("select nothing from nowhere", ("p",)),
        ("select a, b from t", ("p",)),
        ("select a from t", ("p",)),
        ("select a + 1, r from (select a, unnest(l) as r from t), range(3)", ("p", "r", "range")),
        ("select * from t natural join range(3)", ("p",)),
        ("select * from range(3) union select a from t", ("p",)),
        ("select a from t union select a, b from t", ("p",)),
        ("select * from t as q(a, b, c, d, e, f, g, h, i, j, k, l)", ("p",)),
        ("select a from t match_recognize (pattern (a) define a as true)", ("p",)),
        ("select q.* from t", ("p",)),
        ("select a.b(+) from t", ("p",)),
        ("select a from x.t", ("p",)),
        ("select a from t for update", ("p",)),
        ("insert into t values (1)", ("p",)),
        ("select a from t lateral view explode(l) q as p", ("p",)),
        ("select a from t straight_join u", ("p",)),
        ("select a from t join u on t.k = u.k pivot (sum(a) for b in (1))", ("p",)),
        ("select a from t natural semi join u", ("p",)),
        ("select a from t at (version => 3)", ("p",)),
        ("select * ilike 'a%' from t", ("p",)),
        ("select struct_pack(t.*) from t", ("p",)),
        ("select q.nothing from t q join u using (k)", ("p",)),
        ("select p from t lateral view explode(l) q as p", ("p",)),
        ("with r(n) as (select a, b from t) select m from r", ("p",)),
        ("select a from t cross apply u", ("p",)),
        ("select a from (show tables) q, t", ("p",)),
    ],
)
def test_what_cannot_be_followed_is_all_to_all(sql, columns):
    port = traced(sql, columns)
    assert port.conservative
    assert {e.origin.column for e in port.origins(columns[0]) if e.carries} >= {"a"}


def test_a_part_of_from_that_is_no_relation_cannot_be_followed():
    scope = Scope(query=lambda _node, _scope: Traced(), tables={})
    with pytest.raises(Untraceable):
        table(exp.Literal.number(1), scope)


def test_a_step_of_an_unfollowed_step_is_unsure_too():
    steps = [opaque(), SqlStep(name="next", sql="select p from step", columns=("p",))]
    port = of(steps, ("p",), "next")
    assert port.conservative
    assert "u.x transformation" in words(port.edges)


def test_without_an_engine_the_text_alone_says_what_it_can():
    relations = {
        "raw": Relation(name="sales.visits/raw", columns=None),
        "t": Relation(name="sales.people@1", columns=("k", "age")),
    }
    sql = "select * exclude (k), raw.price, count(*) from raw join t on raw.k = t.k group by all"
    port = of([SqlStep(name="step", sql=sql)], ("age", "price"), relations=relations)
    assert words(port.origins("age")) >= {"sales.people@1.age identity"}
    assert not [e for e in port.origins("price") if e.how.tells]
    assert port.reads == ("sales.people@1", "sales.visits/raw")
    unread = of([SqlStep(name="step", sql="nonsense from")], ("age",), relations=relations)
    assert words(unread.edges) >= {"sales.people@1.age transformation"}


def test_a_port_filled_by_a_source_has_its_columns():
    assert words(of([], ("x",), "u").edges) == {"u.x identity"}
    assert of([], ("x",), "gone").edges == ()


def test_names_say_where_a_column_is():
    port = ColumnName(relation="sales.visits@1", column="day")
    raw = ColumnName(relation=source_name(ProductName("sales", "visits"), "raw"), column="")
    assert port.port == PortVersion(PortName("sales", "visits", "visits"), 1)
    assert (raw.port, str(raw), str(port)) == (None, "sales.visits/raw", "sales.visits@1.day")
    assert port.product == raw.product == ProductName("sales", "visits")


def test_the_lineage_of_a_run_is_found_by_port():
    port = PortLineage(port=PORT, columns=("a",))
    whole = ColumnLineage(product=PORT.port.of, run="run-1", ports=(port,))
    assert whole.port(PORT) is port
    assert whole.port(PortVersion(PORT.port, 2)) is None


@pytest.mark.parametrize(
    ("how", "counted", "travels"),
    [
        (How.IDENTITY, False, True),
        (How.TRANSFORMATION, False, True),
        (How.AGGREGATION, False, True),
        (How.CONDITIONAL, False, True),
        (How.AGGREGATION, True, False),
        (How.FILTER, False, False),
        (How.GROUP_BY, False, False),
    ],
)
def test_tags_travel_with_values_only(how, counted, travels):
    age = ColumnName(relation="customers.households@1", column="age")
    edge = Edge(origin=age, to="group", how=how, counted=counted)
    port = PortLineage(port=PORT, columns=("group", "other"), edges=(edge,))
    labels = {age: ("personal",)}
    assert carried(port, "group", labels) == ({"personal": age} if travels else {})
    assert carried(port, "other", labels) == {}
