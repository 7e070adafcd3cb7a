"""One decision, every door: query, sample, failing rows and quarantine show the same rows, and so
do query and sample over a derived table.

Random policies are put on one product; whatever a reader sees of a row through any door must be
what a plain evaluation of the same rules in Python allows.
"""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.model.expressions import AnyOf, ColumnRef, Compare, Comparison, Literal, Not, OneOf
from agora.model.policy import Effect, Layer, Mask, MaskKind, Policy, Target, Who
from agora.usecases.derive import derive
from agora.usecases.query import query
from agora.usecases.run import run
from agora.usecases.show import Part, rows

HOUSEHOLDS = "customers.households"
BAD = "99,x@example.org,too old,0K,1\n"
SIZES = st.integers(0, 9)


def conditions():
    leaves = st.one_of(
        st.builds(
            lambda by, n: Compare(by=by, left=ColumnRef(name="household_id"), right=Literal(value=n)),
            st.sampled_from(list(Comparison)), SIZES,
        ),
        st.builds(
            lambda by, n: Compare(by=by, left=ColumnRef(name="household_size"), right=Literal(value=n)),
            st.sampled_from(list(Comparison)), SIZES,
        ),
        st.builds(
            lambda options: OneOf(
                item=ColumnRef(name="age"), options=tuple(Literal(value=o) for o in options)
            ),
            st.lists(st.sampled_from(["25-34", "65+", "too old"]), max_size=2),
        ),
    )  # fmt: skip
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(lambda a, b: AnyOf(parts=(a, b)), inner, inner),
            st.builds(lambda a: Not(item=a), inner),
        ),
        max_leaves=4,
    )


MASKS = st.sampled_from(
    [
        Mask(kind=MaskKind.NULL),
        Mask(kind=MaskKind.HIDDEN),
        Mask(kind=MaskKind.CONSTANT, constant="x"),
        Mask(kind=MaskKind.PARTIAL, first=1, last=1),
    ]
)
EFFECTS = st.one_of(
    st.builds(lambda c: (Effect(rows=c), ()), conditions()),
    st.builds(
        lambda m, c: (Effect(mask=m), (c,)),
        MASKS,
        st.sampled_from(["email", "age", "income", "household_size"]),
    ),
)


def policies(effects):
    return tuple(
        Policy(
            id=f"random-{n}", layer=Layer.GUARDRAIL, effect=effect,
            applies_to=Target(ports=(HOUSEHOLDS,), columns=columns), who=Who(people=("carl",)),
        )
        for n, (effect, columns) in enumerate(effects)
    )  # fmt: skip


def holds(condition, row):
    """SQL's three-valued logic in Python: True, False or None."""
    match condition:
        case Compare(by=by, left=ColumnRef(name=name), right=Literal(value=value)):
            return {
                "=": row[name] == value,
                "<>": row[name] != value,
                "<": row[name] < value,
                "<=": row[name] <= value,
                ">": row[name] > value,
                ">=": row[name] >= value,
            }[by.value]
        case OneOf(item=ColumnRef(name=name), options=options):
            return row[name] in [option.value for option in options]
        case Not(item=item):
            return not holds(item, row)
        case AnyOf(parts=parts):
            return any(holds(part, row) for part in parts)


def masked(name, value, effects):
    found = [e.mask for e, columns in effects if e.mask and name in columns]
    if not found:
        return value
    kinds = [
        m if name != "household_size" or m.kind >= MaskKind.NULL else Mask(kind=MaskKind.NULL)
        for m in found
    ]
    top = max(kinds, key=lambda m: m.kind)
    if any(m.kind is top.kind and m != top for m in kinds):
        return None
    match top.kind:
        case MaskKind.CONSTANT:
            return "x"
        case MaskKind.PARTIAL:
            return "***" if len(value) <= 2 else f"{value[0]}***{value[-1]}"
        case MaskKind.HIDDEN:
            return ...
    return None


def expected(raw, effects):
    kept = [row for row in raw if all(holds(e.rows, row) for e, _ in effects if e.rows)]
    found = []
    for row in kept:
        seen = {name: masked(name, value, effects) for name, value in row.items()}
        found.append({name: value for name, value in seen.items() if value is not ...})
    return sorted(found, key=str)


def told(answer):
    found = [
        {k: v for k, v in row.items() if k != "_reason"}
        for batch in answer
        for row in batch.to_pylist()
    ]
    answer.close()
    return sorted(found, key=str)


@pytest.fixture
def lived_in(market, house, acting):
    """The market with one bad household: once failing a run, then put in quarantine."""
    data = market / "customers/households/data/households.csv"
    clean = data.read_text()
    assert run(house, acting("carl"), HOUSEHOLDS).release is not None
    data.write_text(clean + BAD)
    return house


def everything(house, acting, part):
    bare = replace(
        house,
        mesh=replace(house.mesh, policies=tuple(p for p in house.mesh.policies if p.effect.permit)),
    )
    if part is None:
        return told(query(bare, acting("carl"), f"select * from {HOUSEHOLDS}").answer)
    return told(rows(bare, acting("carl"), HOUSEHOLDS, of=part, limit=100))


@pytest.mark.parametrize("severity", ["block", "quarantine"])
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(effects=st.lists(EFFECTS, max_size=4))
def test_every_door_shows_what_the_decision_allows(lived_in, acting, severity, effects):
    house = _with(lived_in, severity)
    if getattr(test_every_door_shows_what_the_decision_allows, severity, None) is not lived_in:
        assert run(house, acting("carl"), HOUSEHOLDS, again=True).run is not None
        setattr(test_every_door_shows_what_the_decision_allows, severity, lived_in)
    ruled = replace(
        house,
        mesh=replace(
            house.mesh, policies=(*_permits(house), *policies(effects)), hash=str(effects)
        ),
    )
    aside = Part.FAILURES if severity == "block" else Part.QUARANTINE
    for part in (None, Part.SAMPLE, aside):
        raw = everything(house, acting, part)
        if part is None:
            found = told(query(ruled, acting("carl"), f"select * from {HOUSEHOLDS}").answer)
        else:
            found = told(rows(ruled, acting("carl"), HOUSEHOLDS, of=part, limit=100))
        assert found == expected(raw, effects), part
    over_a_derived_table(ruled, acting, effects)


def over_a_derived_table(house, acting, effects):
    """What the same decision leaves, written to files of its own, is the same to the row."""
    who = acting("carl")
    secure = told(query(house, who, f"select * from {HOUSEHOLDS}").answer)
    if not effects:
        return
    made = derive(house, acting("olga"), HOUSEHOLDS, reader="carl")
    assert made.rows == len(secure)
    assert told(query(house, who, f"select * from {HOUSEHOLDS}").answer) == secure
    assert told(rows(house, who, HOUSEHOLDS, of=Part.SAMPLE, limit=100)) == secure


def _permits(house):
    return tuple(p for p in house.mesh.policies if p.effect.permit)


def _with(house, severity):
    """The mesh as if the contract's rule had this severity."""
    products = []
    for product in house.mesh.products:
        ports = []
        for port in product.ports:
            rules = tuple(
                replace(r, severity=type(r.severity)(severity))
                if r.id == "invalidValues:age"
                else r
                for r in port.contract.rules
            )
            ports.append(replace(port, contract=replace(port.contract, rules=rules)))
        products.append(replace(product, ports=tuple(ports)))
    return replace(house, mesh=replace(house.mesh, products=tuple(products)))


def test_a_reader_without_rules_sees_everything(lived_in, acting):
    assert len(everything(lived_in, acting, None)) == 8
