"""The scorecard: what is counted is what a plain recount of the same ledger finds."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.model.contract import Column, Contract
from agora.model.ledger import Entry, Event, Record
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, ProductName
from agora.model.people import Principal, PrincipalKind
from agora.model.product import InputPort, Lifecycle, OutputPort, Product, ProductKind
from agora.model.scorecard import Book
from agora.model.types import parse_type
from agora.quality.counting import counted
from agora.quality.scorecard import scorecard

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
PEOPLE = (
    Principal(id="sofia", kind=PrincipalKind.PERSON, domains=("sales",)),
    Principal(id="mia", kind=PrincipalKind.PERSON, domains=("marketing",)),
    Principal(id="agent:aria", kind=PrincipalKind.AGENT, domains=("finance",)),
)
NAMES = ("sales.orders", "sales.stores", "finance.budget")


def product(name, *columns, inputs=(), status=Lifecycle.ACTIVE):
    found = ProductName.parse(name)
    port = PortName(found.domain, found.product, found.product)
    made = tuple(Column(name=each, type=parse_type("INTEGER")) for each in columns)
    contract = Contract(
        id=f"c-{name}", version="1.0.0", status="active", table=found.product, columns=made
    )
    return Product(
        name=found,
        id=name,
        kind=ProductKind.SOURCE_ALIGNED,
        ports=(OutputPort(name=port, contract=contract),),
        inputs=inputs,
        status=status,
    )


ORDERS = product("sales.orders", "a", "b", "c")
STORES = product("sales.stores", "a", "b")
BUDGET = product(
    "finance.budget",
    "c",
    "b",
    "a",
    inputs=(InputPort(alias="o", port=ORDERS.ports[0].version, purpose="p"),),
    status=Lifecycle.DEPRECATED,
)
MESH = Mesh(
    name="m",
    principals=PEOPLE,
    products=(ORDERS, STORES, BUDGET),
    domains=(Domain(id="sales", goals=("sell more",)), Domain(id="finance")),
)
ALL = MESH.products

readers = st.sampled_from([each.id for each in PEOPLE] + ["gone"])
some = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)
ids = st.sampled_from(["1", "2", "3"])


def made(event, who="mia", subject="", **facts):
    return Entry(event=event, at=AT, who=who, subject=subject, facts=tuple(facts.items()))


def tables(names):
    return ", ".join(f"{name}@1" for name in names)


entries = st.lists(
    st.one_of(
        st.builds(lambda who: made(Event.SEARCHED, who), readers),
        st.builds(
            lambda who, names, s: made(Event.QUERY_OPENED, who, tables(names), statement=s),
            readers, some, ids,
        ),
        st.builds(
            lambda who, s, rows: made(Event.QUERY_CLOSED, who, statement=s, rows=rows),
            readers, ids, st.integers(0, 3),
        ),
        st.builds(lambda n, r: made(Event.REQUESTED, subject=f"{n}@1", request=r), st.sampled_from(NAMES), ids),
        st.builds(
            lambda n: made(Event.REQUESTED, subject=f"{n}@1", request="x", agreement="y"),
            st.sampled_from(NAMES),
        ),
        st.builds(
            lambda n, r, e: made(e, subject=f"{n}@1", request=r),
            st.sampled_from(NAMES), ids, st.sampled_from([Event.APPROVED, Event.REFUSED_REQUEST]),
        ),
        st.builds(
            lambda n, e: made(e, subject=n),
            st.sampled_from(NAMES), st.sampled_from([Event.MADE, Event.RUN_STARTED, Event.RELEASED]),
        ),
        st.builds(
            lambda names, rules, e, code: made(e, subject=tables(names), rules=rules, code=code),
            st.one_of(st.just([]), some), st.sampled_from([(), ("a/b",)]),
            st.sampled_from([Event.DENIED, Event.QUERY_REFUSED]),
            st.sampled_from(["E403", "E404", "E210", "E430", "E504"]),
        ),
        st.builds(
            lambda names: made(Event.BUILD_READ, "service:x.y", "x.y", ports=tuple(names)), some
        ),
    ),
    max_size=40,
)  # fmt: skip


def recorded(found):
    return [
        Record(place=n, recorded_at=AT + timedelta(seconds=n * n), entry=each, body="", hash="")
        for n, each in enumerate(found, 1)
    ]


def told(book, known=ALL, *, everything=True, named=lambda _: True, now=AT, domain=""):
    return scorecard(MESH, book, known, named=named, everything=everything, now=now, domain=domain)


def value(card, key):
    return next(each.value for each in card.figures if each.key == key)


@given(entries, st.integers(0, 40))
def test_counting_on_is_counting_at_once(found, cut):
    records = recorded(found)
    whole = counted(Book(), records)
    assert counted(counted(Book(), records[:cut]), records[cut:]) == whole
    assert whole.place == len(found)


@given(entries)
def test_the_figures_are_those_of_a_plain_recount(found):
    card = told(counted(Book(), recorded(found)))
    asked = [e for e in found if e.event is Event.REQUESTED]
    by_policy = [e for e in asked if dict(e.facts).get("agreement")]
    answers = [e for e in found if e.event in (Event.APPROVED, Event.REFUSED_REQUEST)]
    decided = len(answers) + len(by_policy)
    assert value(card, "policy") == (round(100 * len(by_policy) / decided) if decided else None)
    no = [e for e in found if e.event in (Event.DENIED, Event.QUERY_REFUSED)]
    rights = [e for e in no if dict(e.facts)["code"] in ("E403", "E404")]
    each = [e for e in rights for _ in e.subject.split(", ")]
    explained = [e for e in each if dict(e.facts)["rules"]]
    assert value(card, "explained") == (round(100 * len(explained) / len(each)) if each else None)
    opened = [e for e in found if e.event is Event.QUERY_OPENED]
    agents = [n for e in opened if e.who == "agent:aria" for n in e.subject.split(", ")]
    assert value(card, "agents") == len(agents)
    crossing = [e for e in opened if "sales" in e.subject and "finance" in e.subject]
    assert value(card, "joins") == sum(e.subject.count("sales") for e in crossing)
    reads = Counter((n[:-2], e.who) for e in opened for n in e.subject.split(", "))
    builds = [e for e in found if e.event is Event.BUILD_READ]
    reads += Counter((n, "service:x.y") for e in builds for n in dict(e.facts)["ports"])
    assert {(c.product, c.reader): c.reads for c in card.costs if c.reads} == dict(reads)


@given(entries, st.sampled_from([0, 3600, -3600]))
def test_waits_are_those_of_the_clock_that_went_further(found, step):
    moved = [replace(e, at=AT + timedelta(seconds=n * step)) for n, e in enumerate(found)]
    records = recorded(moved)
    begun, waits = {}, []
    for record in records:
        facts = dict(record.entry.facts)
        if record.entry.event is Event.REQUESTED:
            if facts.get("agreement"):
                waits.append(0)
            else:
                begun[facts["request"]] = record
        elif record.entry.event in (Event.APPROVED, Event.REFUSED_REQUEST):
            since = begun.pop(facts["request"], None)
            if since:
                machine = record.recorded_at - since.recorded_at
                waits.append(max(machine, record.entry.at - since.entry.at).total_seconds())
    card = told(counted(Book(), records))
    assert value(card, "decision") == (round(median(waits)) if waits else None)


def test_a_search_ends_with_the_first_rows_of_the_same_person():
    one = {"statement": "1"}
    book = counted(
        Book(),
        recorded(
            [
                made(Event.SEARCHED),
                made(Event.QUERY_OPENED, "sofia", "sales.orders@1", statement="2"),
                made(Event.QUERY_CLOSED, "sofia", statement="2", rows=4),
                made(Event.QUERY_OPENED, "mia", "sales.orders@1", **one),
                made(Event.QUERY_CLOSED, "mia", rows=0, **one),
                made(Event.QUERY_OPENED, "mia", "sales.orders@1", **one),
                made(Event.QUERY_CLOSED, "mia", rows=2, **one),
                made(Event.QUERY_CLOSED, "mia", rows=2, **one),
            ]
        ),
    )
    card = told(book)
    assert value(card, "search") == 48
    cost = next(each for each in card.costs if each.reader == "mia")
    assert (cost.reads, cost.rows, cost.millis) == (2, 2, 22_000)


@pytest.mark.parametrize(
    "end",
    [
        made(
            Event.QUERY_CLOSED, "mia", "sales.orders@1", statement="stm-1", rows=0, outcome="E430"
        ),
        made(Event.QUERY_REFUSED, "mia", "stm-1", code="E430", rules=()),
    ],
    ids=["now", "in older ledgers"],
)
def test_a_statement_that_was_stopped_has_ended_and_cost_its_time(end):
    begun = made(Event.QUERY_OPENED, "mia", "sales.orders@1", statement="stm-1")
    book = counted(Book(), recorded([begun, end]))
    assert book.open == ()
    assert [(each.reads, each.rows, each.millis) for each in book.uses] == [(1, 0, 3_000)]
    assert value(told(book), "explained") is None


def test_publishing_is_counted_once_from_the_first_try():
    events = [Event.MADE, Event.RUN_STARTED, Event.RELEASED, Event.RUN_STARTED, Event.RELEASED]
    book = counted(Book(), recorded([made(each, subject="sales.orders") for each in events]))
    assert [wait.seconds for wait in book.waits] == [8]
    assert book.published == ("sales.orders",)


def test_figures_are_only_of_products_somebody_may_know():
    found = [
        made(Event.QUERY_OPENED, "agent:aria", "sales.orders@1, finance.budget@1", statement="1"),
        made(Event.DENIED, "mia", "finance.budget", rules=()),
        made(Event.DENIED, "mia", "", rules=()),
        made(Event.DENIED, "mia", "sales.orders", rules=("r",)),
    ]
    book = counted(Book(), recorded(found))
    card = told(book, (ORDERS,), everything=False, named=lambda _: False)
    assert "finance" not in str(card.costs) + str(card.unused) + str(card.alike)
    assert (value(card, "joins"), value(card, "agents"), value(card, "explained")) == (0, 1, 100)
    assert [(each.product, each.reader) for each in card.costs] == [("sales.orders", "")]
    assert value(told(book), "explained") == 33


def test_what_nobody_else_uses_what_is_alike_and_what_serves_a_goal():
    found = [
        made(Event.QUERY_OPENED, "mia", "sales.orders@1", statement="1"),
        made(Event.QUERY_OPENED, "sofia", "sales.stores@1", statement="2"),
        made(Event.QUERY_OPENED, "gone", "finance.budget@1", statement="3"),
    ]
    book = counted(Book(), recorded(found))
    card = told(book)
    assert card.unused == ("sales.stores", "finance.budget")
    assert told(book, now=AT + timedelta(days=91)).unused[0] == "sales.orders"
    assert card.alike == (("sales.orders@1", "finance.budget@1"),)
    assert card.deprecated == ("finance.budget",)
    old = replace(ORDERS.ports[0].contract, status="deprecated")
    left = replace(ORDERS, ports=(replace(ORDERS.ports[0], contract=old),))
    assert told(book, (left, STORES, BUDGET)).deprecated == ("sales.orders@1", "finance.budget")
    (goal,) = card.goals
    assert (goal.goal, goal.products) == ("sell more", ("sales.orders", "sales.stores"))
    assert (value(card, "reuse"), value(card, "inputs")) == (33, 1)
    assert value(told(Book(), ()), "reuse") is None
    assert replace(card, place=0) != card


def test_of_one_domain_is_only_what_is_its_own_and_what_it_is_joined_with():
    both = "sales.orders@1, finance.budget@1"
    found = [made(Event.QUERY_OPENED, "mia", both, statement="1"), made(Event.DENIED, rules=())]
    book = counted(Book(), recorded(found))
    card = told(book, domain="sales")
    assert (value(card, "joins"), value(card, "explained")) == (1, None)
    assert {each.product for each in card.costs} == {"sales.orders"}
    assert [each.domain for each in card.goals] == ["sales"]
    assert card.alike == (("sales.orders@1", "finance.budget@1"),)
    other = told(book, domain="marketing")
    assert (value(other, "joins"), other.alike, other.goals, other.costs) == (0, (), (), ())
