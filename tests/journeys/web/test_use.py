"""Asking in the browser: rows of one's own, what is masked, mistakes, downloads, other people's words."""

import html
import json
import re
import time

import pytest
from playwright.sync_api import expect

from agora.model.ledger import Event
from agora.usecases.agreements import end
from tests.journeys.changing import actor, agree
from tests.serving import send

pytestmark = pytest.mark.journey
STORES = "select distinct store_id from sales.transactions order by 1"
MANY = "select a.amount, b.week from sales.transactions a, sales.transactions b"


@pytest.fixture(scope="module")
def served(serving_market):
    """A market of this module's own, since it makes agreements and keeps words."""
    return serving_market


def ran(client, sql, **fields):
    """The address of a statement's result, once it has ended."""
    answer = send(client, "/query", sql=sql, **fields)
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    until = time.monotonic() + 30
    while time.monotonic() < until:
        page = client.get(where).text
        if "Running" not in page:
            return where, page
    raise AssertionError(page)


def cells(client, where, **asked):
    return client.get(f"{where}/rows", params=asked).json()


def schema(client):
    found = client.get("/query/schema").json()["tables"]
    return {each["name"]: [column["name"] for column in each["columns"]] for each in found}


def test_two_people_ask_the_same_and_each_has_their_own_rows(client_as):
    ana, sofia = client_as("ana"), client_as("sofia")
    where, page = ran(ana, STORES)
    assert [row[0] for row in cells(ana, where)["rows"]] == ["330", "367"]
    assert "You see only some rows" in page
    assert "sales/own-stores" in page
    other, page = ran(sofia, STORES)
    assert [row[0] for row in cells(sofia, other)["rows"]] == ["330", "367", "406"]
    assert "You see only some rows" not in page
    for path in ("", "/rows"):
        assert sofia.get(f"{where}{path}").status_code == 404
    answer = send(sofia, f"{where}/export", form="csv")
    assert answer.status_code == 404
    assert "E682" in answer.text


@pytest.fixture(scope="module")
def masked(served):
    """The text emil may read households with, of which persons are masked for him."""
    terms = {"by": "emil", "port": "customers.households", "owner": "carl"}
    agree(served.site.house(), "emil", "segmentation", **terms)
    return "select household_id, email, age from customers.households"


def test_what_is_masked_is_masked_on_the_page_in_windows_and_in_every_form(client_as, masked):
    emil = client_as("emil")
    where, page = ran(emil, masked)
    rows = cells(emil, where)
    assert [each["masked"] for each in rows["columns"]] == [False, True, True]
    assert "guardrail/mask-personal" in rows["columns"][1]["why"]
    assert all(row[1:] == [None, None] for row in rows["rows"])
    assert "<strong>email</strong> and <strong>age</strong> are masked" in page
    assert 'class="masked"' in page
    told = [page, json.dumps(rows)]
    told += [send(emil, f"{where}/export", form=form).text for form in ("csv", "ndjson")]
    assert not any("@example.org" in each or "25-34" in each for each in told)
    assert all("household_id" in each for each in told)


def bars(client, path):
    """The values and rows of every column's picture on a page, and the columns that have none."""
    cards = client.get(path).text.partition("What is in each column")[2].split("<section")[1:]
    found = {}
    for card in cards:
        cells = re.findall(r"<tr><td>([^<]*)</td><td[^>]*>([^<]*)</td></tr>", card)
        high = re.findall(r'<rect [^>]*height="([\d.]+)"', card)
        assert [each == "0.0" for each in high] == [count == "0" for _, count in cells]
        found[re.search(r"<h3><code>([^<]+)", card)[1]] = dict(cells), card
    return found


