"""Codes are met as a person would meet them: through the command line.

Codes of texts (`E1xx`) have their cases under `tests/cases/texts`, codes of data files theirs beside
the sources, codes of rights theirs beside the rules; `tests/docs/test_codes_both_ways.py` sees to it that no
code is left out.
"""

import re

import pytest

from agora.backends.engine.duckdb import forked, readers

BUILD = "sales/transactions/build.yaml"
STEP = "sales/transactions/steps/typed.sql"
CONTRACT = "sales/transactions/contracts/transactions.v1.odcs.yaml"
DATA = "sales/transactions/data/transactions.csv"
HOUSEHOLDS = "customers/households/contracts/households.v1.odcs.yaml"
RUN = ("run", "sales.transactions")
QUERY = ("query", "--as", "sofia")
ROWS = "from sales.transactions"


def edit(path, old, new):
    text = path.read_text()
    assert old in text, old
    path.write_text(text.replace(old, new))


def built(shell):
    code, out, err = shell(*RUN)
    assert code == 0, out + err


def asked(shell, sql):
    built(shell)
    return shell(*QUERY, sql)


def asking(sql):
    return lambda shell, _root: asked(shell, sql)


def told(*arguments):
    return lambda shell, _root: shell(*arguments)


def changed(file, old, new, *arguments, first=False):
    def call(shell, root):
        if first:
            built(shell)
        edit(root / file, old, new)
        return shell(*(arguments or RUN))

    return call


def twice(*arguments):
    def call(shell, _root):
        shell(*arguments)
        return shell(*arguments)

    return call


def request(shell, *more, port="customers.households", who="sofia"):
    built(shell)
    shell("run", "customers.households")
    code, out, err = shell(
        "request", port, "--as", who, "--purpose", "sales-planning", "--reason", "x", *more
    )
    assert code == 0, err
    return re.search(r"req-[\w-]+", out + err)[0]


def answered(shell, _root):
    wish = request(shell)
    shell("approve", wish, "--as", "carl")
    return shell("approve", wish, "--as", "carl")


def agreement(shell):
    wish = request(shell)
    _, out, err = shell("approve", wish, "--as", "carl")
    return re.search(r"agr-[\w-]+", out + err)[0]


def ended(who, times):
    def call(shell, _root):
        made = agreement(shell)
        for _ in range(times):
            found = shell("approve", "--end", made, "--reason", "over", "--as", who)
        return found

    return call


def widened(shell, _root):
    wish = request(shell, "--columns", "household_id")
    return shell("approve", wish, "--as", "carl", "--columns", "household_id,age")


def asked_twice(shell, _root):
    request(shell)
    return shell(
        "request", "customers.households", "--as", "sofia", "--purpose", "sales-planning",
        "--reason", "x",
    )  # fmt: skip


def left_out(shell, _root):
    wish = request(shell, "--columns", "household_id")
    shell("approve", wish, "--as", "carl")
    return shell(
        "explain", "customers.households", "--as", "sofia", "--purpose", "sales-planning", "--json"
    )


def limited(shell, root):
    edit(root / "agora.yaml", "rows: 1000000", "rows: 2")
    return asked(shell, f"select * {ROWS}")


def without(path):
    def call(shell, root):
        built(shell)
        for file in sorted(root.glob(path)):
            file.unlink()
        return shell(*QUERY, f"select * {ROWS}")

    return call


def spoiled(path, *arguments):
    def call(shell, root):
        built(shell)
        for file in sorted(root.glob(path)):
            file.write_bytes(b"this is not what it was" * 400)
        return shell(*(arguments or (*RUN, "--again")))

    return call


def file_instead_of_lake(shell, root):
    (root / ".agora").mkdir()
    (root / ".agora" / "lake").write_text("")
    return shell(*RUN)


def readonly_store(shell, root):
    (root / "agora.yaml").write_text((root / "agora.yaml").read_text() + "store: sqlite:nowhere\n")
    (root / "nowhere").mkdir()
    return shell(*RUN)


def no_mesh(shell, root):
    return shell("check", "--mesh", str(root.parent / "nowhere"))


def dangling(shell, root):
    (root / "sales" / "gone.sql").symlink_to(root / "sales" / "nothing.sql")
    return shell("check")


def too_large(shell, root):
    (root / "sales" / "huge.sql").write_bytes(b"x" * (5 << 20) + b"x")
    return shell("check")


def folder_is_a_file(shell, root):
    (root / "odd").mkdir()
    (root / "odd" / "guardrails").write_text("")
    return shell("init", "--name", "odd", "--operator", "olga", str(root / "odd"))


def standing_file(shell, root):
    (root / "odd" / "guardrails").mkdir(parents=True)
    (root / "odd" / "people.yaml").write_text("")
    return shell("init", "--name", "odd", "--operator", "olga", str(root / "odd"))


