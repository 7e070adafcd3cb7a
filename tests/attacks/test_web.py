"""Attacks on the pages: forms of others, addresses that lead elsewhere, words that are code, paths out.

What a person can write and everybody reads is tried by every page at once, in
tests/journeys/web/test_acceptance.py.
"""

import http.client
import re
import zipfile
from io import BytesIO
from urllib.parse import quote, urlsplit

import httpx
import pytest
from markupsafe import escape
from starlette.routing import Route

from agora.web.cookies import SAID
from agora.web.routes import routes
from tests.serving import csrf_of, send

pytestmark = pytest.mark.journey

CODE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"
HTMX = {"hx-request": "true", "hx-current-url": "http://127.0.0.1/"}
SECRETS = ("operator: olga", "kind: people", "root:x:0", "SQLite format")


def paths(method, word="x"):
    """Every route of the pages that answers this method, with this word in its holes."""
    for route in routes():
        assert isinstance(route, Route)
        if method in (route.methods or ()):
            yield re.sub(r"\{[^}]+\}", quote(word, safe=""), route.path)


def raw(served, path, **headers):
    """An address exactly as it is written, which a browser or library would tidy."""
    where = urlsplit(served.url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())
    connection.close()
    return found


def written(served):
    return sum(1 for _ in served.site.house().store.records())


def test_no_deed_is_done_by_a_form_of_somebody_else(served, client_as):
    mia = client_as("mia")
    others = csrf_of(client_as("sofia").get("/sign-in").text)
    before = written(served)
    for path in paths("POST"):
        for word, headers in (("", {}), (others, HTMX), ("", HTMX | {"x-csrf-token": "guessed"})):
            form = {"_csrf": word, "person": "sofia"}
            answer = mia.post(path, data=form, headers=headers)
            assert answer.status_code == 403, path
            assert "E711" in answer.text, path
    assert mia.get("/me").status_code == 200
    assert written(served) == before


def test_a_link_does_nothing(served, client_as):
    mia = client_as("mia")
    before = written(served)
    both = set(paths("GET"))
    for path in paths("POST"):
        if path not in both:
            assert mia.get(path).status_code in {404, 405}, path
    assert mia.get("/me").status_code == 200
    assert written(served) == before


def test_words_in_an_address_stay_words(client_as):
    mia = client_as("mia")
    names = ("q", "of", "next", "domain", "from", "sql", "result", "query", "saved", "table")
    asked = dict.fromkeys(names, CODE)
    for path in [*paths("GET"), *paths("GET", CODE)]:
        for question in ({}, asked):
            if not question and CODE not in path and "%3C" not in path:
                continue
            answer = mia.get(path, params=question)
            assert answer.status_code in {200, 303, 400, 403, 404, 409, 422, 503}, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert "<script>alert" not in answer.text, path
                assert "<img src=x" not in answer.text, path


def test_what_was_said_on_the_way_stays_words(client_as):
    mia = client_as("mia")
    mia.cookies.set(SAID, quote(CODE, safe=""))
    page = mia.get("/me").text
    assert str(escape(CODE)) in page
    assert "<script>alert" not in page
    mia.cookies.set("theme", '"><script>alert(1)</script>')
    assert "<script>alert" not in mia.get("/me").text


ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/%09/evil.example\r\nset-cookie: a=b",
    "evil.example",
)


@pytest.mark.parametrize("where", ELSEWHERE)
def test_nobody_is_sent_elsewhere(client_as, where):
    nobody = client_as()
    page = nobody.get("/sign-in", params={"next": where}).text
    sent = nobody.post("/demo/as", data={"_csrf": csrf_of(page), "person": "mia", "next": where})
    kept = send(nobody, "/me/preferences", theme="dark", next=where)
    for answer in (sent, kept):
        assert answer.status_code == 303
        assert answer.headers["location"] in {"/", "/me"}
        assert "a" not in answer.cookies


def test_who_asks_under_another_name_of_the_host_is_not_sent_there(served):
    status, _, headers = raw(served, "/me", Host="evil.example")
    assert status in {303, 400, 421}
    assert "evil.example" not in headers.get("location", "")


OUT = ("../../agora.yaml", "../../../../../../etc/passwd", "../routes.py", "people.yaml")


