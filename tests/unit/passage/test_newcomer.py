"""The five steps: what counts as one, and from when on."""

from datetime import UTC, datetime

import pytest

from agora.model.ledger import Entry, Event
from agora.model.newcomer import Deed, Steps
from agora.passage.newcomer import heard

AT = datetime(2018, 1, 2, tzinfo=UTC)
BEGUN = Steps(begun=True)
CASES = [
    (Event.SEARCHED, (("hits", 2),), Deed.FIND),
    (Event.SEARCHED, (("hits", 0),), None),
    (Event.REQUESTED, (), Deed.REQUEST),
    (Event.APPROVED, (), Deed.APPROVE),
    (Event.QUERY_OPENED, (), Deed.QUERY),
    (Event.QUERY_OPENED, (("outcomes", ("x",)),), Deed.QUERY),
    (Event.QUERY_OPENED, (("outcomes", ("x",)), ("part", "label")), None),
    (Event.REFUSED_REQUEST, (), None),
    (Event.QUERY_REFUSED, (("outcomes", ("x",)),), None),
]


def entry(event, *facts):
    return Entry(event=event, at=AT, who="mia", facts=facts)


@pytest.mark.parametrize(("event", "facts", "deed"), CASES)
def test_each_step_is_ticked_by_its_own_event_alone(event, facts, deed):
    assert heard(BEGUN, entry(event, *facts)).done == ((deed,) if deed else ())


def test_who_reads_a_label_has_found_the_product():
    assert heard(BEGUN, entry(Event.LABEL_READ)).done == (Deed.FIND, Deed.LABEL)


def test_what_the_demo_was_built_with_is_no_step_of_the_visitors():
    before = heard(Steps(), entry(Event.REQUESTED))
    assert not before.done
    assert not heard(before, entry(Event.SIGNED_IN, ("how", "password"))).begun
    begun = heard(before, entry(Event.SIGNED_IN, ("how", "demo")))
    assert heard(begun, entry(Event.REQUESTED)).done == (Deed.REQUEST,)


def test_steps_stand_in_their_order_and_once():
    found = BEGUN
    for event in (Event.APPROVED, Event.SEARCHED, Event.APPROVED):
        found = heard(found, entry(event))
    assert found.done == (Deed.FIND, Deed.APPROVE)