def test_a_picture_of_a_column_shows_what_this_reader_may_see(client_as, masked):
    emil, carl = (bars(client_as(who), "/products/customers/households/data") for who in ("emil", "carl"))  # fmt: skip
    for column in ("email", "age"):
        assert emil[column][0] == {}
        assert "Masked: " in emil[column][1]
        assert '<svg class="histogram' not in emil[column][1]
        assert not re.search(r"example\.org|25-34|different", emil[column][1])
    assert "25-34" in carl["age"][0]
    assert emil["household_id"][0] == carl["household_id"][0]
    sql = "select store_id, count(*) as n from sales.transactions group by 1 order by 1"
    for who, stores in (("ana", ["330", "367"]), ("sofia", ["330", "367", "406"])):
        client = client_as(who)
        where, _ = ran(client, sql)
        shown = bars(client, "/products/sales/transactions/data")["store_id"][0]
        assert shown == dict(cells(client, where)["rows"])
        assert sorted(shown) == stores


def test_a_lineage_says_which_columns_its_reader_sees_masked(client_as, masked):
    def hidden(who):
        page = client_as(who).get("/products/customers/households/lineage").text
        heads = re.findall(r"<summary><code>(\w+)</code>(.*?)</summary>", page)
        assert "household_id" in dict(heads)
        return [name for name, more in heads if "masked for you" in more]

    assert hidden("emil") == ["email", "age", "income"]
    assert hidden("carl") == []


def test_an_editor_is_offered_what_its_person_may_see_and_nothing_else(client_as):
    assert schema(client_as("olga")) == {}
    assert set(schema(client_as("ana"))) == {"sales.transactions"}
    assert "amount" in schema(client_as("ana"))["sales.transactions"]
    assert "customers.households" in schema(client_as("carl"))


def test_a_mistake_is_shown_where_it_stands(client_as):
    ana = client_as("ana")
    _, page = ran(ana, "select week,\n  wek from sales.transactions")
    assert "Line 2, column 3: there is no column <code>wek</code>" in page
    marks = json.loads(
        html.unescape(re.search(r'data-errors-of="sql" data-errors="([^"]*)"', page)[1])
    )
    assert [(each["line"], each["column"]) for each in marks] == [(2, 3)]
    _, page = ran(ana, "select *\nfrom sales.transactions\nwhere week = = 2")
    assert "Line 3, column 14" in page
    assert "<title>Error:" in page


def test_a_refusal_says_how_to_ask(client_as):
    _, page = ran(client_as("ana"), "select * from customers.households")
    assert 'href="/products/customers/households/request"' in page
    assert "You may not read it" in page


def test_nothing_written_is_told_beside_its_field_and_nothing_is_lost(client_as):
    answer = send(client_as("mia"), "/query", sql=" ", purpose="campaign-planning")
    assert answer.status_code == 422
    assert "<title>Error:" in answer.text
    assert 'href="#sql"' in answer.text
    assert "E740" in answer.text
    assert re.search(r'value="campaign-planning" selected', answer.text)


def test_what_may_be_seen_is_told_before_anything_runs(client_as):
    ana = client_as("ana")
    answer = send(
        ana, "/query/explain", sql="select 1 from sales.transactions, customers.households"
    )
    assert "Only some rows" in answer.text
    assert "Request access" in answer.text
    assert send(ana, "/query/explain", sql="select 1 from sales.nothing").status_code == 404


def test_rows_come_in_windows_and_without_javascript_in_pages(client_as):
    sofia = client_as("sofia")
    where, page = ran(sofia, MANY)
    assert "576 rows" in page
    assert "<virtual-grid" in page
    last = cells(sofia, where, offset=500, limit=500)
    assert (last["offset"], last["total"], len(last["rows"])) == (500, 576, 76)
    first = sofia.get(where).text
    assert 'href="?from=200"' in first
    third = sofia.get(where, params={"from": 400}).text
    assert "Rows 401 to 576 of 576" in third
    assert 'rel="next"' not in third
    assert sofia.get(f"{where}/rows", params={"limit": 501}).status_code == 400


