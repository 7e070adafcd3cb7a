"""The main job, driven through the command line: build, gate, release, ask, approve, query, prove."""

import json
import sqlite3
from pathlib import Path

import pyarrow.ipc
import pyarrow.parquet as pq
from python_calamine import load_workbook

ASK = (
    "request", "customers.households", "--purpose", "segmentation", "--reason", "why", "--as", "mia",
)  # fmt: skip


def released(shell):
    assert shell("run", "sales.transactions", "customers.households", "--as", "olga")[0] == 0
    return shell


def granted(shell, *extra):
    released(shell)
    code, out, err = shell(*ASK, *extra, "--json")
    assert code == 0, err
    request = json.loads(out)["result"]["request"]["id"]
    code, _, err = shell("approve", request, "--as", "carl")
    assert code == 0, err
    return request


def rows(out):
    return [json.loads(line) for line in out.splitlines()]


def test_the_approval_is_the_access(shell):
    released(shell)
    sql = "select household_id, age, email from customers.households order by 1"
    code, _, err = shell("query", sql, "--as", "mia", "--purpose", "segmentation")
    assert code == 3
    assert "error[E403]" in err
    assert "agora request customers.households" in err
    code, out, _ = shell(*ASK, "--json")
    request = json.loads(out)["result"]["request"]["id"]
    for call in (("query", sql), ("show", "customers.households", "--sample")):
        code, _, err = shell(*call, "--as", "mia", "--purpose", "segmentation")
        assert code == 3
        assert f"`{request}` asks for it for `segmentation` and waits for `carl`" in err
        assert "agora request" not in err
    others = ("mia", "--purpose", "sales-planning"), ("service:bi", "--purpose", "segmentation")
    for who in others:
        _, _, err = shell("query", sql, "--as", *who)
        assert request not in err
        assert "agora request customers.households" in err
    assert shell("approve", request, "--ask", "for which weeks?", "--as", "carl")[0] == 0
    _, _, err = shell("query", sql, "--as", "mia", "--purpose", "segmentation")
    assert "its owners asked back and wait for an answer of `mia`" in err
    assert shell("approve", request, "--as", "carl")[0] == 0
    code, out, err = shell("query", sql, "--as", "mia", "--purpose", "segmentation", "--json")
    assert code == 0, err
    found = rows(out)
    assert len(found) == 8
    assert all(row["age"] is None and row["email"] is None for row in found)


def test_what_is_masked_for_one_is_clear_for_the_owner(shell):
    granted(shell)
    sql = "select age from customers.households"
    _, out, _ = shell("query", sql, "--as", "mia", "--purpose", "segmentation", "--json")
    assert {row["age"] for row in rows(out)} == {None}
    _, out, _ = shell("query", sql, "--as", "carl", "--json")
    assert None not in {row["age"] for row in rows(out)}


def test_rows_are_filtered_for_who_looks_after_two_stores(shell):
    released(shell)
    sql = "select distinct store_id from sales.transactions order by 1"
    _, out, _ = shell("query", sql, "--as", "ana", "--json")
    assert [row["store_id"] for row in rows(out)] == ["330", "367"]
    _, out, _ = shell("query", sql, "--as", "sofia", "--json")
    assert len(rows(out)) > 2


def test_access_ends_with_the_agreement(shell):
    granted(shell)
    sql = "select count(*) n from customers.households"
    assert shell("query", sql, "--as", "mia", "--purpose", "segmentation")[0] == 0
    with sqlite3.connect(shell.root / ".agora/agora.db") as store:
        found = store.execute("select document from nouns where kind='Agreement'").fetchall()
    agreement = json.loads(found[-1][0])["id"]
    assert shell("approve", agreement, "--end", "--reason", "over", "--as", "carl")[0] == 0
    code, _, err = shell("query", sql, "--as", "mia", "--purpose", "segmentation")
    assert code == 3
    assert "ended" in err


def test_access_ends_with_its_time(shell):
    granted(shell, "--until", "2018-01-31")
    sql = "select count(*) n from customers.households"
    assert shell("query", sql, "--as", "mia", "--purpose", "segmentation")[0] == 0
    mesh = shell.root / "agora.yaml"
    mesh.write_text(mesh.read_text().replace("2018-01-02T08", "2018-02-01T08"))
    assert shell("query", sql, "--as", "mia", "--purpose", "segmentation")[0] == 3


def test_nobody_approves_their_own_request(shell):
    released(shell)
    code, out, _ = shell(
        "request", "sales.transactions", "--purpose", "segmentation", "--reason", "x",
        "--accept-terms", "--for", "team:sales", "--as", "sofia", "--json",
    )  # fmt: skip
    request = json.loads(out)["result"]["request"]["id"]
    code, _, err = shell("approve", request, "--as", "sofia")
    assert code == 3
    assert "E428" in err


