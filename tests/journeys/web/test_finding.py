"""Finding and reading: the first minute, results while one types, what a label says, mistakes and ways on."""

import ast
import csv
import os
import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from agora.usecases.token import make
from tests.journeys.changing import actor
from tests.serving import csrf_of, send

pytestmark = pytest.mark.journey
SALES = "/products/sales/transactions"
SQL = "select count(*) as lines from sales.transactions"


@pytest.fixture
def page(page_as):
    """A page of mia's, who has an agreement on the transactions."""
    return page_as("mia", reduced_motion="reduce")


def level_one(page):
    return page.get_by_role("heading", level=1)


def test_the_first_page_has_one_heading_and_its_search_has_the_focus(page):
    page.goto("/")
    expect(level_one(page)).to_have_count(1)
    expect(page.locator("main").get_by_role("searchbox")).to_be_focused()


def test_rows_are_three_clicks_away(page):
    page.goto("/")
    page.get_by_role("link", name=re.compile("Find")).first.click()
    page.get_by_role("link", name="Transactions", exact=True).first.click()
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page.get_by_role("table").first).to_contain_text("basket_id")


def test_results_follow_the_typing_and_the_box_keeps_everything(page):
    page.goto("/search")
    before = page.evaluate("history.length")
    box = page.locator("main").get_by_role("searchbox")
    box.focus()
    page.keyboard.type("house", delay=40)
    expect(page.get_by_role("status").filter(has_text="product")).not_to_have_text("3 products")
    page.wait_for_url("**/search?q=house*")
    expect(page.locator("#results").get_by_role("link", name="Households")).to_be_visible()
    expect(box).to_be_focused()
    expect(box).to_have_value("house")
    assert box.evaluate("box => box.selectionStart") == 5
    assert page.evaluate("history.length") == before


def test_a_slow_answer_to_old_words_changes_nothing(page):
    page.goto("/search")

    def late(route):
        time.sleep(0.8)
        route.continue_()

    page.route(re.compile(r"/search\?q=segm(&|$)"), late)
    box = page.locator("main").get_by_role("searchbox")
    box.press_sequentially("segm")
    with page.expect_request(re.compile(r"q=segm(&|$)")):
        pass
    box.fill("till")
    page.wait_for_url("**/search?q=till*")
    expect(page.locator("#results").get_by_role("link", name="Transactions")).to_be_visible()
    page.wait_for_timeout(1200)
    expect(page.locator("#results").get_by_role("link", name="Transactions")).to_be_visible()
    assert "q=till" in page.url


