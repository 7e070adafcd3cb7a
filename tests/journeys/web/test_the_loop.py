"""The whole loop in the pages: find, read, ask, decide, use, end; each door says the same."""

import contextlib
import re
import time
from dataclasses import replace

import pytest

from agora.usecases.agreements import end
from tests.journeys.changing import actor, agree, instant, read
from tests.serving import csrf_of, send

pytestmark = pytest.mark.journey
PORT = "sales.transactions@1"
REASON = "weekly review of the tills in my area"


def asked(client, **fields):
    """The request form as a browser would send it, with every column ticked."""
    page = client.get("/products/sales/transactions/request").text
    every = re.findall(r'name="every" value="([^"]+)"', page)
    form = {
        "_csrf": csrf_of(page),
        "port": PORT,
        "every": every,
        "column": every,
        "purpose": "campaign-planning",
        "reason": REASON,
        "until": "2018-12-31",
        "accept_terms": "yes",
    } | fields
    return client.post("/products/sales/transactions/request", data=form)


@pytest.fixture
def loop(serving_market):
    return serving_market


def test_before_sending_everything_is_told_and_nothing_is_written(loop):
    mia = loop.client("mia")
    before = set(re.findall(r"/requests/(req-[\w-]+)", mia.get("/requests?of=mine").text))
    page = asked(mia, look="yes")
    assert page.status_code == 200
    assert "Sofia Berg decides" in page.text
    assert set(re.findall(r"/requests/(req-[\w-]+)", mia.get("/requests?of=mine").text)) == before


def test_what_one_may_read_already_is_said_in_the_form_and_in_the_cart(loop):
    ana = loop.client("ana")
    refused = asked(ana)
    assert refused.status_code == 409
    assert "You may read <code>sales.transactions@1</code> already" in refused.text
    assert "Query it" in refused.text
    send(ana, "/cart/add", port=PORT)
    form = {"purpose": "campaign-planning", "reason": REASON}
    refused = send(ana, "/cart", **form)
    assert "You may read <code>sales.transactions@1</code> already" in refused.text
    mia = loop.client("mia")
    send(mia, "/cart/add", port=PORT)
    terms = send(mia, "/cart", **form).text
    assert "There are terms of use: read them, and tick the box" in terms
    assert "For planning inside the company" in terms


def test_a_form_with_mistakes_keeps_what_was_typed_and_says_each(loop):
    page = asked(loop.client("mia"), purpose="", reason="too short")
    assert page.status_code == 422
    assert re.search(r"<title>\s*Error:", page.text)
    assert page.text.count("Choose what you need it for") == 2
    assert "at least 20 characters" in page.text
    assert ">too short</textarea>" in page.text


def test_no_tick_means_no_column_and_never_all_of_them(loop):
    mia, sofia = loop.client("mia"), loop.client("sofia")
    nothing = asked(mia, column=[], purpose="sales-planning")
    assert nothing.status_code == 422
    assert "Tick at least one column" in nothing.text
    assert "Sofia Berg decides" not in nothing.text

    where = asked(mia, column=[f"{PORT}/amount"], purpose="sales-planning").headers["location"]
    for given in ({"every": ["amount"]}, {"until": "tomorrow"}):
        refused = send(sofia, f"{where}/approve", version="1", **given)
        assert refused.status_code == 422
        assert "Pending" in sofia.get(where).text
    page = asked(mia, column=[f"{PORT}/amount"], purpose="sales-planning", accept_terms="")
    assert "Not asked for, so not there" in page.text
    assert "--accept-terms" not in page.text
    given = {"until": "2018-11-30", "every": ["amount"], "column": ["amount"]}
    assert send(sofia, f"{where}/approve", version="1", **given).status_code == 303
    page = mia.get(where).text
    assert "30 November 2018" in page
    assert re.search(r"less than was asked: amount, until\s+31 December 2018", page)
    agreement = re.search(r"/agreements/(agr-[\w-]+)/end", mia.get("/agreements").text)[1]
    assert send(mia, f"/agreements/{agreement}/end", words="enough").status_code == 303


