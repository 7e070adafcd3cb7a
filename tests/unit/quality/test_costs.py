"""Costs: told by domain, by product or by reader, what was read and stored adds up to the same."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agora.model.mesh import Domain, Mesh
from agora.model.names import ProductName
from agora.model.operating import Room
from agora.model.people import Principal, PrincipalKind
from agora.model.scorecard import Book, Use
from agora.quality.costs import costs

AT = datetime(2018, 1, 2, 8, tzinfo=UTC)
NAMES = ("sales.orders", "sales.stores", "finance.budget")
MIA = Principal(id="mia", kind=PrincipalKind.PERSON, domains=("marketing",))
MESH = Mesh(name="m", principals=(MIA,), domains=(Domain(id="sales"), Domain(id="finance")))
ROOMS = (
    Room(product=ProductName.parse("sales.orders"), files=2, size=70),
    Room(product=ProductName.parse("finance.budget"), files=1, size=20),
    Room(product=None, files=1, size=5),
)

counts = st.integers(0, 1000)
uses = st.lists(
    st.builds(
        lambda names, reader, reads, rows, millis, days: Use(
            products=tuple(sorted(names)), reader=reader, reads=reads, rows=rows, millis=millis,
            last=AT + timedelta(days=days),
        ),
        st.sets(st.sampled_from(NAMES)), st.sampled_from(["mia", "gone"]), counts, counts, counts,
        st.integers(0, 9),
    ),
    max_size=9,
    unique_by=lambda use: (use.products, use.reader),
)  # fmt: skip


def sums(lines):
    parts = [(each.reads, each.rows, each.millis) for each in lines]
    return tuple(map(sum, zip(*parts, strict=True))) if parts else (0, 0, 0)


@given(uses, st.sampled_from(["", "sales", "marketing"]))
def test_every_list_adds_up_to_the_same(found, domain):
    told = costs(MESH, Book(uses=tuple(found)), ROOMS, domain=domain)
    own = [u for u in found if not domain or any(n.startswith(f"{domain}.") for n in u.products)]
    for lines in (told.domains, told.products, told.readers, (told.total,)):
        assert sums(lines) == sums(own)
    stored = {"": 95, "sales": 70, "marketing": 0}[domain]
    for lines in (told.domains, told.products, (told.total,)):
        assert sum(each.size for each in lines) == stored
    assert told.total.last == max((use.last for use in own), default=None)


def test_what_was_read_together_stands_by_itself_and_readers_are_of_their_domains():
    both, other = ("finance.budget", "sales.orders"), ("sales.orders", "sales.stores")
    found = (
        Use(products=both, reader="mia", reads=1, rows=2, millis=30),
        Use(products=other, reader="gone", reads=1, rows=1, millis=20),
        Use(products=("sales.orders",), reader="mia", reads=4, rows=9, millis=10),
    )
    told = costs(MESH, Book(uses=found), ROOMS)
    assert [(each.names, each.millis, each.size) for each in told.domains] == [
        (("sales",), 30, 70), (("finance", "sales"), 30, 0), (("finance",), 0, 20), ((), 0, 5),
    ]  # fmt: skip
    assert [(each.names, each.reads) for each in told.products][:3] == [
        (both, 1), (other, 1), (("sales.orders",), 4),
    ]  # fmt: skip
    assert [(each.names, each.millis, each.domains) for each in told.readers] == [
        (("mia",), 40, ("marketing",)), (("gone",), 20, ()),
    ]  # fmt: skip
