"""What people read at the terminal: every command's plain form, looked at for what it must say."""

import json

import pytest

from agora.cli.answers.tables import table, width
from agora.cli.answers.terminal import safe


@pytest.fixture
def lived(shell):
    """A market with releases, a request that waits and one that was answered."""
    shell("run", "sales.transactions", "customers.households")
    shell(
        "request",
        "customers.households",
        "--purpose",
        "segmentation",
        "--reason",
        "why not",
        "--as",
        "mia",
    )
    return shell


def test_running_tells_what_was_made(shell):
    _, out, _ = shell("run", "sales.transactions")
    assert "sales.transactions: release 1, 24 rows" in out
    _, out, _ = shell("run", "sales.transactions")
    assert "nothing has changed since release 1" in out


def test_a_request_says_who_decides(shell):
    shell("run", "customers.households", "--as", "carl")
    _, out, _ = shell(
        "request",
        "customers.households",
        "--purpose",
        "segmentation",
        "--reason",
        "x",
        "--as",
        "mia",
        "--until",
        "2018-03-01",
    )
    assert "`carl` decides" in out
    assert "agora approve req-" in out


def test_what_waits_is_listed_and_answered(lived):
    _, out, _ = lived("approve", "--as", "carl")
    request = next(word for word in out.split() if word.startswith("req-"))
    assert "why not" in out
    _, out, _ = lived("approve", request, "--as", "carl", "--until", "2018-06-30")
    assert "`mia` may use customers.households@1 until 2018-06-30" in out
    _, out, _ = lived("approve", "--as", "carl")
    assert "nothing waits for you" in out
    _, out, _ = lived("explain", "customers.households", "--as", "mia", "--purpose", "segmentation")
    assert "until 2018-06-30" in out
    agreement = json.loads(lived("explain", "customers.households", "--as", "mia", "--json")[1])
    agreed = agreement["result"][0]["agreement"]
    _, out, _ = lived("approve", agreed, "--end", "--as", "mia")
    assert "has ended" in out
    _, out, _ = lived("explain", "customers.households", "--as", "mia")
    assert "no access" in out
    assert "agora request" in out


def test_a_refusal_is_told(lived):
    _, out, _ = lived("approve", "--as", "carl", "--json")
    request = json.loads(out)["result"][0]["id"]
    _, out, _ = lived("approve", request, "--refuse", "--reason", "not now", "--as", "carl")
    assert "was refused" in out


def test_the_ledger_reads_as_a_story_and_exports_as_lines(lived):
    lived("query", "select 1 from sales.transactions", "--as", "ana")
    _, out, _ = lived("ledger")
    assert "ana (by olga)" in out
    assert "query-closed" in out
    _, out, _ = lived("ledger", "export")
    assert all(json.loads(line)["place"] for line in out.splitlines())
    _, out, _ = lived("ledger", "verify", "--json")
    assert json.loads(out)["result"]["holds"] is True


def test_a_label_says_what_is_promised_and_kept(lived):
    _, out, _ = lived("show", "sales.transactions", "--as", "mia")
    assert "no access" in out
    assert "agora request" in out
    _, out, _ = lived("show", "sales.transactions", "--json")
    assert json.loads(out)["kind"] == "label"
    _, out, _ = lived("show", "customers.segments", "--as", "carl")
    assert "nothing is released yet" in out
    _, out, _ = lived("show", "sales.transactions", "--sample", "--rows", "3", "--as", "sofia")
    assert "(3 rows)" in out


def test_a_search_without_hits_says_so(lived):
    assert "nothing fits" in lived("search", "zebra")[1]
    assert json.loads(lived("search", "--json")[1])["result"]
    assert json.loads(lived("explain", "E131", "--json")[1])["result"]["code"] == "E131"


def test_checks_are_told_with_place_and_mark(shell):
    file = shell.root / "sales/transactions/transactions.odps.yaml"
    file.write_text(
        file.read_text().replace("contractId: sales-transactions-v1", "contractId: nowhere")
    )
    code, out, err = shell("check")
    assert code == 1
    assert "E131" in err
    assert "transactions.odps.yaml:" in err
    assert "^" in err
    code, out, _ = shell("check", "--json")
    assert {finding["code"] for finding in json.loads(out)["result"]} >= {"E131"}
    code, _, err = shell("show", "sales.transactions", "--as", "sofia")
    assert "agora check" in err


