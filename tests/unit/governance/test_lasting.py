"""How agreements follow one another, are carried over, and end."""

from dataclasses import replace

import pytest

from agora.governance.lasting import carries, due, family, replaced
from agora.model.access import DueKind
from agora.model.changes import Bump, Change, Mark, Side, Verdict
from agora.model.contract import ServiceLevel
from agora.model.names import PortVersion
from tests.unit.governance.deciding import DAY, MESH, NOW, ORDERS, agreed, offered

TWO = PortVersion(ORDERS.port, 2)
OLD = agreed(id="old", expires=NOW + DAY)
NEW = agreed(id="new", starts=NOW, approved_by="sam")


def ids(found):
    return [each.id for each in found]


@pytest.mark.parametrize(
    ("there", "gone"),
    [
        ([OLD], ["old"]),
        ([OLD, NEW], ["old"]),
        ([replace(OLD, purpose="planning")], []),
        ([replace(OLD, consumer="team:finance")], []),
        ([replace(OLD, port=TWO)], []),
        ([replace(OLD, edition=3)], []),
        ([replace(OLD, expires=NOW)], []),
        ([replace(OLD, ended_at=NOW)], []),
    ],
)
def test_one_right_takes_the_place_of_another_that_is_alike(there, gone):
    found = replaced(NEW, there)
    assert ids(found) == gone
    for each in found:
        assert (each.renewed_by, each.ended_by, each.active(NOW)) == ("new", "sam", False)
        assert "`new`" in each.ended_for


def test_what_had_expired_is_renewed_without_being_ended():
    (found,) = replaced(replace(NEW, renews="old"), [replace(OLD, expires=NOW)])
    assert (found.renewed_by, found.ended_at) == ("new", None)


def test_a_family_is_one_right_on_any_version():
    first = replace(OLD, id="1", renewed_by="2")
    second = replace(OLD, id="2", renews="1")
    third = replace(OLD, id="3", port=TWO, carried_from="2")
    stranger = replace(OLD, id="4")
    there = [first, second, third, stranger]
    for member in (first, second, third):
        assert ids(family(member, there)) == ["1", "2", "3"]
    assert ids(family(stranger, there)) == ["4"]


def change(verdict, *columns):
    return Change(
        path="x", mark=Mark.CHANGED, verdict=verdict, side=Side.CONSUMER, bump=Bump.MAJOR,
        sentence="x", columns=columns,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "changes", "terms", "holds"),
    [
        ({}, [], "", True),
        ({}, [change(Verdict.COMPATIBLE)], "", True),
        ({}, [change(Verdict.BREAKING, "age")], "", False),
        ({}, [change(Verdict.UNDETERMINED, "age")], "", False),
        ({"columns": ("store",)}, [change(Verdict.BREAKING, "age")], "", True),
        ({"columns": ("store", "age")}, [change(Verdict.BREAKING, "age")], "", False),
        ({"columns": ("store",)}, [change(Verdict.BREAKING)], "", False),
        ({"edition": 3}, [], "", False),
        ({"terms": "be kind"}, [], "be kind", True),
        ({"terms": "be kind"}, [], " ", True),
        ({"terms": "be kind"}, [], "be quick", False),
    ],
)
def test_what_is_carried_over_to_another_version(fields, changes, terms, holds):
    contract = replace(offered(TWO).ports[0].contract, terms=terms)
    assert carries(agreed(**fields), changes, contract) is holds


def test_what_ends_soon_is_told_to_both_sides_soonest_first():
    within = 30 * DAY
    sooner = agreed(id="b", expires=NOW + 2 * DAY)
    later = agreed("team:finance", id="a", expires=NOW + 30 * DAY)
    others = [
        agreed(id="c"),
        agreed(id="d", expires=NOW + 31 * DAY),
        agreed(id="e", expires=NOW),
        agreed(id="f", expires=NOW + DAY, ended_at=NOW),
    ]
    found = due(MESH, [later, sooner, *others], NOW, within)
    assert [each.agreement.id for each in found] == ["b", "a"]
    assert (found[0].people, found[0].owners, found[0].kind) == (
        ("ana",), ("sofia", "sam"), DueKind.AGREEMENT,
    )  # fmt: skip
    assert found[1].people == ("ana",)


def test_the_end_of_a_version_is_told_too():
    product = offered()
    levels = (ServiceLevel(property="endOfLife", value="2018-01-20"),)
    port = product.ports[0]
    leaving = replace(
        port, contract=replace(port.contract, status="deprecated", service_levels=levels)
    )
    newer = offered(TWO).ports[0]
    mesh = replace(MESH, products=(replace(product, ports=(leaving, newer)),))
    (found,) = due(mesh, [agreed()], NOW, 30 * DAY)
    assert (found.kind, found.instead) == (DueKind.VERSION, TWO)
    assert due(replace(MESH, products=()), [agreed()], NOW, 30 * DAY) == ()
