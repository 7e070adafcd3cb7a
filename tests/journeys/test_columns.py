"""Columns as a reader sees them: nothing the query door would not give, and why the rest is missing."""

from dataclasses import replace

import pytest

from agora.model.access import Agreement
from agora.model.errors import Denied, Missing
from agora.model.ledger import Entry, Event
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases.columns import columns
from agora.usecases.run import run
from tests.journeys.changing import BUILD, PORT, STEP, actor, agree, edit, opened

ASKED = [Event.QUERY_OPENED, Event.QUERY_CLOSED]


def seen(house, name, port=PORT, purpose=""):
    return columns(house, actor(house, name, purpose), port).columns


def column(found, name):
    return next(each for each in found.columns if each.name == name)


def test_only_own_rows_are_counted(used):
    with opened(used) as house:
        whole, own = seen(house, "sofia"), seen(house, "ana")
        assert (whole.rows, own.rows) == (24, 16)
        assert (whole.filtered, own.filtered[0].rule) == ((), "sales/own-stores")
        assert [b.start for b in column(whole, "store_id").bars] == ["330", "367", "406"]
        assert [b.start for b in column(own, "store_id").bars] == ["330", "367"]
        assert column(own, "store_id").most == "367"
        assert "406" not in repr(own)
        quantity = column(own, "quantity")
        assert [(b.start, b.rows) for b in quantity.bars] == [
            ("1", 4),
            ("2", 4),
            ("3", 4),
            ("4", 4),
        ]
        assert (quantity.nulls, quantity.distinct, quantity.ranges, quantity.sampled) == (
            0,
            4,
            True,
            False,
        )
        assert sum(b.rows for b in column(own, "sold_at").bars) == 16


def test_a_masked_column_has_a_reason_and_no_bars(used):
    with opened(used) as house:
        run(house, actor(house, "carl"), "customers.households")
        agree(house, "ana", "segmentation", by="ana", port="customers.households", owner="carl")
        clear = column(seen(house, "carl", "customers.households"), "age")
        age = column(seen(house, "ana", "customers.households"), "age")
        assert (clear.masked, len(clear.bars) > 1) == ("", True)
        assert (age.masked, age.bars, age.least, age.distinct, age.nulls) == (
            "null",
            (),
            "",
            None,
            None,
        )
        assert age.reasons[0].rule == "guardrail/mask-personal"
        assert "25-34" not in repr(seen(house, "ana", "customers.households"))


def test_columns_left_out_of_an_agreement_are_not_there(used):
    with opened(used) as house:
        found = seen(house, "bi" if house.mesh.principal("bi") else "service:bi")
        clear = {each.name for each in found.columns if not each.masked}
        assert clear == {"store_id", "quantity"}


def test_who_may_not_read_hears_why_and_the_ledger_too(used):
    edit(used / BUILD, ("kind: build\n", "kind: build\nlisted: false\n"))
    with opened(used) as house:
        with pytest.raises(Denied):
            seen(house, "ana", "customers.segments")
        with pytest.raises(Missing) as unlisted:
            seen(house, "carl")
        with pytest.raises(Missing) as absent:
            seen(house, "carl", "sales.nothing")
        assert unlisted.value.code_shown == absent.value.code_shown == "E404"
        before = len(list(house.store.records()))
        seen(house, "ana")
        events = [r.entry.event for r in house.store.records(after=before)]
        assert events == ASKED * 2


def test_what_was_told_is_kept_for_the_same_outcome_and_recorded_for_each_reader(used):
    with opened(used) as house:

        def asked(name):
            before = len(list(house.store.records()))
            found = seen(house, name)
            return found, [r.entry for r in house.store.records(after=before)]

        first = {name: asked(name) for name in ("sofia", "ana", "mia", "service:bi")}
        for name, (found, entries) in first.items():
            again, then = asked(name)
            assert again == found
            assert [entry.event for entry in then] == ASKED
            for each in (*entries, *then):
                asks = each.event is Event.QUERY_OPENED
                assert (dict(each.facts).get("part") == "label") == asks, "nobody wrote it"
            assert (then[0].who, then[0].subject) == (name, entries[0].subject)
            assert dict(then[0].facts)["columns"] == dict(entries[0].facts)["columns"]
        assert first["ana"][0].rows != first["sofia"][0].rows
        assert {c.name for c in first["service:bi"][0].columns} < {
            c.name for c in first["sofia"][0].columns
        }
        edit(used / STEP, ("from raw", "from raw where cast(quantity as integer) < 4"))
        with opened(used) as elsewhere:
            run(elsewhere, actor(elsewhere, "emil"), PORT)
        assert (asked("sofia")[0].rows, asked("ana")[0].rows) == (18, 12)


def test_whose_agreement_is_over_is_told_nothing_that_was_kept(used):
    with opened(used) as house:
        assert seen(house, "mia").rows
        kept = next(k for k in house.store.find(Agreement) if k.noun.consumer == "mia")
        over = replace(kept.noun, ended_at=house.now())
        entry = Entry(event=Event.ENDED, at=house.now(), who="sofia", subject=str(over.port))
        put = Put(key=keys.agreement(over), noun=over, revision=kept.revision)
        house.store.commit((put,), (entry,))
        with pytest.raises(Denied):
            seen(house, "mia")
        assert list(house.store.records())[-1].entry.event is Event.QUERY_REFUSED
