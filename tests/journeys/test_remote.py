"""A terminal elsewhere: every command against a server says and does what it does beside the mesh."""

import contextlib
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from agora.app.start import start
from agora.cli.main import COMMANDS
from agora.model import frames
from tests.journeys.changing import MESHES, in_use
from tests.serving import serving

pytestmark = pytest.mark.journey
SCOPES = "read,ask,make"
SQL = "select week, count(*) as n from sales.transactions group by week order by week"
LINE = ["--sql", SQL, "--kind", "bar", "--x", "week", "--y", "n"]

HERE = {"demo", "up", "init", "schema", "login", "logout"}
"""Commands about this machine: they are the same wherever one is signed in."""

SAME = [
    ("olga", ["check"]),
    ("carl", ["plan", "customers.segments", "--no-data"]),
    ("emil", ["preview", "sales.transactions", "raw", "--rows", "3"]),
    ("olga", ["maintain", "--all", "--dry-run"]),
    ("ana", ["query", SQL]),
    ("ana", ["query", SQL, "--format", "csv"]),
    ("ana", ["saved"]),
    ("mia", ["chart"]),
    ("mia", ["chart", "draw", *LINE]),
    ("sofia", ["approve"]),
    ("mia", ["agreements"]),
    ("mia", ["cart"]),
    ("ana", ["discuss", "sales.transactions"]),
    ("mia", ["follow"]),
    ("sofia", ["notices"]),
    ("mia", ["search", "transactions"]),
    ("mia", ["search", "--wishes"]),
    ("mia", ["show", "sales.transactions"]),
    ("mia", ["show", "sales.transactions", "--history"]),
    ("mia", ["show", "sales.transactions", "--sample", "--rows", "3"]),
    ("mia", ["explain", "sales.transactions"]),
    ("ana", ["export", "sales.transactions", "--format", "odcs"]),
    ("ana", ["lineage", "sales.transactions.week"]),
    ("ana", ["token"]),
    ("ana", ["schedule"]),
    ("mia", ["request", "sales.transactions", "--purpose", "sales-planning", "--dry-run"]),
    ("olga", ["scorecard"]),
    ("olga", ["ledger", "--event", "released"]),
    ("olga", ["ledger", "export", "--event", "approved"]),
    ("olga", ["ledger", "verify"]),
    ("olga", ["people"]),
]
"""Whoever asks this is told the same there and here."""

REFUSED = [
    ("carl", ["query", SQL]),
    ("carl", ["run", "sales.transactions"]),
    ("carl", ["rollback", "sales.transactions", "--to", "1", "--reason", "wrong"]),
    ("ana", ["derive", "customers.segments", "--for", "mia"]),
    ("ana", ["show", "sales.nothing"]),
    ("ana", ["query", "drop table x"]),
    ("ana", ["consent", "sales.transactions@1"]),
    ("mia", ["ledger", "verify"]),
    ("mia", ["people"]),
    ("mia", ["people", "--invite", "ana"]),
    ("mia", ["notices", "--send"]),
    ("mia", ["schedule", "sales.transactions", "--set", "inputs"]),
    ("mia", ["derive"]),
    ("mia", ["maintain", "--all"]),
    ("mia", ["request", "sales.transactions", "--purpose", "nonsense", "--reason", "x"]),
    ("mia", ["saved", "show", "nothing"]),
]
"""Whoever may not, or asks for what is not there, is told the same there and here."""


class Terminal:
    """The command line of somebody, here or signed in at the server."""

    def __init__(self, served, folder, capfd, monkeypatch):
        self.served, self.folder, self.capfd, self.monkeypatch = served, folder, capfd, monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setenv("AGORA_CONFIG", str(folder / "config"))
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "160")

    def token(self, person, scopes=SCOPES):
        scopes = f"{scopes},operate" if person == "olga" and scopes == SCOPES else scopes
        made = self.here(person, "token", "--make", "terminal", "--scopes", scopes, "--json")
        return json.loads(made[1])["result"]["secret"]

    def sign_in(self, person, scopes=SCOPES):
        secret = self.token(person, scopes)
        self.monkeypatch.setenv("AGORA_TOKEN", secret)
        assert self.run("login", self.served.url)[0] == 0
        self.monkeypatch.delenv("AGORA_TOKEN")
        return secret

    def run(self, *words):
        self.capfd.readouterr()
        code = start(list(words))
        out, err = self.capfd.readouterr()
        return code, out, err

    def here(self, person, *words):
        return self.run(*words, "--as", person, "--mesh", str(self.served.root))

    def there(self, *words):
        return self.run(*words)


