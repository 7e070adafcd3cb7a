"""What is scaffolded passes every check, whatever columns a file brings."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.governance import policies
from agora.model.findings import Weight
from agora.model.names import ProductName
from agora.model.product import SourceSpec
from agora.model.types import Kind, Type
from agora.spec import scaffold
from agora.spec.editing import edit
from agora.spec.mesh import read

PRODUCT = ProductName("sales", "weekly-sales")
SOURCE = SourceSpec(
    name="raw", type="csv", path="orders.csv", options=(("delimiter", "\t"), ("header", 2))
)


def whole(columns, personal=()):
    files = scaffold.mesh("my-mesh", "olga")
    area = scaffold.domain("sales", "data-team", "olga")
    files |= {path: text.replace(b"PORT", str(PRODUCT).encode()) for path, text in area.items()}
    files |= scaffold.product(PRODUCT, columns=columns, source=SOURCE, personal=personal)
    listed = edit(files["agora.yaml"].decode(), ("domains", 0), "sales")
    return files | {"agora.yaml": listed.encode()}


def test_an_empty_mesh_has_no_findings():
    reading = read(scaffold.mesh("my-mesh", "olga"), {})
    assert reading.findings == ()
    assert policies.check(reading.mesh) == ()
    assert reading.mesh.operator == "olga"
    assert reading.mesh.principal("olga").teams == ("data-team",)
    assert reading.mesh.classified() >= {"personal"}


def test_the_example_has_no_errors_and_says_what_it_holds():
    reading = read(whole(scaffold.EXAMPLE_COLUMNS, scaffold.EXAMPLE_PERSONAL), {})
    assert reading.findings == ()
    assert [f for f in policies.check(reading.mesh) if f.weight is Weight.ERROR] == []
    port = reading.mesh.products[0].ports[0]
    assert [(c.name, c.type) for c in port.contract.columns] == list(scaffold.EXAMPLE_COLUMNS)
    assert port.contract.column("email").labels == {"personal"}
    header = scaffold.EXAMPLE.decode().splitlines()[0].split(",")
    assert header == [name for name, _ in scaffold.EXAMPLE_COLUMNS]


def test_a_source_keeps_its_options():
    build = read(whole(scaffold.EXAMPLE_COLUMNS), {}).mesh.products[0].build
    assert build.sources == (SOURCE,)


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("Total Sales ($)", "total_sales"),
        ("2nd", "c_2nd"),
        ("", "column_1"),
        ("Größe", "größe"),
        ('a"b', "a_b"),
        ("___", "column_1"),
        ("order", "order"),
    ],
)
def test_column_names_become_sql_names(name, sql):
    files = whole([(name, Type(kind=Kind.VARCHAR))])
    reading = read(files, {})
    assert reading.findings == ()
    assert reading.mesh.products[0].ports[0].contract.columns[0].name == sql
    quoted = '"' + name.replace('"', '""') + '"'
    assert quoted in files["sales/weekly-sales/steps/prepared.sql"].decode()


PLAIN = st.sampled_from([k for k in Kind if k not in (Kind.LIST, Kind.STRUCT, Kind.DECIMAL)]).map(
    lambda kind: Type(kind=kind)
) | st.just(Type(kind=Kind.DECIMAL, precision=12, scale=3))
TYPES = st.recursive(
    PLAIN,
    lambda inner: (
        st.builds(Type, kind=st.just(Kind.LIST), element=inner)
        | st.builds(
            Type,
            kind=st.just(Kind.STRUCT),
            fields=st.lists(inner, min_size=1, max_size=2).map(
                lambda of: tuple((f"f{n}", t) for n, t in enumerate(of))
            ),
        )
    ),
    max_leaves=3,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), TYPES),
        min_size=1,
        max_size=4,
    )
)
def test_any_columns_of_a_file_are_promised_as_they_are(columns):
    reading = read(whole(columns), {})
    assert reading.findings == ()
    promised = reading.mesh.products[0].ports[0].contract.columns
    assert [column.type for column in promised] == [of for _, of in columns]
    assert len({column.name.lower() for column in promised}) == len(columns)
