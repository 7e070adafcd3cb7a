"""Refusals: who was refused one product, once for each reason, without another's rules."""

from datetime import UTC, datetime, timedelta

from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.workshop.refusals import Refusals

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
ORDERS = ProductName("sales", "orders")
RULE = "sales/agreements"


def entry(who, subject, event=Event.QUERY_REFUSED, rules=(RULE,), days=0):
    facts = (("code", "E411"), ("rules", rules))
    return Entry(event=event, at=AT - timedelta(days=days), who=who, subject=subject, facts=facts)


def told(*entries):
    found = Refusals(ORDERS)
    for each in entries:
        found.hear(each)
    return found.found()


def ended(who, subject, outcome):
    facts = (("statement", "stm-1"), ("rows", 3), ("outcome", outcome))
    return Entry(event=Event.QUERY_CLOSED, at=AT, who=who, subject=subject, facts=facts)


def test_a_statement_that_failed_on_its_way_is_told_and_one_that_was_stopped_is_not():
    own = "sales.orders.orders@1, finance.plan.plan@1"
    found = told(
        *(ended("mia", own, outcome) for outcome in ("E431", "stopped", "complete")),
        ended("mia", "finance.plan.plan@1", "E431"),
        ended("mia", "", "E431"),
    )
    assert [(each.name, each.code, each.rules, each.times) for each in found] == [
        ("mia", "E431", (), 1)
    ]


def test_equal_refusals_are_one_line_with_the_newest_moment():
    own, others = "sales.orders.orders@1", "sales.orders-of-others.orders@1"
    found = told(
        entry("mia", own),
        entry("ana", "sales.orders", Event.DENIED, days=1),
        entry("mia", own, days=2),
        entry("mia", others),
        entry("mia", ""),
        entry("mia", own, Event.QUERY_OPENED),
    )
    assert [(each.name, each.times, each.last, each.rules) for each in found] == [
        ("mia", 2, AT, (RULE,)),
        ("ana", 1, AT - timedelta(days=1), (RULE,)),
    ]


def test_a_rule_of_another_product_is_not_told():
    both = entry("mia", "sales.orders.orders@1, finance.plan.plan@1", rules=("finance/agreements",))
    (only,) = told(both)
    assert (only.code, only.rules) == ("E411", ())
