"""Rolling back: an earlier edition is the newest one, nothing is lost, and what comes next is told."""

import pytest

from agora.app.start import start
from agora.model.errors import Conflict, Denied, Missing, Unusable
from agora.model.people import Actor
from agora.usecases.ledger import verify
from agora.usecases.rollback import rollback
from agora.usecases.show import show
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, releases, rows, weeks

APPEND = "{mode: append, by: [week]}"
FIRST, SECOND, THIRD = (1, 1, 10), (2, 2, 20), (3, 3, 30)


@pytest.fixture
def mesh(tmp_path):
    made = Deliveries(tmp_path / "mesh", APPEND)
    weeks(made, 3)
    return made


def back(mesh, to, reason="it was wrong", name="olga"):
    with opened(mesh, name) as (house, who):
        return rollback(house, who, "lab.sales", to=to, reason=reason)


def test_an_earlier_edition_is_current_again_and_the_next_run_builds_on_it(mesh):
    done = back(mesh, "1")
    assert (done.release.number, done.release.parent, done.release.restores) == (4, 3, 1)
    assert rows(mesh) == rows(mesh, "4") == [FIRST]
    assert rows(mesh, "3") == [FIRST, SECOND, THIRD]
    assert done.coming.deliveries == ("raw: deliveries/w002.csv", "raw: deliveries/w003.csv")
    assert not done.coming.anew
    ran = mesh.run()
    assert ran.run.loaded == ""
    assert ran.release.parent == 4
    assert rows(mesh) == [FIRST, SECOND, THIRD]
    assert set(releases(mesh)[0].snapshots[0].files) < set(ran.release.snapshots[0].files)


def test_a_bad_delivery_that_was_taken_away_is_named_and_not_loaded_again(mesh):
    (mesh.folder / "w003.csv").unlink()
    done = back(mesh, "2")
    assert done.coming.deliveries == ()
    assert done.coming.gone == ("raw: deliveries/w003.csv",)
    assert mesh.run().skipped
    assert rows(mesh) == [FIRST, SECOND]


def test_the_lakes_own_pointer_follows(mesh):
    made = back(mesh, "2").release
    with opened(mesh) as (house, _):
        house.lake.leftovers()
        table = house.lake._existing(made.snapshots[0].port)
        assert table.scan().to_arrow().num_rows == 2
        assert table.metadata.refs["release-4"].snapshot_id == made.snapshots[0].snapshot_id


def test_a_rollback_of_a_rollback(mesh):
    back(mesh, "1")
    again = back(mesh, "3").release
    assert (again.number, again.restores) == (5, 3)
    assert rows(mesh) == [FIRST, SECOND, THIRD]
    assert mesh.run().skipped


def test_it_is_told_who_did_it_and_why(mesh):
    back(mesh, "1", "week two came twice")
    with opened(mesh) as (house, who):
        entries = [r.entry for r in house.store.records() if r.entry.event.value == "rolled-back"]
        assert verify(house, who).holds
        old = show(house, who, "lab.sales", edition="1").release.released_at
        assert show(house, who, "lab.sales").release.released_at > old
    facts = dict(entries[0].facts)
    assert (facts["to"], facts["instead_of"], facts["release"]) == (1, 3, 4)
    assert "week two came twice" in facts["why"]


def test_what_cannot_be_rolled_back_to(mesh):
    with pytest.raises(Conflict) as told:
        back(mesh, "3")
    assert told.value.code_shown == "E464"
    with pytest.raises(Missing):
        back(mesh, "9")
    with pytest.raises(Unusable) as told:
        back(mesh, "1", " ")
    assert told.value.code_shown == "E466"
    with opened(mesh) as (house, _):
        service = house.mesh.principal("service:lab.weekly")
        with pytest.raises(Denied):
            rollback(house, Actor(principal=service), "lab.sales", to="1", reason="x")
    assert len(releases(mesh)) == 3


def test_another_promise_stands_against_it_until_it_is_put_back(mesh):
    contract = mesh.root / "lab/sales/contracts/sales.v1.odcs.yaml"
    before = contract.read_text()
    contract.write_text(before + "      - {name: note, logicalType: string}\n")
    step = mesh.root / "lab/sales/build.yaml"
    build = step.read_text()
    step.write_text(
        build.replace("outputs: [{port: sales, from: raw,", "steps: [{file: steps/more.sql}]\noutputs: [{port: sales, from: more,")
    )  # fmt: skip
    (mesh.root / "lab/sales/steps").mkdir()
    (mesh.root / "lab/sales/steps/more.sql").write_text("select *, 'x' as note from raw")
    assert mesh.run().release.number == 4
    with pytest.raises(Conflict) as told:
        back(mesh, "3")
    assert told.value.code_shown == "E465"
    assert "note" in told.value.sentence
    contract.write_text(before)
    step.write_text(build)
    assert back(mesh, "3").release.number == 5
    assert rows(mesh) == [FIRST, SECOND, THIRD]


def test_the_command_says_what_comes(mesh, capfd):
    folder = ["--mesh", str(mesh.root)]
    assert start(["rollback", "lab.sales", "--to", "2", "--reason", "late", *folder]) == 0
    out = capfd.readouterr().out
    assert "release 4 has the rows of edition 2, instead of edition 3" in out
    assert "the next run loads raw: deliveries/w003.csv" in out
    assert start(["rollback", "lab.sales", "--to", "3", "--reason", "no", "--json", *folder]) == 0
    assert '"kind": "rollback"' in capfd.readouterr().out
