"""What every lake must do for maintenance: tell what lies there, forget, remove, and hold still."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from agora.backends.lake.iceberg import IcebergLake
from agora.model.maintenance import Area
from tests.trials.lake.test_lake import PORT, count, release, staged, table


@pytest.fixture
def lake(tmp_path):
    return IcebergLake(tmp_path / "lake")


@pytest.fixture
def three(lake):
    """Three releases, each of files of its own."""
    made = []
    for number in (1, 2, 3):
        select = f"select i as id, 'n' as name from range({number}) r(i)"
        made.append(release(number, f"r{number}", staged(lake, f"r{number}", select)))
        lake.publish(made[-1])
    return made


def snapshots(*releases):
    return [snapshot for made in releases for snapshot in made.snapshots]


def paths(lake, area):
    return {each.path for each in lake.stored() if each.area is area}


def test_what_lies_there_is_told_with_its_place(lake, three, tmp_path):
    (tmp_path / "lake" / "landing").mkdir()
    (tmp_path / "lake" / "landing" / ".landing-x").write_text("x")
    lake.scratch("r9")
    found = {(each.area, each.run, each.product, each.unfinished) for each in lake.stored()}
    assert (Area.DATA, "r1", "sales.visits", False) in found
    assert (Area.METADATA, "", "sales.visits", False) in found
    assert (Area.LANDING, "", "", True) in found
    assert (Area.SCRATCH, "r9", "", False) in found
    assert all(each.age < timedelta(minutes=10) for each in lake.stored())
    assert {f.path for s in snapshots(*three) for f in s.files} == paths(lake, Area.DATA)


def test_a_table_forgets_releases_and_what_nobody_needs(lake, three):
    needed = lake.forget(PORT, [1, 2], snapshots(three[2]), busy=False)
    assert set(table(lake).metadata.refs) == {"main", "release-3"}
    assert [s.snapshot_id for s in table(lake).metadata.snapshots] == [
        three[2].snapshots[0].snapshot_id
    ]
    assert needed <= paths(lake, Area.METADATA)
    lake.remove(paths(lake, Area.METADATA) - needed)
    lake.remove(f.path for s in snapshots(*three[:2]) for f in s.files)
    assert count(lake) == 3
    assert lake.forget(PORT, [1, 2], snapshots(three[2]), busy=False) == needed
    again = release(4, "r4", staged(lake, "r4"))
    lake.publish(again)
    assert count(lake) == 5
    assert lake.damaged(f for s in snapshots(three[2], again) for f in s.files) == ()


def test_looking_changes_nothing_and_a_busy_table_keeps_its_descriptions(lake, three):
    before = table(lake).metadata_location
    needed = lake.forget(PORT, [1], snapshots(*three[1:]), busy=False, dry=True)
    assert table(lake).metadata_location == before
    busy = lake.forget(PORT, [1], snapshots(*three[1:]), busy=True, dry=True)
    assert needed < busy
    assert {p for p in paths(lake, Area.METADATA) if p.endswith(".metadata.json")} <= busy


def test_a_state_of_a_run_that_goes_on_is_kept(lake, three):
    going = staged(lake, "r4")
    lake.forget(PORT, [1, 2], snapshots(three[2]), busy=True)
    lake.publish(release(4, "r4", going))
    assert count(lake) == 5


def test_a_port_without_a_table_has_nothing_to_forget(lake):
    assert lake.forget(PORT, [1], (), busy=False) == frozenset()


def test_what_is_removed_is_gone_with_its_folder_and_may_be_removed_again(lake, three, tmp_path):
    file = Path(three[0].snapshots[0].files[0].path)
    for _ in range(2):
        lake.remove([str(file)])
    assert not file.parent.exists()
    assert file.parents[1].exists()


def test_files_that_are_not_as_written_are_told(lake, three):
    files = [f for s in snapshots(*three) for f in s.files]
    assert lake.damaged(files) == ()
    Path(files[0].path).unlink()
    whole = Path(files[1].path).read_bytes()
    Path(files[1].path).write_bytes(whole[:-1] + b"x")
    assert lake.damaged(files) == (files[0].path, files[1].path)


def test_a_landed_file_tells_its_bytes(lake, tmp_path):
    (tmp_path / "a.csv").write_text("same")
    assert len(lake.digest(str(tmp_path / "a.csv"))) == 64
    assert lake.digest(str(tmp_path / "b.csv")) == ""


def test_while_it_is_held_still_nobody_begins_and_who_lives_is_told(lake, tmp_path):
    other = IcebergLake(tmp_path / "lake")
    lake.scratch("r1")
    begun = threading.Event()
    with other.still():
        assert other.living() == ("r1",)
        late = threading.Thread(target=lambda: (lake.scratch("r2"), begun.set()))
        late.start()
        assert not begun.wait(0.3)
        assert other.living() == ("r1",)
    late.join(timeout=30)
    assert begun.is_set()
    assert other.living() == lake.living() == ("r1", "r2")
    lake.discard("r1", ())
    assert other.living() == ("r2",)
