"""What an owner hears of a consumer's past: of their own tables, and of nothing else."""

import pytest

from agora.governance.past import conduct
from agora.model.ledger import Entry, Event
from tests.unit.governance.deciding import DAY, NOW


def entry(event, who="ana", at=NOW, subject="", **facts):
    return Entry(event=event, at=at, who=who, subject=subject, facts=tuple(facts.items()))


def past(*entries):
    found = conduct(entries, {"sales"}, {"ana"}, {"agr-1"}, NOW - DAY)
    return found.queries, found.refusals


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        (entry(Event.QUERY_OPENED, subject="sales.orders@1"), (1, 0)),
        (entry(Event.QUERY_OPENED, subject="finance.x@1, sales.orders@1"), (1, 0)),
        (entry(Event.QUERY_OPENED, subject="finance.x@1"), (0, 0)),
        (entry(Event.QUERY_OPENED, "eve", subject="sales.orders@1"), (0, 0)),
        (entry(Event.QUERY_OPENED, "eve", subject="sales.orders@1", agreements=("agr-1",)), (1, 0)),
        (entry(Event.QUERY_OPENED, subject="sales.orders@1", at=NOW - 2 * DAY), (0, 0)),
        (entry(Event.BUILD_READ, subject="finance.x", ports=("sales.orders@1",)), (1, 0)),
        (entry(Event.QUERY_REFUSED, rules=("sales/agreements",)), (0, 1)),
        (entry(Event.QUERY_REFUSED, rules=("finance/agreements",)), (0, 0)),
        (entry(Event.QUERY_REFUSED, rules="sales"), (0, 0)),
        (entry(Event.QUERY_REFUSED, subject="sales.orders@1", code="E504"), (0, 0)),
        (entry(Event.DENIED, subject="sales.orders@1"), (0, 1)),
        (entry(Event.RELEASED, subject="sales.orders"), (0, 0)),
    ],
)
def test_what_counts(told, counted):
    assert past(told) == counted
    assert past(told, told) == tuple(2 * n for n in counted)


def test_the_last_time_is_told():
    reads = [entry(Event.QUERY_OPENED, subject="sales.orders@1", at=NOW - n * DAY) for n in (1, 0)]
    assert conduct(reads, {"sales"}, {"ana"}, (), NOW - DAY).last_read == NOW
