"""Shields: what a decision becomes for the reader's engine."""

import pytest

from agora.governance.decisions import decide
from agora.governance.shielding import shield, shown
from agora.model.decision import ColumnView, Shield
from agora.model.expressions import (
    Absent,
    All,
    AnyOf,
    ColumnRef,
    Compare,
    Comparison,
    Literal,
    Not,
    OneOf,
)
from agora.model.policy import Effect, Mask, MaskKind
from agora.model.release import ReleasedColumn
from agora.model.types import Kind, Type
from tests.unit.governance.deciding import MESH, agreed, ask, own_rule, under


def test_a_denial_has_no_shield():
    with pytest.raises(ValueError, match="denial"):
        shield(decide(MESH, ask(agreements=())))


def test_the_barrier_is_left_out_only_when_nothing_is_hidden():
    assert not shield(decide(MESH, ask())).barrier
    assert shield(decide(MESH, ask(agreements=(agreed(columns=("age",)),)))).barrier


def test_row_rules_become_one_condition():
    rule = own_rule(Effect(rows=ColumnRef(name="late")))
    assert shield(decide(under(rule), ask())).rows == All(parts=(ColumnRef(name="late"),))


def test_only_what_can_be_seen_or_decides_on_rows_is_needed():
    kinds = {
        "clear": Mask(),
        "part": Mask(kind=MaskKind.PARTIAL, first=1),
        "null": Mask(kind=MaskKind.NULL),
        "constant": Mask(kind=MaskKind.CONSTANT, constant="x"),
        "hidden": Mask(kind=MaskKind.HIDDEN),
    }
    text = Type(kind=Kind.VARCHAR)
    released = tuple(
        ReleasedColumn(name=name, type=text, field_id=0)
        for name in (*kinds, "a", "b", "c", "d", "e")
    )
    views = tuple(ColumnView(name=name, type=text, mask=mask) for name, mask in kinds.items())

    def needed(rows):
        return [c.name for c in shown(Shield(columns=views, rows=rows), released)]

    assert needed(None) == ["clear", "part"]
    named = {name: ColumnRef(name=name) for name in "abcde"}
    one = Literal(value="1")
    condition = All(
        parts=(
            AnyOf(parts=(Not(item=Absent(item=named["a"])),)),
            OneOf(item=named["b"], options=(one, named["c"])),
            Compare(by=Comparison.EQUAL, left=one, right=named["d"]),
            Compare(by=Comparison.EQUAL, left=ColumnRef(name="hidden"), right=one),
        )
    )
    assert needed(condition) == ["clear", "part", "hidden", "a", "b", "c", "d"]
