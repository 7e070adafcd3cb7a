"""Recipes and Python steps through the command line: the guide's own files, and what goes wrong."""

import json
import re
from pathlib import Path

import pytest

GUIDE = (Path(__file__).parents[2] / "docs/guides/steps.md").read_text(encoding="utf-8")
PRODUCT = """apiVersion: v1.0.0
kind: DataProduct
id: visits
name: visits
version: 1.0.0
status: active
outputPorts:
  - {name: visits, version: 1.0.0, contractId: visits-v1}
"""
CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: visits-v1
version: 1.0.0
status: active
schema:
  - name: visits
    properties:
      - {name: id, logicalType: integer, physicalType: INTEGER, required: true}
      - {name: day, logicalType: date, physicalType: DATE}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(12,2)"}
      - {name: store, logicalType: string, physicalType: VARCHAR}
      - {name: first, logicalType: string, physicalType: VARCHAR}
      - {name: last, logicalType: string, physicalType: VARCHAR}
"""
WHOLE = {"id": 2, "day": "2018-02-02", "amount": "4.50", "store": "south", "first": "Bo", "last": "Lang"}  # fmt: skip


def block(language, number=0):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)[number]


@pytest.fixture
def visits(shell):
    """The guide's product in the market."""
    folder = shell.root / "sales" / "visits"
    (folder / "contracts").mkdir(parents=True)
    (folder / "steps").mkdir()
    (folder / "visits.odps.yaml").write_text(PRODUCT)
    (folder / "contracts" / "visits.v1.odcs.yaml").write_text(CONTRACT)
    (folder / "visits.csv").write_text(block("csv"))
    (folder / "build.yaml").write_text(block("yaml"))
    return folder