def test_the_approval_is_the_access_and_its_end_is_the_end(loop):
    mia, sofia = loop.client("mia"), loop.client("sofia")
    assert "You may not look at its rows yet" in mia.get("/products/sales/transactions/data").text
    sent = asked(mia)
    assert sent.status_code == 303, sent.text
    where = sent.headers["location"]
    assert "Pending" in mia.get("/products/sales/transactions").text

    own = send(mia, f"{where}/approve", version="1")
    assert own.status_code == 403
    assert "nobody approves their own request" in own.text

    assert "Waiting for you" in sofia.get("/").text
    weighed = sofia.get(where).text
    assert REASON in weighed
    assert "Queries in 90 days" in weighed
    assert send(sofia, f"{where}/approve", version="1").status_code == 303
    rows = mia.get("/products/sales/transactions/data")
    assert "The first 20 rows" in rows.text

    line = mia.get("/agreements").text
    agreement = re.search(r"/agreements/(agr-[^/]+)/end", line)[1]
    assert send(sofia, f"/agreements/{agreement}/end", words="").status_code != 303
    assert (
        send(sofia, f"/agreements/{agreement}/end", words="the review is over").status_code == 303
    )
    assert "Request access" in mia.get("/products/sales/transactions").text
    refused = mia.get(
        "/api/v1/products/sales/transactions/tables/transactions/rows?purpose=campaign-planning"
    )
    assert refused.status_code == 403
    assert refused.json()["code"] == "E441"


@contextlib.contextmanager
def later(market, day):
    """The mesh's clock shows another day."""
    before = market.site.house().now
    market.site.furnish(lambda house: replace(house, now=lambda: instant(day)))
    yield
    market.site.furnish(lambda house: replace(house, now=before))


def test_the_last_day_of_an_agreement_is_the_last_day_of_access(loop):
    mia, sofia = loop.client("mia"), loop.client("sofia")
    product, rows = "/products/sales/transactions", {"sql": "select 1 from sales.transactions"}
    where = asked(mia, until="2018-01-20").headers["location"]
    assert send(sofia, f"{where}/approve", version="1").status_code == 303
    assert "Query</a>" in mia.get(product).text
    with later(loop, "2018-01-20"):
        assert "The first 20 rows" in mia.get(f"{product}/data").text
    with later(loop, "2018-01-21"):
        page = mia.get(product).text
        assert "Request access</a>" in page
        assert "Query</a>" not in page
        assert "You may not look at its rows yet" in mia.get(f"{product}/data").text
        assert "Expired" in mia.get("/agreements").text
        result = send(mia, "/query", **rows, purpose="campaign-planning").headers["location"]
        assert "E441" in ended(mia, result)
        refused = mia.get(f"/api/v1{product}/tables/transactions/rows?purpose=campaign-planning")
        assert (refused.status_code, refused.json()["code"]) == (403, "E441")
    agreement = re.search(r"/agreements/(agr-[^/]+)/end", mia.get("/agreements").text)[1]
    assert send(mia, f"/agreements/{agreement}/end").status_code == 303


def ended(client, where):
    """The page of a statement that is over."""
    until = time.monotonic() + 20
    while "Running" in (page := client.get(where).text):
        assert time.monotonic() < until
    return page


def test_what_a_product_passes_on_is_told_before_and_given_apart(loop):
    carl, sofia, mia = loop.client("carl"), loop.client("sofia"), loop.client("mia")
    passed = {"purpose": "segmentation", "onward": ["campaign-planning", "sales-planning"]}
    service = {"consumer": "service:customers.segments"}
    told = asked(carl, look="yes", **passed, **service).text
    assert "may be used for Segmentation and Campaign planning and Sales planning" in told
    alone = asked(carl, look="yes", purpose="segmentation", **service).text
    assert "may be used for Segmentation, and for nothing else" in alone
    wrong = asked(carl, **passed)
    assert wrong.status_code == 403
    assert 'href="#onward"' in wrong.text
    assert "Also used for" not in mia.get("/products/sales/transactions/request").text

    where = asked(carl, **passed, **service).headers["location"]
    weighed = sofia.get(where).text
    assert "Segmentation and Campaign planning and Sales planning" in weighed
    every = re.findall(r'name="every" value="([^"]+)"', weighed)
    narrow = {"every": every, "column": every, "onward": "sales-planning", "version": "1"}
    assert send(sofia, f"{where}/approve", **narrow).status_code == 303
    assert "passed on for Sales planning)" in carl.get("/agreements").text


