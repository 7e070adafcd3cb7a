"""Whoever does what is due is killed in the middle of it: the next one does it, once."""

import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from agora.model.errand import ErrandState
from agora.model.lease import Lease
from agora.model.people import Actor
from agora.model.release import Run, RunState
from agora.usecases import errands, schedule
from agora.usecases.run import run
from tests.crash.harness import released, seen
from tests.crash.keeper import later, now, seen_to, ticked
from tests.crash.mesh import deliver, make
from tests.journeys.changing import opened

TWINS = "lab.twins"


def olga(house):
    principal = house.mesh.principal("olga")
    return Actor(principal=principal, operator="olga")


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A product with one edition, which runs every day; and the same, put aside."""
    made = tmp_path_factory.mktemp("keeping") / "mesh"
    make(made)
    (made / "lab/twins/steps/slowly.sql").write_text("select id, generation from raw")
    with opened(made) as house:
        run(house, olga(house), TWINS)
        schedule.put(house, olga(house), TWINS, "0 6 * * *")
    return made, shutil.copytree(made, made.with_name("aside"))


@pytest.fixture
def root(first):
    """That product as it was, with another delivery in its folder."""
    home, aside = first
    shutil.rmtree(home)
    shutil.copytree(aside, home)
    deliver(home, 2)
    return home


def killed(root, what, point):
    command = [sys.executable, "-m", "tests.crash.keeper", str(root), what, point]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, point


@pytest.mark.parametrize("point", ["before-release", "after-release"])
def test_a_schedule_whose_process_is_killed_makes_its_edition_once(root, point):
    killed(root, "tick", point)
    made = point == "after-release"
    assert seen(root) == (2 if made else 1)
    with opened(root) as house:
        lease = house.store.get(Lease, f"schedule {TWINS}").noun
        assert lease.until > now() + timedelta(minutes=50), "the fallen process holds its lease"
        assert ticked(later(house)) == ([] if made else ["released"])
        assert ticked(later(house)) == []
        states = [kept.noun.state for kept in house.store.find(Run, f"{TWINS}/")]
    assert (seen(root), released(root)) == (2, 2)
    assert made or RunState.RUNNING not in states, "the next run has repaired the cut off one"


def test_an_errand_whose_server_is_killed_is_begun_again_and_says_so(root):
    with opened(root) as house:
        asked = errands.begin(house, olga(house), TWINS, now=now())
        assert errands.begin(house, olga(house), TWINS, now=now()) == asked
    killed(root, "errands", "before-release")
    with opened(root) as house:
        left = errands.last(house, olga(house), TWINS)
        assert (left.state, left.begun, left.phase) == (ErrandState.RUNNING, 1, "release")
        assert seen_to(house) == [("released", 2)]
        assert seen_to(house) == []
        done = errands.last(house, olga(house), TWINS)
        assert (done.over, done.outcome, done.edition) == (True, "released", 2)
    assert (seen(root), released(root)) == (2, 2)
