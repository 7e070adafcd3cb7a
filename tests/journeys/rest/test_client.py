"""`agora.connect`: the same rows as everybody, in one's own tool, and refusals as our own errors."""

import json
import os
import subprocess
import time
import traceback

import httpx
import pytest

import agora
from agora.app.start import start
from agora.client.shown import Listing, Sheet, grid
from agora.client.table import Reader
from agora.model.errors import Conflict, Denied, Exhausted, Missing, Unavailable, Unusable
from agora.model.ledger import Event
from agora.model.names import PortName
from agora.model.policy import MaskKind
from agora.model.reasons import Reason
from agora.model.result import ResultColumn
from agora.serve.rest.streaming import masked
from agora.workshop.snippets import snippets
from tests.journeys.test_onward_use import MASK

pytestmark = pytest.mark.journey
SQL = "select week, count(*) as n from sales.transactions group by week order by week"
MANY = "select a.week from " + ", ".join(f"sales.transactions {each}" for each in "abcde")
TEXTS = {
    each.tool: each
    for each in snippets(
        PortName("sales", "transactions", "transactions"), "http://x", "campaign-planning"
    )
}


@pytest.fixture
def mesh(callers):
    with agora.connect(callers.served.url, callers.secret("mia")) as found:
        yield found


def refused(deed, *arguments, **named):
    with pytest.raises(agora_errors) as problem:
        deed(*arguments, **named)
    return type(problem.value), problem.value.code_shown


agora_errors = (Denied, Missing, Unavailable, Unusable, Exhausted, Conflict)


@pytest.mark.parametrize("tool", ["pandas", "polars", "python"])
def test_a_snippet_runs_as_it_stands(callers, tool, monkeypatch, capsys):
    monkeypatch.setenv("AGORA_TOKEN", callers.secret("mia"))
    text = TEXTS[tool].text.replace("http://x", callers.served.url)
    ran = {}
    exec(compile(text, tool, "exec"), ran)
    assert "week" in list(ran["frame"].columns)
    assert len(ran["frame"]) > 10
    assert "week" in capsys.readouterr().out


def test_the_snippet_of_sql_runs_as_it_stands_in_the_terminal_and_the_workbench(mesh, callers):
    text = TEXTS["sql"].text
    assert len(mesh.query(text, purpose="campaign-planning")) > 10
    begun = callers("mia").post("/results", json={"sql": text, "purpose": "campaign-planning"})
    assert begun.status_code < 300, begun.text