def test_values_that_look_like_code_stay_values(client_as):
    ana = client_as("ana")
    sql = (
        "select '<script>alert(1)</script>' as \"<img src=x onerror=alert(2)>\", "
        "'=cmd|''/C calc''!A0' as formula, '</textarea><script>3</script>' as a "
        "from sales.transactions limit 1"
    )
    where, page = ran(ana, sql)
    for text in (page, ana.get("/query/history").text, ana.get("/query").text):
        assert "<script>alert" not in text
        assert "<script>3" not in text
        assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)" in page
    assert cells(ana, where)["rows"][0][0] == "<script>alert(1)</script>"
    assert ana.get(f"{where}/rows").headers["content-type"] == "application/json"
    assert ",'=cmd|" in send(ana, f"{where}/export", form="csv").text.replace('"', "")


def test_every_download_is_recorded_and_none_happens_by_a_link(client_as, served):
    ana = client_as("ana")
    where, page = ran(ana, STORES)
    kinds = re.findall(r'name="form" value="(\w+)"', page)
    assert {"csv", "xlsx", "parquet", "arrow", "ndjson"} <= set(kinds)
    assert "at most 1,048,575 rows" in page
    for kind in kinds:
        answer = send(ana, f"{where}/export", form=kind)
        assert answer.status_code == 200
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.content
    assert ana.get(f"{where}/export", params={"form": "csv"}).status_code == 405
    entries = [each.entry for each in served.site.house().store.records()]
    facts = [dict(each.facts) for each in entries if each.event is Event.EXPORTED]
    mine = [each for each in facts if each.get("result") == where.rpartition("/")[2]]
    assert {each["format"]: each["rows"] for each in mine} == dict.fromkeys(kinds, 2)


def test_a_statement_can_be_watched_and_cancelled(client_as):
    sofia = client_as("sofia")
    tables = ", ".join(f"sales.transactions t{n}" for n in range(8))
    answer = send(sofia, "/query", sql=f"select sum(t0.amount * t7.amount) from {tables}")
    where = answer.headers["location"]
    page = sofia.get(where).text
    assert "Running" in page
    assert 'http-equiv="refresh"' in page
    part = sofia.get(where, headers={"hx-request": "true", "hx-request-type": "partial"}).text
    assert "<html" not in part
    assert send(sofia, f"{where}/cancel").headers["location"] == where
    until = time.monotonic() + 20
    while "Running" in (page := sofia.get(where).text):
        assert time.monotonic() < until
    assert "Cancelled." in page
    assert "Cancelled" in sofia.get("/query/history").text


def test_cancel_in_the_page_stops_the_work(page_as, served):
    page = page_as("sofia")
    page.goto("/query")
    tables = ", ".join(f"sales.transactions t{n}" for n in range(8))
    typed(page, f"select min(t0.amount * t7.amount) from {tables}")
    expect(page.locator("#result").get_by_role("status")).to_contain_text("Running")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#result")).to_contain_text("Cancelled.", timeout=20_000)
    told = [dict(each.entry.facts) for each in served.site.house().store.records()]
    [begun] = [each["statement"] for each in told if "min(t0.amount" in str(each.get("sql"))]
    [closed] = [each for each in told if each.get("statement") == begun and "outcome" in each]
    assert (closed["rows"], closed["outcome"]) == (0, "stopped")


def test_rows_may_be_given_up(client_as):
    ana = client_as("ana")
    where, _ = ran(ana, STORES)
    send(ana, f"{where}/forget")
    assert "No longer kept" in ana.get(where).text
    assert ana.get(f"{where}/rows").status_code == 404


def test_rows_are_gone_when_the_right_is(client_as, served):
    house, mia = served.site.house(), client_as("mia")
    given = agree(house, "mia", "campaign-planning", by="mia")
    where, _ = ran(mia, STORES)
    assert mia.get(f"{where}/rows").status_code == 200
    end(house, actor(house, "mia"), given.id)
    answer = mia.get(f"{where}/rows")
    assert answer.status_code == 403
    assert "E684" in answer.text
    assert "330" not in mia.get(where).text.partition('id="result"')[2]
    assert schema(mia) == {}


