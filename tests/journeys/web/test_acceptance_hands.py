"""What hands, eyes and paper need: the keyboard alone, no JavaScript, a palette, a theme, a print."""

import re

import pytest
from playwright.sync_api import expect

from agora.usecases.notify import notify
from tests.serving import send

pytestmark = pytest.mark.journey

SALES = "/products/sales/transactions"
REASON = "weekly review of the tills in my area"
WHERE = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const style = getComputedStyle(at), shown = at.matches("input[type=checkbox], input[type=radio]")
    ? getComputedStyle(at.closest("label") ?? at) : style;
  const header = document.querySelector(".shell-header"), fixed = header &&
    ["sticky", "fixed"].includes(getComputedStyle(header).position) && !header.contains(at);
  const top = fixed ? header.getBoundingClientRect().bottom : 0;
  const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: at.tagName + "#" + at.id + " " + (at.textContent || at.value || "").trim().slice(0, 40),
    text: at.textContent.trim(), id: at.id, type: at.type ?? "", field: at.name ?? "", href: at.getAttribute("href") ?? "",
    ring: [style, shown, getComputedStyle(at, "::after"), ...[at.closest(".product-card, .tile")]
      .filter(Boolean).map(each => getComputedStyle(each))].some(each =>
      each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2 || each.boxShadow !== "none"),
    seen: box.width === 0 || over === at || box.bottom > top && box.top < innerHeight && box.right > 0,
  };
}"""


@pytest.fixture(scope="module")
def served(serving_market):
    """A market of this module's own, since it asks for rows."""
    return serving_market