def test_the_snippet_for_a_shell_runs_as_it_stands(callers):
    text = TEXTS["curl"].text.replace("http://x", callers.served.url)
    environment = {**os.environ, "AGORA_TOKEN": callers.secret("mia")}
    ran = subprocess.run(
        ["sh", "-ec", text],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.count("week") == 2


def test_products_are_found_read_and_asked_for(mesh):
    assert "sales.transactions" in [each["name"] for each in mesh.list()]
    assert mesh.search("transactions", domain="sales")[0]["name"] == "sales.transactions"
    label = mesh.show("sales.transactions")
    assert label["tables"][0]["sql"] == "sales.transactions"
    assert "title: Transactions" in repr(label)
    assert mesh.explain("sales.transactions")[0]["allowed"]
    assert mesh.me()["id"] == "mia"


def test_an_approval_is_access_over_the_wire(callers):
    sql, used_for = "select count(*) as n from customers.segments", {"purpose": "segmentation"}
    with (
        agora.connect(callers.served.url, callers.secret("ana"), **used_for) as ana,
        agora.connect(callers.served.url, callers.secret("carl")) as carl,
    ):
        before = refused(ana.query(sql).to_arrow)
        assert before in ((Denied, "E403"), (Denied, "E441")), "no agreement, or one that ended"
        asked = ana.request("customers.segments", reason="groups", accept_terms=True, **used_for)
        assert asked["id"] in [each["id"] for each in ana.requests()]
        assert refused(ana.answer, asked["id"], approve=True) == (Denied, "E428")
        carl.answer(asked["id"], approve=True)
        assert ana.query(sql).to_pylist()[0]["n"] > 1
        agreement = ana.agreements()[0]
        callers("ana").post(f"/agreements/{agreement['id']}/end", json={})
        assert refused(ana.query(sql).to_arrow) == (Denied, "E441")


@pytest.mark.parametrize(("said", "given"), [({}, ["campaign-planning"]), ({"onward": []}, [])])
def test_an_owner_gives_a_product_less_to_pass_on(callers, said, given):
    wanted = {
        "tables": [{"table": "sales.transactions"}], "purpose": "sales-planning", "reason": "shelves",
        "consumer": "service:customers.segments", "onward": ["campaign-planning"],
        "accept_terms": True,
    }  # fmt: skip
    told = callers("carl").post("/requests/foresight", json=wanted).json()["ports"][0]
    assert told["serves"] == ["sales-planning", "campaign-planning"]
    asked = callers("carl").post("/requests", json=wanted).json()[0]["request"]["id"]
    answer = callers("sofia").post(f"/requests/{asked}/answer", json={"approve": True, **said})
    agreement = answer.json()["agreement"]
    assert agreement["onward"] == given
    assert callers("carl").post(f"/agreements/{agreement['id']}/end", json={}).status_code == 200


def test_rows_are_the_same_in_every_tool(mesh):
    answer = mesh.query(SQL, purpose="campaign-planning")
    rows = answer.to_pylist()
    assert answer.to_pandas().to_dict("records") == rows
    assert answer.to_polars().to_dicts() == rows
    assert [row for batch in mesh.query(SQL).batches() for row in batch.to_pylist()] == rows
    assert "<table>" in answer._repr_html_()
    assert f"{len(rows)} rows" in answer._repr_html_()
    assert "select week" in repr(answer)


@pytest.fixture
def amounts_are_kept(callers):
    """The sales team keeps amounts from everybody else, in whatever is made of them."""
    rule = callers.served.root / "sales/policies/amounts.yaml"
    rule.write_text(MASK)
    callers.served.site.reread()
    yield
    rule.unlink()
    callers.served.site.reread()


def test_what_is_masked_says_so_and_why_beside_the_rows(callers, amounts_are_kept, capfd):
    sql = "select max(amount) as most, count(*) as n from customers.segments"
    used_for, why = {"purpose": "segmentation"}, "Amounts are for the sales team"
    with (
        agora.connect(callers.served.url, callers.secret("ana"), **used_for) as ana,
        agora.connect(callers.served.url, callers.secret("carl")) as carl,
    ):
        asked = ana.request("customers.segments", reason="groups", **used_for)
        carl.answer(asked["id"], approve=True)
        assert ana.query(sql).masked == {}, "who is of the domain that keeps them sees them"
        answer = carl.query(sql)
        assert answer.masked == {"most": [why]}
        assert answer.to_pylist()[0]["most"] is None
        assert f"<p>most is masked: {why}</p>" in answer._repr_html_()
        start(["query", sql, "--as", "carl", "--mesh", str(callers.served.root)])
        assert f"`most` is masked: {why} (sales/amounts)" in capfd.readouterr().err
        callers("ana").post(f"/agreements/{ana.agreements()[0]['id']}/end", json={})


def test_a_head_has_room_for_what_it_says_of_many_columns():
    def columns(number, why):
        reason = Reason(code="E400", sentence=why, rule="guardrail/x")
        return [
            ResultColumn(name=f"column_{n}", type="text", mask=MaskKind.NULL, reasons=(reason,))
            for n in range(number)
        ]

    assert masked(columns(2, "ü")) == '{"column_0": ["\\u00fc"], "column_1": ["\\u00fc"]}'
    assert json.loads(masked(columns(90, "w" * 40))) == {f"column_{n}": [] for n in range(90)}
    assert len(json.loads(masked(columns(900, "")))) > 50
    assert max(len(masked(columns(n, "w" * n))) for n in (1, 90, 900, 9000)) <= 3000


def test_an_error_has_its_way_out_below_it_wherever_python_shows_it(mesh):
    with pytest.raises(Denied) as problem:
        mesh.query("select age from customers.households").to_arrow()
    shown = "".join(traceback.format_exception(problem.value))
    assert f"{problem.value.code_shown}: {problem.value.hint}" in shown


def test_what_is_not_there_or_means_nothing_is_our_own_error(mesh):
    assert refused(mesh.show, "sales.nothing") == (Missing, "E404")
    assert refused(mesh.show, "nothing") == (Unusable, "E724")
    assert refused(mesh.show, "sales./../../me") == (Unusable, "E724")
    with pytest.raises(Denied) as problem:
        agora.connect(mesh._calls.url, "agora_pat_x_y")
    assert problem.value.hint
    assert refused(agora.connect, "localhost:1", "x") == (Unusable, "E720")
    assert refused(agora.connect, "http://127.0.0.1:9", "x") == (Unavailable, "E721")
    with pytest.raises(AttributeError):
        agora.nothing  # noqa: B018


@pytest.mark.parametrize("page", [httpx.Response(200, text="<p>"), httpx.Response(500, text="no"), httpx.Response(302)])  # fmt: skip
def test_another_server_is_told_apart(page):
    transport = httpx.MockTransport(lambda _: page)
    assert refused(agora.connect, "http://x", "t", transport=transport) == (Unavailable, "E723")


def test_what_is_shown_in_a_notebook_is_escaped():
    bad = "<script>alert(1)</script>"
    for shown in (
        Sheet(bad, {bad: bad, "list": [bad]})._repr_html_(),
        Listing(bad, ({bad: bad, "more": {bad: 1}},))._repr_html_(),
        grid((bad,), [(bad,)], bad),
    ):
        assert "<script" not in shown
        assert "&lt;script" in shown
    assert repr(Listing("Products", ())) == "no products"
    assert repr(Listing("Products", ({"name": "a", "n": [1, [2]]},))) == "a  2"


def closed(callers, before):
    """How the statements since then ended, once they have."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = [
            dict(record.entry.facts)["outcome"]
            for record in callers.house.store.records(after=before)
            if record.entry.event in (Event.QUERY_CLOSED, Event.EXPORTED)
        ]
        if len(found) > 1:
            return found
        time.sleep(0.05)
    return found


def last(callers):
    return max(record.place for record in callers.house.store.records())


def test_who_goes_away_stops_the_work(callers, mesh):
    before = last(callers)
    batches = mesh.query(MANY).batches()
    assert next(batches).num_rows
    batches.close()
    assert closed(callers, before) == ["stopped", "stopped"]
    assert len(mesh.query(SQL)) > 1


def test_half_an_answer_never_looks_whole(callers, mesh):
    assert refused(mesh.query(MANY).to_arrow) == (Unavailable, "E722")
    with pytest.raises(httpx.RemoteProtocolError):
        callers("mia").post("/query", json={"sql": MANY, "format": "csv"})


def test_bytes_in_pieces_read_like_a_file():
    reader = Reader(iter([b"ab", b"", b"cde", b"f"]))
    assert [reader.read(1), reader.read(3), reader.read(), reader.read(2)] == [b"a", b"bcd", b"ef", b""]  # fmt: skip
    assert (reader.readable(), reader.writable(), reader.seekable()) == (True, False, False)
