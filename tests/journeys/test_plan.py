"""`agora plan` and `agora consent` at the command line: what breaks, for whom, and what comes of it."""

import json
import subprocess

import pytest

from tests.journeys.changing import (
    CONTRACT,
    DEPRECATED,
    PORT,
    STEP,
    WEEK,
    edit,
    last_day,
    second_version,
    without,
)

AGAINST = ("plan", "--against", "main")


@pytest.fixture
def at(used, shell, monkeypatch):
    """The command line, standing in the market in use."""
    monkeypatch.chdir(used)
    assert shell("run", "customers.households", "--as", "carl")[0] == 0
    return shell


@pytest.fixture
def committed(at, used):
    def git(*words):
        names = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
        subprocess.run(["git", *names, *words], cwd=used, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    (used / ".gitignore").write_text(".agora/\n")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    return at


def planned(shell, *arguments):
    code, out, err = shell("plan", *arguments, "--json")
    return code, json.loads(out)["result"] if out else err


def test_nothing_differs_after_a_release(at):
    code, out, _ = at("plan")
    assert (code, out) == (0, "Plan: nothing differs\n")


def test_a_new_column_asks_nobody_and_tells_the_version(at, used):
    edit(
        used / CONTRACT,
        (
            "      - {name: sold_at",
            "      - {name: cents, logicalType: integer, physicalType: BIGINT}\n      - {name: sold_at",
        ),
    )
    edit(
        used / STEP,
        (
            "  amount\n",
            "  amount,\n  cast(cast(amount as decimal(9,2)) * 100 as bigint) as cents\n",
        ),
    )
    code, out, err = at("plan", PORT)
    assert code == 0, out + err
    assert "+ `cents` is new  (compatible)" in out
    assert "its version should tell: 1.1.0 instead of 1.0.0" in out
    assert "rows of sales.transactions@1: 24, not one differs" in out
    assert "Plan: 1 to change, 0 to add, 0 to remove" in out


def test_a_dropped_column_names_its_users_and_the_ways_on(at, used):
    without(used, "week", WEEK)
    code, out, _ = at("plan")
    assert code == 1
    assert "- `week` is gone  (breaking)" in out
    assert "breaks 1 reader:" in out
    assert "mia uses week; mia may consent" in out
    assert "2 times, last on 2018-01-02: select week, count(*)" in out
    assert "offer sales.transactions@2 beside it" in out
    assert "agora consent sales.transactions@1" in out
    assert "1 may not be released like this" in out
    code, _, err = at("run", PORT)
    assert code == 3
    assert "error[E445]" in err
    assert "a new major version" in err


def test_consent_opens_the_way(at, used):
    without(used, "week", WEEK)
    code, _, err = at("consent", f"{PORT}@1", "--as", "carl")
    assert (code, "error[E449]" in err, "`mia`" in err) == (3, True, True)
    code, out, _ = at("consent", f"{PORT}@1", "--as", "mia")
    assert code == 0
    assert "mia accepts the change of sales.transactions@1" in out
    assert "nobody else is asked" in out
    code, out, _ = at("plan", PORT)
    assert code == 0
    assert "all who were asked have consented" in out
    assert at("run", PORT)[0] == 0
    code, _, err = at("consent", f"{PORT}@1", "--as", "mia")
    assert (code, "error[E448]" in err) == (2, True)


def test_consent_as_a_document_and_for_whom_it_waits(at, used):
    edit(
        used / CONTRACT,
        (
            "name: household_id, logicalType: integer, required",
            "name: household, logicalType: integer, required",
        ),
    )
    edit(used / STEP, ("  household_id,", "  household_id as household,"))
    code, out, _ = at(
        "consent", f"{PORT}@1", "--as", "carl", "--for", "customers.segments", "--json"
    )
    assert code == 0
    found = json.loads(out)["result"]
    assert [each["consumer"] for each in found["consents"]] == ["customers.segments"]
    assert found["waiting"] == ["mia"]
    code, out, _ = at("plan")
    assert "customers.segments builds from household_id; has consented" in out
    assert "carl uses household_id through customers.segments@1" not in out
    code, out, _ = at("consent", f"{PORT}@1", "--as", "mia")
    assert "nobody else is asked" in out


def test_where_nobody_depends_it_is_said(at, used):
    edit(
        used / "customers/households/contracts/households.v1.odcs.yaml",
        ("      - {name: household_size, logicalType: integer, physicalType: INTEGER}\n", ""),
    )
    code, out, _ = at("plan", "customers.households", "--as", "carl")
    assert code == 1
    assert "nobody depends on it: `agora run` may release it" in out
    assert at("plan", "--ok-if-unused")[0] == 0
    assert at("run", "customers.households")[0] == 0


def test_rows_are_counted_and_never_shown(at, used):
    edit(
        used / STEP,
        (
            "  amount\n",
            "  cast(amount as decimal(9,2)) + case when store_id = '330' then 1 else 0 end as amount\n",
        ),
        ("from raw", "from raw where cast(basket_id as bigint) % 10 <> 1"),
    )
    code, out, err = at("plan", PORT)
    assert code == 0, err
    assert "~ build: its sources or steps differ" in out
    line = next(each for each in out.splitlines() if "rows of" in each)
    assert "gone" in line
    assert "amount in" in line
    assert "rows of" not in at("plan")[1]
    assert "rows of" in at("plan", "--data")[1]
    assert "rows of" not in at("plan", PORT, "--no-data")[1]
    assert "rows of" not in at("plan", PORT, "--as", "mia")[1]
    _, result = planned(at, PORT)
    (difference,) = result["products"][0]["rehearsal"]["differences"]
    assert difference["before"] == difference["after"] + difference["removed"]
    assert difference["columns"][0][0] == "amount"


def test_a_rehearsal_that_fails_says_why(at, used):
    edit(used / STEP, ("  week,", "  weak,"))
    code, out, _ = at("plan", PORT)
    assert code == 1
    assert "rows: not rehearsed: step `typed` does not run" in out
    edit(used / STEP, ("  weak,", "  cast(week as integer) + 100 as week,"))
    code, out, _ = at("plan", PORT)
    assert code == 1
    assert "checks: 1 fail" in out


def test_quarantined_rows_are_counted(at, used):
    rule = '{id: quantity-positive, type: sql, query: "SELECT COUNT(*) FROM {object} WHERE {property} < 1", mustBe: 0, severity: quarantine}'
    there = "{id: quantity-there, metric: nullValues, mustBe: 0, severity: quarantine}"
    edit(used / CONTRACT, (rule, there))
    edit(
        used / STEP,
        ("  quantity,", "  case when basket_id = '1000' then null else quantity end as quantity,"),
    )
    _, out, _ = at("plan", PORT)
    assert "1 row would be put aside in quarantine" in out
    assert "1 gone" in out
    assert " fail" not in out


def test_names_are_for_those_who_may_know_them(at, used):
    edit(
        used / "customers/segments/build.yaml",
        ("product_kind: aggregate", "product_kind: aggregate\nlisted: false"),
    )
    assert at("run", "customers.segments", "--as", "carl")[0] == 0
    edit(used / CONTRACT, ("{name: amount", "{name: sum"))
    edit(used / STEP, ("  amount\n", "  amount as sum\n"))
    _, out, _ = at("plan", "--as", "emil")
    assert "customers.segments builds from amount" in out
    assert "carl uses" not in out
    _, out, _ = at("plan", "--as", "mia")
    assert "customers.segments" not in out
    assert "and 2 more whom you may not know of" in out
    _, out, _ = at("plan", "--as", "olga")
    assert "carl uses amount through customers.segments@1" in out


def test_a_statement_that_reads_what_one_may_not_know_is_not_shown(at, used):
    sql = "select week, baskets from sales.transactions t join customers.segments s on t.household_id = s.household_id"
    passed = ["--for", "service:customers.segments", "--purpose", "segmentation"]
    passed += ["--onward", "campaign-planning", "--reason", "campaigns", "--accept-terms"]
    onward = at("request", "sales.transactions", *passed, "--as", "carl", "--json")
    asked = json.loads(onward[1])["result"]["request"]["id"]
    assert at("approve", asked, "--as", "sofia")[0] == 0
    agreed = at(
        "request",
        "customers.segments",
        "--as",
        "mia",
        "--purpose",
        "campaign-planning",
        "--reason",
        "x",
        "--json",
    )
    request = json.loads(agreed[1])["result"]["request"]["id"]
    assert at("approve", request, "--as", "carl")[0] == 0
    assert at("query", sql, "--as", "mia", "--json")[0] == 0
    edit(
        used / "customers/segments/build.yaml",
        ("product_kind: aggregate", "product_kind: aggregate\nlisted: false"),
    )
    assert at("run", "customers.segments", "--as", "carl")[0] == 0
    without(used, "week", WEEK)
    _, out, _ = at("plan", "--as", "emil")
    assert "a statement that also reads what you may not know of" in out
    assert "baskets" not in out
    assert "baskets" in at("plan", "--as", "olga")[1]


def test_a_pull_request_is_compared_with_a_branch(committed, used):
    assert committed(*AGAINST)[1] == "Plan against `main`: nothing differs\n"
    without(used, "week", WEEK)
    code, out, _ = committed(*AGAINST, "--format", "markdown")
    assert code == 1
    assert out.startswith("### Plan against `main`: 1 to change")
    assert "| `-` | `week` is gone | breaking |" in out
    assert "**`sales.transactions@1`** 1.0.0 **BREAKING**" in out
    assert "mia uses week; mia may consent" in out
    code, _, err = committed("plan", "--against", "nowhere")
    assert (code, "error[E519]" in err) == (2, True)


def test_a_branch_that_cannot_be_read(committed, used):
    edit(used / "agora.yaml", ("name: market", "nam: market"))
    subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qam", "x"],
        cwd=used,
        check=True,
    )
    edit(used / "agora.yaml", ("nam: market", "name: market"))
    code, _, err = committed(*AGAINST)
    assert (code, "error[E100]" in err) == (1, True)


