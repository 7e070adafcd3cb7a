"""A newcomer's first steps, and every way a command can be called wrongly."""

import json
import re
import subprocess
import sys

import pytest

from agora.app.start import start
from agora.cli.main import COMMANDS


@pytest.fixture
def here(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments):
        capfd.readouterr()
        code = start(list(arguments))
        return code, *capfd.readouterr()

    return call


def test_from_an_empty_folder_to_rows(here):
    assert here("init", "--name", "acme", "--operator", "olga")[0] == 0
    assert here("new", "sales.visits")[0] == 0
    code, out, err = here("check")
    assert code == 0, err
    assert here("run", "sales.visits")[0] == 0
    code, out, err = here("query", "select count(*) n from sales.visits", "--json")
    assert code == 0, err
    assert json.loads(out)["n"] > 0


def test_from_a_file_to_a_product(here, tmp_path):
    here("init", "--name", "acme", "--operator", "olga")
    (tmp_path / "visits.csv").write_text(
        "Name,Größe,when,zip,paid\nAna,1,2018-01-01,01067,3.2\nTom,2,2018-01-02,10115,0.45\n"
    )
    code, _, err = here("new", "sales.people", "--from", "visits.csv")
    assert code == 0, err
    code, out, err = here("check")
    assert code == 0, out + err
    code, out, err = here("run", "sales.people")
    assert code == 0, out + err
    _, out, _ = here("query", "select * from sales.people order by all", "--json")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"name": "Ana", "größe": 1, "when": "2018-01-01", "zip": "01067", "paid": "3.20"},
        {"name": "Tom", "größe": 2, "when": "2018-01-02", "zip": "10115", "paid": "0.45"},
    ]


def test_nothing_is_overwritten(here):
    here("init", "--name", "acme", "--operator", "olga")
    assert here("init", "--name", "acme", "--operator", "olga")[0] == 5
    here("new", "sales.visits")
    assert here("new", "sales.visits")[0] == 5


def test_every_command_has_an_example(here):
    for name in COMMANDS:
        code, out, _ = here(name, "--help")
        assert code == 0
        assert f"Example: agora {name}" in re.sub(r"\s+", " ", out)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["qery"], 2, "did you mean `query`"),
        (["query"], 2, "E026"),
        (["query", "select 1"], 2, "E010"),
        (["--wrong"], 2, "E002"),
        (["init", "--name", "Not A Name"], 2, "E011"),
        (["explain", "E131"], 0, ""),
        (["explain", "E998"], 2, "E027"),
    ],
)
def test_wrong_calls_are_answered_calmly(here, arguments, code, words):
    found, _, err = here(*arguments)
    assert found == code
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["query", "select 1", "--as", "anna"], 2, "did you mean `ana`"),
        (["query", "select * from sales.transaction"], 2, "did you mean `sales.transactions`"),
        (["query", ""], 2, "E026"),
        (["query", "select 1", "--format", "xml"], 2, "E022"),
        (["query", "--file", "nowhere.sql"], 4, "E025"),
        (["query", "select * from sales.transactions", "--as", "sofia"], 4, "E504"),
        (["show", "sales.nothing"], 2, "E404"),
        (["show", "sales.transactions", "--sample", "--quarantine"], 2, "E029"),
        (["run"], 2, "E021"),
        (["run", "sales.transactions", "--as", "mia"], 3, "E419"),
        (["request", "sales.transactions", "--purpose", "fun", "--reason", "x", "--as", "mia"], 3, "E411"),
        (["request", "sales.transactions", "--purpose", "segmentation", "--reason", "x",
          "--as", "mia", "--until", "soon"], 2, "E019"),
        (["request", "sales.transactions", "--purpose", "segmentation", "--reason", "x",
          "--as", "mia", "--until", "2017-01-01"], 3, "E424"),
        (["request", "sales.transactions", "--purpose", "segmentation", "--reason", "x",
          "--as", "mia", "--for", "carl"], 3, "E426"),
        (["approve", "req-nothing"], 2, "E408"),
        (["ledger", "burn"], 2, "E028"),
        (["new", "sales/Bad Name"], 2, "E014"),
        (["new", "sales.more", "--from", "missing.csv"], 4, "E303"),
        (["new", "sales.more", "--option", "header"], 2, "E034"),
        (["query", "select 1 from sales.transactions", "--as", "ana", "--purpose", "fun"], 3, "E411"),
    ],
)  # fmt: skip
def test_wrong_words_in_a_mesh(shell, arguments, code, words):
    found, _, err = shell(*arguments)
    assert words in err
    assert found == code
    assert "Traceback" not in err


def test_a_broken_guardrail_closes_every_door(shell):
    assert shell("run", "sales.transactions")[0] == 0
    rule = shell.root / "guardrails/mask-personal.yaml"
    rule.write_text(rule.read_text().replace("effect", "efect"))
    code, _, err = shell("query", "select * from sales.transactions", "--as", "sofia")
    assert code == 1
    assert "efect" in err


def test_output_to_a_closed_pipe_is_silent(shell):
    shell("run", "sales.transactions")
    script = "import sys; from agora.app import main; sys.argv = ['agora', *sys.argv[1:]]; main()"
    command = [
        sys.executable,
        "-c",
        script,
        "query",
        "select * from sales.transactions",
        "--as",
        "sofia",
        "--json",
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=shell.root
    )
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


def test_cells_cannot_steer_a_terminal(shell):
    data = shell.root / "customers/households/data/households.csv"
    data.write_text(data.read_text() + '99,a@b.c,65+,"\x1b]0;owned\x07\x1b[2J",1\n')
    shell("run", "customers.households", "--as", "carl")
    _, out, _ = shell("query", "select income from customers.households", "--as", "carl")
    assert "\x1b" not in out
    assert "\\x1b" in out
