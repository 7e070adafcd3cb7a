"""Who may make a token for whom, what it allows, and when it is over."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.governance.token import judge_maker, judge_wish, lacking, over
from agora.model.mesh import Domain, Mesh
from agora.model.people import Principal, PrincipalKind
from agora.model.token import Scope, Token

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSON, SERVICE, AGENT = PrincipalKind.PERSON, PrincipalKind.SERVICE, PrincipalKind.AGENT
ANA = Principal(id="ana", kind=PERSON, teams=("sales",), roles=("analyst",))
SOFIA = Principal(id="sofia", kind=PERSON, teams=("sales",), roles=("owner",))
SAM = Principal(id="sam", kind=PERSON)
CARL = Principal(id="carl", kind=PERSON, teams=("press",), roles=("owner",))
OLGA = Principal(id="olga", kind=PERSON)
BI = Principal(id="service:bi", kind=SERVICE, teams=("sales",), roles=("operator",))
BUILD = Principal(id="service:sales.orders", kind=SERVICE, teams=("sales",))
ARIA = Principal(id="agent:aria", kind=AGENT, acts_for="ana", teams=("sales",))
ZOE = Principal(id="sso:1", kind=PERSON)
MESH = Mesh(
    name="m",
    operator="olga",
    domains=(Domain(id="sales", team="sales", owners=("sam",)), Domain(id="press")),
    principals=(ANA, SOFIA, SAM, CARL, OLGA, BI, ARIA),
)


@pytest.mark.parametrize(
    ("maker", "wanted", "may"),
    [
        (ANA, ANA, True),
        (ANA, replace(ANA, roles=("analyst", "owner")), True),
        (ZOE, ZOE, True),
        (ANA, ARIA, True),
        (SOFIA, ARIA, False),
        (OLGA, ARIA, False),
        (SOFIA, BI, True),
        (SAM, BI, True),
        (OLGA, BI, True),
        (ANA, BI, False),
        (CARL, BI, False),
        (OLGA, ANA, False),
        (SOFIA, ANA, False),
        (OLGA, BUILD, False),
        (OLGA, None, False),
        (BUILD, BUILD, False),
        (BI, BI, False),
        (ARIA, ARIA, False),
        (ARIA, ANA, False),
        (ANA, ZOE, False),
    ],
)
def test_who_may_make_a_token_for_whom(maker, wanted, may):
    reasons = list(judge_maker(MESH, maker, wanted))
    assert [reason.code for reason in reasons] == ([] if may else ["E614"])


def test_only_the_operators_own_token_operates():
    codes = lambda maker, wanted: [  # noqa: E731
        r.code for r in judge_wish(MESH, maker, wanted, (Scope.OPERATE,), tuple(Scope))
    ]
    assert codes(OLGA, OLGA) == []
    assert codes(ANA, ANA) == codes(OLGA, BI) == ["E614"]
    assert codes(OLGA, None) == ["E614", "E614"]


def test_nobody_gives_more_than_they_hold():
    held = (Scope.READ,)
    assert not list(judge_wish(MESH, ANA, ANA, (Scope.READ,), held))
    wider = list(judge_wish(MESH, ANA, ANA, (Scope.READ, Scope.ASK), held))
    assert [reason.code for reason in wider] == ["E613"]


def test_a_token_is_over_when_its_time_is_or_when_it_was_revoked():
    token = Token(
        id="1", name="n", principal="ana", made_by="ana", scopes=(Scope.READ,), hash="",
        made_at=NOW, expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    assert over(token, NOW + timedelta(days=1) - timedelta(seconds=1)) == ""
    assert "ended on 2026-03-02" in over(token, NOW + timedelta(days=1))
    assert "revoked" in over(replace(token, revoked_at=NOW), NOW)


@pytest.mark.parametrize("wanted", list(Scope))
def test_a_scope_allows_itself_and_nothing_else(wanted):
    assert lacking((wanted,), wanted) == ()
    others = tuple(scope for scope in Scope if scope is not wanted)
    assert [reason.code for reason in lacking(others, wanted)] == ["E613"]
