"""A small mesh to decide about, and strategies for any mesh a decision could meet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from agora.governance.decisions import Ask
from agora.model.access import Agreement
from agora.model.contract import Column, Contract
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    Attribute,
    ColumnRef,
    Compare,
    Comparison,
    Literal,
    Not,
    OneOf,
)
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, PortVersion
from agora.model.people import Principal, PrincipalKind, Team
from agora.model.policy import Effect, Layer, Mask, MaskKind, Policy, Purpose, Tag, Target, Who
from agora.model.product import OutputPort, Product, ProductKind
from agora.model.release import ReleasedColumn
from agora.model.types import parse_type

NOW = datetime(2018, 1, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ORDERS = PortVersion(PortName("sales", "orders", "orders"), 1)
COLUMNS = (
    Column(name="store", type=parse_type("INTEGER")),
    Column(name="region", type=parse_type("VARCHAR")),
    Column(name="email", type=parse_type("VARCHAR"), tags=("personal",)),
    Column(name="age", type=parse_type("INTEGER"), tags=("personal",), classification="secret"),
    Column(name="spent", type=parse_type("DECIMAL(10,2)"), tags=("money",)),
    Column(name="day", type=parse_type("DATE")),
    Column(name="late", type=parse_type("BOOLEAN")),
)
ANA = Principal(
    id="ana",
    kind=PrincipalKind.PERSON,
    teams=("finance",),
    roles=("analyst",),
    attributes=(("stores", ("3", "5")), ("region", ("north",)), ("none", ())),
)
SOFIA = Principal(
    id="sofia", kind=PrincipalKind.PERSON, teams=("sales",), roles=("owner",), domains=("sales",)
)
ARIA = Principal(
    id="agent:aria",
    kind=PrincipalKind.AGENT,
    teams=ANA.teams,
    attributes=ANA.attributes,
    acts_for="ana",
)
BOARD = Principal(id="service:bi", kind=PrincipalKind.SERVICE, teams=("finance",))
OLGA = Principal(id="olga", kind=PrincipalKind.PERSON, roles=("operator",))
GRETA = Principal(id="greta", kind=PrincipalKind.PERSON, roles=("governance-lead",))
EVERYBODY = (ANA, SOFIA, ARIA, BOARD, OLGA, GRETA)
OWN_PEOPLE = Policy(
    id="own-people",
    layer=Layer.DOMAIN,
    domain="sales",
    who=Who(owning_domain=True),
    effect=Effect(permit=True),
)


def offered(version=ORDERS, columns=COLUMNS):
    """A product with this one port."""
    contract = Contract(
        id=str(version),
        version=f"{version.major}.0.0",
        status="active",
        table=version.port.table,
        columns=columns,
    )
    port = OutputPort(name=version.port, contract=contract)
    return Product(
        name=version.port.of, id=str(version), kind=ProductKind.SOURCE_ALIGNED, ports=(port,)
    )


MESH = Mesh(
    name="test",
    operator="olga",
    domains=(
        Domain(id="sales", team="sales", owners=("sofia", "sam"), publishers=("emil",)),
        Domain(id="finance", team="finance", owners=("fred",)),
    ),
    principals=EVERYBODY,
    teams=(Team(id="sales"), Team(id="finance")),
    purposes=(Purpose(id="reporting"), Purpose(id="planning")),
    tags=(Tag(id="personal", classified=True), Tag(id="money"), Tag(id="secret")),
    policies=(OWN_PEOPLE,),
    products=(offered(),),
)


def under(*policies, mesh=MESH):
    """The mesh with further rules."""
    return replace(mesh, policies=(*mesh.policies, *policies))


def guardrail(effect, name="rule", **fields):
    """A rule for the whole mesh."""
    return Policy(id=name, layer=Layer.GUARDRAIL, effect=effect, **fields)


def own_rule(effect, name="own-rule", **fields):
    """A rule of the sales domain."""
    return Policy(id=name, layer=Layer.DOMAIN, domain="sales", effect=effect, **fields)


def agreed(consumer="ana", purpose="reporting", **fields):
    """An agreement on the orders."""
    given = {
        "id": f"agr-{consumer}-{purpose}",
        "port": ORDERS,
        "starts": NOW - DAY,
        "approved_by": "sofia",
    }
    return Agreement(consumer=consumer, purpose=purpose, **(given | fields))


def released(columns=COLUMNS):
    """The columns as a release holds them."""
    return tuple(
        ReleasedColumn(name=c.name, type=c.type, field_id=n, labels=tuple(sorted(c.labels)))
        for n, c in enumerate(columns, start=1)
    )


def ask(principal=ANA, purpose="", agreements=None, **fields):
    """Somebody asks for the orders, by default under one agreement."""
    agreements = (agreed(),) if agreements is None else agreements
    given = {"port": ORDERS, "columns": released(), "now": NOW}
    return Ask(principal=principal, purpose=purpose, agreements=agreements, **(given | fields))


def masked(kind, **fields):
    """The effect of a mask."""
    return Effect(mask=Mask(kind=kind, **fields))


# Anything a decision could meet, sensible or not.

names = st.sampled_from([c.name for c in COLUMNS])
some = {"max_size": 2}
masks = st.builds(
    Mask,
    kind=st.sampled_from(MaskKind),
    constant=st.sampled_from(["", "7", "x", "2018-01-01"]),
    first=st.integers(0, 2),
    last=st.integers(0, 1),
)
values = st.one_of(
    st.builds(ColumnRef, name=names | st.just("unknown")),
    st.builds(Literal, value=st.sampled_from([None, True, 3, "north", NOW.date()])),
    st.builds(
        Attribute,
        scope=st.sampled_from(["user", "grant", "mars"]),
        name=st.sampled_from(["stores", "region", "none", "id", "purpose", "missing"]),
    ),
)
comparisons = st.one_of(
    st.builds(Compare, by=st.sampled_from(Comparison), left=values, right=values),
    st.builds(OneOf, item=values, options=st.lists(values, **some).map(tuple)),
    st.builds(Absent, item=values),
)
conditions = st.recursive(
    comparisons | values,
    lambda inner: st.one_of(
        st.builds(Not, item=inner),
        st.builds(Absent, item=inner),
        st.builds(All, parts=st.lists(inner, **some).map(tuple)),
        st.builds(AnyOf, parts=st.lists(inner, **some).map(tuple)),
        st.builds(Compare, by=st.sampled_from(Comparison), left=inner, right=inner),
    ),
    max_leaves=4,
)
sound_rows = st.sampled_from(
    [
        OneOf(item=ColumnRef(name="store"), options=(Attribute(scope="user", name="stores"),)),
        Compare(by=Comparison.EQUAL, left=ColumnRef(name="region"), right=Literal(value="north")),
        Compare(by=Comparison.MORE, left=ColumnRef(name="spent"), right=Literal(value=3)),
        ColumnRef(name="late"),
    ]
)
moments = st.sampled_from([NOW - DAY, NOW, NOW + DAY, NOW + 9 * DAY])


def words(*choices):
    """A tuple of some of these words."""
    return st.lists(st.sampled_from(choices), unique=True, **some).map(tuple)


targets = st.builds(
    Target,
    domains=words("sales", "finance") | st.just(()),
    ports=words("sales.orders", "sales.returns") | st.just(()),
    columns=st.just(()) | words("age", "email", "store"),
    tags=st.just(()) | words("personal", "money", "secret"),
)
whos = st.builds(
    Who,
    people=st.just(()) | words("ana", "sofia", "agent:aria"),
    teams=st.just(()) | words("finance", "sales"),
    roles=st.just(()) | words("analyst", "owner"),
    kinds=st.just(()) | words("person", "agent", "service"),
    purposes=st.just(()) | words("reporting", "planning"),
    owning_domain=st.sampled_from([None, True, False]),
)


def effects(rows=sound_rows):
    """Any effect that narrows."""
    return st.one_of(
        st.just(Effect(deny=True)),
        st.builds(Effect, mask=masks),
        st.builds(Effect, mask=masks),
        st.builds(Effect, rows=rows),
        st.builds(Effect, expires=moments),
    )


def policies(effect, **fixed):
    """Any rule with such an effect."""
    given = {
        "id": st.sampled_from(["one", "two", "three", "four"]),
        "applies_to": targets,
        "who": whos,
        "unless": st.lists(whos, max_size=1).map(tuple),
        "effect": effect,
        "layer": st.just(Layer.GUARDRAIL),
    }
    guard = st.builds(Policy, **(given | fixed))
    own = st.builds(
        Policy,
        **(given | {"layer": st.just(Layer.DOMAIN), "domain": st.just("sales")} | fixed),
    )
    return guard | own


readers = st.sampled_from(EVERYBODY)
agreements = st.lists(
    st.builds(
        agreed,
        consumer=st.sampled_from(["ana", "team:finance", "agent:aria", "service:bi", "team:sales"]),
        purpose=st.sampled_from(["reporting", "planning"]),
        columns=st.just(()) | words("age", "store", "region"),
        expires=st.none() | moments,
        starts=moments,
    ),
    max_size=3,
).map(tuple)
asks = st.builds(
    ask,
    principal=readers,
    purpose=st.sampled_from(["", "reporting", "planning", "unheard-of"]),
    agreements=agreements | st.just((agreed(), agreed("agent:aria"), agreed("service:bi"))),
)
