"""The short form of the crash test; `benchmarks/crash.py` kills two hundred times and more."""

import os
import shutil
import subprocess

import pytest

from agora.app.house import close_house, open_house
from agora.model.errors import Unavailable
from agora.model.people import Actor
from agora.usecases.run import run
from tests.crash.harness import PHASES, POINTS, Trial, finish, released, seen, start
from tests.crash.mesh import deliver, make


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "mesh"
    make(made)
    assert finish(start(made)) == "done 1 made"
    return made


@pytest.mark.parametrize("points", [POINTS[:5], POINTS[5:]], ids=["early", "late"])
def test_a_run_killed_at_a_durable_write_leaves_a_whole_release(root, points):
    trial = Trial(root, shown=1)
    for point in points:
        trial.kill_at(point)


def test_a_run_killed_at_a_random_moment_leaves_a_whole_release(root):
    trial = Trial(root, shown=1)
    for phase in PHASES:
        trial.kill_during(phase, 0.05)
    assert sum(trial.hits.values()) == len(PHASES)


def test_of_two_runs_at_once_neither_loses_the_others_rows(root):
    deliver(root, 2)
    both = [start(root), start(root)]
    said = sorted(finish(process) for process in both)
    assert all(line.startswith("done") for line in said), said
    assert released(root) in (2, 3)
    assert seen(root) == 2


def test_the_first_release_of_a_product_survives_being_killed(tmp_path):
    make(tmp_path / "mesh")
    for point in ("after-begin", "after-stage", "before-release"):
        process = start(tmp_path / "mesh", point)
        process.communicate(timeout=120)
        assert seen(tmp_path / "mesh") == 0
    assert finish(start(tmp_path / "mesh")) == "done 1 made"
    assert seen(tmp_path / "mesh") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_releases_nothing_and_breaks_nothing(root, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let a test mount a disk")
    try:
        home = disk / "mesh"
        shutil.copytree(root, home)
        shutil.rmtree(home / ".agora")
        assert finish(start(home)) == "done 1 made"
        deliver(home, 2)
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"x" * (free - 8192))
        house = open_house(home, {})
        with pytest.raises(Unavailable):
            run(house, Actor(principal=house.mesh.principal("olga")), "lab.twins")
        close_house(house)
        (disk / "filler").unlink()
        assert seen(home) == 1
        assert finish(start(home)) == "done 2 made"
        assert seen(home) == 2
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