def test_a_table_ends_where_the_terminal_does(shell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    shell("run", "customers.households", "--as", "carl")
    _, out, _ = shell("query", "select * from customers.households", "--as", "carl")
    assert max(width(line) for line in out.splitlines()) <= 40


def test_every_row_of_all_products_in_order(shell):
    code, out, err = shell("run", "--all")
    assert code == 1
    assert "sales.transactions: release 1" in out
    assert "error[E403]: customers.segments:" in err
    assert "service:customers.segments" in err
    assert err.rstrip().endswith("could not be run")


def test_wide_letters_and_control_characters_are_laid_out_safely():
    laid = table(
        ["a", "n"], [["漢字", "1"], ["e\u0301\x1b[31m", "22"]], right=[False, True], room=40
    )
    assert "\x1b" not in laid
    assert "\\x1b" in laid
    assert width("漢字") == 4
    assert safe("a\u202eb") == "a\ufffdb"


def test_nested_values_are_text_in_csv(shell, tmp_path):
    shell("run", "sales.transactions")
    sql = "select [1, 2] as l, {'a': null} as s, 1 as n from sales.transactions limit 1"
    path = tmp_path / "x.csv"
    assert shell("query", sql, "--as", "sofia", "-o", str(path))[0] == 0
    assert path.read_text().splitlines()[1] == '"[1, 2]","{""a"": null}",1'
    assert shell("query", sql, "--as", "sofia", "-o", "/nowhere/at/all.csv")[0] == 4


def test_numbers_are_never_cut_and_columns_that_do_not_fit_are_named(shell, monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    shell("run", "sales.transactions")
    sql = "select 12345678901234567890 as n, repeat('x', 40) as t, 1234567 as m, 7654321 as k"
    code, out, _ = shell("query", f"{sql} from sales.transactions limit 1", "--as", "sofia")
    assert code == 0
    assert "12345678901234567890" in out
    assert "…" in out
    assert "(1 more column in a wider terminal: k)" in out
    assert max(width(line) for line in out.splitlines()) <= 44


def test_reasons_go_on_in_the_next_line():
    laid = table(["a", "why"], [["x", "one two three four five six"]], room=14, wrap=True)
    assert [line.split() for line in laid.splitlines()[2:]] == [
        ["x", "one", "two"], ["three", "four"], ["five", "six"],
    ]  # fmt: skip
    assert table(["a", ""], [["x", ""]], room=14).splitlines() == ["a", "─", "x"]


def test_what_is_piped_is_not_cut(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert "y" * 300 in table(["a"], [["y" * 300]])


def test_an_end_has_all_its_hours_and_may_not_have_passed(lived):
    _, out, _ = lived("approve", "--as", "carl")
    request = next(word for word in out.split() if word.startswith("req-"))
    assert f"Next: agora approve {request} --as carl" in out
    assert "answered by `carl`" in lived("approve", "--as", "mia")[1]
    code, _, err = lived("approve", request, "--as", "carl", "--until", "2017-01-01")
    assert (code, "E424" in err) == (3, True)
    code, _, err = lived("approve", request, "--as", "carl", "--columns", "agee")
    assert (code, "E422" in err) == (3, True)
    lived("approve", request, "--as", "carl", "--until", "2018-06-30")
    found = json.loads(lived("explain", "customers.households", "--as", "mia", "--json")[1])
    assert found["result"][0]["expires"].startswith("2018-06-30T23:59:59")


def test_what_is_no_select_is_told_in_our_words(lived):
    code, _, err = lived("query", "drop table sales.transactions", "--as", "sofia")
    assert (code, "E210" in err, "it is no SELECT" in err) == (3, True, True)


def test_what_was_probably_meant(shell):
    assert "did you mean `sales.transactions`" in shell("show", "sales.transaction")[2]
    assert "did you mean `agent:aria`?" in shell("search", "--as", "aria")[2]
    shell("new", "sales.big-visits", "--as", "sofia")
    assert "did you mean `sales.big-visits`" in shell("show", "sales.big_visits")[2]


def test_runs_that_ended_are_told_when_a_later_one_is_refused(shell):
    code, out, err = shell("run", "sales.transactions", "nope.nothing")
    assert code == 2
    assert "sales.transactions: release 1, 24 rows" in out
    assert "E404" in err


def test_one_that_cannot_be_run_holds_up_only_those_that_read_it(shell):
    shell("run", "customers.households")
    broken = shell.root / "sales/transactions/steps/typed.sql"
    broken.write_text("select nothing from raw")
    code, out, err = shell("run", "--all", "--json")
    assert code == 1
    ran = json.loads(out)["result"]
    refused = {
        each["refused"][0]["product"]: each["refused"][1]["code"] for each in ran if each["refused"]
    }
    assert refused == {"transactions": "E321", "segments": "E475"}, err
    assert "it reads `sales.transactions`, which could not be run" in err
    assert [each["skipped"] for each in ran if not each["refused"]] == [True]


def test_of_all_products_only_those_are_told_that_may_be_known(shell):
    code, out, err = shell("run", "--all", "--as", "mia")
    assert code == 1
    assert "E419" in err
    assert not out