def change(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def with_python(visits, text=None):
    """The guide's Python step behind its recipe."""
    (visits / "steps" / "rounded.py").write_text(text or block("python"))
    added = block("yaml", 1).partition("\n")[2]
    change(visits / "build.yaml", "outputs:", f"{added}outputs:")
    change(visits / "build.yaml", "from: clean}", "from: rounded}")


def rows(shell, *arguments):
    code, out, err = shell(*arguments, "--json", "--as", "sofia")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def looked(shell, step, *more):
    code, out, err = shell("preview", "sales.visits", step, "--json", "--as", "sofia", *more)
    assert code == 0, err
    return json.loads(out)["result"]


def test_the_guide_does_what_it_says(shell, visits):
    assert shell("check")[0] == 0
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 0, err
    found = rows(shell, "query", "select * from sales.visits order by id")
    assert [row["id"] for row in found] == [1, 2]
    assert {k: str(v) if k in ("day", "amount") else v for k, v in found[1].items()} == WHOLE
    aside = rows(shell, "show", "sales.visits", "--quarantine")
    assert sorted((row["id"], row["_reason"]) for row in aside) == [
        (3, "`day` is no DATE in the form `%d/%m/%Y`"),
        (4, "the amount is negative"),
    ]
    assert [row["last"] for row in aside if row["id"] == 4] == ["Dorn"]


def test_every_preview_of_the_guide(shell, visits):
    lines = re.findall(r"^agora (preview .*)$", GUIDE, re.MULTILINE)
    assert len(lines) == 3
    for line in lines:
        code, out, err = shell(*line.split(), "--as", "sofia")
        assert code == 0, err
        assert f"of a sample of `{line.split()[2]}`)" in out
    assert "of a sample of `clean`)" in shell("preview", "sales.visits", "--as", "sofia")[1]
    assert [name for name, _ in looked(shell, "clean:2")["looked"]["columns"]][:2] == ["id", "day"]
    assert looked(shell, "clean:2", "--rows", "2")["looked"]["rows"][0]["day"] == "31/01/2018"
    assert len(looked(shell, "clean:2", "--rows", "2")["looked"]["rows"]) == 2
    assert looked(shell, "clean:3")["notes"] == ["1 row put aside"]
    assert looked(shell, "clean")["notes"] == ["2 rows put aside"]
    assert "1 row put aside" in shell("preview", "sales.visits", "clean:3", "--as", "sofia")[1]
    _, out, _ = shell("ledger", "list", "--last", "6", "--json")
    events = [each["entry"]["event"] for each in json.loads(out)["result"]]
    assert events[-2:] == ["query-opened", "query-closed"]
    assert not (shell.root / "sales" / "visits" / "made").exists()


def test_a_preview_says_what_does_not_fit_and_a_run_stops_at_it(shell, visits):
    change(visits / "build.yaml", ", otherwise: quarantine", "")
    words = "`day` is no DATE in the form `%d/%m/%Y` in 1 row"
    assert words in looked(shell, "clean")["notes"]
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 1
    assert "error[E314]" in err
    assert words in err


def test_columns_that_are_not_there_are_told_at_their_lines(shell, visits):
    change(visits / "build.yaml", "{Id: id", "{Ident: id")
    change(visits / "build.yaml", "key: [id]", "key: [ids]")
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 1
    assert "sales/visits/build.yaml:11" in err
    assert "there is no column `Ident` here" in err
    assert "there is no column `ids` here" in err
    assert "E313" in err


def test_a_step_in_python(shell, visits):
    with_python(visits)
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 0, err
    found = rows(shell, "query", "select id, amount from sales.visits order by id")
    assert [str(row["amount"]) for row in found] in (["1234.00", "4.00"], ["1235.00", "5.00"], ["1234.00", "5.00"])  # fmt: skip
    aside = rows(shell, "show", "sales.visits", "--quarantine")
    assert [row["id"] for row in aside] == [None, None]
    assert len({row["_reason"] for row in aside}) == 2
    assert len(looked(shell, "rounded")["looked"]["rows"]) == 2
    code, out, err = shell("lineage", "sales.visits.amount", "--up", "--as", "sofia")
    assert code == 0, err
    assert "sales.visits/raw.Amount  (conditional, transformation" in out
    code, out, err = shell("lineage", "sales.visits.day", "--up", "--as", "sofia")
    assert "a step could not be followed" in out


def test_an_exception_is_for_who_runs_and_kept_nowhere(shell, visits):
    failing = "def rounded(clean):\n    raise ValueError('canary ' + clean['last'][0].as_py())\n"
    with_python(visits, failing)
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 1
    assert "error[E317]: step `sales/visits/steps/rounded.py` failed in line 2: ValueError" in err
    assert "canary" in err
    for line in (("show", "sales.visits"), ("ledger", "list", "--last", "20", "--json")):
        _, out, err = shell(*line)
        assert "canary" not in out + err
    assert "canary" in shell("preview", "sales.visits", "rounded", "--as", "sofia")[2]
    masked(visits, "last")
    code, _, err = shell("preview", "sales.visits", "rounded", "--as", "sofia")
    assert code == 1
    assert "E317" in err
    assert "canary" not in err


def masked(visits, *columns):
    """A policy of the domain hides these columns from everybody in it."""
    for column in columns:
        change(
            visits / "contracts" / "visits.v1.odcs.yaml",
            f"{{name: {column}, ",
            f"{{name: {column}, tags: [personal], ",
        )
    change(
        visits.parents[1] / "guardrails" / "mask-personal.yaml",
        "  - {owning_domain: true}\n",
        "  - {owning_domain: true, roles: [nobody]}\n",
    )
    change(
        visits.parents[1] / "guardrails" / "mask-personal.yaml",
        "  - {as: carl, port: customers.households, purpose: segmentation, sees: {age: clear}}\n",
        "",
    )


def test_what_is_masked_for_a_reader_is_null_before_it_has_that_name(shell, visits):
    masked(visits, "first")
    found = looked(shell, "raw")["looked"]
    assert found["hidden"] == ["Name"]
    assert {row["Name"] for row in found["rows"]} == {None}
    assert None not in {row["Amount"] for row in found["rows"]}
    assert looked(shell, "clean:4")["looked"]["hidden"] == ["Name"]
    assert looked(shell, "clean")["looked"]["hidden"] == ["first", "last"]
    assert looked(shell, "clean")["notes"] == []
    _, out, _ = shell("preview", "sales.visits", "clean", "--as", "sofia")
    assert "masked for you: first, last" in out


def test_where_lineage_cannot_tell_everything_is_null(shell, visits):
    with_python(visits)
    masked(visits, "first")
    found = looked(shell, "raw")["looked"]
    assert set(found["hidden"]) == {"Id", "Day", "Amount", "Name", "Store"}


@pytest.mark.parametrize(
    ("who", "code", "words"),
    [
        ("mia", "E419", "`mia` may not run `sales.visits`"),
        ("ana", "E419", "`ana` may not run `sales.visits`"),
        ("olga", "E403", "you may not preview what becomes `sales.visits@1`"),
    ],
)
def test_who_may_not_run_or_read_sees_nothing(shell, visits, who, code, words):
    status, out, err = shell("preview", "sales.visits", "raw", "--as", who)
    assert status == 3
    assert f"error[{code}]" in err
    assert words in err
    assert "Ann" not in out + err
    _, out, _ = shell("ledger", "list", "--last", "1", "--json")
    last = json.loads(out)["result"][-1]["entry"]
    assert last["event"] == "query-refused"
    assert dict(last["facts"])["code"] == code


def granted(shell, port, who, *more):
    code, out, err = shell(
        "request", port, "--purpose", "segmentation", "--reason", "x", "--accept-terms",
        "--as", who, *more, "--json"
    )  # fmt: skip
    assert code == 0, err
    request = json.loads(out)["result"]["request"]["id"]
    assert shell("approve", request, "--as", "sofia")[0] == 0


def test_inputs_are_read_under_the_rights_of_the_build_and_of_the_person(shell):
    assert shell("run", "sales.transactions", "--as", "sofia")[0] == 0
    ask = ("preview", "customers.segments", "transactions", "--as", "carl", "--json")
    for granting in (
        lambda: granted(shell, "sales.transactions", "carl", "--for", "service:customers.segments"),
        lambda: granted(shell, "sales.transactions", "carl"),
    ):
        code, _, err = shell(*ask)
        assert code == 3
        assert "error[E403]" in err
        granting()
    code, out, err = shell(*ask)
    assert code == 0, err
    assert len(json.loads(out)["result"]["looked"]["rows"]) == 20
    code, out, err = shell("preview", "customers.segments", "per-household", "--as", "carl")
    assert code == 0, err


def test_what_deliveries_put_aside_adds_up(shell, visits):
    change(visits / "build.yaml", "path: visits.csv", 'path: "in/*.csv"')
    change(visits / "build.yaml", "from: clean}", "from: clean, load: {mode: merge, by: [id]}}")
    change(visits / "contracts" / "visits.v1.odcs.yaml", "INTEGER, required: true", "INTEGER, required: true, primaryKey: true, primaryKeyPosition: 1")  # fmt: skip
    (visits / "in").mkdir()
    (visits / "visits.csv").rename(visits / "in" / "01.csv")
    (visits / "in" / "02.csv").write_text("Id;Day;Amount;Name;Store\n2;03/02/2018;9;Bo Lang;N\n5;x;1;Ed;N\n")  # fmt: skip
    code, _, err = shell("run", "sales.visits", "--as", "sofia")
    assert code == 0, err
    found = rows(shell, "query", "select id, amount from sales.visits order by id")
    assert [(row["id"], str(row["amount"])) for row in found] == [(1, "1234.50"), (2, "9.00")]
    aside = rows(shell, "show", "sales.visits", "--quarantine")
    assert sorted(row["id"] for row in aside) == [3, 4, 5]


def test_who_sees_only_some_rows_sees_none_before(shell, visits):
    rule = """agora: 1
kind: policy
id: north
title: Sofia looks after the north
applies_to: {ports: [sales.visits]}
who: {owning_domain: true}
effect: {rows: "store = 'north'"}
tests:
  - {as: sofia, port: sales.visits, purpose: sales-planning, allowed: true}
"""
    (visits.parent / "policies" / "north.yaml").write_text(rule)
    code, out, err = shell("preview", "sales.visits", "raw", "--as", "sofia")
    assert code == 3
    assert "error[E442]" in err
    assert "Ann" not in out + err


@pytest.mark.parametrize(
    ("step", "words"),
    [("cleen", "did you mean `clean`?"), ("clean:9", "it has 1 to 7"), ("clean:x", "it has 1"), ("raw:1", "only recipes"), ("zz", "there are `raw`, `clean`")],
)  # fmt: skip
def test_steps_that_are_not_there(shell, visits, step, words):
    code, _, err = shell("preview", "sales.visits", step, "--as", "sofia")
    assert code == 2
    assert "error[E443]" in err
    assert words in err