def test_refused_requests_answers_and_runs_are_in_the_ledger(shell):
    granted(shell)
    shell("run", "sales.transactions", "--as", "mia")
    shell("run", "customers.segments", "--as", "carl")
    shell("request", "sales.transactions", "--purpose", "fun", "--reason", "x", "--as", "mia")
    _, out, _ = shell("ledger", "list", "--last", "100", "--json")
    denied = [r["entry"] for r in json.loads(out)["result"] if r["entry"]["event"] == "denied"]
    codes = [dict(entry["facts"])["code"] for entry in denied]
    assert codes == ["E419", "E403", "E411"]


def test_only_owners_approve(shell):
    released(shell)
    _, out, _ = shell(*ASK, "--json")
    request = json.loads(out)["result"]["request"]["id"]
    code, _, err = shell("approve", request, "--as", "ana")
    assert (code, "E408" in err) == (2, True)
    code, _, err = shell("approve", request, "--as", "olga")
    assert code == 3
    assert "carl" in err
    assert shell("approve", request, "--as", "carl", "--refuse", "--reason", "no")[0] == 0
    assert shell("approve", request, "--as", "carl")[0] == 5


def test_an_answer_may_only_narrow(shell):
    released(shell)
    _, out, _ = shell(*ASK, "--columns", "household_id,age", "--json")
    request = json.loads(out)["result"]["request"]["id"]
    assert shell("approve", request, "--as", "carl", "--columns", "email")[0] == 3
    assert shell("approve", request, "--as", "carl", "--columns", "household_id")[0] == 0
    _, out, _ = shell(
        "query",
        "select * from customers.households",
        "--as",
        "mia",
        "--purpose",
        "segmentation",
        "--json",
    )
    assert set(rows(out)[0]) == {"household_id"}


def test_approvals_for_different_purposes_do_not_mix(shell):
    granted(shell)
    code, out, _ = shell(
        "request", "sales.transactions", "--purpose", "sales-planning", "--reason", "x",
        "--accept-terms", "--as", "mia", "--json",
    )  # fmt: skip
    request = json.loads(out)["result"]["request"]["id"]
    assert shell("approve", request, "--as", "sofia")[0] == 0
    join = "select count(*) from sales.transactions join customers.households using (household_id)"
    code, _, err = shell("query", join, "--as", "mia")
    assert code == 3
    assert "E412" in err


def test_a_build_reads_through_its_own_agreement(shell):
    released(shell)
    code, _, err = shell("run", "customers.segments", "--as", "carl")
    assert code == 3
    assert "agora request sales.transactions@1 --for service:customers.segments" in err
    _, out, _ = shell(
        "request", "sales.transactions", "--for", "service:customers.segments",
        "--purpose", "segmentation", "--reason", "x", "--accept-terms", "--as", "carl", "--json",
    )  # fmt: skip
    request = json.loads(out)["result"]["request"]["id"]
    assert f"`{request}` asks for it" in shell("run", "customers.segments", "--as", "carl")[2]
    assert shell("approve", request, "--as", "sofia")[0] == 0
    assert shell("run", "customers.segments", "--as", "carl")[0] == 0
    _, out, _ = shell(
        "query", "select sum(baskets) n from customers.segments", "--as", "carl", "--json"
    )
    _, total, _ = shell(
        "query", "select count(*) n from sales.transactions", "--as", "sofia", "--json"
    )
    assert rows(out)[0]["n"] == rows(total)[0]["n"]


def test_a_second_run_changes_nothing(shell):
    released(shell)
    code, out, _ = shell("run", "sales.transactions", "--json")
    ran = json.loads(out)["result"][0]
    assert code == 0
    assert ran["skipped"] is True
    assert ran["run"] is None


def test_a_failing_check_keeps_the_last_release(shell):
    released(shell)
    data = shell.root / "customers/households/data/households.csv"
    data.write_text(data.read_text() + "99,x@example.org,too old,0K,1\n")
    code, out, err = shell("run", "customers.households", "--as", "carl")
    assert code == 1
    assert "release 1 keeps serving" in out
    _, out, _ = shell(
        "query", "select count(*) n from customers.households", "--as", "carl", "--json"
    )
    assert rows(out) == [{"n": 8}]
    code, out, err = shell("show", "customers.households", "--failures", "--as", "carl", "--json")
    assert code == 0, err
    assert [row["household_id"] for row in rows(out)] == [99]
    granted_code, _, err = shell("show", "customers.households", "--failures", "--as", "mia")
    assert granted_code == 3


def test_quarantined_rows_are_kept_out_and_seen_under_the_same_decision(shell):
    contract = shell.root / "customers/households/contracts/households.v1.odcs.yaml"
    contract.write_text(
        contract.read_text().replace("mustBe: 0", "mustBe: 0\n            severity: quarantine")
    )
    data = shell.root / "customers/households/data/households.csv"
    data.write_text(data.read_text() + "99,x@example.org,too old,0K,1\n")
    granted(shell)
    _, out, _ = shell(
        "query", "select count(*) n from customers.households", "--as", "carl", "--json"
    )
    assert rows(out) == [{"n": 8}]
    _, out, _ = shell("show", "customers.households", "--quarantine", "--as", "carl", "--json")
    assert rows(out)[0]["email"] == "x@example.org"
    _, out, _ = shell(
        "show",
        "customers.households",
        "--quarantine",
        "--as",
        "mia",
        "--purpose",
        "segmentation",
        "--json",
    )
    assert rows(out)[0]["email"] is None
    assert rows(out)[0]["_reason"] == "invalidValues:age"