def tabbed(page, found, most=90):
    """Tab until the focus is where it is looked for; it is seen at every stop on the way."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(WHERE)
        stops.append(at["name"])
        if at["name"].startswith(("BODY", "H1")):
            continue
        assert at["ring"], f"no focus is seen on {at['name']}"
        assert at["seen"], f"{at['name']} has the focus out of sight"
        if found(at):
            return at
    raise AssertionError(f"never reached; stops: {stops}")


def test_the_keyboard_alone_searches_asks_and_sends(page_as, client_as):
    page = page_as("mia", reduced_motion="reduce")
    page.goto("/")
    page.keyboard.type("transactions")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=transactions*")
    page.wait_for_load_state("networkidle")
    tabbed(page, lambda at: at["text"] == "Transactions" and at["href"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/products/sales/transactions")
    expect(page.get_by_role("heading", level=1)).to_have_text("Transactions")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tabbed(page, lambda at: at["text"] == "Request access")
    page.keyboard.press("Enter")
    page.wait_for_url("**/request*")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tabbed(page, lambda at: at["field"] == "purpose")
    page.keyboard.press("ArrowDown")
    tabbed(page, lambda at: at["type"] == "textarea")
    page.keyboard.type(REASON)
    if page.locator("input[name=accept_terms]").count():
        tabbed(page, lambda at: at["field"] == "accept_terms")
        page.keyboard.press("Space")
    tabbed(page, lambda at: at["type"] == "submit" and at["text"].startswith("Send"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/req-*")
    expect(page.get_by_text(REASON)).to_be_visible()
    assert send(client_as("mia"), page.url + "/withdraw").status_code == 303


def ended(client_as):
    """The owner has ended what mia agreed with them."""
    named = re.search(r"/agreements/(agr-[^/]+)/end", client_as("mia").get("/agreements").text)[1]
    sofia = client_as("sofia")
    answer = send(sofia, f"/agreements/{named}/end", words="the review is over")
    assert answer.status_code == 303


def test_without_javascript_one_finds_asks_and_is_answered(page_as, client_as):
    mia = page_as("mia", java_script_enabled=False)
    mia.goto("/")
    mia.get_by_role("searchbox").last.fill("transactions")
    mia.keyboard.press("Enter")
    mia.wait_for_url("**/search?*")
    mia.get_by_role("link", name="Transactions", exact=True).first.click()
    mia.get_by_role("link", name="Request access").first.click()
    form = mia.locator("main form").last
    mia.get_by_role(
        "combobox", name=re.compile("what|need|purpose", re.IGNORECASE)
    ).last.select_option("campaign-planning")
    mia.locator("textarea[name=reason]").fill(REASON)
    for box in form.locator("input[name=accept_terms]").all():
        box.check()
    mia.get_by_role("button", name=re.compile("^Send")).last.click()
    expect(mia.get_by_text("Pending").first).to_be_visible()
    where = mia.url
    sofia = page_as("sofia", java_script_enabled=False)
    sofia.goto(where)
    sofia.get_by_role("button", name=re.compile("^Approve")).first.click()
    mia.goto(SALES + "/data")
    expect(mia.get_by_role("table").first).to_contain_text("basket_id")
    mia.goto("/query")
    mia.locator("textarea[name=sql]").fill("select count(*) as lines from sales.transactions")
    for chooser in mia.locator("select[name=purpose]").all():
        chooser.select_option("campaign-planning")
    mia.get_by_role("button", name=re.compile("^Run")).first.click()
    expect(mia.get_by_text("lines").first).to_be_visible()
    ended(client_as)
    assert mia.goto(mia.url).status == 200
    mia.goto(SALES)
    expect(mia.get_by_role("link", name="Request access").first).to_be_visible()


def test_the_whole_loop_in_two_browsers(served, page_as, client_as):
    notify(served.site.house(), served.site.now)
    mia, sofia = page_as("mia"), page_as("sofia")
    sofia.goto("/")
    bell = sofia.locator("#bell")
    before = int(re.search(r"\d+|$", bell.inner_text())[0] or 0)
    mia.goto("/")
    mia.get_by_role("searchbox").last.fill("transactions")
    mia.keyboard.press("Enter")
    mia.wait_for_url("**/search?*")
    mia.get_by_role("link", name="Transactions", exact=True).first.click()
    expect(mia.get_by_role("region", name="Label")).to_contain_text("Sofia Berg")
    mia.get_by_role("link", name="Request access").first.click()
    mia.locator("select[name=purpose]").select_option("campaign-planning")
    mia.locator("textarea[name=reason]").fill(REASON)
    for box in mia.locator("input[name=accept_terms]").all():
        box.check()
    mia.get_by_role("button", name=re.compile("^Send")).last.click()
    mia.wait_for_url("**/requests/req-*")
    notify(served.site.house(), served.site.now)  # what the server does every few seconds
    expect(bell).to_contain_text(str(before + 1), timeout=15_000)
    sofia.goto(mia.url)
    to_decide = sofia.get_by_role("button", name=re.compile("^Approve"))
    to_decide.first.click()
    expect(to_decide).to_have_count(0)
    expect(sofia.get_by_text("Approved").first).to_be_visible()
    for page in (sofia, mia):
        page.goto(f"/govern/audit?text={mia.url.rpartition('/')[2]}")
        expect(page.locator("main tbody tr")).to_have_count(2)
        expect(page.locator("main tbody tr").first).to_contain_text("Approved")
        expect(page.locator("main tbody tr").last).to_contain_text("Requested")
    mia.goto("/query")
    mia.locator(".cm-content").click()
    mia.keyboard.insert_text(
        "select store_id, sum(amount) as amount from sales.transactions group by all"
    )
    mia.get_by_role("button", name=re.compile("^Run")).first.click()
    mia.wait_for_url("**/query/results/*")
    expect(mia.get_by_text("3 rows").first).to_be_visible()
    result = mia.url
    mia.goto(f"/charts/new?result={result.rpartition('/')[2]}")
    expect(mia.locator("chart-view svg, chart-view canvas").first).to_be_visible()
    client = client_as("mia")
    sheet = send(client, f"{result}/export", form="csv")
    assert sheet.status_code == 200
    assert len(sheet.text.strip().splitlines()) == 4
    ended(client_as)
    assert client.get(f"{result}/rows").status_code == 403
    assert send(client, f"{result}/export", form="csv").status_code in {403, 404}


def test_the_palette_opens_finds_and_gives_the_focus_back(page_as):
    page = page_as("mia")
    page.goto(SALES)
    opener = page.get_by_role("searchbox").first
    opener.focus()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    expect(palette).to_be_visible()
    page.keyboard.type("transac")
    expect(palette.get_by_role("option", name=re.compile("Transactions")).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("transac")
    chosen = palette.get_by_role("option", name=re.compile("Transactions")).first
    expect(chosen).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Transactions")


PAPER = "getComputedStyle(document.documentElement).backgroundColor"


def test_a_theme_follows_the_system_until_somebody_chooses_and_is_there_at_once(page_as):
    page = page_as("mia", color_scheme="dark")
    page.goto("/me")
    dark = page.evaluate(PAPER)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(PAPER)
    assert dark != light
    page.get_by_role("radio", name="Dark").check(force=True)
    assert page.evaluate(PAPER) == dark
    assert 'data-theme="dark"' in page.reload().text()
    assert page.evaluate(PAPER) == dark
    page.get_by_role("radio", name="System").check(force=True)
    page.reload()
    assert page.evaluate(PAPER) == light


def test_a_printed_product_is_its_label_without_the_ways_around(page_as):
    page = page_as("mia")
    page.goto(SALES)
    page.emulate_media(media="print")
    assert page.locator("main").is_visible()
    for gone in (".shell-nav", ".shell-search", ".shell-footer", "aside.banner", ".bell"):
        assert page.locator(gone).first.is_hidden(), gone
    assert page.locator("main").get_by_text("Sofia Berg").first.is_visible()
    assert page.get_by_role("region", name="Label").is_visible()
    assert page.get_by_role("table", name=re.compile("Columns of")).is_visible()


def test_a_page_a_newcomer_opens_is_light_and_brings_no_editor(page_as):
    page, asked, sizes = page_as("mia"), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(SALES, wait_until="networkidle")
    assert not [each for each in asked if re.search(r"editor|vega|grid|chart-view|mesh-map", each)]
    assert len(asked) <= 8, asked
