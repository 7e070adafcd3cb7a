"""What others wrote of their tables becomes contracts that promise the same, and say what is lost."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from agora.model.contract import Metric, RuleKind, Severity
from agora.model.findings import Weight
from agora.model.names import ProductName
from agora.model.types import Kind
from agora.spec import scaffold
from agora.spec.editing import edit
from agora.spec.imports import dbt, dcs, ddl, odcs
from agora.spec.imports.folders import laid
from agora.spec.imports.formats import form_of
from agora.spec.imports.spelling import block, kebab
from agora.spec.mesh import read
from agora.spec.texts import read as values

CASES = Path(__file__).parents[2] / "cases" / "exchange"
SHOP = ProductName("sales", "shop")


def case(name):
    return (CASES / name).read_bytes()


def whole(made, *more):
    """The product as it is read in a mesh, with every finding."""
    files = scaffold.mesh("my-mesh", "olga")
    area = scaffold.domain("sales", "data-team", "olga")
    files |= {p: t.replace(b"PORT", str(made.name).encode()) for p, t in area.items()} | made.files
    for other in more:
        files |= other.files
    files["agora.yaml"] = edit(files["agora.yaml"].decode(), ("domains", 0), "sales").encode()
    return read(files, {})


def imported(reader, name, **more):
    found = reader.read(name, case(name), **more)
    assert found.usable, found.findings
    made = laid(SHOP, found, file=name)
    reading = whole(made)
    said = [f.sentence for f in (*found.findings, *made.findings)]
    ports = {p.name.port: p.contract for each in reading.mesh.products for p in each.ports}
    return reading, ports, said


def sql(reader_text, dialect=""):
    found = ddl.read("x.sql", reader_text.encode(), dialect=dialect)
    return found, [d.node["schema"][0] for d in found.drafts]


def one(type_, dialect="postgres"):
    _, (table,) = sql(f"create table t (c {type_})", dialect)
    return table["properties"][0]


def test_tables_of_a_database_keep_their_promises():
    reading, ports, said = imported(ddl, "shop.sql")
    assert [f for f in reading.findings if f.weight is Weight.ERROR] == []
    customers, orders = ports["customers"], ports["orders"]
    assert customers.key == ("id",)
    assert customers.column("email").unique
    assert customers.column("email").required
    assert customers.column("email").limits.max_length == 200
    score = customers.column("score")
    assert (score.type.sql, score.limits.minimum, score.limits.maximum) == ("DECIMAL(5,2)", 0, 100)
    assert [(r.column, r.metric, r.valid) for r in customers.rules] == [
        ("status", Metric.INVALID_VALUES, ("new", "old"))
    ]
    assert orders.description == "One row per order"
    assert orders.column("amount").description == "In euros"
    assert orders.column("ordered_at").type.kind is Kind.INSTANT
    assert orders.column("id").limits.format == "uuid"
    assert orders.key == ("id",)
    assert orders.column("note").limits.min_length == 3
    rules = {(r.kind, r.id) for r in orders.rules}
    assert (RuleKind.SQL, "positive") in rules
    assert [r.properties for r in orders.rules if r.metric is Metric.DUPLICATE_VALUES] == [
        ("customer_id", "ordered_at")
    ]
    assert [(link.columns, link.to, link.to_columns) for link in orders.relationships] == [
        (("customer_id",), "customers", ("id",))
    ]
    assert len(said) == 3
    assert any("by_amount" in words or "CREATE INDEX" in words for words in said)
    assert any("`stores.id`" in words for words in said)
    assert any("without a precision" in words for words in said)


@pytest.mark.parametrize(
    ("type_", "dialect", "kept"),
    [
        ("smallint", "postgres", {"logicalType": "integer", "physicalType": "INTEGER"}),
        ("bigserial", "postgres", {"logicalType": "integer"}),
        ("real", "postgres", {"logicalType": "number", "physicalType": "FLOAT"}),
        ("double precision", "postgres", {"logicalType": "number"}),
        ("bytea", "postgres", {"logicalType": "string", "physicalType": "BLOB"}),
        ("timestamp", "postgres", {"logicalType": "timestamp"}),
        ("timestamptz", "postgres", {"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}}),
        ("text[]", "postgres", {"logicalType": "array", "items": {"logicalType": "string"}}),
        ("NUMBER(38,0)", "snowflake", {"logicalType": "number", "physicalType": "DECIMAL(38,0)"}),
        ("TIMESTAMP_TZ", "snowflake", {"logicalType": "timestamp"}),
        ("INT64", "bigquery", {"logicalType": "integer"}),
        ("STRUCT<a INT64, b STRING>", "bigquery", {"logicalType": "object"}),
        ("NVARCHAR(50)", "tsql", {"logicalType": "string", "logicalTypeOptions": {"maxLength": 50}}),
        ("BIT", "tsql", {"logicalType": "boolean"}),
        ("DATETIME2", "tsql", {"logicalType": "timestamp"}),
        ("MONEY", "tsql", {"physicalType": "DECIMAL(19,4)"}),
        ("TINYINT", "mysql", {"logicalType": "integer"}),
        ("ENUM('a','b')", "mysql", {"quality": [{"metric": "invalidValues", "mustBe": 0, "arguments": {"validValues": ["a", "b"]}}]}),
        ("VARCHAR2(10)", "oracle", {"logicalType": "string"}),
    ],
)  # fmt: skip
def test_types_of_many_dialects(type_, dialect, kept):
    found = one(type_, dialect)
    assert found.items() >= kept.items()


@pytest.mark.parametrize(
    ("type_", "dialect"),
    [("interval", "postgres"), ("INT UNSIGNED", "mysql"), ("BIGINT UNSIGNED", "mysql"), ("numeric(60,2)", "postgres"),
     ("timetz", "postgres"), ("geometry", "postgres"), ("MAP(VARCHAR, INT)", "duckdb"), ("HUGEINT", "duckdb")],
)  # fmt: skip
def test_a_type_that_cannot_be_kept_is_refused_by_name(type_, dialect):
    found = ddl.read("x.sql", f"create table t (c {type_}, d int)".encode(), dialect=dialect)
    reading = whole(laid(SHOP, found, file="x.sql"))
    codes = [f.code for f in reading.findings if f.weight is Weight.ERROR]
    assert codes == ["E140"]


@pytest.mark.parametrize(
    ("condition", "options"),
    [
        ("a > 0", {"exclusiveMinimum": 0}),
        ("0 < a", {"exclusiveMinimum": 0}),
        ("a between 1 and 9", {"minimum": 1, "maximum": 9}),
        ("a >= -1 and a <= 2", {"minimum": -1, "maximum": 2}),
        ("length(b) = 3", {"minLength": 3, "maxLength": 3}),
        ("b ~ '^x'", {"pattern": "^x"}),
    ],
)
def test_checks_that_are_limits_stand_in_their_column(condition, options):
    _, (table,) = sql(f"create table t (a bigint, b text, check ({condition}))", "postgres")
    assert [c["logicalTypeOptions"] for c in table["properties"] if "logicalTypeOptions" in c] == [
        options
    ]
    assert "quality" not in table


@pytest.mark.parametrize(
    "condition",
    ["a > b", "a > 0 or b is null", "lower(b) = b", "a in (1, c)", "d > '2018-01-01'", "a <> 5"],
)
def test_other_checks_are_counted_as_they_are(condition):
    _, (table,) = sql(
        f"create table t (a int, b text, c int, d date, check ({condition}))", "postgres"
    )
    (rule,) = table["quality"]
    assert rule["type"] == "sql"
    assert rule["query"].startswith("select count(*) from {object} where not (")


def test_composite_keys_point_at_composite_keys():
    text = "create table a (x int, y int, primary key (x, y)); create table b (x int, y int, foreign key (x, y) references a)"
    found, _ = sql(text, "postgres")
    reading = whole(laid(SHOP, found, file="x.sql"))
    assert [f for f in reading.findings if f.weight is Weight.ERROR] == []
    links = {p.name.port: p.contract.relationships for p in reading.mesh.products[0].ports}["b"]
    assert [(link.columns, link.to, link.to_columns) for link in links] == [
        (("x", "y"), "a", ("x", "y"))
    ]


@pytest.mark.parametrize(
    ("text", "dialect", "place", "words"),
    [
        ("create table t (\n  a int (b c\n)", "postgres", "x.sql:3", "cannot be read"),
        ("select 1", "postgres", "x.sql:1", "no CREATE TABLE"),
        ("create table t (a int)", "klingon", "x.sql:1", "klingon"),
    ],
)
def test_sql_that_is_no_table_is_refused_where_it_goes_wrong(text, dialect, place, words):
    found = ddl.read("x.sql", text.encode(), dialect=dialect)
    assert not found.usable
    assert found.findings[-1].place.startswith(place)
    assert words.lower() in " ".join(f.sentence for f in found.findings).lower()


def test_bytes_that_are_no_text_are_refused():
    assert not ddl.read("x.sql", b"create table \xff", dialect="").usable


def test_a_data_contract_specification_keeps_every_word():
    reading, ports, said = imported(dcs, "orders.dcs.yaml")
    assert [(f.code, f.sentence) for f in reading.findings if f.weight is Weight.ERROR] == [
        ("E140", "`interval` cannot be kept")
    ]
    assert said == [
        "the example rows of `orders` are left out: rows are read under a decision",
        "the examples of `email` are left out: it is personal",
    ]
    found = dcs.read("x", case("orders.dcs.yaml"))
    made = laid(SHOP, found, file="x")
    text = made.files["sales/shop/contracts/orders.v2.odcs.yaml"].decode()
    contract = values("x", text.encode(), None).value
    assert contract["version"] == "2.1.0"
    assert contract["description"] == {"usage": "For reports", "limitations": "Not for real time"}
    kept = {p["property"]: p["value"] for p in contract["customProperties"]}
    assert kept["dcs.info.owner"] == "Checkout"
    assert kept["dcs.terms.noticePeriod"] == "P3M"
    assert set(kept) >= {"dcs.servers", "dcs.definitions", "dcs.servicelevels.support", "dcs.id"}
    assert [(s["property"], s["value"], s.get("unit")) for s in contract["slaProperties"]] == [
        ("availability", Decimal("99.9"), "percent"), ("retention", 1, "y"), ("latency", 25, "h")
    ]  # fmt: skip
    columns = {c["name"]: c for c in contract["schema"][0]["properties"]}
    assert columns["order_id"]["businessName"] == "Order ID"
    assert columns["order_id"]["logicalTypeOptions"] == {"format": "uuid"}
    assert columns["email"]["tags"] == ["personal"]
    assert columns["details"]["customProperties"] == [
        {"property": "dcs.config", "value": {"jsonType": "object"}}
    ]
    assert contract["schema"][0]["quality"][0]["query"] == "SELECT count(*) FROM {object}"
    assert "ada@example.org" not in text
    assert ports == {}, "a product with a finding is left out until it is mended"


def test_models_of_dbt_keep_their_tests():
    reading, ports, said = imported(dbt, "manifest.json")
    assert [f for f in reading.findings if f.weight is Weight.ERROR] == []
    customers, orders = ports["dim-customers"], ports["orders"]
    assert customers.key == ("id",)
    assert customers.description == "One row per customer"
    assert customers.column("email").required
    assert customers.column("score").limits.minimum == 0
    assert [(r.column, r.valid, r.severity) for r in customers.rules] == [
        ("state", ("new", "old"), Severity.WARN)
    ]
    assert orders.column("id").unique
    assert orders.column("id").required
    assert orders.column("amount").type.sql == "DECIMAL(12,2)"
    assert orders.column("amount").limits.exclusive_minimum == 0
    assert [link.to for link in orders.relationships] == ["dim_customers"]
    assert [r.properties for r in orders.rules] == [("id", "customer_id")]
    words = "\n".join(said)
    for lost in (
        "`custom`",
        "without a type: `state`",
        "no_negative_orders",
        "orders_recent",
    ):
        assert lost in words, lost
    assert len(said) == 4


def test_a_catalogue_of_dbt_brings_types_and_columns():
    catalog = {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
        "nodes": {
            "model.shop.dim_customers": {
                "columns": {
                    "STATE": {"name": "STATE", "type": "character varying(8)", "index": 4},
                    "SINCE": {
                        "name": "SINCE",
                        "type": "date",
                        "index": 5,
                        "comment": "First order",
                    },
                }
            }
        },
    }
    content = json.dumps(catalog).encode()
    assert form_of("catalog.json", content) == "dbt-catalog"
    found = dbt.read("m", case("manifest.json"), catalogs=[content])
    (table,) = found.drafts[0].node["schema"]
    columns = {column["name"]: column for column in table["properties"]}
    assert columns["state"]["logicalTypeOptions"] == {"maxLength": 8}
    assert columns["SINCE"] == {
        "name": "SINCE",
        "logicalType": "date",
        "description": "First order",
    }
    assert not any("without a type" in finding.sentence for finding in found.findings)


def test_a_model_nobody_described_is_left_out():
    manifest = json.loads(case("manifest.json"))
    manifest["nodes"]["model.shop.orders"]["columns"] = {}
    found = dbt.read("m", json.dumps(manifest).encode())
    assert [draft.table for draft in found.drafts] == ["dim_customers"]
    assert any("`orders` is left out" in finding.sentence for finding in found.findings)


@pytest.mark.parametrize(
    "content",
    [b"{}", b"[]", b"no json", b'{"metadata": {"dbt_schema_version": "x/v1.json"}, "nodes": {}}'],
)
def test_what_is_no_manifest_is_refused(content):
    assert not dbt.read("manifest.json", content).usable


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"kind: DataContract\napiVersion: v3.1.0\nid: x\n", "lacks"),
        (b"kind: DataContract\napiVersion: v9.0.0\n", "v9.0.0"),
        (
            b"apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n",
            "no table",
        ),
        (b'a: "b', "never ends"),
    ],
)
def test_a_contract_that_is_none_is_refused_with_its_findings(content, words):
    found = odcs.read("x.yaml", content)
    assert not found.usable
    assert any(words in f.sentence for f in found.findings)


PRODUCT = b"""\
# theirs
apiVersion: v1.0.0
kind: DataProduct
id: p-1
name: Customer Data Product   # as they call it
status: draft
inputPorts: [{name: payments, version: 1.0.0, contractId: c-0}]
outputPorts:
  - name: rawTransactions     # renamed
    version: 1.0.0
    contractId: c-1
  - {name: raw-transactions, version: 2.0.0, contractId: c-2}
