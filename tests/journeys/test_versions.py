"""Two major versions of a port side by side, and the end of the older one."""

import pytest

from agora.model.errors import Denied
from agora.serve.rest.products import label
from agora.usecases.access import ask
from agora.usecases.query import query
from agora.usecases.run import run
from agora.usecases.show import show
from agora.web.labels import measured
from agora.web.product import newest_first
from agora.web.tables import table_view
from tests.journeys.changing import (
    CONTRACT,
    DEPRECATED,
    PORT,
    actor,
    agree,
    edit,
    last_day,
    opened,
    read,
    second_version,
)

TOTAL = "select sum(amount) as total, count(*) as n from sales.{}"


def released(root):
    with opened(root) as house:
        return run(house, actor(house, "emil"), PORT).release_made


@pytest.fixture
def both(used):
    """Both versions released; mia still reads the first, the dashboards agreed to the second."""
    second_version(used)
    edit(used / CONTRACT, DEPRECATED, last_day("2018-03-01"))
    assert released(used)
    with opened(used) as house:
        agree(house, "service:bi", "segmentation", by="mia", port=f"{PORT}@2")
    return used


def test_both_versions_answer_with_the_same_sums(both):
    with opened(both) as house:
        one, two, plain = (
            read(house, "sofia", TOTAL.format(table))
            for table in ("transactions_v1", "transactions_v2", "transactions")
        )
    assert one == two == plain
    assert one[0]["n"] > 0


def test_without_a_number_everybody_gets_the_version_of_their_agreement(both):
    with opened(both) as house:
        assert "week" in read(house, "mia", "select * from sales.transactions")[0]
        answer = read(house, "service:bi", "select * from sales.transactions", "segmentation")
        assert "pieces" in answer[0]
        assert "pieces" in read(house, "sofia", "select * from sales.transactions")[0]
        with pytest.raises(Denied):
            read(house, "mia", "select * from sales.transactions_v2")


def test_a_label_names_each_version_as_a_query_does_the_newest_first(both):
    with opened(both) as house:
        shown = show(house, actor(house, "sofia"), PORT)
        tables = [table_view(shown, *pair) for pair in newest_first(shown)]
        assert [each["sql"] for each in tables] == ["sales.transactions", "sales.transactions_v1"]
        for each in tables:
            names = {column["name"] for column in each["columns"]}
            assert names == set(read(house, "sofia", f"select * from {each['sql']}")[0])
        assert {each.version: each.sql for each in label(shown).tables} == {
            each["version"]: each["sql"] for each in tables
        }
        assert measured(shown).startswith(f"{tables[0]['rows']} rows"), (
            "of one version, not of both"
        )


def test_readers_of_a_version_on_its_way_out_are_told(both):
    with opened(both) as house:
        told = query(house, actor(house, "mia"), "select week from sales.transactions")
        told.answer.close()
        quiet = query(house, actor(house, "sofia"), "select pieces from sales.transactions")
        quiet.answer.close()
        label = show(house, actor(house, "mia"), PORT)
    notice = told.decisions[0].notices[0]
    assert notice.code == "E456"
    assert "until 2018-03-01" in notice.sentence
    assert "`sales.transactions@2`" in notice.hint
    assert quiet.decisions[0].notices == ()
    assert [each.code for each in label.notices] == ["E456"]


def test_nobody_begins_with_a_version_on_its_way_out(both):
    with opened(both) as house:
        with pytest.raises(Denied) as problem:
            ask(
                house,
                actor(house, "carl"),
                f"{PORT}@1",
                purpose="segmentation",
                reason="late",
            )
        assert problem.value.code_shown == "E444"
        assert "`sales.transactions@2`" in problem.value.hint
        agree(house, "carl", "segmentation", by="carl", port=f"{PORT}@2")


def test_after_its_last_day_it_answers_nobody_and_says_what_to_use(both):
    edit(both / "agora.yaml", ("2018-01-02T08", "2018-03-01T08"))
    with opened(both) as house:
        with pytest.raises(Denied) as problem:
            read(house, "mia", "select week from sales.transactions_v1")
        assert problem.value.code_shown == "E455"
        assert "2018-03-01" in problem.value.sentence
        assert problem.value.hint == "use `sales.transactions@2` instead"
        assert read(house, "sofia", TOTAL.format("transactions"))[0]["n"] > 0
        with pytest.raises(Denied) as problem:
            ask(house, actor(house, "carl"), f"{PORT}@1", purpose="segmentation", reason="late")
        assert problem.value.code_shown == "E455"


def test_a_build_hears_of_it_too(both):
    edit(both / "agora.yaml", ("2018-01-02T08", "2018-03-01T08"))
    with opened(both) as house, pytest.raises(Denied) as problem:
        run(house, actor(house, "carl"), "customers.segments", again=True)
    assert problem.value.code_shown == "E455"


def test_a_port_is_taken_out_when_its_last_day_has_passed_or_nobody_depends(both):
    edit(
        both / "sales/transactions/transactions.odps.yaml",
        ("  - name: transactions\n    version: 1.0.0\n    contractId: sales-transactions-v1\n", ""),
    )
    edit(
        both / "sales/transactions/build.yaml",
        ("  - {port: transactions, version: 1, from: typed}\n", ""),
    )
    (both / CONTRACT).unlink()
    edit(
        both / "customers/segments/segments.odps.yaml",
        ("sales-transactions-v1", "sales-transactions-v2"),
        ("version: 1.0.0, contractId", "version: 2.0.0, contractId"),
        ("id: sales-transactions-v2, version: 1.0.0", "id: sales-transactions-v2, version: 2.0.0"),
    )
    with opened(both) as house, pytest.raises(Denied) as problem:
        run(house, actor(house, "emil"), PORT)
    assert problem.value.code_shown == "E446"
    assert {r.sentence.split("`")[1] for r in problem.value.reasons} == {"mia", "service:bi"}
    edit(both / "agora.yaml", ("2018-01-02T08", "2018-03-01T08"))
    assert released(both)


def test_a_retired_version_that_is_read_is_found_by_check(market, shell):
    edit(market / CONTRACT, ("status: active", "status: retired"))
    code, _, err = shell("check")
    assert code == 1
    assert "error[E171]" in err
    assert "`customers.segments` still reads it" in err
    edit(market / CONTRACT, last_day("2018-01-01"))
    assert shell("check")[0] == 0
    code, _, err = shell("query", "select 1 from sales.transactions", "--as", "sofia")
    assert code == 3
    assert "error[E455]" in err


def test_the_command_line_warns_beside_the_answer(both, shell, monkeypatch):
    monkeypatch.chdir(both)
    code, out, err = shell(
        "query", "select max(week) w from sales.transactions", "--as", "mia", "--json"
    )
    assert code == 0
    assert '"w"' in out
    assert "warning[E456]" in err
    assert "use `sales.transactions@2` instead" in err
    assert "deprecated and answers until 2018-03-01" in shell("show", PORT)[1]