def test_a_version_beside_the_old_one_breaks_nobody(at, used):
    second_version(used)
    edit(used / CONTRACT, DEPRECATED, last_day("2018-03-01"))
    code, out, err = at("plan", PORT)
    assert code == 0, out + err
    assert "sales.transactions@2  2.0.0, a new version beside the others" in out
    assert "its life goes on: from `active` to `deprecated`" in out
    edit(used / CONTRACT, ("2018-03-01", "2018-01-10"))
    code, out, _ = at("plan", PORT, "--no-data")
    assert code == 1
    code, _, err = at("run", PORT)
    assert "error[E447]" in err


def test_a_product_that_is_gone_and_one_whose_files_are_wrong(at, used):
    for file in sorted((used / "customers/segments").rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    (used / "customers/segments").rmdir()
    edit(used / "customers/households/build.yaml", ("type: csv", "typ: csv"))
    code, out, _ = at("plan")
    assert code == 1
    assert "- customers.segments  gone, since release 1" in out
    assert "customers.segments@1  1.0.0, not offered any more  BREAKING" in out
    assert "carl uses" in out
    assert "! the files of customers.households have errors" in out
    assert "customers.segments" not in at("plan", "--as", "mia")[1]


def test_a_format_that_is_none(at):
    code, _, err = at("plan", "--format", "smoke")
    assert (code, "error[E032]" in err) == (2, True)


def test_what_was_not_kept_is_said(at, used, monkeypatch):
    edit(used / CONTRACT, ("name: Transactions", "name: Others"))
    monkeypatch.setattr("agora.usecases.plan.promised", lambda *_: None)
    code, out, _ = at("plan")
    assert code == 0
    assert "what it promised before is not known" in out
