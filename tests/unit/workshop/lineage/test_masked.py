"""Which columns of an answer are masked: those whose values tell of a masked one."""

import pytest

from agora.model.decision import ColumnView, Decision
from agora.model.names import PortVersion
from agora.model.policy import Mask, MaskKind
from agora.model.types import parse_type
from agora.workshop.lineage.masked import masked

TEXT = parse_type("VARCHAR")


def view(name, kind=MaskKind.CLEAR):
    return ColumnView(name=name, type=TEXT, mask=Mask(kind=kind))


VISITS = Decision(
    allowed=True,
    port=PortVersion.parse("sales.visits@1"),
    principal="ana",
    columns=(
        view("day"),
        view("email", MaskKind.NULL),
        view("name", MaskKind.PARTIAL),
        view("secret", MaskKind.HIDDEN),
    ),
)


@pytest.mark.parametrize(
    ("sql", "names", "expected"),
    [
        ("select * from sales.visits", "day email name", ". email name"),
        ("from sales.visits_v1", "day email name", ". email name"),
        ("select lower(email) as who, day from sales.visits", "who day", "email ."),
        ("select count(email) as n, max(name) as top from sales.visits", "n top", ". name"),
        ("select day as email from sales.visits where email is not null", "email", "."),
        ("with q as (select name n from sales.visits) select n || '!' as x from q", "x", "name"),
        ("select case when email = 'a' then 1 end as c from sales.visits", "c", "email"),
        # what cannot be traced, or gives other columns than it seems to, is told by its names
        ("this is no SQL", "EMAIL day", "email ."),
        ("select day from sales.visits", "day email", ". email"),
    ],
)
def test_columns_tell_of_what_they_came_from(sql, names, expected):
    found = masked(sql, names.split(), (VISITS,))
    assert " ".join(each.name if each else "." for each in found) == expected


def test_nothing_is_masked_where_nothing_is():
    clear = Decision(
        allowed=True, port=VISITS.port, principal="ana", columns=(view("day"), view("email"))
    )
    assert masked("not read at all", ["a", "b"], (clear,)) == (None, None)