MET = {
    "E022": told("query", "select 1", "--format", "smoke"),
    "E012": told("init", "--name", "again", "--operator", "olga"),
    "E013": told("new", "sales.transactions"),
    "E015": lambda shell, root: (
        (root / "agora.pdf").write_text("x"), shell("new", "sales.more", "--from", "agora.pdf"),
    )[1],
    "E016": told("new", "finance.more", "--as", "olga"),
    "E018": told("search", "--as", "nobody"),
    "E020": changed("agora.yaml", "operator: olga", "operator: olga\nstore: sqlite:${env:NOWHERE_SET}", *RUN),
    "E024": lambda shell, _root: (
        built(shell), shell(*QUERY, f"select * {ROWS}", "--format", "csv", "-o", "/nowhere/x.csv")
    )[1],
    "E031": lambda shell, root: shell("demo", str(root)),
    "E233": asking(f"select 9223372036854775807 + basket_id {ROWS}"),
    "E234": asking(f"select strptime(store_id || 'x', '%Y') {ROWS}"),
    "E236": asking(f"select time_bucket(interval 0 day, sold_at) {ROWS}"),
    "E040": told("schema", "nothing"),
    "E041": told("export", "sales.transactions", "--format", "smoke"),
    "E043": changed(CONTRACT, "status: active", "status: active\nteam: {name: sales, members: [{username: sofia}]}", "export", "sales.transactions", "--version", "3.0.2"),
    "E100": changed("agora.yaml", "name: market", "nam: market", "search"),
    "E302": changed(BUILD, "path: data/transactions.csv", "path: data/transactions.csv, options: {colour: red}", "check"),
    "E311": changed(STEP, "from raw", "from row"),
    "E312": lambda shell, root: (
        edit(root / BUILD, "steps:\n", "steps:\n  - {file: steps/other.sql}\n"),
        (root / "sales/transactions/steps/other.sql").write_text("select * from typed"),
        (root / STEP).write_text("select * from other"),
        shell(*RUN),
    )[-1],
    "E321": changed(STEP, "basket_id,", "basket,"),
    "E324": changed(DATA, "\n", "\nx,1,330,2017-01-01 10:00:00,1,1,many\n"),
    "E325": lambda shell, root: (
        shell("run", "customers.households"),
        edit(root / HOUSEHOLDS, "{name: household_size, logicalType: integer, physicalType: INTEGER}", "{name: household_size, logicalType: string}"),
        shell("run", "customers.households"),
    )[-1],
    "E400": left_out,
    "E407": lambda shell, _root: (built(shell), shell("show", "sales.transactions", "--failures", "--as", "sofia"))[1],
    "E413": answered,
    "E414": ended("olga", 1),
    "E415": ended("carl", 2),
    "E416": widened,
    "E417": asked_twice,
    "E418": told("ledger", "verify", "--as", "mia"),
    "E433": limited,
    "E434": too_large,
    "E503": readonly_store,
    "E515": spoiled(".agora/agora.db", *QUERY, f"select * {ROWS}"),
    "E506": no_mesh,
    "E507": dangling,
    "E508": standing_file,
    "E509": folder_is_a_file,
    "E511": without(".agora/lake/sales/**/data/**/*.parquet"),
    "E522": spoiled(".agora/lake/catalog.db"),
    "E523": file_instead_of_lake,
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(MET))
def test_a_person_meets_the_code(code, shell, market):
    _, out, err = MET[code](shell, market)
    assert f"[{code}]" in err or f'"{code}"' in out, (out + err)[-1500:]
    assert "Traceback" not in out + err


def test_a_command_without_anybody_to_act(shell, market, monkeypatch):
    monkeypatch.setenv("AGORA_OPERATOR", "")
    assert "error[E017]" in shell("search")[2]


def test_binary_rows_are_not_for_a_terminal(shell, market, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert "error[E023]" in shell(*QUERY, "select 1", "--format", "parquet")[2]


def test_a_statement_that_takes_too_long_to_parse(shell, market, monkeypatch):
    monkeypatch.setattr(readers, "PARSE_SECONDS", 0.0)
    assert "error[E432]" in asked(shell, f"select * {ROWS}")[2]


def test_a_machine_that_can_start_no_process(shell, market, monkeypatch):
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    forked.nursery().close()
    assert "error[E510]" in shell(*RUN)[2]


def test_what_nobody_expected_is_told_without_its_words(shell, market, monkeypatch):
    def fail(*_):
        raise RuntimeError("SECRET")

    monkeypatch.setattr("agora.passage.finding.indexed", fail)
    code, out, err = shell("search")
    assert (code, "error[E001]" in err, "SECRET" in out + err) == (70, True, False)