def saved_as(client, **fields):
    answer = send(client, "/query/saved", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


ONE = "select store_id, count(*) as n from sales.transactions where store_id = $store group by 1"
STORE = {"store.kind": "choice", "store.choices": "330, 406", "store.title": "Which store"}


def test_a_saved_query_asks_for_its_values_and_gives_everybody_their_own_rows(client_as):
    ana, sofia = client_as("ana"), client_as("sofia")
    asked, page = ran(ana, ONE)
    assert "The text asks for <code>$store</code>" in page
    again = ana.get("/query/saved/new", params={"result": asked.rpartition("/")[2]}).text
    assert 'name="store.kind"' in again
    form = send(ana, "/query/saved/new", sql=ONE).text
    assert 'name="store.kind"' in form
    where = saved_as(ana, title="One <b>store</b>", sql=ONE, audience="readers", **STORE)
    page = ana.get(where).text
    assert "One &lt;b&gt;store&lt;/b&gt;" in page
    assert "Which store" in page
    assert '<option value="406"' in page
    answer = send(ana, f"{where}/run", **{"p.store": "367"})
    assert answer.status_code == 422
    assert "E694" not in ana.get(where).text
    assert "is one of" in answer.text
    for client, rows in ((ana, []), (sofia, [["406", "8"]])):
        run = send(client, f"{where}/run", **{"p.store": "406"}).headers["location"]
        until = time.monotonic() + 20
        while "Running" in client.get(run).text:
            assert time.monotonic() < until
        assert cells(client, run)["rows"] == rows
    assert where in sofia.get("/query/saved").text
    olga = client_as("olga")
    assert olga.get(where).status_code == 404
    assert where not in olga.get("/query/saved").text
    assert send(sofia, f"{where}/remove").status_code == 403
    assert send(ana, f"{where}/remove").status_code == 303
    assert sofia.get(where).status_code == 404


def test_who_is_slower_sees_what_stands_there_and_loses_nothing(client_as):
    ana, emil = client_as("ana"), client_as("emil")
    where = saved_as(
        ana, title="Stores", sql=STORES, audience="named", named="emil", editors="emil"
    )
    form = emil.get(f"{where}/edit").text
    revision = re.search(r'name="revision" value="(\d+)"', form)[1]
    changed = {"title": "Stores", "sql": STORES + " desc", "revision": revision}
    assert send(ana, f"{where}/edit", **changed).status_code == 303
    answer = send(emil, f"{where}/edit", **{**changed, "sql": STORES + " limit 1"})
    assert answer.status_code == 409
    assert "order by 1 desc" in answer.text
    assert "order by 1 limit 1" in answer.text
    assert "ana changed it while you wrote" in answer.text
    changed["revision"] = re.search(r'name="revision" value="(\d+)"', answer.text)[1]
    assert send(emil, f"{where}/edit", **{**changed, "title": "Both"}).status_code == 303
    assert "Both" in ana.get(where).text
    assert send(ana, f"{where}/share", audience="nobody").status_code == 303
    late = send(emil, f"{where}/edit", **{**changed, "title": "Mine"})
    assert (late.status_code, 'value="Mine"' in late.text) == (404, True)
    assert 'action="/query/saved"' in late.text, "saving again keeps a copy"
    wrong = send(ana, f"{where}/share", audience="named", named="nobody-here")
    assert wrong.status_code == 422
    assert "nobody-here" in wrong.text
    assert 'href="#named"' in wrong.text
    wrong = send(ana, "/query/saved", title=" ", sql=STORES)
    assert wrong.status_code == 422
    assert 'href="#title"' in wrong.text
    assert "select distinct store_id" in wrong.text


def test_what_owners_offer_is_run_like_ones_own(client_as):
    ana = client_as("ana")
    assert "Sales by store" in ana.get("/query/saved").text
    answer = send(ana, "/query/saved/sales.transactions/sales-by-store/run")
    assert answer.headers["location"].startswith("/query/results/")
    assert "Change" not in ana.get("/query/saved/sales.transactions/sales-by-store").text


def numbers(page):
    """The data of the chart on a page, and the numbers of the table beside it."""
    spec = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])
    told = [(each["x"], each["y"]) for each in spec["data"]["values"]]
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cell = [html.unescape(each) for each in re.findall(r"<td[^>]*>([^<]*)</td>", body)]
    return told, list(zip(cell[::2], cell[1::2], strict=True))


