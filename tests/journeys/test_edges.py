"""What goes out of a mesh and what comes in, on the command line, tried with those who read it elsewhere."""

import json
import os
from pathlib import Path

import jsonschema_rs
import pytest

from agora.cli.main import COMMANDS

pytestmark = [
    pytest.mark.journey,
    # rdflib's own reader of JSON-LD and pyshacl still use what rdflib has renamed
    pytest.mark.filterwarnings(
        "ignore:(ConjunctiveGraph|Dataset)[. ].*deprecated:DeprecationWarning"
    ),
]
CASES = Path(__file__).parents[1] / "cases" / "exchange"
STANDARDS = [Path(each) for each in os.environ.get("AGORA_STANDARDS", "").split(os.pathsep) if each]


def standard(name):
    """A file of somebody's standard, which is not part of this repository."""
    found = [f for folder in STANDARDS for f in sorted(folder.rglob(name))]
    if not found:
        pytest.skip(f"{name} is not at hand: name the folders of standards in AGORA_STANDARDS")
    return found[0]


@pytest.fixture
def built(shell):
    for product in ("sales.transactions", "customers.households"):
        assert shell("run", product)[0] == 0
    return shell


def exported(shell, product, form, *more):
    code, out, err = shell("export", product, "--format", form, *more)
    assert code == 0, err
    return out


def graph(text):
    rdflib = pytest.importorskip("rdflib")
    return rdflib.Graph().parse(data=text, format="json-ld")


# out


def test_contracts_and_products_leave_letter_for_letter(shell):
    for form, name in (
        ("odcs", "contracts/transactions.v1.odcs.yaml"),
        ("odps", "transactions.odps.yaml"),
    ):
        text = (shell.root / "sales/transactions" / name).read_text()
        assert exported(shell, "sales.transactions", form) == text


def test_rows_as_json_fit_the_exported_schema(built):
    for product in ("sales.transactions", "customers.households"):
        schema = json.loads(exported(built, product, "json-schema"))
        jsonschema_rs.meta.validate(schema)
        rule = jsonschema_rs.validator_for(schema, validate_formats=True)
        owner = {"sales": "sofia", "customers": "carl"}[product.partition(".")[0]]
        code, out, err = built("query", f"select * from {product}", "--as", owner, "--json")
        assert code == 0, err
        rows = [json.loads(line) for line in out.splitlines()]
        assert len(rows) > 3
        assert [e.message for row in rows for e in rule.iter_errors(row)] == []
        assert not rule.is_valid({**rows[0], "more": 1})


def test_a_data_package_describes_the_rows_as_csv(built, tmp_path, monkeypatch):
    frictionless = pytest.importorskip("frictionless")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "datapackage.json").write_text(exported(built, "sales.transactions", "datapackage"))
    file = folder / "sales.transactions.v1.csv"
    code, _, err = built(
        "query",
        "select * from sales.transactions",
        "--as",
        "sofia",
        "-o",
        str(file),
        "--format",
        "csv",
    )
    assert code == 0, err
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "message"])
    file.write_text(file.read_text().replace("basket_id", "basket"))
    assert not frictionless.validate(str(folder / "datapackage.json")).valid


@pytest.mark.parametrize(
    "product", ["sales.transactions", "customers.households", "customers.segments"]
)
@pytest.mark.parametrize("base", ["", "https://data.example/mesh"])
def test_a_catalogue_entry_has_what_dcat_ap_and_dprod_demand(built, product, base):
    pyshacl = pytest.importorskip("pyshacl")
    found = graph(exported(built, product, "dcat", "--base", base))
    assert len(found) > 30
    holds, _, words = pyshacl.validate(
        found, shacl_graph=str(CASES / "dcat-ap.ttl"), inference="none"
    )
    assert holds, words
    names = {str(s) for s, _, _ in found}
    ours = {name for name in names if "europa.eu" not in name and "iana.org" not in name}
    assert all(name.startswith(base or "urn:x-agora:market:") for name in ours), ours


@pytest.mark.parametrize(
    "shapes", ["dprod-shapes.ttl", "3.0.1/html/shacl/shapes.ttl", "3.0.1/html/shacl/range.ttl"]
)
def test_a_catalogue_entry_has_what_the_official_shapes_demand(built, shapes):
    pyshacl = pytest.importorskip("pyshacl")
    file = standard(shapes)
    for product in ("sales.transactions", "customers.segments"):
        found = graph(exported(built, product, "dcat"))
        holds, _, words = pyshacl.validate(
            found, shacl_graph=str(file), inference="none", allow_warnings=True
        )
        assert holds, words


