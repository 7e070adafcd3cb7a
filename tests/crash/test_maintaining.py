"""Attacks on maintenance: killed anywhere, two at once, beside runs; readers never miss a row."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agora.app.house import close_house, open_house
from agora.governance.proof import verify
from agora.model.release import Release, Run
from agora.needs.house import House
from tests.crash.harness import finish, released, seen, start
from tests.crash.mesh import deliver, make
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, rows_of, weeks

POINTS = ("before-mark", "after-mark", "before-remove", "amid-remove", "after-remove")
COMPACTING = (
    "before-compact", "amid-compact", "after-stage", "before-release", "after-release", "after-tag",
)  # fmt: skip
APPEND = "{mode: append, by: [week]}"


def maintaining(root, point="-", keep=1):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.maintainer", str(root), point, str(keep)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def kept(house: House, product: str) -> list[Release]:
    found = (each.noun for each in house.store.find(Release, f"{product}/"))
    return [made for made in found if made.expired_at is None]


def whole(mesh: Deliveries) -> list[int]:
    """Every kept edition answers exactly its rows; gives how many weeks each has."""
    with opened(mesh) as (house, who):
        editions = {made.number: len(made.sources) for made in kept(house, "lab.sales")}
        for number, count in editions.items():
            assert rows_of(house, who, str(number)) == [(w, w, 10 * w) for w in range(1, count + 1)]
        verdict = verify(house.store.records(), house.store.batches())
        assert verdict.holds, verdict.problems
    return list(editions.values())


def deliver_at_once(mesh, first, count):
    """So many weeks in one edition, each a small file."""
    for week in range(first, first + count):
        mesh.deliver(f"w{week:03}", [(week, week, 10 * week)])
    mesh.run()


def stray(mesh):
    """Files of rows that no kept edition has."""
    there = {str(path) for path in (mesh.root / ".agora/lake").glob("lab/*/*/data/*/*.parquet")}
    with opened(mesh) as (house, _):
        return there - {
            f.path for m in kept(house, "lab.sales") for s in m.snapshots for f in s.files
        }


def test_killed_anywhere_it_leaves_every_kept_edition_whole(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    weeks(mesh, 3)
    week = 3
    for point in POINTS:
        process = maintaining(mesh.root, point)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, point
        assert whole(mesh)[-1] == week, point
        week += 1
        weeks(mesh, 1, start=week)
        assert whole(mesh)[-1] == week, point
    assert finish(maintaining(mesh.root)).startswith("done")
    assert whole(mesh) == [week]
    assert list((mesh.root / ".agora/lake/scratch").iterdir()) == []


def test_a_killed_compaction_leaves_the_edition_there_was_or_a_whole_new_one(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    deliver_at_once(mesh, 1, 4)
    week, made = 4, 0
    for point in COMPACTING:
        process = maintaining(mesh.root, point)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, point
        assert whole(mesh)[-1] == week, point
        with opened(mesh) as (house, _):
            done = bool(kept(house, "lab.sales")[-1].restores)
        made += done
        assert done == (point in ("after-release", "after-tag")), point
        if done:
            deliver_at_once(mesh, week + 1, 3)
            week += 3
    assert made == 2
    assert finish(maintaining(mesh.root)).startswith("done")
    assert whole(mesh) == [week]
    assert stray(mesh) == set()
    assert list((mesh.root / ".agora/lake/scratch").iterdir()) == []
    with opened(mesh) as (house, _):
        assert len(kept(house, "lab.sales")[0].snapshots[0].files) == 1
        states = {run.noun.state.value for run in house.store.find(Run, "lab.sales/")}
    assert states == {"released", "abandoned"}


def test_two_at_once_take_turns(tmp_path):
    mesh = Deliveries(tmp_path / "mesh", APPEND)
    weeks(mesh, 4)
    both = [maintaining(mesh.root, keep=2), maintaining(mesh.root, keep=1)]
    said = [finish(process) for process in both]
    assert all(line.startswith("done") for line in said), said
    assert sum(int(line.split()[1]) for line in said) >= 3
    assert whole(mesh)[-1] == 4
    assert finish(maintaining(mesh.root)).startswith("done")
    assert whole(mesh) == [4]
    assert stray(mesh) == set()


def test_beside_a_run_nothing_it_builds_on_is_removed(tmp_path):
    root = tmp_path / "mesh"
    make(root)
    assert finish(start(root)) == "done 1 made"
    for generation in (2, 3):
        deliver(root, generation)
        run = start(root)
        said = []
        while run.poll() is None:
            said.append(finish(maintaining(root)))
        assert finish(run) == f"done {generation} made", said
        assert seen(root) == generation
        assert released(root) == generation
    assert finish(maintaining(root)).startswith("done")
    assert seen(root) == 3


@pytest.mark.parametrize("point", ["after-begin", "after-stage", "before-release", "after-release"])
def test_after_a_killed_run_it_repairs_and_removes_only_what_is_left_over(tmp_path, point):
    root = tmp_path / "mesh"
    make(root)
    assert finish(start(root)) == "done 1 made"
    deliver(root, 2)
    start(root, point).communicate(timeout=120)
    assert finish(maintaining(root)).startswith("done")
    assert seen(root) in (1, 2)
    data = {path.parent.name for path in (root / ".agora/lake").glob("lab/*/*/data/*/*.parquet")}
    house = open_house(root, {})
    made = kept(house, "lab.twins")
    close_house(house)
    assert data == {each.run for each in made}
    assert finish(start(root)).startswith("done")
    assert seen(root) == 2