def test_where_nothing_fits_one_asks_for_it_and_one_click_takes_the_filters_away(page):
    page.goto("/search?q=zeppelins&domain=sales")
    expect(page.get_by_text("Nothing here fits", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Ask for this data")).to_be_visible()
    page.locator("#results").get_by_role("link", name="Clear filters").first.click()
    page.wait_for_url(re.compile(r"/search\?q=zeppelins$"))
    expect(page.locator("#results aside")).to_have_count(0)
    assert page.locator("#results form").bounding_box()["width"] > 500, (
        "not in the column of facets"
    )


def test_who_could_offer_it_reads_a_wish_and_who_wished_reads_the_answer(client_as):
    mia, sofia, ana = client_as("mia"), client_as("sofia"), client_as("ana")
    for _ in range(2):
        asked = send(mia, "/search/wish", q="moon <phases>", reason="to plan the night shift")
        assert asked.status_code == 303, "a second time it is told that it stands already"
    for client, sees in ((mia, True), (sofia, True), (ana, False)):
        assert ("moon &lt;phases&gt;" in client.get("/").text) is sees
    wish = re.search(r'name="wish" value="([^"]+)"', sofia.get("/").text)[1]
    assert send(ana, "/search/wish/settle", wish=wish, answer="no").status_code == 404
    answer = "From spring on, in sales"
    assert send(sofia, "/search/wish/settle", wish=wish, answer=answer).status_code == 303
    assert "moon" not in sofia.get("/").text
    assert answer in mia.get("/").text


HEALTH = ("Healthy", "At risk", "Deprecated", "Nothing released yet", "Draft")


def test_a_product_is_doing_alike_on_its_card_and_on_its_label(client_as):
    mia = client_as("mia")
    shelf = mia.get("/search").text.split('class="product-card"')[1:]
    assert len(shelf) == 3
    for card in shelf:
        path = re.search(r'href="(/products/[^"]+)"', card)[1]
        head = mia.get(path).text.partition('aria-label="Pages of this product"')[0]
        words = [next(w for w in HEALTH if w in text) for text in (card, head)]
        assert words[0] == words[1], path


def test_a_facet_counts_what_it_leaves(page):
    page.goto("/search")
    for number in range(page.locator(".facet").count()):
        facet = page.locator(".facet").nth(number)
        count = facet.locator(".n").inner_text()
        facet.click()
        expect(page.locator(".facet[aria-current]")).to_have_count(1)
        expect(page.locator("#results [role=status]")).to_have_text(re.compile(f"^{count} product"))
        assert page.locator(".product-card").count() == int(count)
        page.goto("/search")


def test_going_back_brings_words_facets_and_place_again(page):
    page.set_viewport_size({"width": 390, "height": 400})
    page.goto("/search?q=household")
    page.locator(".fold summary").click()
    page.locator(".facet", has_text=re.compile("^Sales")).click()
    page.wait_for_url("**domain=sales*")
    link = page.get_by_role("link", name="Transactions", exact=True).last
    link.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 60)")
    page.wait_for_timeout(200)
    place, address = page.evaluate("Math.round(scrollY)"), page.url
    assert place > 0
    link.evaluate("link => link.click()")
    expect(level_one(page)).to_have_text("Transactions")
    page.go_back()
    expect(page.locator("main").get_by_role("searchbox")).to_have_value("household")
    assert page.url == address
    expect(page.locator(".facet[aria-current]")).to_have_text(re.compile("Sales"))
    until = time.monotonic() + 5
    while abs(page.evaluate("scrollY") - place) > 2 and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert abs(page.evaluate("scrollY") - place) <= 2
    page.go_forward()
    expect(level_one(page)).to_have_text("Transactions")


READ = "\nprint('ROWS', frame.astype(str).to_dict('records'))"


def ran(words, text, secret):
    """What a text prints that is run as it was copied, by somebody with this token."""
    environment = {**os.environ, "AGORA_TOKEN": secret}
    done = subprocess.run(
        [*words, text], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def test_what_is_copied_from_a_page_gives_the_rows_of_the_page(served, page_as):
    house = served.site.house()
    secret = make(
        house, actor(house, "mia"), name="mine", scopes=("read",), days=1, consumer="mia",
        now=served.site.now(),
    ).secret  # fmt: skip
    page = page_as("mia", permissions=["clipboard-read", "clipboard-write"])
    page.goto(SALES)
    copied = {}
    for tool in ("pandas", "curl"):
        page.get_by_role("tab", name=tool).click()
        page.get_by_role("button", name=re.compile(f"Copy .*{tool}")).click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
        copied[tool] = page.evaluate("navigator.clipboard.readText()")
    page.goto(SALES + "/data")
    heads = page.locator("#sample-caption ~ thead th").evaluate_all(
        "all => all.map(each => each.firstChild.textContent.trim())"
    )
    shown = page.locator("#sample-caption ~ tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(each => each.textContent.trim()))"
    )
    assert len(shown) == 20
    told = ran([sys.executable, "-c"], copied["pandas"] + READ, secret).partition("ROWS ")[2]
    frame = [[row[name] for name in heads] for row in ast.literal_eval(told)]
    lines = list(csv.reader(ran(["sh", "-ec"], copied["curl"], secret).splitlines()))
    assert lines[0] == heads
    every, question = lines[1:25], lines[26:]
    for rows in (frame, every, question):
        assert len(rows) == 24
        assert [plain(row) for row in rows[:20]] == [plain(row) for row in shown]


def plain(row):
    """A row's values as they mean the same in every tool."""
    return [each.removesuffix("+00:00").replace("T", " ") for each in row]


ON_A_LABEL = (
    "Owner", "Refreshed", "Promises", "Quality", "Version", "Sensitive", "Size", "Consumers", "Terms",
    "Cost",
)  # fmt: skip


def test_a_label_leaves_no_question_open(page):
    page.goto(SALES)
    label = page.get_by_role("region", name="Label")
    names = label.locator("dt").all_inner_texts()
    said = label.locator("dd").all_inner_texts()
    assert all(each.strip() not in ("", "–", "None") for each in said), dict(
        zip(names, said, strict=True)
    )
    for wanted in ON_A_LABEL:
        assert any(wanted.lower() in each.lower() for each in names), (wanted, names)


def test_the_glossary_says_what_words_mean_and_finds_what_uses_them(client_as):
    mia = client_as("mia")
    page = mia.get("/help/glossary").text
    assert "Plan shelves and staff from past sales" in page
    used = re.findall(r'href="(/search\?tag=[^"]+)">(\d+) product', page)
    assert used
    for path, count in used:
        assert re.search(rf'role="status"[^>]*>{count} product', mia.get(path).text), path
    assert client_as().get("/help/glossary").status_code == 303


def told(client, path):
    """What the API says this person does next, and the request they wait for."""
    label = client.get(f"/api/v1{path}").json()
    return label["access"], label["request"]


def test_the_button_says_what_this_person_can_do_next(client_as):
    path = "/products/customers/households"
    read = {who: client_as(who).get(path).text for who in ("carl", "olga")}
    assert "Query</a>" in read["carl"]
    assert "Request access</a>" in read["olga"]
    olga = client_as("olga")
    assert told(olga, path) == ("on-request", None)
    assert told(client_as("carl"), path) == ("open", None)
    form = olga.get(f"{path}/request").text
    every = re.findall(r'name="every" value="([^"]+)"', form)
    sent = send(
        olga, f"{path}/request", port="customers.households@1", every=every, column=every,
        purpose=re.search(r'<option value="([a-z][a-z-]+)"', form.partition('name="purpose"')[2])[1],
        reason="to see how a button reads while one waits", until="2018-12-31", accept_terms="yes",
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    assert "Pending</a>" in olga.get(path).text
    assert told(olga, path) == ("pending", sent.headers["location"].rpartition("/")[2])
    assert send(olga, f"{sent.headers['location']}/withdraw").status_code == 303


def test_pages_and_the_api_count_the_same_rows_for_each(client_as):
    seen = {}
    for who in ("ana", "sofia"):
        client = client_as(who)
        word = csrf_of(client.get("/query").text)
        asked = {"sql": SQL, "format": "ndjson"}
        answer = client.post("/api/v1/query", json=asked, headers={"x-csrf-token": word})
        where = send(client, "/query", sql=SQL).headers["location"]
        until = time.monotonic() + 20
        while "Running" in client.get(where).text and time.monotonic() < until:
            time.sleep(0.02)
        seen[who] = int(client.get(f"{where}/rows").json()["rows"][0][0])
        assert answer.json() == {"lines": seen[who]}
    assert seen["ana"] < seen["sofia"]


def test_a_mistake_is_summed_up_where_the_focus_is_and_leads_to_its_field(page_as):
    page = page_as("carl", reduced_motion="reduce")
    page.goto(SALES + "/request")
    page.locator("textarea[name=reason]").fill("too short")
    page.locator("main form[novalidate], main form").last.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name=re.compile("^Send")).last.click()
    summary = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator("textarea[name=reason]")).to_have_value("too short")
    summary.get_by_role("link").first.click()
    target = summary.get_by_role("link").first.get_attribute("href")
    expect(page.locator(target)).to_be_focused()


def test_every_node_of_a_lineage_is_a_stop_and_the_list_has_them_all(page_as):
    page = page_as("carl", reduced_motion="reduce", viewport={"width": 390, "height": 800})
    page.goto("/products/customers/segments/lineage")
    drawn = page.locator(".lineage a")
    assert drawn.count() >= 2
    here = page.locator(".lineage [data-here]").first
    box = here.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for name in drawn.evaluate_all("all => all.map(each => each.getAttribute('href'))"):
        product = name.removeprefix("/products/").partition("/lineage")[0].replace("/", ".", 1)
        assert page.locator(f"main ul a[href='{name}'], main table a[href='{name}']").count(), (
            product
        )
    stops = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.add(
            page.evaluate(
                "document.activeElement.closest('.lineage') && document.activeElement.getAttribute('href')"
            )
        )
    assert set(drawn.evaluate_all("all => all.map(each => each.getAttribute('href'))")) <= stops
    drawn.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/sales/transactions/lineage")


def test_what_went_wrong_names_the_way_on_and_a_number_to_quote(client_as, monkeypatch):
    mia = client_as("mia")
    for path, status in (("/products/sales/transaction", 404), ("/ops", 403), ("/nowhere", 404)):
        answer = mia.get(path)
        assert answer.status_code == status
        assert answer.headers["x-request-id"] in answer.text, path
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        assert re.search(r'href="/', main), path
    assert "Transactions" in mia.get("/products/sales/transaction").text

    def broken(*_):
        raise RuntimeError("the inside of the house")

    monkeypatch.setattr("agora.web.home.notices", broken)
    answer = mia.get("/")
    monkeypatch.undo()
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "the inside" not in answer.text
    assert answer.headers["x-request-id"] in answer.text


def test_a_deed_without_the_sessions_word_is_refused_also_through_htmx(client_as):
    mia = client_as("mia")
    for headers in (
        {},
        {"HX-Request": "true", "HX-Request-Type": "partial"},
        {"X-CSRF-Token": "x"},
    ):
        answer = mia.post("/sign-out", headers=headers)
        assert (answer.status_code, "E711" in answer.text) == (403, True)


def test_after_a_link_the_heading_has_the_focus_and_the_title_was_said(page):
    page.goto("/search?q=till")
    page.evaluate("self.kept = true")
    page.get_by_role("link", name="Transactions", exact=True).first.click()
    expect(level_one(page)).to_have_text("Transactions")
    expect(level_one(page)).to_be_focused()
    assert page.evaluate("self.kept"), "the page was exchanged, not loaded"
    expect(page.get_by_role("status").filter(has_text=page.title())).to_be_attached()


def test_no_other_theme_is_ever_painted(served, page_as):
    paints = """() => {
      self.seen = new Set();
      const look = () => { if (document.body) self.seen.add(getComputedStyle(document.documentElement).backgroundColor); requestAnimationFrame(look); };
      look();
    }"""
    for chosen, system, paper in (
        ("dark", "light", "rgb(19, 20, 19)"),
        ("light", "dark", "rgb(251, 251, 250)"),
    ):
        page = page_as("mia", color_scheme=system)
        page.context.add_cookies([{"name": "theme", "value": chosen, "url": served.url}])
        page.add_init_script(f"({paints})()")
        page.goto("/")
        page.get_by_role("link", name=re.compile("Find")).first.click()
        page.wait_for_url("**/search*")
        page.wait_for_timeout(200)
        seen = set(page.evaluate("[...self.seen]")) - {"rgba(0, 0, 0, 0)"}
        assert seen == {paper}
