"""What lies above and below a column, over several products."""

from agora.model.lineage import ColumnLineage, ColumnName, Edge, How, PortLineage
from agora.model.names import PortVersion
from agora.workshop.lineage.impact import downstream, downward, graph, upstream, upward


def at(text):
    relation, _, column = text.partition(":")
    return ColumnName(relation=relation, column=column)


def port(name, columns, reads, *edges):
    version = PortVersion.parse(name)
    made = tuple(
        Edge(origin=at(origin), to=to.strip("@"), how=How(how), counted=counted == "counted")
        for origin, to, how, counted in (f"{edge} -".split()[:4] for edge in edges)
    )
    return ColumnLineage(
        product=version.port.of,
        run=f"run-{name}",
        ports=(PortLineage(port=version, columns=columns, edges=made, reads=reads),),
    )


MESH = graph(
    [
        port(
            "s.raw@1", ("id", "age"), ("s.raw/file",),
            "s.raw/file:id id identity", "s.raw/file:age age identity",
        ),
        port(
            "s.groups@1", ("age", "n"), ("s.raw@1",),
            "s.raw@1:age age identity", "s.raw@1:age @ group-by",
            "s.raw@1:id n aggregation counted",
        ),
        port("s.blob@1", ("p", "q"), ("s.groups@1",), "s.groups@1:n @ transformation"),
        port("s.total@1", ("rows",), ("s.blob@1",)),
    ]
)  # fmt: skip


def test_down_to_the_last_product():
    found = {str(r.column): r for r in downstream(MESH, MESH.starts("s.raw@1", "id"))}
    assert set(found) == {"s.groups@1.n", "s.blob@1.p", "s.blob@1.q"}
    assert found["s.blob@1.p"].direct
    assert [str(link.to) for link in found["s.blob@1.q"].path] == ["s.groups@1.n", "s.blob@1.q"]


def test_what_decides_the_rows_reaches_everything_that_reads_them():
    found = {str(r.column): r.direct for r in downstream(MESH, MESH.starts("s.raw@1", "age"))}
    assert found == {
        "s.groups@1.age": True, "s.groups@1": False, "s.blob@1": False, "s.total@1": False,
    }  # fmt: skip


def test_a_whole_port_goes_down_with_all_its_columns():
    assert MESH.starts("s.raw@1") == (at("s.raw@1:id"), at("s.raw@1:age"), at("s.raw@1:"))
    found = {r.column.relation for r in downstream(MESH, MESH.starts("s.raw@1"))}
    assert found == {"s.groups@1", "s.blob@1", "s.total@1"}


def test_up_to_the_first_source():
    found = [str(r.column) for r in upstream(MESH, [at("s.blob@1:p")])]
    assert found[0] == "s.groups@1.n"
    assert "s.raw/file.id" in found
    total = [str(r.column) for r in upstream(MESH, [at("s.total@1:rows")])]
    assert total[:2] == ["s.blob@1", "s.groups@1"]


def drawn(branches):
    return {
        f"{b.column} {' '.join(b.how)}{' counted' if b.counted else ''}{' …' if b.again else ''}": drawn(
            b.branches
        )
        for b in branches
    }


def test_trees():
    assert drawn(downward(MESH, at("s.raw@1:id"))) == {
        "s.groups@1.n aggregation counted": {
            "s.blob@1.p transformation": {},
            "s.blob@1.q transformation": {},
        }
    }
    assert drawn(downward(MESH, at("s.raw@1:id"), 1)) == {"s.groups@1.n aggregation counted": {}}
    assert drawn(upward(MESH, at("s.groups@1:age"))) == {
        "s.raw@1.age identity group-by": {"s.raw/file.age identity": {}}
    }


def test_what_is_drawn_already_is_not_drawn_again():
    twice = graph(
        [
            port("s.two@1", ("p", "q"), (), "s.one@1:a p identity", "s.one@1:a q identity"),
            port("s.three@1", ("z",), (), "s.two@1:p z identity", "s.two@1:q z identity"),
        ]
    )
    assert drawn(downward(twice, at("s.one@1:a"))) == {
        "s.two@1.p identity": {"s.three@1.z identity": {}},
        "s.two@1.q identity": {"s.three@1.z identity …": {}},
    }