TALK = "/products/sales/transactions/discuss"


def remark(page, name):
    """What a page shows of one remark, down to the next."""
    return page.partition(f'id="comment-{name}"')[2].partition('<article class="comment"')[0]


def test_what_one_said_is_changed_and_hidden_and_two_editors_lose_nothing(loop):
    mia, sofia, ana = loop.client("mia"), loop.client("sofia"), loop.client("ana")
    asked = send(mia, TALK, question="Are returns in it?").headers["location"]
    question = asked.rpartition("comment-")[2]
    own, others = mia.get(TALK).text, ana.get(TALK).text
    assert ("Edit</summary>" in remark(own, question), "Hide</summary>" in remark(own, question)) == (True, True)  # fmt: skip
    assert "Edit</summary>" not in remark(others, question)
    assert "Hide</summary>" not in remark(others, question)
    answered = send(sofia, f"{TALK}/{question}/answers", answer="At six").headers["location"]
    answer = answered.rpartition("comment-")[2]
    changed = {"text": "At seven", "revision": "1"}
    assert send(sofia, f"{TALK}/{answer}/edit", **changed).status_code == 303
    slower = send(sofia, f"{TALK}/{answer}/edit", text="At eight", revision="1")
    assert slower.status_code == 409
    told = remark(slower.text, answer)
    assert "<p>At seven</p>" in told
    assert ">At eight</textarea>" in told
    assert "put both texts together" in told
    assert 'class="small" open' in told
    revision = re.search(r'name="revision" value="(\d+)"', told)[1]
    both = {"text": "At seven or eight", "revision": revision}
    assert send(sofia, f"{TALK}/{answer}/edit", **both).status_code == 303
    assert "At seven or eight" in mia.get(TALK).text
    assert "edited" in remark(mia.get(TALK).text, answer)

    silent = send(sofia, f"{TALK}/{question}/hide", reason="")
    assert silent.status_code == 403
    assert f'href="#hide-{question}"' in silent.text
    assert send(ana, f"{TALK}/{question}/hide", reason="no").status_code == 403
    assert send(sofia, f"{TALK}/{question}/hide", reason="asked before").status_code == 303
    assert "Only you see this. Hidden by Sofia Berg: asked before" in mia.get(TALK).text
    assert "Are returns in it?" not in ana.get(TALK).text


def test_a_rating_is_changed_taken_back_and_its_words_are_hidden(loop):
    house, mia, olga = loop.site.house(), loop.client("mia"), loop.client("olga")
    given = agree(house, "mia", "sales-planning", by="mia")
    read(house, "mia", "select 1 from sales.transactions", "sales-planning")
    rated = {"stars": "2", "words": "too rude to read"}
    assert send(mia, "/products/sales/transactions/rating", **rated).status_code == 303
    assert "Change your rating" in mia.get(TALK).text
    hide = "/products/sales/transactions/rating/mia/hide"
    assert hide in olga.get(TALK).text
    assert hide not in loop.client("sofia").get(TALK).text
    assert send(loop.client("sofia"), hide, reason="no").status_code == 403
    assert send(olga, hide, reason="be kind").status_code == 303
    others = loop.client("ana").get(TALK).text
    assert "too rude" not in others
    assert "2 of 5 stars" in others
    assert send(mia, "/products/sales/transactions/rating/withdraw").status_code == 303
    assert "2 of 5 stars" not in loop.client("ana").get(TALK).text
    end(house, actor(house, "mia"), given.id)


def test_somebody_who_is_no_party_learns_nothing_of_a_request(loop):
    mia, ana = loop.client("mia"), loop.client("ana")
    sent = asked(mia, reason=REASON + " once more")
    where = sent.headers["location"]
    assert ana.get(where).status_code == 404
    assert send(ana, f"{where}/approve", version="1").status_code == 404
    assert send(mia, f"{where}/withdraw").status_code == 303
