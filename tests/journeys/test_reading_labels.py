"""Labels as people read them: at a terminal, as a program, and how one edition followed another."""

import json

import pytest

from agora.cli.answers.labels import spark, weeks

CONTRACT = "sales/transactions/contracts/transactions.v1.odcs.yaml"
DATA = "sales/transactions/data/transactions.csv"


def released(shell):
    code, out, err = shell("run", "sales.transactions", "--as", "olga")
    assert code == 0, out + err


def told(shell, *arguments):
    code, out, err = shell("show", "sales.transactions", *arguments)
    assert code == 0, err
    return out


def test_the_owner_reads_what_the_rows_tell(shell):
    released(shell)
    out = told(shell, "--as", "sofia")
    assert "24 rows" in out
    assert "! `sold_at` is in local time, zone not stated" in out
    assert "· `basket_id` names each row once" in out
    assert "2017-10-28 23:11:00" in out
    assert "✓ frequency: at most 1 d old; kept on 1 day ············▇" in out


def test_who_sees_some_rows_reads_only_what_is_public(shell):
    released(shell)
    out = told(shell, "--as", "ana")
    assert "24 rows" in out
    assert "· `basket_id` names each row once" in out
    assert "- not shown: values, periods and keys that were found: you do not see every row" in out
    assert "2017" not in out


def test_a_program_gets_facts_sentences_and_days(shell):
    released(shell)
    result = json.loads(told(shell, "--as", "sofia", "--json"))["result"]
    (label,) = result["release"]["labels"]
    assert label["rows"] == 24
    assert label["keys"][0]["columns"] == ["basket_id"]
    assert [r["sentence"] for r in result["remarks"] if r["warns"]]
    (record,) = result["records"]
    assert (record["level"], record["days"]) == ("frequency", "-" * 89 + "k")


def test_an_unlisted_product_shows_its_people_without_a_right_no_rows(shell, market):
    released(shell)
    build = market / "sales/transactions/build.yaml"
    build.write_text(build.read_text() + "listed: false\n")
    policy = market / "sales/policies/own-people.yaml"
    policy.write_text(
        policy.read_text().replace("kinds: [person]", "roles: [owner]").partition("tests:")[0]
    )
    out = told(shell, "--as", "emil")
    assert "rows not shown" in out
    assert "- not shown: everything counted: the product is not listed" in out
    assert told(shell, "--as", "sofia").count("24 rows") == 1
    history = told(shell, "--as", "emil", "--history")
    assert "24" not in history.partition("edition")[2].replace("2018-01-02", "")


def test_history_tells_every_edition(shell, market):
    assert "nothing is released yet" in told(shell, "--as", "sofia", "--history")
    released(shell)
    contract = market / CONTRACT
    link = "household_id, logicalType: integer, required: true"
    linked = f"{link}, relationships: [{{to: transactions.basket_id, customProperties: [{{property: severity, value: warn}}]}}]"
    contract.write_text(contract.read_text().replace(link, linked))
    data = market / DATA
    data.write_text(
        data.read_text()
        + "1024,9,330,2017-10-29 09:00:00,43,1,1.00\n1025,9,330,2017-10-29 09:00:00,43,2,1.00\n"
    )
    released(shell)
    out = told(shell, "--as", "sofia", "--history")
    assert "rows ▁█" in out
    lines = [line.split() for line in out.splitlines() if "2018-01-02 08:00" in line]
    assert lines == [
        ["1", "2018-01-02", "08:00", "24", "12/12", "1/1"],
        ["2", "2018-01-02", "08:00", "26", "12/13", "1/1", "0", "%"],
    ]
    document = json.loads(told(shell, "--as", "sofia", "--history", "--json"))
    assert document["kind"] == "history"
    assert [each["rows"] for each in document["result"]["editions"]] == [24, 26]


def test_a_restored_edition_has_the_label_of_its_rows(shell, market):
    released(shell)
    data = market / DATA
    data.write_text(data.read_text() + "1024,9,330,2017-10-29 09:00:00,43,1,1.00\n")
    released(shell)
    arguments = ("sales.transactions", "--to", "1", "--reason", "too early", "--as", "olga")
    assert shell("rollback", *arguments)[0] == 0
    (label,) = json.loads(told(shell, "--as", "sofia", "--json"))["result"]["release"]["labels"]
    assert label["rows"] == 24
    assert "rows ▁█▁" in told(shell, "--as", "sofia", "--history")


@pytest.mark.parametrize(
    ("numbers", "bars"),
    [
        ([], ""),
        ([5], "▄"),
        ([5, 5], "▄▄"),
        ([0, 7], "▁█"),
        ([1, None, 3], "▁ █"),
        ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"),
        ([None], " "),
    ],
)
def test_a_bar_stands_for_each_number(numbers, bars):
    assert spark(numbers) == bars


@pytest.mark.parametrize(
    ("days", "signs"),
    [
        ("", ""),
        ("k", "▇"),
        ("-" * 7 + "-kkkkkk" + "kkkbkkk", "·▇▂"),
        ("kk" + "-" * 7, "▇·"),
    ],
)
def test_a_sign_stands_for_each_week(days, signs):
    assert weeks(days) == signs