def test_a_chart_shows_everybody_their_own_rows(client_as):
    ana, sofia = client_as("ana"), client_as("sofia")
    where, _ = ran(ana, "select store_id, sold_at, amount from sales.transactions")
    of = where.rpartition("/")[2]
    first = ana.get("/charts/new", params={"result": of})
    assert first.status_code == 200
    assert "<chart-view" in first.text
    shelves = {"kind": "bar", "x": "store_id", "y": "amount"}
    answer = send(
        ana, "/charts", result=of, **shelves, title_of="By </script><b>", audience="readers"
    )
    chart = answer.headers["location"]
    pages = [client.get(chart).text for client in (ana, sofia)]
    (own, table), (every, _) = map(numbers, pages)
    assert [store for store, _ in own] == ["330", "367"]
    assert [store for store, _ in every] == ["330", "367", "406"]
    assert [(x, float(y)) for x, y in table] == [(x, float(y)) for x, y in own]
    assert "you see your own rows only" in pages[0]
    assert "you see your own rows only" not in pages[1]
    assert "By &lt;/script&gt;&lt;b&gt;" in pages[0]
    assert client_as("olga").get(chart).status_code == 404
    assert chart not in client_as("olga").get("/charts").text
    assert chart in sofia.get("/charts").text
    revision = re.search(
        r'name="revision" value="(\d+)"', ana.get("/charts/new", params={"chart": chart[8:]}).text
    )[1]
    per = {"kind": "line", "x": "sold_at", "y": "amount", "per": "yearmonth", "trend": "yes"}
    send(ana, "/charts", chart=chart[8:], **per, title_of="By month", revision=revision)
    page = ana.get(chart).text
    assert "By month" in page
    assert "Before you conclude" in page
    assert "<code>sold_at</code> is " in page
    assert send(ana, f"{chart}/share", audience="nobody").status_code == 303
    assert sofia.get(chart).status_code == 404
    assert send(ana, f"{chart}/remove").status_code == 303
    assert ana.get(chart).status_code == 404


def test_who_draws_slower_sees_what_stands_there_and_who_may_not_see_the_query_is_told(client_as):
    ana, emil = client_as("ana"), client_as("emil")
    query = saved_as(ana, title="Stores", sql=STORES)
    shelves = {"kind": "bar", "x": "store_id", "title_of": "Stores"}
    shared = {"audience": "named", "named": "emil", "editors": "emil"}
    chart = send(ana, "/charts", query=query.rpartition("/")[2], **shelves, **shared)
    chart = chart.headers["location"]
    assert "cannot draw it" in ana.get(chart).text
    assert "the query behind this chart is not shared with you" in emil.get(chart).text
    assert send(ana, f"{query}/share", **shared).status_code == 303
    assert "cannot draw it" not in ana.get(chart).text
    form = {**shelves, "chart": chart.rpartition("/")[2]}
    page = emil.get("/charts/new", params=form).text
    form["revision"] = re.search(r'name="revision" value="(\d+)"', page)[1]
    assert send(ana, "/charts", **{**form, "title_of": "All stores"}).status_code == 303
    drawn = send(emil, "/charts/preview", **form).text
    assert f'name="revision" value="{form["revision"]}"' in drawn, "drawing is not looking anew"
    late = send(emil, "/charts", **{**form, "kind": "scatter"})
    assert late.status_code == 409
    assert "ana changed it while you wrote" in late.text
    assert "All stores" in late.text
    form["revision"] = re.search(r'name="revision" value="(\d+)"', late.text)[1]
    assert send(emil, "/charts", **form).status_code == 303
    send(ana, f"{query}/remove")
    assert "draw it of another query" in ana.get(chart).text
    assert "ask <code>ana</code>" in emil.get(chart).text