def test_every_format_gives_the_same_rows(shell, tmp_path):
    released(shell)
    sql = "select household_id, age, household_size from customers.households order by 1"
    _, out, _ = shell("query", sql, "--as", "carl", "--json")
    expected = rows(out)
    for suffix in ("csv", "json", "ndjson", "parquet", "arrow", "xlsx"):
        path = tmp_path / f"rows.{suffix}"
        assert shell("query", sql, "--as", "carl", "-o", str(path))[0] == 0
        assert len(_read(path)) == len(expected)
    assert _read(tmp_path / "rows.parquet") == expected
    assert _read(tmp_path / "rows.arrow") == expected


def _read(path: Path):
    match path.suffix:
        case ".parquet":
            return pq.read_table(path).to_pylist()
        case ".arrow":
            with pyarrow.ipc.open_stream(path) as stream:
                return stream.read_all().to_pylist()
        case ".json":
            return json.loads(path.read_text())
        case ".ndjson":
            return rows(path.read_text())
        case ".xlsx":
            return load_workbook(path).get_sheet_by_index(0).to_python()[1:]
    return path.read_text().splitlines()[1:]


def test_a_failed_export_leaves_no_file(shell, tmp_path):
    released(shell)
    path = tmp_path / "rows.csv"
    code, _, err = shell(
        "query",
        "select cast(age as int) from customers.households",
        "--as",
        "carl",
        "-o",
        str(path),
    )
    assert code == 3
    assert "E232" in err
    assert "25-34" not in err
    assert list(tmp_path.glob("*rows*")) == []


def test_the_ledger_tells_all_and_finds_every_change(shell):
    granted(shell)
    shell("query", "select 1 from customers.households", "--as", "mia", "--purpose", "segmentation")
    shell("query", "select * from sales.transactions", "--as", "mia")
    code, out, _ = shell("ledger", "verify", "--as", "olga")
    assert code == 0
    assert "the record holds" in out
    code, out, _ = shell("ledger", "list", "--last", "100", "--json")
    kinds = [record["entry"]["event"] for record in json.loads(out)["result"]]
    for kind in (
        "released",
        "requested",
        "approved",
        "query-opened",
        "query-closed",
        "query-refused",
    ):
        assert kind in kinds
    with sqlite3.connect(shell.root / ".agora/agora.db") as store:
        store.execute("update ledger set body = replace(body, 'mia', 'ana')")
    code, out, _ = shell("ledger", "verify", "--as", "olga")
    assert code == 1
    assert "was changed" in out


def test_nobody_else_reads_the_whole_ledger(shell):
    released(shell)
    shell("query", "select 1 from sales.transactions", "--as", "ana")
    _, out, _ = shell("ledger", "--as", "ana", "--json", "--last", "100")
    assert {record["entry"]["who"] for record in json.loads(out)["result"]} == {"ana"}
    assert shell("ledger", "verify", "--as", "ana")[0] == 3


def test_an_agent_sees_no_more_than_its_person(shell):
    released(shell)
    sql = "select distinct store_id from sales.transactions order by 1"
    code, out, err = shell("query", sql, "--as", "agent:aria", "--json")
    assert code == 0, err
    assert [row["store_id"] for row in rows(out)] == ["330", "367"]


def test_an_unlisted_product_answers_like_one_that_is_not_there(shell):
    released(shell)
    build = shell.root / "sales/transactions/build.yaml"
    build.write_text(build.read_text() + "listed: false\n")
    _, _, hidden = shell("query", "select * from sales.transactions", "--as", "mia")
    _, _, absent = shell("query", "select * from sales.transactionz", "--as", "mia")
    assert hidden.replace("transactions", "X") == absent.replace("transactionz", "X")
    assert "transactions" not in shell("search", "--as", "mia")[1]
    assert shell("query", "select count(*) from sales.transactions", "--as", "ana")[0] == 0


def test_explain_and_show_say_what_is_seen_and_why(shell):
    granted(shell)
    _, out, _ = shell("explain", "customers.households", "--as", "mia", "--purpose", "segmentation")
    assert "guardrail/mask-personal" in out
    assert "empty" in out
    _, out, _ = shell("explain", "sales.transactions", "--as", "ana")
    assert "store_id in $user.stores" in out
    _, out, _ = shell("show", "customers.households", "--as", "mia", "--purpose", "segmentation")
    assert "edition 1" in out
    assert "promises" in out
    _, out, _ = shell("search", "basket", "--as", "mia")
    assert "sales.transactions" in out
    assert "on request" in out
