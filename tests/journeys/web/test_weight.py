"""What a page weighs: what is fetched, how many bytes that is, and what is not fetched at all."""

import gzip
import re

import pytest

pytestmark = pytest.mark.journey
SALES = "/products/sales/transactions"
ISLANDS = r"(codemirror|vega|sql-editor|virtual-grid|chart-view|mesh-map|log-stream)[^/]*\.js"
PLAIN = (
    "/",
    "/search?q=till",
    "/domains/sales",
    SALES,
    SALES + "/data",
    "/requests",
    "/govern",
    "/me",
)


@pytest.fixture
def fetched(page_as):
    """Opens a page in a browser that has kept nothing: what it asked for, and the bytes of each."""

    def opened(person, path):
        page, asked, sizes = page_as(person), [], {}
        page.on("request", lambda each: asked.append(each.url))
        page.on(
            "requestfinished",
            lambda each: sizes.update({each.url: each.sizes()["responseBodySize"]}),
        )
        page.goto(path, wait_until="load")
        page.evaluate("document.fonts.ready.then(() => new Promise(done => setTimeout(done, 300)))")
        return asked, sizes

    return opened


def test_a_product_page_costs_little_and_brings_no_island(fetched):
    asked, sizes = fetched("mia", SALES)
    assert len(asked) <= 8, asked
    assert sum(sizes.values()) <= 60_000, sizes
    assert not [each for each in asked if re.search(ISLANDS, each)]


def test_the_editor_comes_with_the_pages_one_writes_in_and_with_no_other(page_as):
    page, asked = page_as("mia"), []
    page.on("request", lambda each: asked.append(each.url))
    for path in (*PLAIN, "/query"):
        assert not [each for each in asked if "codemirror" in each], path
        page.goto(path)
    page.locator("sql-editor[data-ready]").wait_for()
    assert [each for each in asked if "codemirror" in each]


def test_what_is_packed_is_what_it_was_and_no_length_tells_what_is_in_it(client_as):
    mia = client_as("mia")
    plain = mia.get(SALES, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    lengths = set()
    for _ in range(8):
        packed = mia.get(SALES)
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "accept-encoding"
        assert "Transactions" in packed.text
        lengths.add(packed.num_bytes_downloaded)
    assert len(lengths) > 1
    for accepts, answer in (("gzip;q=0", None), ("br, gzip;q=0.5", "gzip"), ("*", "gzip")):
        sheet = mia.get("/static/app.css", headers={"accept-encoding": accepts})
        assert sheet.headers.get("content-encoding") == answer
        assert "@layer" in sheet.text
    with mia.stream("GET", "/static/js/agora.js") as script:
        raw = b"".join(script.iter_raw())
    assert b"customElements" in gzip.decompress(raw)
    font = mia.get("/static/vendor/inter-basic-5.3.0.woff2")
    assert "content-encoding" not in font.headers