@pytest.fixture(scope="module")
def market_served(tmp_path_factory):
    """A market of its own: what a terminal changes is nobody else's."""
    root = tmp_path_factory.mktemp("remote") / "market"
    shutil.copytree(MESHES / "market", root)
    in_use(root)
    with serving(root) as found:
        yield found


@pytest.fixture
def terminal(market_served, tmp_path, capfd, monkeypatch):
    return Terminal(market_served, tmp_path, capfd, monkeypatch)


def test_every_command_is_told_of_here():
    told = {words[0] for _, words in (*SAME, *REFUSED)} | HERE | {"new", "import", "save"}
    assert told == set(COMMANDS)


def test_whoever_asks_is_told_the_same_there_and_here(terminal):
    for person in sorted({person for person, _ in SAME}):
        terminal.sign_in(person)
        for words in (words for name, words in SAME if name == person):
            as_json = [] if words[0] in ("query", "ledger") and words[1:2] != [] else ["--json"]
            local = () if words[0] == "check" else ("--as", person)
            here = terminal.run(*words, *as_json, *local, "--mesh", str(terminal.served.root))
            assert terminal.there(*words, *as_json) == here, words
            assert here[0] == 0, (words, here)


def test_tables_for_people_are_the_same_there_and_here(terminal):
    terminal.sign_in("mia")
    for words in (["search"], ["show", "sales.transactions"], ["agreements"], ["query", SQL]):
        assert terminal.there(*words) == terminal.here("mia", *words)


def test_a_refusal_says_the_same_there_and_here(terminal):
    for person in sorted({person for person, _ in REFUSED}):
        terminal.sign_in(person, "read,ask,make" + (",operate" if person == "olga" else ""))
        for words in (words for name, words in REFUSED if name == person):
            code, out, err = terminal.there(*words)
            wanted = terminal.here(person, *words)
            if "E613" in err:  # what only an operator's token allows is refused before the verb
                assert wanted[0] == code
                continue
            assert (code, out, err) == wanted, words
            assert code > 0
            assert "error[E" in err


def test_what_is_asked_answered_and_used_from_a_terminal_elsewhere(terminal):
    terminal.sign_in("mia")
    request = [
        "request",
        "sales.transactions",
        "--purpose",
        "sales-planning",
        "--reason",
        "shelves",
    ]
    code, out, err = terminal.there(*request, "--accept-terms")
    assert code == 0, err
    assert "`sofia` decides" in out
    assert "--as" not in out, "nobody answers as an owner from elsewhere"
    asked = out.partition(":")[0]
    terminal.sign_in("sofia")
    code, out, _ = terminal.there("approve", asked, "--json")
    agreed = json.loads(out)["result"]["agreement"]
    assert (code, agreed["consumer"], agreed["port"]["port"]["domain"]) == (0, "mia", "sales")
    terminal.sign_in("mia")
    code, out, _ = terminal.there("query", SQL, "--purpose", "sales-planning", "--json")
    assert (code, len(out.splitlines()) > 0) == (0, True)
    assert terminal.there("agreements", agreed["id"], "--end")[0] == 0
    _, out, _ = terminal.here("olga", "ledger", "--event", "approved", "--json")
    entry = json.loads(out)["result"][-1]["entry"]
    assert (entry["who"], entry["operator"]) == ("sofia", "")


def test_rows_of_every_format_are_the_bytes_of_the_mesh(terminal):
    terminal.sign_in("ana")
    for form in ("csv", "ndjson", "parquet", "arrow", "xlsx"):
        for place in ("here", "there"):
            words = ["query", SQL, "-o", f"{place}.{form}", "--format", form]
            told = terminal.there(*words) if place == "there" else terminal.here("ana", *words)
            assert told[0] == 0, told
            assert "wrote" in told[2]
        if form != "xlsx":  # which says when it was made
            there = (terminal.folder / f"there.{form}").read_bytes()
            assert there == (terminal.folder / f"here.{form}").read_bytes()
    assert "wrote 3 rows" in told[2] or "rows to" in told[2]


