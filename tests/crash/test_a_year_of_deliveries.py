"""A year of weekly deliveries, with what goes wrong in a year, ends as one build over all of them."""

import signal

import pytest

from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.usecases.run import run
from tests.crash.harness import start
from tests.journeys.deliveries import Deliveries

WEEKS = 53
SENT_AGAIN, LATE, COMES = 20, 30, 33
KILLED = {10: "before-stage", 25: "before-release", 40: "after-release", 45: "after-tag"}


def rows(week):
    return [(week, week * 10 + line, line * week) for line in range(4)]


@pytest.mark.parametrize(
    "load", ["{mode: append, by: [week]}", "{mode: replace, by: [week]}"], ids=["append", "replace"]
)
def test_a_year_of_deliveries_ends_as_one_build_over_all_of_them(tmp_path, load):
    slowly = Deliveries(tmp_path / "slowly", load)
    at_once = Deliveries(tmp_path / "at-once", load)
    house = open_house(slowly.root, {})
    olga = Actor(principal=house.mesh.principal("olga"), operator="olga")
    for week in range(1, WEEKS + 1):
        at_once.deliver(f"w{week:02}", rows(week))
        if week != LATE:
            slowly.deliver(f"w{week:02}", rows(week))
        if week == SENT_AGAIN:
            slowly.deliver("w19-once-more", list(reversed(rows(19))))
        if week == COMES:
            slowly.deliver(f"w{LATE:02}", rows(LATE))
        if week in KILLED:
            killed = start(slowly.root, KILLED[week], "lab.sales")
            killed.communicate(timeout=120)
            assert killed.returncode == -signal.SIGKILL
        run(house, olga, "lab.sales")
    close_house(house)
    at_once.run()
    assert slowly.rows() == at_once.rows()
    assert len(slowly.rows()) == WEEKS * 4
