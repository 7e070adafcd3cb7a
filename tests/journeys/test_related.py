"""What goes with a product: what is read with it and what is like it, of all one may know of."""

import threading

import pytest

from agora.model.errors import Missing
from agora.model.related import Together
from agora.passage import related as counted
from agora.usecases.related import related
from agora.usecases.run import run
from tests.journeys.changing import actor, agree, edit, opened, read

JOINED = (
    "select count(*) from sales.transactions t join customers.households h using (household_id)"
)


def names(found):
    return [(str(each.product), each.times) for each in found.joined]


def joined_once(house):
    run(house, actor(house, "carl"), "customers.households")
    agree(house, "mia", "campaign-planning", by="mia", port="customers.households", owner="carl")
    read(house, "mia", JOINED, "campaign-planning")


def test_what_is_read_together_and_what_is_alike(used):
    with opened(used) as house:
        ana = actor(house, "ana")
        assert related(house, ana, "sales.transactions").joined == ()
        joined_once(house)
        found = related(house, ana, "sales.transactions")
        assert names(found) == [("customers.households", 1)]
        assert names(related(house, ana, "customers.households")) == [("sales.transactions", 1)]
        alike = {str(each.product): each.columns for each in found.alike}
        assert alike["customers.segments"] == ("amount", "household_id")
        read(house, "mia", JOINED, "campaign-planning")
        assert names(related(house, ana, "sales.transactions")) == [("customers.households", 2)]


def test_nobody_hears_of_what_they_may_not_know(used):
    with opened(used) as house:
        joined_once(house)
    edit(
        used / "customers/households/build.yaml", ("kind: build\n", "kind: build\nlisted: false\n")
    )
    with opened(used) as house:
        ana, mia = actor(house, "ana"), actor(house, "mia")
        assert names(related(house, mia, "sales.transactions")) == [("customers.households", 1)]
        for found in (related(house, ana, "sales.transactions"),):
            assert "households" not in repr(found.joined)
            assert "customers.households" not in {str(each.product) for each in found.alike}
        with pytest.raises(Missing):
            related(house, ana, "customers.households")


def test_counting_goes_on_where_it_ended_and_counts_once(used, monkeypatch):
    with opened(used) as house:
        joined_once(house)
        threads = [threading.Thread(target=counted.together, args=(house,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        kept = house.store.get(Together, counted.KEY)
        assert [pair.times for pair in kept.noun.pairs] == [1]
        read(house, "ana", "select 1 from sales.transactions")
        assert counted.together(house).place > kept.noun.place
        assert house.store.get(Together, counted.KEY).revision == 1
        monkeypatch.setattr(counted, "FAR", 0)
        counted.together(house)
        assert house.store.get(Together, counted.KEY).revision == 2
