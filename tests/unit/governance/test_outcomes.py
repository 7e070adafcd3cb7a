"""Outcomes: equal keys for what shows the same, and never for what does not."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.backends.engine.duckdb.render import view
from agora.governance.decisions import decide
from agora.governance.outcomes import left, outcome, plain
from agora.governance.shielding import shield
from agora.model.decision import ColumnView, Decision, RowRule, Shield
from agora.model.expressions import All, ColumnRef, Compare, Comparison, Literal
from agora.model.policy import Effect, Mask, MaskKind, Target, Who
from agora.model.reasons import Reason
from agora.model.relation import Governed
from agora.model.release import DataFile, ReleasedColumn, Snapshot
from agora.model.types import parse_type
from tests.unit.governance.deciding import (
    ANA,
    BOARD,
    COLUMNS,
    MESH,
    ORDERS,
    agreed,
    ask,
    guardrail,
    masked,
    released,
    under,
)

SNAPSHOT = Snapshot(
    port=ORDERS,
    table="sales__orders.orders_v1",
    table_uuid="11111111-aaaa",
    snapshot_id=7,
    metadata="m.json",
    columns=released(),
    files=(DataFile(path="/x.parquet", rows=3, size=9),),
)
HIDE = guardrail(masked(MaskKind.HIDDEN), applies_to=Target(columns=("email",)))
FEW = guardrail(
    Effect(rows=Compare(by=Comparison.LESS, left=ColumnRef(name="store"), right=Literal(value=3)))
)


def key(by, release=1, snapshot=SNAPSHOT):
    return outcome(release, snapshot, by)


def seen(*rules, **asked):
    decision = decide(under(*rules), ask(**asked))
    assert decision.allowed, decision.reasons
    return shield(decision)


def sql(by):
    """What the engine is told; an independent witness of what a shield shows."""
    relation = Governed(schema="s", name="t", files=SNAPSHOT.files, columns=released(), shield=by)
    return view(relation, "t")


MASKS = [
    Mask(),
    Mask(kind=MaskKind.NULL),
    Mask(kind=MaskKind.PARTIAL, first=1),
    Mask(kind=MaskKind.PARTIAL, last=1),
    Mask(kind=MaskKind.CONSTANT, constant="x"),
    Mask(kind=MaskKind.HIDDEN),
]
ROWS = [
    Compare(by=by, left=ColumnRef(name=name), right=Literal(value=value))
    for by in (Comparison.LESS, Comparison.EQUAL)
    for name, value in (("store", 3), ("store", 5), ("region", "north"))
]
shields = st.builds(
    lambda masks, rows, turned: Shield(
        columns=tuple(
            ColumnView(name=c.name, type=c.type, mask=m)
            for c, m in list(zip(COLUMNS, masks, strict=False))[:: -1 if turned else 1]
            if m.kind is not MaskKind.HIDDEN
        ),
        rows=rows,
    ),
    masks=st.lists(st.sampled_from(MASKS), min_size=2, max_size=2),
    rows=st.none() | st.sampled_from([*ROWS, All(parts=tuple(ROWS[:2])), All(parts=(ROWS[0],))]),
    turned=st.booleans(),
)


@given(one=shields, other=shields)
def test_equal_keys_are_those_of_equal_shields(one, other):
    assert (key(one) == key(other)) == (one == other) == (sql(one) == sql(other))


@given(one=shields)
def test_an_equal_shield_has_an_equal_key(one):
    again = Shield(columns=tuple(replace(c) for c in one.columns), rows=deepcopy(one.rows))
    assert key(again) == key(one)


@given(one=shields)
def test_who_asks_and_why_a_rule_is_there_do_not_matter(one):
    told = (Reason(code="E400", sentence="another title", rule="guardrail/other"),)
    columns = tuple(replace(column, reasons=told) for column in one.columns)
    assert key(replace(one, columns=columns)) == key(one)
    condition = RowRule(condition=ROWS[0], reason=told[0])
    decisions = [
        Decision(
            allowed=True, port=ORDERS, principal=name, purpose=purpose, agreement=purpose,
            columns=one.columns, rows=(condition,),
        )
        for name, purpose in (("ana", "reporting"), ("zoe", "planning"))
    ]  # fmt: skip
    first, second = (key(shield(decision)) for decision in decisions)
    assert first == second != ""


def test_two_readers_with_one_outcome_share_it():
    both = (agreed(), agreed("service:bi", "planning"))
    assert key(seen(HIDE, agreements=both)) == key(
        seen(HIDE, agreements=both, principal=BOARD, purpose="planning")
    )
    spared = replace(HIDE, unless=(Who(purposes=("planning",)),))
    with_own = (agreed(), agreed(purpose="planning"))
    assert key(seen(spared, agreements=with_own, principal=ANA, purpose="reporting"))
    assert not key(seen(spared, agreements=with_own, principal=ANA, purpose="planning"))


def test_nothing_hidden_has_no_outcome():
    assert key(seen()) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"table_uuid": "22222222-bbbb"},
        {"snapshot_id": 8},
        {"port": replace(ORDERS, major=2)},
    ],
    ids=["table", "snapshot", "version"],
)
def test_another_state_is_another_outcome(change):
    by = seen(HIDE)
    assert key(by, snapshot=replace(SNAPSHOT, **change)) != key(by)
    assert key(by, release=2) != key(by)


def test_every_part_of_a_shield_counts():
    by = seen(FEW, HIDE)
    first, second, *rest = by.columns
    changed = [
        replace(by, rows=None),
        replace(by, columns=(second, first, *rest)),
        replace(by, columns=(first, *rest)),
        replace(by, columns=(replace(first, type=parse_type("BIGINT")), second, *rest)),
        seen(FEW, replace(HIDE, effect=masked(MaskKind.NULL))),
        seen(FEW, replace(HIDE, effect=masked(MaskKind.CONSTANT, constant="a"))),
        seen(FEW, replace(HIDE, effect=masked(MaskKind.CONSTANT, constant="b"))),
        seen(FEW, replace(HIDE, effect=masked(MaskKind.PARTIAL, first=1))),
        seen(FEW, replace(HIDE, effect=masked(MaskKind.PARTIAL, last=1))),
    ]
    assert len({key(each) for each in (by, *changed)}) == 1 + len(changed)


def test_values_that_look_alike_are_told_apart():
    values = [
        1,
        "1",
        True,
        Decimal(1),
        Decimal("1.0"),
        date(2018, 1, 1),
        "2018-01-01",
        None,
        "None",
    ]
    keys = {
        key(
            replace(
                seen(HIDE),
                rows=Compare(
                    by=Comparison.EQUAL, left=ColumnRef(name="store"), right=Literal(value=value)
                ),
            )
        )
        for value in values
    }
    assert len(keys) == len(values)


def test_what_is_left_has_the_columns_that_are_seen_with_their_ids():
    found = left(SNAPSHOT, seen(HIDE))
    assert [(c.name, c.field_id) for c in found] == [
        (c.name, n) for n, c in enumerate(COLUMNS, start=1) if c.name != "email"
    ]
    assert [c.name for c in plain(found).columns] == [c.name for c in found]
    assert not plain(found).barrier
    assert plain(found).rows is None


def test_columns_of_other_tools_are_numbered_with_all_that_is_in_them():
    deep = replace(
        parse_type("INTEGER[]"),
        element=replace(
            parse_type("INTEGER[]"), element=None, fields=(("a", parse_type("INTEGER")),)
        ),
    )
    columns = (
        ReleasedColumn(name="store", type=deep, field_id=0),
        ReleasedColumn(name="region", type=parse_type("VARCHAR"), field_id=0),
    )
    by = replace(seen(HIDE), columns=seen(HIDE).columns[:2])
    found = left(replace(SNAPSHOT, columns=columns), by)
    assert [(c.field_id, c.nested) for c in found] == [(1, (2, 3)), (4, ())]


def test_the_mesh_of_these_tests_hides_nothing_by_itself():
    assert not shield(decide(MESH, ask())).barrier