def test_a_chart_that_cannot_be_drawn_says_why_in_its_form(client_as):
    ana = client_as("ana")
    answer = ana.get("/charts/new")
    assert answer.status_code == 400
    assert "E741" in answer.text
    where, _ = ran(ana, STORES)
    of = where.rpartition("/")[2]
    answer = send(ana, "/charts/preview", result=of, kind="bar", x="nothing")
    assert answer.status_code == 422
    assert "The query gives no column" in answer.text
    answer = send(ana, "/charts", result=of, kind="bar", x="store_id", title_of="")
    assert answer.status_code == 422
    assert 'href="#title_of"' in answer.text


def typed(page, sql):
    """A text is written in the editor, in place of what stood there, and run from the keyboard."""
    page.locator("sql-editor[data-ready]").wait_for()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(sql)
    page.keyboard.press("Control+Enter")


def test_somebody_writes_runs_mends_and_draws_in_a_browser(page_as):
    page = page_as("ana")
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda problem: told.append(str(problem)))
    page.goto("/query")
    page.locator("sql-editor[data-ready]").wait_for()
    page.locator(".cm-content").click()
    page.keyboard.type("select store_id, amoun from sales.tr")
    offered = page.locator(".cm-tooltip-autocomplete li")
    expect(offered.first).to_contain_text("transactions")
    expect(offered.filter(has_text="households")).to_have_count(0)
    page.wait_for_timeout(300)  # the editor takes no key for a list that has only just opened
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_contain_text("sales.transactions")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("Line 1, column 18")
    expect(page.locator(".cm-lintRange-error")).to_have_text("amoun")
    typed(page, "select store_id, amount from sales.transactions")
    expect(page.get_by_role("table")).to_contain_text("330")
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)
    assert page.evaluate("document.activeElement.localName") == "sql-editor"
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("link", name="Draw a chart").click()
    drawn = page.locator("chart-view[data-ready=yes]")
    drawn.wait_for()
    assert not [url for url in asked if "/query/results/" in url], (
        "nobody looks any more once it is done"
    )
    page.get_by_label("Drawn as").select_option("scatter")
    expect(page.locator("chart-view .mark-symbol path")).to_have_count(16)
    page.get_by_label("Drawn as").select_option("bar")
    expect(page.locator("chart-view .mark-rect path")).to_have_count(2)
    page.get_by_role("textbox", name="Title").fill("By store")
    page.get_by_role("button", name="Save the chart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("By store")
    page.reload()
    expect(page.locator("chart-view .mark-rect path")).to_have_count(2)
    assert told == []


def test_a_million_rows_are_scrolled_through_with_few_in_the_page(page_as):
    page = page_as("sofia", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/query")
    tables = ", ".join(f"sales.transactions t{n}" for n in range(5))
    typed(page, f"select -t0.amount as a, t1.week as b from {tables} limit 1000000")
    page.locator("virtual-grid[data-ready]").wait_for(timeout=60_000)
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("Control+ArrowDown")
    expect(page.get_by_text("of 1,000,000", exact=False).last).to_contain_text(
        "1,000,000 of 1,000,000"
    )
    last = page.locator('[role=row][aria-rowindex="1000001"]')
    expect(last).not_to_have_class("waiting")
    assert page.locator("[role=row]").count() <= 300
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Control+c")
    expect(page.get_by_role("status").filter(has_text="Copied 2 rows")).to_be_attached()
    lines = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert [re.fullmatch(r"-\d+\.\d\d", each) is not None for each in lines] == [True, True]
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    expect(page.get_by_role("status").filter(has_text="Copied the first 10,00")).to_be_attached()