def git(root, *words):
    own = ("-c", "user.name=x", "-c", "user.email=x@example.org")
    done = subprocess.run(
        ["git", "-C", root, *own, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def tracked(terminal):
    """The mesh of the server, under version control as long as a test goes."""
    root = terminal.served.root
    git(root, "init", "-q")
    (root / ".gitignore").write_text(".agora/\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "first")
    yield root
    shutil.rmtree(root / ".git")


def test_a_product_is_made_run_and_dropped_back_from_elsewhere(terminal, tracked):
    terminal.sign_in("emil")
    (terminal.folder / "visits.csv").write_text("day,visitors\n2026-01-01,12\n2026-01-02,30\n")
    code, out, err = terminal.there("new", "sales.visits", "--from", "visits.csv")
    assert code == 0, err
    assert "wrote sales/visits/build.yaml" in out
    assert git(tracked, "log", "-1", "--format=%an %s") == "Emil Roth Begin sales.visits"
    assert (terminal.served.root / "sales/visits/visits.csv").exists()
    assert terminal.there("run", "sales.visits")[0] == 0
    assert "release 1" in terminal.there("run", "sales.visits")[1]
    aside = terminal.served.root / ".agora/drafts/new"
    assert list(aside.iterdir()) == [], "what was looked into is not kept a second time"
    (terminal.folder / "ddl.sql").write_text("create table shops (id integer not null);")
    code, out, err = terminal.there("import", "sales", "--from", "ddl.sql")
    assert "wrote sales/shops/build.yaml" in out, err
    assert git(tracked, "log", "-1", "--format=%an %s") == "Emil Roth Import sales.shops"
    assert git(tracked, "status", "--porcelain") == ""
    code, _, err = terminal.there("new", "weather.rain", "--from", "visits.csv")
    assert (code, "E774" in err) == (3, True)
    assert not (terminal.served.root / "weather").exists()
    code, _, err = terminal.there("import", "weather", "--from", "ddl.sql")
    assert (code, "E774" in err) == (3, True)
    said = terminal.there("schedule", "sales.visits", "--set", "by-hand", "--json")[1]
    assert json.loads(said)["result"]["schedule"] == "by-hand"
    shutil.rmtree(terminal.served.root / "sales/shops")
    assert terminal.there("run", "--all", "--json")[0] in (0, 1)


def test_a_domain_founded_from_elsewhere_is_one_commit_with_its_first_product(terminal, tracked):
    people = (tracked / "people.yaml").read_text()
    in_a_team = people.replace("Lind, ", "Lind, teams: [marketing], ")
    (tracked / "people.yaml").write_text(in_a_team)
    git(tracked, "commit", "-qam", "Olga is of marketing")
    terminal.served.site.reread()
    terminal.sign_in("olga")
    (terminal.folder / "rain.csv").write_text("day,rain_mm\n2026-01-01,12\n2026-01-02,30\n")
    (terminal.folder / "ddl.sql").write_text("create table shops (id integer not null);")
    listed = (tracked / "agora.yaml").read_bytes()
    for words in (["new", "weather.rain"], ["import", "places"]):
        file = "rain.csv" if words[0] == "new" else "ddl.sql"
        code, _, err = terminal.there(*words, "--from", file)
        assert code == 0, err
        assert git(tracked, "status", "--porcelain") == ""
        changed = git(tracked, "show", "--format=", "--name-only").splitlines()
        domain = words[1].partition(".")[0]
        assert {"agora.yaml", f"{domain}/domain.yaml"} <= set(changed)
    assert terminal.there("show", "weather.rain")[0] == 0
    (tracked / "agora.yaml").write_bytes(listed)
    (tracked / "people.yaml").write_text(people)
    for domain in ("weather", "places"):
        shutil.rmtree(tracked / domain)
    terminal.served.site.reread()


def test_a_path_on_the_server_is_never_read_for_somebody_elsewhere(terminal):
    client = terminal.served.client()
    client.headers["authorization"] = f"Bearer {terminal.token('emil')}"
    said = {"name": "sales.stolen", "origin": "/etc/passwd.csv", "content": "YSxiCjEsMgo="}
    answer = client.post("/api/v1/verbs/new.new", json=said)
    assert answer.status_code == 200, answer.text
    stolen = terminal.served.root / "sales/stolen"
    assert (stolen / "passwd.csv").read_text() == "a,b\n1,2\n"
    shutil.rmtree(stolen)


def test_only_the_tables_verbs_are_called_and_only_with_what_they_take(terminal):
    client = terminal.served.client()
    client.headers["authorization"] = f"Bearer {terminal.token('mia', 'read,ask')}"

    def call(verb, **said):
        answer = client.post(f"/api/v1/verbs/{verb}", json=said)
        return answer.status_code, answer.json().get("code")

    assert call("session.sign_in") == (404, "E772")
    assert call("init.init") == (404, "E772")
    assert call("run.run", name="sales.transactions") == (403, "E613")
    assert call("search.search", words=3) == (400, "E773")
    assert call("explain.explain") == (400, "E773")
    assert call("search.search", words="x", house={}) == (400, "E773")
    assert call("search.search", words="x", who={"principal": "olga"}) == (400, "E773")
    wide = {"name": "wide", "scopes": ["make"], "days": 3, "consumer": ""}
    assert call("token.make", **wide)[0] == 403
    assert call("token.make", **wide, held=["make"]) == (400, "E773")
    assert call("token.make", **wide, now="2020-01-01T00:00:00+00:00") == (400, "E773")


def test_signing_in_is_kept_for_its_person_alone_and_forgotten(terminal):
    code, _, err = terminal.run("login")
    assert (code, "E776" in err) == (2, True)
    terminal.monkeypatch.setattr("sys.stdin", io.StringIO(""))
    code, _, err = terminal.run("login", terminal.served.url)
    assert (code, "E777" in err) == (2, True)
    with terminal.monkeypatch.context() as environment:
        environment.setenv("AGORA_URL", terminal.served.url)
        code, _, err = terminal.run("search", "weeks")
        assert (code, "E777" in err, "AGORA_TOKEN" in err) == (2, True, True)
    secret = terminal.sign_in("ana")
    file = terminal.folder / "config" / "server.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text()) == {"url": terminal.served.url, "token": secret}
    code, out, _ = terminal.run("login", "--json")
    assert json.loads(out)["result"]["person"] == "ana"
    code, _, err = terminal.run("search", "--as", "sofia")
    assert (code, "E770" in err, "`ana`" in err) == (2, True, True)
    assert terminal.run("search", "--as", "ana")[0] == 0, (
        "a hint that names its reader can be pasted"
    )
    code, _, err = terminal.run("schedule", "--tick")
    assert (code, "E778" in err) == (2, True)
    assert terminal.run("logout")[1].startswith(terminal.served.url)
    assert not file.exists()
    assert "nowhere" in terminal.run("logout")[1]
    file.write_text("{")
    code, _, err = terminal.run("search")
    assert (code, "E775" in err) == (4, True)
    assert terminal.run("logout")[0] == 0


def test_a_token_that_ended_and_a_server_that_is_none_are_told_calmly(terminal):
    secret = terminal.sign_in("ana")
    assert secret not in terminal.run("search")[2]
    _, out, _ = terminal.here("ana", "token", "--json")
    for each in json.loads(out)["result"]:
        if each["name"] == "terminal" and not each["revoked_at"]:
            terminal.here("ana", "token", "--revoke", each["id"])
    code, _, err = terminal.run("search")
    assert (code, "E611" in err) == (3, True)
    terminal.monkeypatch.setenv("AGORA_TOKEN", secret)
    for url, wanted in (
        ("http://127.0.0.1:9", "E721"),
        ("nonsense", "E720"),
        (f"{terminal.served.url}/help", "E723"),
    ):
        code, _, err = terminal.run("login", url)
        assert wanted in err, (url, err)
        assert code > 0
        terminal.monkeypatch.setenv("AGORA_URL", url)
        code, _, err = terminal.run("search")
        assert wanted in err, (url, err)
        terminal.monkeypatch.delenv("AGORA_URL")


NO_ADDRESS = [
    "http://",
    "http://a\nb",
    "http://127.0.0.1:9?x=1",
    "http://u:hidden@127.0.0.1:9",
    "ftp://127.0.0.1",
]


def test_what_is_no_address_or_no_token_is_told_before_anything_is_sent(terminal):
    terminal.monkeypatch.setenv("AGORA_TOKEN", "agora_pat_x")
    for url in NO_ADDRESS:
        code, _, err = terminal.run("login", url)
        assert (code, "E720" in err, "hidden" in err) == (2, True, False), (url, err)
    for secret in ("ü", "a\nb", "a\tb"):
        terminal.monkeypatch.setenv("AGORA_TOKEN", secret)
        code, _, err = terminal.run("login", terminal.served.url)
        assert (code, "E779" in err) == (2, True), err


@pytest.mark.parametrize("kept", ['{"url": 3, "token": 4}', '{"url": "http://x", "token": null}', "[]"])  # fmt: skip
def test_a_kept_sign_in_that_is_none_is_told_and_forgotten(terminal, kept):
    file = terminal.folder / "config" / "server.json"
    file.parent.mkdir()
    file.write_text(kept)
    code, _, err = terminal.run("search")
    assert (code, "E775" in err) == (4, True)
    assert terminal.run("logout")[0] == 0
    assert not file.exists()
    file.parent.rmdir()
    file.parent.write_text("a file where the folder should be")
    assert "nowhere" in terminal.run("logout")[1]
    assert "E024" in terminal_after_login(terminal)


def terminal_after_login(terminal):
    terminal.monkeypatch.setenv("AGORA_TOKEN", terminal.token("ana"))
    return terminal.run("login", terminal.served.url)[2]


ME = '{"id": "ana", "kind": "person", "name": "", "teams": [], "roles": [], "domains": [], "acts_for": ""}'


def framed(*pieces):
    return b"".join(frames.framed(each) for each in pieces)


@contextlib.contextmanager
def answering(*bodies):
    """A server that says these things, one after the other."""
    told = iter(bodies)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            body = next(told)
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            """Nothing is said."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


OTHERS = [
    (["search"], [b"{}"], "E723"),
    (["search"], [b"[]"], "E723"),
    (["search"], [b'{"id": "ana", "kind": "robot"}'], "E723"),
    (["search"], [ME.encode(), b'{"words": 3}'], "E723"),
    (["search"], [ME.encode(), b"<html>"], "E723"),
    (["query", SQL], [ME.encode(), framed(b"null")], "E722"),
    (["query", SQL], [ME.encode(), framed(b'{"decisions": []}')], "E722"),
    (["query", SQL], [ME.encode(), framed(b'{"decisions": []}', b"no arrow")], "E72"),
    (["ledger"], [ME.encode(), framed(b"null", b"{}")], "E723"),
    (["ledger"], [ME.encode(), framed(b"null")], "E722"),
    (["ledger"], [ME.encode(), b"\0\0"], "E722"),
]


@pytest.mark.parametrize(("words", "bodies", "wanted"), OTHERS)
def test_a_server_that_speaks_otherwise_is_told_calmly(terminal, words, bodies, wanted):
    with answering(*bodies) as url:
        terminal.monkeypatch.setenv("AGORA_URL", url)
        terminal.monkeypatch.setenv("AGORA_TOKEN", "agora_pat_x")
        code, _, err = terminal.run(*words)
    assert (code, wanted in err, url in err) == (4, True, True), err


def test_a_run_at_a_server_says_where_it_runs(terminal):
    terminal.sign_in("emil")
    terminal.monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, _, err = terminal.run("run", "sales.transactions")
    assert code == 0
    assert f"running at {terminal.served.url}" in err


def test_a_real_terminal_signs_in_by_standard_input_and_works(terminal):
    environment = {"PATH": os.environ["PATH"], "AGORA_CONFIG": str(terminal.folder / "own")}
    secret = terminal.token("ana")

    def agora(*words, given=None):
        command = [sys.executable, "-m", "agora", *words]
        return subprocess.run(
            command, check=False, input=given, capture_output=True, text=True, env=environment, cwd=terminal.folder
        )  # fmt: skip

    done = agora("login", terminal.served.url, "--token-stdin", given=f"{secret}\n")
    assert done.returncode == 0, done.stderr
    assert secret not in done.stdout + done.stderr
    assert "transactions" in agora("search", "transactions").stdout
