"""Activity: who sees which entry, how much of it, and what fits what is looked for."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agora.governance.activity import fits, shown
from agora.model.activity import Sought, about, products
from agora.model.errors import Unusable
from agora.model.ledger import Entry, Event, Record
from agora.model.people import PrincipalKind
from tests.unit.governance.deciding import ANA, ARIA, EVERYBODY, GRETA, MESH, OLGA, SOFIA

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
MESH = replace(MESH, principals=EVERYBODY)
JOINED = Entry(
    event=Event.QUERY_OPENED,
    at=AT,
    who="agent:aria",
    operator="ana",
    subject="sales.orders.orders@1, finance.budget.plan@2",
    purpose="planning",
    facts=(
        ("statement", "stm-1"),
        ("sql", "select secret from finance.budget"),
        ("columns", ("sales.orders.orders@1:store", "finance.budget.plan@2:secret")),
        ("policies", ("abc",)),
    ),
)


def record(entry=JOINED):
    return Record(place=7, recorded_at=AT, entry=entry, body="{}", hash="h")


@pytest.mark.parametrize("who", [OLGA, GRETA, ANA, ARIA])
def test_overseers_and_whose_it_is_see_all_of_an_entry(who):
    assert shown(MESH, who, record()) == record()


def test_owners_see_of_a_joint_read_only_what_is_theirs():
    seen = shown(MESH, SOFIA, record())
    assert seen.entry.subject == "sales.orders.orders@1"
    assert dict(seen.entry.facts) == {
        "statement": "stm-1",
        "columns": ("sales.orders.orders@1:store",),
        "domains": "several",
    }
    assert fits(MESH, Sought(across=True), seen.entry)
    assert (seen.body, seen.place, seen.entry.who) == ("", 7, "agent:aria")
    assert "finance" not in str(seen)
    assert not fits(MESH, Sought(text="secret"), seen.entry)


def test_owners_hear_of_rules_only_where_they_are_the_only_ones_concerned():
    refused = replace(JOINED, event=Event.QUERY_REFUSED, facts=(("rules", ("finance/x",)),))
    assert shown(MESH, SOFIA, record(refused)).entry.facts == (("domains", "several"),)
    alone = replace(refused, subject="sales.orders.orders@1")
    assert shown(MESH, SOFIA, record(alone)).entry.facts == (("rules", ("finance/x",)),)


def test_owners_hear_of_an_answer_that_broke_off_and_how():
    facts = (("statement", "stm-1"), ("rows", 3), ("outcome", "E430"))
    failed = replace(JOINED, event=Event.QUERY_CLOSED, facts=facts)
    seen = shown(MESH, SOFIA, record(failed)).entry
    assert (seen.subject, seen.facts) == ("sales.orders.orders@1", (*facts, ("domains", "several")))


def test_what_is_asked_of_owners_they_see_whole():
    asked = replace(JOINED, event=Event.REQUESTED, subject="sales.orders.orders@1")
    assert shown(MESH, SOFIA, record(asked)).entry == asked


@pytest.mark.parametrize(
    "entry",
    [
        replace(JOINED, event=Event.LABEL_READ, subject="sales.orders"),
        replace(JOINED, event=Event.TOKEN_MADE, subject="sales.laptop"),
        replace(JOINED, subject="finance.budget.plan@2"),
        replace(JOINED, event=Event.QUERY_CLOSED, subject=""),
    ],
)
def test_owners_do_not_see_what_is_not_about_their_products(entry):
    assert shown(MESH, SOFIA, record(entry)) is None


def test_who_owns_nothing_sees_only_their_own():
    other = replace(JOINED, who="mia", operator="mia")
    assert shown(MESH, ANA, record(other)) is None
    for_ana = replace(other, facts=(("consumer", "ana"),))
    assert shown(MESH, ANA, record(for_ana)) is not None


def test_a_build_is_about_what_it_read_too():
    built = Entry(
        event=Event.BUILD_READ,
        at=AT,
        who="service:finance.budget",
        subject="finance.budget",
        facts=(("ports", ("sales.orders.orders@1",)),),
    )
    assert about(built) == ("finance.budget", "sales.orders.orders@1")
    assert products(built) == ("finance.budget", "sales.orders")
    assert shown(MESH, SOFIA, record(built)).entry.subject == "sales.orders.orders@1"


@pytest.mark.parametrize(
    ("asked", "does"),
    [
        ({}, True),
        ({"person": "ana"}, True),
        ({"person": "mia"}, False),
        ({"product": "finance.budget"}, True),
        ({"product": "finance.budget.plan@2"}, True),
        ({"product": "finance.other"}, False),
        ({"events": "approved, query-opened"}, True),
        ({"events": "approved"}, False),
        ({"purpose": "planning"}, True),
        ({"purpose": "other"}, False),
        ({"since": "2018-01-02", "until": "2018-01-02"}, True),
        ({"since": "2018-01-03"}, False),
        ({"until": "2018-01-01"}, False),
        ({"text": "SECRET"}, True),
        ({"text": "no such"}, False),
        ({"kind": "agent"}, True),
        ({"kind": "person"}, False),
        ({"kind": "nonsense"}, True),
        ({"across": "yes"}, True),
    ],
)
def test_an_entry_fits_what_is_looked_for(asked, does):
    assert fits(MESH, Sought.of(asked), JOINED) is does


def test_within_one_domain_is_not_across():
    assert not fits(MESH, Sought(across=True), replace(JOINED, subject="sales.a, sales.b"))


def test_who_is_gone_is_of_no_kind():
    gone = replace(JOINED, who="gone")
    assert not fits(MESH, Sought(kind=PrincipalKind.PERSON), gone)


def test_days_and_events_that_are_none_are_told():
    assert Sought.of({"since": " 2018-01-31 "}).since == date(2018, 1, 31)
    with pytest.raises(Unusable, match="aproved") as told:
        Sought.of({"events": "aproved"})
    assert told.value.code_shown == "E760"
    assert "`approved`" in told.value.hint
    with pytest.raises(Unusable) as told:
        Sought.of({"until": "yesterday"})
    assert told.value.code_shown == "E761"
