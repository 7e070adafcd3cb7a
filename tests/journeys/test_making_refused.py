"""What cannot be made is said with its code, and nothing is written."""

import pytest

from agora.model.draft import Draft, DraftColumn, DraftInput
from agora.model.errors import AgoraError
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.types import Kind, Type
from agora.needs.folder import Author
from agora.usecases import sheet
from agora.usecases.make import Plan, foresee
from agora.usecases.making import sheets, writing
from tests.journeys.changing import actor, opened
from tests.journeys.test_making import PLAN, tracked  # noqa: F401 (a fixture)

CSV = b"store,target\n330,10\n330,20\n"


def code(deed):
    with pytest.raises(AgoraError) as caught:
        deed()
    return caught.value.code_shown


def test_a_query_that_cannot_be_a_product(tracked):  # noqa: F811 (the fixture)
    with opened(tracked) as house:
        emil = actor(house, "emil")

        def of(**more):
            return code(lambda: foresee(house, emil, Plan(**{**PLAN, **more})))

        assert of(sql="select 1 as one") == "E745"
        assert of(sql="select count(*) from sales.transactions") == "E745"
        assert of(title="") == "E746"
        assert of(name="nowhere.by-store") == "E750"
        wrong = Draft(
            name=ProductName("sales", "odd"),
            title="Odd",
            summary="Reads what is not there",
            columns=(DraftColumn(name="a", type=Type(kind=Kind.BIGINT)),),
            step="select 1 as a from t",
            inputs=(
                DraftInput(
                    alias="t",
                    port=PortVersion(PortName("sales", "no", "no"), 1),
                    contract="nope",
                    version="1.0.0",
                ),
            ),
            purpose="sales-planning",
        )
        assert code(lambda: writing.foreseen(house, wrong)) == "E747"
        (tracked / ".git/index.lock").touch()
        author = Author(name="x", email="x@example.org")
        files = {"sales/odd/README.md": b"x"}
        assert code(lambda: house.folder.keep(files, author=author, words="w")) == "E749"
        assert not (tracked / "sales/odd").exists()


def test_a_query_that_means_other_rows_as_a_step(used, monkeypatch):
    from agora.workshop import drafting

    monkeypatch.setattr(
        drafting, "rewritten", lambda *_: "select 1 as store_id, 2 as sales, 3.0 as amount"
    )
    with opened(used) as house:
        assert code(lambda: foresee(house, actor(house, "emil"), Plan(**PLAN))) == "E748"


def test_a_file_that_cannot_be_a_product(used):
    with opened(used) as house:
        emil = actor(house, "emil")
        assert code(lambda: sheets.source("x.csv", sheets.LARGEST + 1)) == "E751"
        assert code(lambda: sheet.find(house, emil)) == "E752"
        assert code(lambda: sheet.begin(house, emil, "x.csv", b"a,b\n")) == "E753"
        draft = sheet.begin(house, emil, "targets.csv", CSV)
        from dataclasses import replace

        keyed = [replace(each, key=each.name == "store") for each in draft.columns]
        twice = [replace(each, name="same") for each in draft.columns]
        assert code(lambda: sheet.columns(house, emil, twice)) == "E754"
        named = [replace(each, tag="", hint="") for each in draft.columns]
        assert sheet.columns(house, emil, named).columns == draft.columns
        people = sheet.begin(house, emil, "people.csv", b"mail\na@example.org\n").columns
        for harmless in ("", "internal"):
            passed = [replace(each, tag=harmless, hint="") for each in people]
            assert code(lambda given=passed: sheet.columns(house, emil, given)) == "E804"
        sheet.begin(house, emil, "targets.csv", CSV)
        sheet.columns(house, emil, keyed)
        sheet.label(house, emil, title="T", summary="S", domain="sales", product="targets")
        assert code(lambda: sheet.write(house, emil)) == "E755"
        place = "sales.transactions"
        assert code(lambda: sheet.next_file(house, emil, place, "t.xlsx", CSV)) == "E756"
    assert not (used / "sales/targets").exists()