def test_a_mistake_in_an_entry_is_found_by_the_shapes(built):
    pyshacl = pytest.importorskip("pyshacl")
    text = exported(built, "sales.transactions", "dcat").replace(
        "dcat:endpointURL", "dcat:endpoint"
    )
    assert not pyshacl.validate(graph(text), shacl_graph=str(CASES / "dcat-ap.ttl"))[0]


def events(shell, product, *more):
    return [
        json.loads(line) for line in exported(shell, product, "openlineage", *more).splitlines()
    ]


def test_runs_leave_as_events_with_lineage_and_checks(built):
    started, ended = events(built, "sales.transactions")
    assert [started["eventType"], ended["eventType"]] == ["START", "COMPLETE"]
    assert started["run"]["runId"] == ended["run"]["runId"]
    assert [each["name"] for each in ended["inputs"]] == ["sales.transactions/raw"]
    (output,) = ended["outputs"]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 24
    names = [field["name"] for field in output["facets"]["schema"]["fields"]]
    assert "basket_id" in names
    lineage = output["facets"]["columnLineage"]["fields"]
    assert set(lineage) == set(names)
    assert lineage["basket_id"]["inputFields"][0]["field"] == "basket_id"
    checks = output["facets"]["dataQualityAssertions"]["assertions"]
    assert all(check["success"] for check in checks)
    assert {check.get("column") for check in checks} >= {"basket_id", "week"}


def test_a_blocked_run_leaves_as_a_failure(built):
    data = built.root / "sales/transactions/data/transactions.csv"
    lines = data.read_text().splitlines()
    data.write_text("\n".join([*lines, lines[-1]]) + "\n")
    assert built("run", "sales.transactions")[0] == 1
    failed = events(built, "sales.transactions")[-1]
    assert failed["eventType"] == "FAIL"
    assert failed["run"]["facets"]["errorMessage"]["message"]
    (output,) = failed["outputs"]
    assert "schema" not in output["facets"]
    assert not all(c["success"] for c in output["facets"]["dataQualityAssertions"]["assertions"])
    text = exported(built, "sales.transactions", "openlineage", "--as", "mia")
    assert "the run was blocked" in text


def test_events_are_what_openlineage_says_they_are(built):
    registry = {}
    for name in ("OpenLineage.json", "SchemaDatasetFacet.json", "ColumnLineageDatasetFacet.json",
                 "DataQualityAssertionsDatasetFacet.json", "OutputStatisticsOutputDatasetFacet.json",
                 "DatasetVersionDatasetFacet.json", "ErrorMessageRunFacet.json"):  # fmt: skip
        schema = json.loads(standard(name).read_text())
        registry[schema["$id"]] = schema
    whole = jsonschema_rs.Registry(list(registry.items()))
    event = {"$ref": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}
    rule = jsonschema_rs.Draft202012Validator(event, registry=whole, validate_formats=True)
    for each in events(built, "sales.transactions"):
        assert [e.message for e in rule.iter_errors(each)] == []
        facets = [
            f
            for o in each["outputs"]
            for f in (*o["facets"].values(), *o.get("outputFacets", {}).values())
        ]
        for facet in facets:
            of = jsonschema_rs.Draft202012Validator({"$ref": facet["_schemaURL"]}, registry=whole)
            assert [e.message for e in of.iter_errors(facet)] == []


def test_no_export_holds_a_value_of_a_row(built):
    data = (built.root / "customers/households/data/households.csv").read_text().splitlines()[1:]
    personal = [line.split(",")[1] for line in data]
    for form in ("odcs", "odps", "json-schema", "dcat", "datapackage", "openlineage"):
        text = exported(built, "customers.households", form, "--as", "mia")
        assert [value for value in personal if value in text] == []


def test_an_unlisted_product_is_not_to_be_known_of(built):
    build = built.root / "sales/transactions/build.yaml"
    build.write_text(build.read_text() + "listed: false\n")
    unlisted = built("export", "sales.transactions", "--as", "mia")
    nothing = built("export", "sales.nothing", "--as", "mia")
    assert unlisted[0] == nothing[0] == 2
    assert "E404" in unlisted[2]
    for form in ("odps", "dcat"):
        assert "transactions" in exported(built, "customers.segments", form, "--as", "sofia")
        assert "transactions" not in exported(built, "customers.segments", form, "--as", "mia"), (
            form
        )


