"""Shields: what a decision becomes for the reader's engine."""

import pytest

from agora.governance.decisions import decide
from agora.governance.shielding import shield
from agora.model.expressions import All, ColumnRef
from agora.model.policy import Effect
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