"""
CONTRACT = b"""\
apiVersion: v3.0.2
kind: DataContract
id: c-1
version: 1.0.3
status: active
schema: [{name: t, properties: [{name: a, logicalType: string, vendorish: 1}]}]
"""


def test_a_product_of_others_keeps_its_letters_and_says_what_is_renamed():
    contract = CONTRACT.replace(b", vendorish: 1", b"")
    found = odcs.read("p.yaml", PRODUCT).joined(odcs.read("c.yaml", contract))
    made = laid(
        ProductName("sales", "customer-data-product"), found, file="p.yaml", purpose="reporting"
    )
    text = made.files["sales/customer-data-product/customer-data-product.odps.yaml"]
    assert text == PRODUCT.replace(b"rawTransactions ", b"raw-transactions ")
    assert (
        made.files["sales/customer-data-product/contracts/raw-transactions.v1.odcs.yaml"]
        == contract
    )
    assert [f.place for f in made.findings] == ["p.yaml:9:5"]
    build = made.files["sales/customer-data-product/build.yaml"].decode()
    assert "{name: payments, purpose: reporting}" in build
    assert "{port: raw-transactions, version: 2, from: raw-transactions-v2}" in build


@pytest.mark.parametrize(
    ("file", "content", "form"),
    [
        ("a.sql", b"", "ddl"), ("a.yaml", PRODUCT, "odps"), ("a.yml", CONTRACT, "odcs"), ("a.csv", b"", "data"),
        ("a.yaml", b"dataContractSpecification: 1.1.0\n", "dcs"), ("a.yaml", b"a: 1\n", ""), ("a.pdf", b"", ""),
        ("a.json", b'{"metadata": {"dbt_schema_version": "x"}}', "dbt"), ("a.json", b"[{}]", "data"),
        ("a.json", b'{"kind": "DataContract"}', "odcs"), ("a.json", b"{", "data"), ("a.parquet", b"", "data"),
    ],
)  # fmt: skip
def test_a_file_tells_whose_words_it_is_in(file, content, form):
    assert form_of(file, content) == form


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Dim_Customer", "dim-customer"), ("dimCustomer", "dim-customer"), ("2019 sales", "table-2019-sales"),
     ("ÄÖ", "table"), ("a" * 80, "a" * 63), ("public.orders", "public-orders")],
)  # fmt: skip
def test_names_become_words_joined_by_hyphens(name, expected):
    assert kebab(name) == expected


def test_documents_are_written_as_they_are_read():
    document = {
        "a": {"b": [1, {"c": "x" * 90, "d": ["y" * 90]}]},
        "e": [],
        "f": {},
        "g": None,
        "h": [[1], [2]],
    }
    assert values("x", block(document).encode(), None).value == document
