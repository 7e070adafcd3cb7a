"""Verifying: a release is built again from its pins, and what differs is said precisely."""

import dataclasses
from pathlib import Path

import pytest

from agora.app.start import start
from agora.model.errors import Denied, Missing
from agora.model.people import Actor
from agora.model.release import Release
from agora.model.verifying import BuildText
from agora.needs.store import Put
from agora.usecases.rollback import rollback
from agora.usecases.verify import verify
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, releases, weeks

APPEND = "{mode: append, by: [week]}"
REPLACE = "{mode: replace, by: [week]}"


@pytest.fixture
def mesh(tmp_path):
    made = Deliveries(tmp_path / "mesh", REPLACE)
    weeks(made, 2)
    made.deliver("late", [(1, 7, 70), (2, 8, 80)])
    made.run()
    made.run(product="lab.weekly")
    return made


def verified(mesh, product="lab.sales", release=""):
    with opened(mesh) as (house, who):
        return verify(house, who, product, release=release)


def changed(mesh, product="lab.sales", **fields):
    """The newest release row says something else, as if somebody had been at the database."""
    with opened(mesh) as (house, _):
        kept = list(house.store.find(Release, f"{product}/"))[-1]
        noun = dataclasses.replace(kept.noun, **fields)
        house.store.commit((Put(key=kept.key, noun=noun, revision=kept.revision),), ())


def test_a_release_made_delivery_by_delivery_is_what_one_build_of_its_pins_makes(mesh):
    for number, count in (("1", 1), ("2", 2), ("3", 2), ("", 2)):
        found = verified(mesh, release=number)
        assert (found.holds, found.rows) == (True, count), found
    assert verified(mesh, "lab.weekly").holds
    assert list((mesh.root / ".agora/lake/scratch").iterdir()) == []


def test_nothing_of_it_is_left_in_the_lake(mesh):
    lake = mesh.root / ".agora" / "lake"
    before = sorted(lake.rglob("*"))
    verified(mesh)
    assert sorted(lake.rglob("*")) == before
    with opened(mesh) as (house, _):
        told = [r.entry for r in house.store.records() if r.entry.event.value == "verified"]
    assert [(dict(e.facts)["release"], dict(e.facts)["holds"]) for e in told] == [(3, True)]


def test_code_of_today_is_not_what_an_earlier_release_is_built_with(mesh):
    weekly = mesh.root / "lab/weekly"
    (weekly / "steps/weekly.sql").write_text(
        "select week, cast(0 as bigint) as amount, count(*) as lines from sales group by week"
    )
    assert verified(mesh, "lab.weekly").notes == ("the step `weekly.sql` has changed since",)
    assert verified(mesh, "lab.weekly").holds
    mesh.run(product="lab.weekly")
    for release in ("1", "2"):
        assert verified(mesh, "lab.weekly", release).holds
    build = weekly / "build.yaml"
    build.write_text(build.read_text().replace("steps/weekly.sql", "steps/other.sql, name: weekly"))
    (weekly / "steps/weekly.sql").rename(weekly / "steps/other.sql")
    notes = verified(mesh, "lab.weekly", "1").notes
    assert notes == (
        "`build.yaml` has changed since",
        "the step `other.sql` has changed since",
        "the step `weekly.sql` has changed since",
    )


def test_code_whose_words_are_not_kept_or_are_others(mesh):
    changed(mesh, code_hash="0" * 64)
    found = verified(mesh)
    assert not found.holds
    assert found.differences == ("the build has changed since, and its words of then are not kept",)
    with opened(mesh) as (house, _):
        kept = next(iter(house.store.find(BuildText, "lab.sales/")))
        key = f"lab.sales/{'0' * 64}"
        noun = dataclasses.replace(kept.noun, hash="0" * 64)
        house.store.commit((Put(key=key, noun=noun),), ())
    assert "not those that were released" in verified(mesh).differences[0]


def test_landed_files_that_are_gone_or_altered_are_named(mesh):
    pins = {pin.origin: Path(pin.path) for pin in releases(mesh)[-1].sources}
    pins["deliveries/w001.csv"].unlink()
    pins["deliveries/w002.csv"].write_text("week,id,amount\n2,2,21\n")
    found = verified(mesh)
    assert not found.holds
    first, second = found.differences
    assert first.startswith(
        "source `raw`, delivery `deliveries/w001.csv`: the landed file is missing"
    )
    assert second.startswith(
        "source `raw`, delivery `deliveries/w002.csv`: the landed file was changed"
    )
    assert verified(mesh, "lab.weekly").holds


def test_pins_in_error_are_named(mesh):
    pin = releases(mesh, "lab.weekly")[-1].inputs[0]
    changed(mesh, "lab.weekly", inputs=(dataclasses.replace(pin, snapshot_id=7),))
    assert "pinned is 7" in verified(mesh, "lab.weekly").differences[0]
    changed(mesh, "lab.weekly", inputs=(dataclasses.replace(pin, release=9),))
    assert "there is no edition 9 of `lab.sales@1`" in verified(mesh, "lab.weekly").differences[0]
    earlier = releases(mesh)[0]
    changed(
        mesh,
        "lab.weekly",
        inputs=(dataclasses.replace(pin, release=1, snapshot_id=earlier.snapshots[0].snapshot_id),),
    )
    found = verified(mesh, "lab.weekly")
    assert not found.holds
    assert found.differences == ()
    (port,) = found.ports
    assert (port.released, port.rebuilt, port.missing, port.extra) == (2, 1, 2, 1)
    assert dict(port.columns)["amount"] == 2
    assert dict(port.columns)["week"] == 1


def test_rows_that_are_not_what_was_built_are_counted_by_column(mesh):
    first, last = releases(mesh)[0], releases(mesh)[-1]
    changed(
        mesh, snapshots=(dataclasses.replace(last.snapshots[0], files=first.snapshots[0].files),)
    )
    (port,) = verified(mesh).ports
    assert (port.released, port.rebuilt, port.missing, port.extra) == (1, 2, 1, 2)


def test_released_rows_that_are_damaged_are_told(mesh):
    Path(releases(mesh)[-1].snapshots[0].files[0].path).write_bytes(b"spoiled")
    assert "1 files are damaged" in verified(mesh).differences[0]
    assert "1 files of `lab.sales@1` are damaged" in verified(mesh, "lab.weekly").differences[0]


def test_a_rollback_is_verified_like_the_edition_it_restores(mesh):
    with opened(mesh) as (house, who):
        rollback(house, who, "lab.sales", to="2", reason="x")
    assert verified(mesh).release == 4
    assert verified(mesh).holds


def test_who_may_not_verify_and_what_is_not_there(mesh):
    with opened(mesh) as (house, who):
        service = Actor(principal=house.mesh.principal("service:lab.weekly"))
        with pytest.raises(Denied):
            verify(house, service, "lab.sales")
        with pytest.raises(Missing) as told:
            verify(house, who, "lab.sales", release="9")
    assert told.value.code_shown == "E460"


def test_the_command_says_whether_it_holds(mesh, capfd):
    folder = ["--mesh", str(mesh.root)]
    assert start(["run", "lab.sales", "--release", "1", "--verify", *folder]) == 0
    assert "release 1 holds: 1 row built again, all equal" in capfd.readouterr().out
    assert start(["run", "lab.sales", "--release", "1", *folder]) == 2
    assert "E468" in capfd.readouterr().err
    Path(releases(mesh)[-1].sources[0].path).unlink()
    assert start(["run", "lab.sales", "--verify", "--json", *folder]) == 1
    assert '"holds": false' in capfd.readouterr().out.replace('":false', '": false')