@pytest.mark.parametrize(
    "prefix", ["/static/", "/static/js/", "/help/errors/", "/products/sales/", "/"]
)
def test_no_address_leads_to_a_file(served, client_as, prefix):
    cookie = f"agora={client_as('mia').cookies['agora']}"
    for out in OUT:
        for form in (
            out,
            out.replace("..", "%2e%2e"),
            out.replace("/", "%2f"),
            out.replace("/", "\\"),
            quote(quote(out, safe=""), safe=""),
            out + "%00.css",
        ):
            status, body, _ = raw(served, prefix + form, Cookie=cookie)
            assert status in {303, 400, 404}, prefix + form
            assert not any(each in body for each in (*SECRETS, "import Iterator")), prefix + form


def test_a_token_in_an_address_opens_nothing(served, client_as):
    page = send(client_as("ana"), "/me/tokens", name="t", days="7", scope="read").text
    secret = re.search(r"agora_[a-z]+_[\w-]{20,}", page)[0]
    nobody = httpx.Client(base_url=served.url)
    with nobody:
        label = "/api/v1/products/sales/transactions"
        assert nobody.get(label, headers={"authorization": f"Bearer {secret}"}).status_code == 200
        for name in ("token", "access_token", "api_key", "authorization", "agora"):
            assert nobody.get(label, params={name: secret}).status_code == 401
            assert nobody.get("/me", params={name: secret}).status_code == 303
        own = {"authorization": f"Bearer {secret}", "x-csrf-token": ""}
        assert nobody.post("/sign-out", headers=own).status_code == 403


def test_a_session_somebody_else_prepared_is_not_the_one_that_is_signed_in(served, client_as):
    nobody = client_as()
    nobody.cookies.set("agora", "prepared-by-somebody-else", domain="127.0.0.1")
    answer = send(nobody, "/demo/as", person="mia")
    given = [each for each in answer.headers.get_list("set-cookie") if each.startswith("agora=")]
    assert len(given) == 1
    assert "prepared" not in given[0]
    assert "httponly" in given[0].lower()
    assert "samesite=lax" in given[0].lower()
    thief = client_as()
    thief.cookies.set("agora", "prepared-by-somebody-else")
    assert thief.get("/me").status_code == 303


FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "=cmd|' /C calc'!A0")


def test_no_cell_of_a_download_is_a_formula(client_as):
    ana = client_as("ana")
    texts = ", ".join(
        f"""'{each.replace("'", "''")}' as "{each[:1]}a{n}" """ for n, each in enumerate(FORMULAS)
    )
    sql = f"select {texts} from sales.transactions limit 1"
    where = send(ana, "/query", sql=sql).headers["location"]
    while "Running" in ana.get(where).text:
        pass
    answer = send(ana, f"{where}/export", form="csv")
    assert answer.status_code == 200
    for line in answer.text.strip("\n").split("\n"):
        for cell in re.findall(r'(?:^|,)("(?:[^"]|"")*"|[^,]*)', line.rstrip("\r")):
            assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t", "\r")), cell
    book = zipfile.ZipFile(BytesIO(send(ana, f"{where}/export", form="xlsx").content))
    for name in book.namelist():
        assert b"<f>" not in book.read(name), name


INWARD = (
    "http://127.0.0.1:22/",
    "http://localhost/",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://10.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "http://user:word@127.0.0.1/",
)


@pytest.mark.parametrize("url", INWARD)
def test_a_webhook_calls_nobody_inside(client_as, url):
    mia = client_as("mia")
    answer = send(mia, "/me/notifications/hooks", url=url)
    assert 400 <= answer.status_code < 500
    assert "agora_whs_" not in answer.text


def test_every_answer_carries_the_guards(served, client_as):
    mia = client_as("mia")
    for path in ("/me", "/no/such", "/sign-out", "/static/app.css", "/static/no", "/api/v1/no",
                 "/api/v1/openapi.json", "/map.json"):  # fmt: skip
        headers = mia.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        if not path.startswith("/static/"):
            assert headers["cache-control"] == "no-store", path


def test_what_is_too_much_is_cut_off(client_as):
    answer = client_as("mia").post("/query", content=b"x" * (3 << 20))
    assert answer.status_code == 413