def test_another_version_is_written_only_without_loss(shell):
    text = exported(shell, "sales.transactions", "odcs", "--version", "v3.2.0")
    assert text.startswith("apiVersion: v3.2.0")
    code, _, err = shell("export", "sales.transactions", "--version", "3.0.2")
    assert code == 1
    assert "E043" in err
    assert "metric" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["export", "sales.transactions", "--format", "xml"], 2, "E041"),
        (["export", "sales.nothing"], 2, "E404"),
        (["export", "sales.transactions", "-o", "agora.yaml/x"], 4, "E024"),
        (["schema", "nothing"], 2, "E040"),
        (["schema", "mesh", "-o", "agora.yaml/x"], 4, "E024"),
        (["import", "sales.new"], 2, "E048"),
        (["import", "Sales New", "--from", "agora.yaml"], 2, "E014"),
        (["import", "sales.new", "--from", "nowhere.sql"], 4, "E303"),
        (["import", "sales.new", "--from", "agora.yaml"], 2, "E044"),
        (["import", "sales.new", "--from", "agora.yaml", "--format", "xml"], 2, "E041"),
        (["import", "sales.new", "--from", "agora.yaml", "--format", "odcs"], 1, "E042"),
        (["import", "sales.new", "--from", "{cases}/shop.sql", "--only", "products"], 2, "E045"),
        (["import", "sales", "--from", "twice.sql"], 5, "E046"),
        (["import", "sales.transactions", "--from", "{cases}/shop.sql"], 5, "E013"),
        (["import", "sales.new", "--from", "{cases}/shop.sql", "--as", "mia"], 3, "E419"),
        (["import", "shop.new", "--from", "{cases}/shop.sql"], 2, "E016"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_calmly(shell, arguments, code, words):
    (shell.root / "twice.sql").write_text("create table a_b (x int); create table a__b (x int)")
    found, _, err = shell(*(each.replace("{cases}", str(CASES)) for each in arguments))
    assert words in err
    assert found == code
    assert "Traceback" not in err


def test_an_export_can_be_a_file_or_json(shell, tmp_path):
    file = tmp_path / "deep" / "x.yaml"
    code, out, err = shell("export", "sales.transactions", "-o", str(file))
    assert (code, out) == (0, "")
    assert "wrote" in err
    assert file.read_text().startswith("apiVersion")
    result = json.loads(exported(shell, "sales.transactions", "odcs", "--json"))["result"]
    assert result["file"] == "transactions.v1.odcs.yaml"
    assert result["text"] == file.read_text()


# the schemas of our own files


def test_every_schema_of_ours_can_be_had_and_is_sound(shell, tmp_path):
    code, out, _ = shell("schema", "-o", str(tmp_path / ".schemas"))
    assert code == 0
    files = sorted((tmp_path / ".schemas").glob("*.json"))
    assert len(files) == len(out.splitlines()) >= 8
    for file in files:
        schema = json.loads(file.read_text())
        jsonschema_rs.meta.validate(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"urn:x-agora:schema:{file.stem}:1"
        assert schema["title"]
        assert undescribed(schema) == [], file.name


def undescribed(schema, path=""):
    found = []
    for key, inner in schema.get("properties", {}).items():
        found += [] if inner.get("description") else [f"{path}/{key}"]
        found += undescribed(inner, f"{path}/{key}")
    if isinstance(schema.get("items"), dict):
        found += undescribed(schema["items"], f"{path}[]")
    return found


def test_a_schema_can_be_printed_or_listed(shell):
    code, out, _ = shell("schema", "tags")
    assert code == 0
    assert json.loads(out)["title"] == "Tags"
    code, out, _ = shell("schema")
    assert "agora.yaml" in out
    code, out, _ = shell("schema", "--json")
    assert {each["name"] for each in json.loads(out)["result"]} >= {"mesh", "build"}


# in


def imported(shell, *arguments, code=0):
    found, out, err = shell("import", *arguments)
    assert found == code, out + err
    return out, err


def test_a_database_comes_in_and_says_what_is_missing(shell):
    out, err = imported(shell, "sales", "--from", str(CASES / "shop.sql"), "--dialect", "postgres")
    assert "wrote sales/orders/orders.odps.yaml" in out
    assert "E047" in err
    assert shell("check")[0] == 0
    code, _, err = shell("run", "sales.customers")
    assert code == 4
    assert "data/customers.csv" in err
    data = shell.root / "sales/customers/data"
    data.mkdir()
    (data / "customers.csv").write_text(
        "id,email,score,status,extra\n1,a@x.org,5,new,{}\n2,b@x.org,7,old,{}\n"
    )
    code, out, err = shell("run", "sales.customers")
    assert code == 0, err
    code, out, _ = shell(
        "query", "select count(*) n from sales.customers", "--json", "--as", "sofia"
    )
    assert json.loads(out)["n"] == 2
    (data / "customers.csv").write_text("id,email,score,status,extra\n1,a@x.org,500,new,{}\n")
    assert shell("run", "sales.customers")[0] == 1


def test_one_product_with_the_tables_that_are_chosen(shell):
    out, _ = imported(
        shell, "sales.people", "--from", str(CASES / "shop.sql"), "--only", "customers"
    )
    assert "sales/people/contracts/people.v1.odcs.yaml" in out
    assert "orders" not in out
    assert shell("check")[0] == 0


def test_models_of_dbt_come_in(shell):
    result = json.loads(
        imported(shell, "sales", "--from", str(CASES / "manifest.json"), "--json")[0]
    )["result"]
    assert result["products"] == ["sales.dim-customers", "sales.orders"]
    assert shell("check")[0] == 0


def test_what_has_findings_comes_in_and_says_them_all(shell):
    out, err = imported(shell, "sales.web", "--from", str(CASES / "orders.dcs.yaml"), code=1)
    assert "wrote sales/web/web.odps.yaml" in out
    assert "`interval` cannot be kept" in err
    code, _, checked = shell("check")
    assert code == 1
    assert "`interval` cannot be kept" in checked
    assert shell("run", "sales.transactions")[0] == 0


def test_rows_come_in_as_new_does(shell):
    (shell.root / "visits.csv").write_text("a,b\n1,2\n")
    out, _ = imported(shell, "sales.visits", "--from", str(shell.root / "visits.csv"))
    assert "sales/visits/build.yaml" in out
    out, _ = imported(shell, "sales.more", "--from", str(shell.root / "visits.csv"), "--json")
    assert json.loads(out)["kind"] == "created"
    assert shell("run", "sales.visits")[0] == 0


def test_a_domain_comes_with_its_first_product(shell):
    text = exported(shell, "sales.transactions", "odcs").replace("sales-transactions-v1", "theirs")
    (shell.root / "theirs.yaml").write_text(text)
    imported(shell, "wholesale.deals", "--from", "theirs.yaml", "--as", "sofia")
    assert "wholesale" in (shell.root / "agora.yaml").read_text()
    assert shell("check")[0] == 0
    assert exported(shell, "wholesale.deals", "odcs") == text


def test_out_and_in_again_is_a_fixed_point(shell, tmp_path):
    files = []
    for form in ("odps", "odcs"):
        files.append(tmp_path / f"{form}.yaml")
        files[-1].write_text(exported(shell, "customers.households", form))
    there = ["--mesh", str(tmp_path / "there")]
    assert shell("init", there[1], "--name", "there", "--operator", "olga")[0] == 0
    given = [word for file in files for word in ("--from", str(file))]
    imported(shell, "customers.households", *given, *there)
    for file in files:
        again = exported(shell, "customers.households", file.stem, *there)
        assert again == file.read_text()


def test_nothing_that_is_imported_takes_another_domains_product_off_the_market(shell):
    theirs = "customers/households/contracts/households.v1.odcs.yaml"
    before = shell("search", "households")[1]
    code, _, err = shell("import", "sales.copy", "--from", theirs, "--as", "emil")
    assert (code, "error[E808]: `customers.households` would be in doubt" in err) == (5, True)
    assert "has the contract `customers-households-v1` already" in err
    assert not (shell.root / "sales/copy").exists()
    assert shell("search", "households")[1] == before


def test_a_domain_that_cannot_be_read_is_left_alone(shell):
    domain = shell.root / "customers/domain.yaml"
    domain.write_text(domain.read_text() + "odd: 1\n")
    code, _, err = shell("import", "customers.new", "--from", str(CASES / "shop.sql"))
    assert code == 1
    assert "E100" in err


def test_the_commands_stand_in_the_table():
    assert {"import", "export", "schema"} <= set(COMMANDS)
