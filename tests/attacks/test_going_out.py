"""Attacks on what leaves the house: calls that are led inside by a name, cells that a sheet would run."""

import csv
import io
import re
import socket
import zipfile

import pytest

from agora.app.settings import Secret
from agora.backends.post.office import Office
from agora.model.errors import AgoraError
from agora.model.mesh import PostOffice
from agora.model.notice import Call
from tests.attacks.test_web import FORMULAS
from tests.serving import send
from tests.trials.post.offices import Calls, web_server

NAME = "rebinding.example"
SIGNS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def looked(monkeypatch):
    """Every time somebody looked up the name: it lay outside when it was entered, and leads inside since."""
    found, real = [], socket.getaddrinfo

    def answers(host, port, *rest, **more):
        if host != NAME:
            return real(host, port, *rest, **more)
        found.append(host)
        at = "127.0.0.1" if len(found) > 1 else "93.184.216.34"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answers)
    return found


def call(url):
    return Call(id="d-1", url=url, body="{}", secret="s", at=7)


def test_a_webhook_whose_name_changes_its_mind_is_judged_again(looked):
    office = Office(PostOffice(smtp=None, private=(), site=""), secret=Secret)
    url = f"https://{NAME}/hook"
    office.judge(url)
    with pytest.raises(AgoraError) as told:
        office.call(call(url))
    assert told.value.code_shown == "E663"
    assert len(looked) == 2


def test_what_was_judged_is_what_is_called(looked):
    looked.append("when it was entered")
    calls = Calls()
    office = Office(PostOffice(smtp=None, private=(NAME,), site=""), secret=Secret)
    with web_server(calls) as url:
        named = url.replace("127.0.0.1", NAME).replace("localhost", NAME)
        office.call(call(named))
    assert looked[1:] == [NAME]
    assert calls.taken[0][0]["Host"] == named.split("/")[2]


@pytest.mark.journey
def test_no_cell_that_a_program_fetches_is_a_formula(served):
    secret = _token(served)
    texts = ", ".join(
        f"""'{each.replace("'", "''")}' as "{each[:1]}a{n}" """ for n, each in enumerate(FORMULAS)
    )
    asked = {"sql": f"select {texts} from sales.transactions limit 1"}
    with served.client() as program:
        program.headers["authorization"] = f"Bearer {secret}"
        sheet = program.post("/api/v1/query", json=asked | {"format": "csv"})
        book = program.post("/api/v1/query", json=asked | {"format": "xlsx"})
    rows = list(csv.reader(io.StringIO(sheet.text, newline="")))
    assert [len(row) for row in rows] == [len(FORMULAS)] * 2
    assert [cell for row in rows for cell in row if cell.startswith(SIGNS)] == []
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        assert [name for name in parts.namelist() if b"<f>" in parts.read(name)] == []


def _token(served):
    page = send(served.client("ana"), "/me/tokens", name="t", days="7", scope="read").text
    return re.search(r"agora_[a-z]+_[\w-]{20,}", page)[0]
