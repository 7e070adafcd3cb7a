"""A file becomes a product in steps that the server keeps; the next file is its next edition."""

import io
import zipfile

import pytest
import xlsxwriter

from agora.model.ledger import Event
from tests.journeys.changing import opened, read
from tests.serving import csrf_of, published, send

CSV = b"Store,Opened On,Manager Mail,Target\n330,2017-01-05,ana@example.org,10\n367,2017-02-01,bo@example.org,20\n"
LABEL = {
    "title": "Store targets",
    "summary": "What each store is to sell",
    "domain": "sales",
    "product": "store-targets",
}
NAMES = ("store", "opened_on", "manager_mail", "target")


@pytest.fixture
def emil(serving_market):
    return serving_market.client("emil")


def bring(client, path, name, content):
    word = csrf_of(client.get("/sign-in").text)
    return client.post(path, data={"_csrf": word}, files={"file": (name, content)})


def confirmed(**more):
    given = {f"name-{n}": name for n, name in enumerate(NAMES)}
    return {**given, "tag-2": "personal", "key-0": "yes", "about-0": "Which store", **more}


def test_a_file_becomes_a_product_and_the_next_file_an_edition(serving_market, emil):
    assert bring(emil, "/studio/new/upload", "Store Targets.csv", CSV).status_code == 303
    columns = emil.get("/studio/new/upload/columns").text
    assert "100 % look like e-mail addresses" in columns
    assert 'value="opened_on"' in columns
    assert columns.count("Perhaps about people") == 1
    assert "Store Targets.csv" in emil.get("/studio/new/upload").text
    sent = send(emil, "/studio/new/upload/columns", **confirmed())
    assert sent.headers["location"].endswith("/label"), sent.text
    assert 'value="store-targets"' in emil.get("/studio/new/upload/label").text
    assert send(emil, "/studio/new/upload/label", **LABEL).status_code == 303
    check = emil.get("/studio/new/upload/check").text
    assert "manager_mail" in check
    assert "There is a problem" not in check
    made = send(emil, "/studio/new/upload/check")
    assert made.headers["location"] == "/studio/sales/store-targets", made.text
    assert "Published" in published(emil, "/studio/sales/store-targets")
    assert emil.get("/studio/new/upload/columns").status_code == 404

    more = CSV + b"400,2017-03-01,cy@example.org,30\n"
    again = bring(emil, "/studio/sales/store-targets/file", "April.csv", more)
    assert again.status_code == 303
    assert "A new edition is out" in published(emil, "/studio/sales/store-targets")
    with opened(serving_market.root) as house:
        rows = read(house, "emil", "select * from sales.store_targets order by store")
        assert [row["target"] for row in rows] == [10, 20, 30]
        mail = next(p for p in house.mesh.products if p.name.product == "store-targets")
        contract = mail.ports[0].contract
        assert contract.column("manager_mail").tags == ("personal",)
        assert contract.key == ("store",)


def test_what_is_wrong_is_said_before_anything_is_written(serving_market, emil):
    assert "no kind of file" in bring(emil, "/studio/new/upload", "x.exe", b"MZ").text
    assert "holds no rows" in bring(emil, "/studio/new/upload", "x.csv", b"a,b\n").text
    assert bring(emil, "/studio/new/upload", "x.xlsx", b"PK broken").status_code == 422
    assert send(emil, "/studio/new/upload").status_code == 422
    twice = CSV + b"330,2017-03-01,cy@example.org,30\n"
    assert bring(emil, "/studio/new/upload", "targets.csv", twice).status_code == 303
    bad = send(emil, "/studio/new/upload/columns", **confirmed(**{"name-1": "Opened On"}))
    assert bad.status_code == 422
    assert 'id="name-1-error"' in bad.text
    public = send(emil, "/studio/new/upload/columns", **confirmed(**{"tag-2": "internal"}))
    assert public.status_code == 422
    assert "may be about people (100 % look like e-mail addresses)" in public.text
    assert 'id="tag-2-error"' in public.text
    assert send(emil, "/studio/new/upload/columns", **confirmed()).status_code == 303
    words = {**LABEL, "product": "twice"}
    none = send(emil, "/studio/new/upload/label", **{**words, "title": ""})
    assert 'id="title-error"' in none.text
    assert send(emil, "/studio/new/upload/label", **words).status_code == 303
    check = emil.get("/studio/new/upload/check").text
    assert "1 row has a <code>store</code> that another row has, too" in check
    refused = send(emil, "/studio/new/upload/check")
    assert refused.status_code == 422
    assert not (serving_market.root / "sales/twice").exists()


def test_who_calls_a_suspected_column_harmless_answers_for_it(serving_market, emil):
    assert bring(emil, "/studio/new/upload", "mail.csv", CSV).status_code == 303
    said = {"tag-2": "", "reason-2": "mailboxes of shops, nobody's own"}
    assert send(emil, "/studio/new/upload/columns", **confirmed(**said)).status_code == 303
    words = {**LABEL, "product": "mailboxes", "title": "Mailboxes"}
    elsewhere = serving_market.client("emil")
    assert "nobody&#39;s own" in elsewhere.get("/studio/new/upload/columns").text
    assert send(elsewhere, "/studio/new/upload/label", **words).status_code == 303
    assert send(elsewhere, "/studio/new/upload/check").status_code == 303
    with opened(serving_market.root) as house:
        made = [each.entry for each in house.store.records() if each.entry.event is Event.MADE]
    facts = dict(made[-1].facts)
    assert facts["harmless"] == ("manager_mail: mailboxes of shops, nobody's own",)


