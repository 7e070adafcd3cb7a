"""What is seen under two shields at once is what both show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.model.decision import ColumnView, Shield
from agora.model.expressions import All, ColumnRef
from agora.model.policy import Mask, MaskKind
from agora.model.types import parse_type
from agora.passage.previewing import narrower

TEXT = parse_type("text")
ROWS = ColumnRef(name="mine")
MASKS = st.one_of(
    st.sampled_from([Mask(), Mask(kind=MaskKind.NULL), Mask(kind=MaskKind.HIDDEN)]),
    st.builds(Mask, kind=st.just(MaskKind.PARTIAL), first=st.integers(0, 2)),
)
VIEWS = st.dictionaries(st.sampled_from("abc"), MASKS)


def seen(masks, rows=None):
    columns = tuple(ColumnView(name=n, type=TEXT, mask=m) for n, m in sorted(masks.items()))
    return Shield(columns=columns, rows=rows)


@given(one=VIEWS, other=VIEWS)
def test_less_is_shown_than_by_either(one, other):
    both = narrower(seen(one), seen(other))
    assert {c.name for c in both.columns} == one.keys() & other.keys()
    for column in both.columns:
        pair = one[column.name], other[column.name]
        clear = [mask.kind is MaskKind.CLEAR for mask in pair]
        assert (column.mask.kind is MaskKind.CLEAR) == all(clear)
        assert column.mask in pair or column.mask.kind is MaskKind.NULL
    assert both.barrier


@given(one=VIEWS, other=VIEWS)
def test_it_does_not_matter_who_is_asked_first(one, other):
    assert seen(one) != seen(other) or narrower(seen(one), seen(other)).columns == seen(one).columns
    turned = narrower(seen(other), seen(one))
    assert {c.name: c.mask for c in narrower(seen(one), seen(other)).columns} == {
        c.name: c.mask for c in turned.columns
    }


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [(None, None, None), (ROWS, None, All(parts=(ROWS,))), (ROWS, ROWS, All(parts=(ROWS, ROWS)))],
)
def test_rows_are_those_of_both(one, other, both):
    assert narrower(seen({}, one), seen({}, other)).rows == both
