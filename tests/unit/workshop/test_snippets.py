"""Snippets run as they stand: against a server that wants the token in the header and nowhere else."""

import ast
import http.server
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import threading
from urllib.parse import parse_qs, urlsplit

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from agora.model.names import PortName
from agora.workshop.snippets import snippets

PORT = PortName.parse("sales.weekly-sales")
TABLE = pa.table({"week": [1, 2], "sales": [1.5, 2.5]})


class Rows(http.server.BaseHTTPRequestHandler):
    """Answers with the table in the format that is asked for, to who shows the token."""

    def answer(self, form):
        if self.headers.get("Authorization") != "Bearer s3cret":
            self.send_error(401)
            return
        sink = io.BytesIO()
        if form == "parquet":
            pa.parquet.write_table(TABLE, sink)
        else:
            sink.write(b"week,sales\n1,1.5\n2,2.5\n")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(sink.getvalue())

    def do_GET(self):
        parts = urlsplit(self.path)
        assert parts.path == "/api/v1/products/sales/weekly-sales/tables/weekly-sales/rows"
        asked = parse_qs(parts.query)
        assert asked["purpose"] == ["sales-planning"]
        self.answer(asked["format"][0])

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert asked["sql"] == "select * from sales.weekly_sales limit 100"
        self.answer(asked["format"])

    def log_message(self, *_):
        """Quiet."""


@pytest.fixture
def texts(monkeypatch):
    """The text for each tool, and a server they lead to."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Rows)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("AGORA_TOKEN", "s3cret")
    url = f"http://127.0.0.1:{server.server_port}/"
    yield {each.tool: each.text for each in snippets(PORT, url, "sales-planning")}
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("tool", ["pandas", "polars"])
def test_a_frame_comes_of_it(texts, tool, capsys):
    names = {}
    exec(compile(texts[tool], tool, "exec"), names)
    assert names["frame"]["sales"].sum() == 4
    assert "2.5" in capsys.readouterr().out


@pytest.mark.skipif(
    not shutil.which("curl") and "CI" not in os.environ, reason="there is no curl here"
)
def test_a_shell_gets_the_rows(texts):
    ran = subprocess.run(["sh", "-ec", texts["curl"]], capture_output=True, text=True, check=True)
    assert ran.stdout == "week,sales\n1,1.5\n2,2.5\n" * 2


def test_no_text_holds_a_token_and_python_can_be_read(texts):
    assert not any("s3cret" in text for text in texts.values())
    assert all("AGORA_TOKEN" in text for tool, text in texts.items() if tool != "sql")
    for tool in ("python", "spark"):
        ast.parse(texts[tool])
    assert 'purpose = "sales-planning"' in texts["excel"]
    steps = re.findall(r"(?m)^// .*\n", texts["excel"])
    assert "".join(steps) + "let\n" == texts["excel"].partition("    Token")[0]
    assert "Anonymous" in "".join(steps), "Excel sends the header to no other kind of source"


def test_without_a_purpose_none_is_sent():
    made = {
        each.tool: each.text for each in snippets(PortName.parse("a.b.c"), "https://mesh.example")
    }
    assert not any("purpose" in text for text in made.values())
    assert "https://mesh.example/api/v1/products/a/b/tables/c/rows?format=csv" in made["curl"]


@pytest.mark.parametrize(
    "url", ["javascript:1", "https://a.example/'; rm -rf ~", 'https://a"b', "https://a.example/?x", "http://u@h"]
)  # fmt: skip
def test_an_address_is_one(url):
    with pytest.raises(ValueError, match=r".*"):
        snippets(PORT, url)


SAID = ('it\'s "new"', "$(id) `id`", "ünïcode 東京 🏛", "#(x)\n\\n\u2028 end", "it's\r\n%0a&=?")


@pytest.mark.parametrize("said", SAID)
def test_a_purpose_stays_words_in_every_tool(said):
    made = {each.tool: each.text for each in snippets(PORT, "https://mesh.example", said)}
    for tool in ("pandas", "polars", "python", "spark"):
        kept = [n.value for n in ast.walk(ast.parse(made[tool])) if isinstance(n, ast.Constant)]
        sent = {
            word for each in kept for word in parse_qs(urlsplit(str(each)).query).get("purpose", ())
        }
        assert said in {*kept, *sent}, tool
    argued = shlex.split(made["curl"], comments=True)
    assert json.loads(argued[argued.index("-d") + 1])["purpose"] == said
    rows = next(each for each in argued if each.startswith("https://"))
    assert parse_qs(urlsplit(rows).query)["purpose"] == [said]
    assert formula(re.search(r'purpose = ("(?:[^"]|"")*")\]', made["excel"])[1]) == said


def formula(text):
    """A text of Power Query's language, as its specification says to read it."""
    assert text.isprintable()
    whole = text[1:-1].replace('""', '"')
    return re.sub(r"#\(([0-9A-F]{8})\)", lambda found: chr(int(found[1], 16)), whole)


def test_a_domain_that_is_a_word_of_sql_is_quoted():
    engine = duckdb.connect()
    words = engine.sql(
        "select keyword_name from duckdb_keywords() "
        "where keyword_category in ('reserved', 'type_function') and keyword_name not like '%\\_%' escape '\\'"
    ).fetchall()
    assert len(words) > 80
    for (word,) in words:
        engine.execute(f'create schema "{word}"')
        engine.execute(f'create table "{word}"."{word}" (n int)')
        text = snippets(PortName(word, word, word), "https://mesh.example")[0].text
        assert engine.execute(text).fetchall() == [], word