def workbook(*more, swollen=1):
    """A workbook with a formula whose value was 12 when it was saved, and what else is packed.

    That says to be `swollen` when it is unpacked: what a bomb of some kilobytes comes to.
    """
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["store", "target"])
        page.write(1, 0, 330)
        page.write_formula(1, 1, "=1+1", None, 12)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more:
            archive.writestr(name, content)
            archive.getinfo(name).file_size *= swollen
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "more", "status", "words"),
    [
        ("formula.xlsx", (), 303, ""),
        ("odd.xlsx", (("xl/vbaProject.bin", b"Sub Auto_Open()"),), 303, ""),
        ("macros.xlsm", (("xl/vbaProject.bin", b"Sub Auto_Open()"),), 400, "no kind of file"),
        ("bomb.xlsx", (("xl/media/image1.bin", bytes(2047)),), 422, "unpacks to 2,047 MB"),
    ],
)
def test_an_odd_workbook_is_read_for_its_values_or_refused_calmly(emil, name, more, status, words):
    brought = bring(
        emil, "/studio/new/upload", name, workbook(*more, swollen=1 << 20 if "bomb" in name else 1)
    )
    assert brought.status_code == status
    assert "Traceback" not in brought.text
    if words:
        assert words in brought.text
        assert 'id="file-error"' in brought.text
    else:
        assert "for example 12" in emil.get("/studio/new/upload/columns").text


def test_only_publishers_bring_files_and_only_for_what_is_theirs(serving_market):
    mia = serving_market.client("mia")
    assert bring(mia, "/studio/new/upload", "targets.csv", CSV).status_code == 403
    place = "/studio/sales/transactions/file"
    assert bring(mia, place, "transactions.csv", CSV).status_code == 403
    before = (serving_market.root / "sales/transactions/data/transactions.csv").read_bytes()
    emil = serving_market.client("emil")
    assert bring(emil, place, "t.xlsx", CSV).status_code == 400
    assert (serving_market.root / "sales/transactions/data/transactions.csv").read_bytes() == before


def test_a_csv_with_semicolons_is_read_and_so_is_the_next(serving_market, emil):
    word = b"Where;Since;Note\n1;2017-01-05;3,50\n2;2017-02-01;4,50\n"
    assert bring(emil, "/studio/new/upload", "Kassen.csv", word).status_code == 303
    names = {f"name-{n}": name for n, name in enumerate(("place", "since", "note"))}
    assert send(emil, "/studio/new/upload/columns", **names).status_code == 303
    label = {**LABEL, "title": "Tills", "product": "tills"}
    assert send(emil, "/studio/new/upload/label", **label).status_code == 303
    assert send(emil, "/studio/new/upload/check").headers["location"] == "/studio/sales/tills"
    assert "Published" in published(emil, "/studio/sales/tills")
    assert bring(
        emil, "/studio/sales/tills/file", "Mai.csv", word + b"3;2017-03-01;1\n"
    ).is_redirect
    published(emil, "/studio/sales/tills")
    with opened(serving_market.root) as house:
        assert len(read(house, "emil", "select * from sales.tills")) == 3


def test_letters_of_windows_are_found_shown_and_never_read_as_others(serving_market, emil):
    word = "Ort;Größe\nKöln;süß\nFürth;weiß\n"
    assert bring(emil, "/studio/new/upload", "Orte.csv", word.encode("cp1252")).status_code == 303
    shown = emil.get("/studio/new/upload/columns").text
    assert "Are these letters right?" in shown
    assert "<q>Köln</q>" in shown
    assert 'value="grosse"' in shown, "a name that could not be kept was proposed"
    other = send(emil, "/studio/new/upload/letters", encoding="")
    assert (other.status_code, "<code>Orte.csv</code> is not written in UTF-8" in other.text) == (
        422,
        True,
    )
    assert send(emil, "/studio/new/upload/letters", encoding="cp1251").status_code == 303
    assert "<q>Kцln</q>" in emil.get("/studio/new/upload/columns").text
    assert send(emil, "/studio/new/upload/letters", encoding="cp1252").status_code == 303
    assert send(
        emil, "/studio/new/upload/columns", **{"name-0": "ort", "name-1": "size"}
    ).is_redirect
    label = {**LABEL, "title": "Orte", "product": "orte"}
    assert send(emil, "/studio/new/upload/label", **label).status_code == 303
    assert send(emil, "/studio/new/upload/check").headers["location"] == "/studio/sales/orte"
    assert "Published" in published(emil, "/studio/sales/orte")
    refused = bring(emil, "/studio/sales/orte/file", "Mai.csv", word.encode())
    assert (refused.status_code, "the file before in cp1252" in refused.text) == (400, True)
    with opened(serving_market.root) as house:
        rows = read(house, "emil", "select * from sales.orte order by ort")
        assert [row["ort"] for row in rows] == ["Fürth", "Köln"]


def test_unicode_of_spreadsheets_asks_nothing(emil):
    word = "Ort\tNote\nKöln\tsüß\n"
    assert bring(emil, "/studio/new/upload", "Orte.tsv", word.encode("utf-16")).status_code == 303
    shown = emil.get("/studio/new/upload/columns").text
    assert "Köln" in shown
    assert "Are these letters right?" not in shown
