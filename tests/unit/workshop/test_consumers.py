"""Consumers: agreements and reads become one line for each consumer and purpose."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agora.model.access import Agreement
from agora.model.contract import Contract
from agora.model.ledger import Entry, Event
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.product import OutputPort, Product, ProductKind
from agora.workshop import consumers
from agora.workshop.consumers import Consumers

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = PortName("sales", "orders", "orders")
PORT = PortVersion(NAME, 1)
ORDERS = Product(
    name=ProductName("sales", "orders"),
    id="p",
    kind=ProductKind.SOURCE_ALIGNED,
    ports=(
        OutputPort(
            name=NAME,
            contract=Contract(id="c", version="1.0.0", status="active", table="orders", columns=()),
        ),
    ),
)
AGREED = Agreement(
    id="agr-1", port=PORT, consumer="team:finance", purpose="planning", starts=AT - DAY, approved_by="s"
)  # fmt: skip
ENDED = replace(AGREED, id="agr-2", consumer="mia", ended_at=AT - DAY)


def opened(who, sql, *agreements, at=AT, subject=str(PORT), purpose=""):
    columns = (f"{PORT}:store", f"{PORT}:day")
    facts = (("sql", sql), ("columns", columns), ("agreements", agreements))
    return Entry(
        event=Event.QUERY_OPENED, at=at, who=who, subject=subject, purpose=purpose, facts=facts
    )


def told(*entries, agreements=(AGREED, ENDED), before=lambda _: None):
    found = Consumers(ORDERS, agreements, AT)
    for entry in entries:
        found.hear(entry)
    return found.found(before)


def test_who_read_it_before_what_was_looked_at_has_read_it():
    other = replace(AGREED, id="agr-3", consumer="ana")
    earlier = {"ana": AT - 90 * DAY, "emil": AT}.get
    read = opened("emil", "select 1 from sales.orders_v1", at=AT - DAY)
    found = told(read, agreements=(AGREED, other), before=earlier)
    assert [(each.name, each.reads, each.last) for each in found] == [
        ("emil", 1, AT - DAY), ("ana", 0, AT - 90 * DAY), ("team:finance", 0, None),
    ]  # fmt: skip


def test_columns_are_found_also_of_more_statements_than_are_remembered(monkeypatch):
    monkeypatch.setattr(consumers, "REMEMBERED", 1)
    texts = ("store", "day", "store", "store as s")
    (only,) = told(*(opened("ana", f"select {t} from sales.orders_v1", "agr-1") for t in texts))
    assert (only.reads, only.used) == (4, ("day", "store"))


def test_what_was_agreed_and_never_read_is_there_unless_it_is_over():
    (only,) = told()
    assert (only.name, only.purpose, only.reads, only.last, only.used) == (
        "team:finance", "planning", 0, None, (),
    )  # fmt: skip


def test_reads_count_for_the_agreement_they_were_made_under():
    one = opened("ana", "select store from sales.orders_v1", "agr-1")
    two = opened("fay", "select day from sales.orders_v1", "agr-1", at=AT - DAY)
    (only,) = told(one, two, two)
    assert (only.name, only.reads, only.last) == ("team:finance", 3, AT)
    assert (only.people, only.used) == (("ana", "fay"), ("day", "store"))


def test_reads_of_an_agreement_that_is_over_still_show():
    found = told(opened("mia", "select store from sales.orders_v1", "agr-2"))
    assert [(each.name, each.reads) for each in found] == [("mia", 1), ("team:finance", 0)]


def test_who_reads_by_the_domains_own_rules_has_no_agreement():
    found = told(opened("emil", "select 1 from sales.orders_v1", "agr-of-another", purpose="x"))
    assert (found[0].name, found[0].purpose, found[0].agreement) == ("emil", "x", None)


def test_a_build_is_a_read_of_what_it_took_in_and_not_of_itself():
    other = Entry(
        event=Event.BUILD_READ, at=AT, who="service:fin.plan", subject="fin.plan",
        facts=(("ports", (str(PORT),)), ("agreements", ("agr-1",))),
    )  # fmt: skip
    (only,) = told(other)
    assert (only.reads, only.people, only.used) == (1, ("service:fin.plan",), ())
    own = replace(other, who="service:sales.orders", subject="sales.orders", facts=())
    assert told(own)[0].reads == 0


def test_what_is_no_read_of_it_does_not_count():
    far = opened("ana", "select 1", subject="fin.plan@1")
    asked = replace(opened("ana", "select 1"), event=Event.REQUESTED)
    assert told(far, asked, agreements=()) == ()
    bare = replace(opened("ana", "select 1"), facts=())
    assert told(bare, agreements=())[0].used == ()
