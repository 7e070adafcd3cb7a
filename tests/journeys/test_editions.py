"""Earlier editions: read under today's rules, each worker bound to its own, named when not there."""

import pytest

from agora.app.start import start
from agora.model.errors import Missing, Unusable
from agora.usecases import show
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, rows, rows_of, weeks

APPEND = "{mode: append, by: [week]}"
FIRST, SECOND, THIRD = (1, 1, 10), (2, 2, 20), (3, 3, 30)


@pytest.fixture(scope="module")
def mesh(tmp_path_factory):
    """Three editions, which no test changes."""
    made = Deliveries(tmp_path_factory.mktemp("editions") / "mesh", APPEND)
    weeks(made, 3)
    made.run(product="lab.weekly")
    return made


def test_an_edition_gives_the_rows_it_was_released_with(mesh):
    assert rows(mesh, "1") == [FIRST]
    assert rows(mesh, "2") == [FIRST, SECOND]
    assert rows(mesh, "lab.sales=2") == [FIRST, SECOND]
    assert rows(mesh) == [FIRST, SECOND, THIRD]


def test_a_worker_bound_to_one_edition_never_answers_for_another(mesh):
    with opened(mesh) as (house, who):
        for number in (1, 3, 2, 1, 2, 3, 1):
            assert len(rows_of(house, who, str(number))) == number
            assert len(rows_of(house, who)) == 3


def test_a_day_names_the_edition_that_was_current_at_its_end(mesh):
    with opened(mesh) as (house, who):
        day = f"{house.now():%Y-%m-%d}"
        assert len(rows_of(house, who, day)) == 3
        with pytest.raises(Missing) as told:
            rows_of(house, who, "2017-12-25")
    assert told.value.code_shown == "E460"


def test_a_time_names_the_edition_that_was_current_then(mesh):
    with opened(mesh) as (house, who):
        second = show.show(house, who, "lab.sales", edition="2").release
        assert len(rows_of(house, who, second.released_at.isoformat())) == 2


def test_an_edition_that_is_not_there_is_told_with_those_that_are(mesh):
    with pytest.raises(Missing) as told:
        rows(mesh, "9")
    assert told.value.code_shown == "E460"
    assert "1 (" in told.value.hint
    assert "3 (" in told.value.hint


@pytest.mark.parametrize("word", ["0", "-1", "last", "", "lab.sales=", "12.5"])
def test_what_is_no_edition_is_refused(mesh, word):
    with pytest.raises(Unusable) as told:
        rows(mesh, word)
    assert told.value.code_shown == "E463"


def test_a_number_says_of_which_product_when_several_are_read(mesh):
    both = "lab.weekly join lab.sales using (week)"
    with pytest.raises(Unusable) as told:
        rows(mesh, "1", table=both)
    assert told.value.code_shown == "E467"
    assert "--edition lab.sales=1" in told.value.hint
    assert len(rows(mesh, "lab.sales=1", "lab.weekly=1", table=both)) == 1
    assert len(rows(mesh, "lab.sales=1", "1", table=both)) == 1
    with pytest.raises(Unusable):
        rows(mesh, "lab.weekly=1")
    with pytest.raises(Unusable):
        rows(mesh, "1", "2")


def test_label_and_sample_are_of_the_edition(mesh, capfd):
    with opened(mesh) as (house, who):
        assert show.show(house, who, "lab.sales", edition="2").release.number == 2
        answer = show.rows(house, who, "lab.sales", edition="1")
        assert sum(batch.num_rows for batch in answer) == 1
        with pytest.raises(Missing):
            show.rows(house, who, "lab.sales", of=show.Part.QUARANTINE, edition="1")
    folder = ["--mesh", str(mesh.root)]
    assert start(["show", "lab.sales", "--edition", "2", *folder]) == 0
    assert "edition 2 of" in capfd.readouterr().out
    assert start(["query", "from lab.sales", "--edition", "1", "--format", "csv", *folder]) == 0
    assert capfd.readouterr().out.splitlines()[1:] == ["1,1,10"]


def test_rules_of_today_hold_for_rows_of_then(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    weeks(mesh, 1)
    contract = mesh.root / "lab/sales/contracts/sales.v1.odcs.yaml"
    plain, tagged = "logicalType: integer}", "logicalType: integer, tags: [personal]}"
    contract.write_text(contract.read_text().replace(plain, tagged))
    (mesh.root / "guardrails" / "hide.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: hide\ntitle: Nobody sees it\n"
        "applies_to: {tags: [personal]}\neffect: {mask: null-value}\n"
        "tests: [{as: olga, port: lab.sales, sees: {amount: null-value}}]\n"
    )
    assert rows(mesh, "1") == [(1, 1, None)]
