"""Who somebody is: by the directory, and by what a provider vouched for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.governance.identity import (
    called,
    foreign,
    identified,
    matched,
    may_admit,
    tied_elsewhere,
    vouched,
)
from agora.model.account import Account, Claims, GroupRule, Oidc, SignIn
from agora.model.mesh import Domain, Mesh
from agora.model.people import Principal, PrincipalKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ISSUER = "https://id.example.org"
PERSON = PrincipalKind.PERSON
ANA = Principal(id="ana", kind=PERSON, email="Ana@example.org", roles=("analyst",))
MIA = Principal(id="mia", kind=PERSON, email="mia@example.org", subject="00u-mia")
OLGA = Principal(id="olga", kind=PERSON)
TWINS = tuple(Principal(id=n, kind=PERSON, email="twins@example.org") for n in ("tim", "tom"))
BI = Principal(id="service:bi", kind=PrincipalKind.SERVICE, roles=("operator",))
OIDC = Oidc(
    issuer=ISSUER,
    client_id="agora",
    groups=(
        GroupRule(group="sellers", teams=("sales",), roles=("owner",)),
        GroupRule(group="ops", roles=("operator",)),
    ),
)
MESH = Mesh(
    name="m",
    operator="olga",
    domains=(Domain(id="sales", team="sales"), Domain(id="press", team="press")),
    principals=(ANA, MIA, OLGA, *TWINS, BI),
    sign_in=SignIn(oidc=OIDC),
)
OPEN = replace(MESH, sign_in=SignIn(oidc=replace(OIDC, provision=True)))
CLAIMS = Claims(issuer=ISSUER, subject="7", email="ana@example.org", verified=True, name="Ana")


def account(who="ana", **changes):
    kept = {"subject": f"{ISSUER} 7", "groups": ("sellers",), "vouched_at": NOW, **changes}
    return Account(principal=who, **kept)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ana", ANA),
        (" Ana ", ANA),
        ("ANA@EXAMPLE.ORG", ANA),
        ("twins@example.org", None),
        ("nobody", None),
        ("", None),
        ("service:bi", None),
    ],
)
def test_people_are_called_by_an_id_or_an_address(name, found):
    assert called(MESH, name) == found


def test_the_operator_admits_people():
    roles = replace(ANA, roles=("operator",))
    assert [may_admit(MESH, p) for p in (OLGA, roles, ANA, BI)] == [True, True, False, False]


def test_groups_give_teams_roles_and_domains_while_the_word_is_fresh():
    found = identified(MESH, "ana", account(), NOW + timedelta(days=29))
    assert found == replace(ANA, teams=("sales",), roles=("analyst", "owner"), domains=("sales",))
    for stale in (
        account(vouched_at=NOW - timedelta(days=30)),
        account(vouched_at=None),
        account(subject="https://other.example 7"),
        account(groups=("unknown",)),
        None,
    ):
        assert identified(MESH, "ana", stale, NOW) == ANA
    assert identified(replace(MESH, sign_in=SignIn()), "ana", account(), NOW) == ANA


def test_who_the_directory_does_not_name_is_here_only_while_the_provider_says_so():
    name = foreign(CLAIMS)
    kept = account(name, name="Zoe", email="zoe@example.org")
    found = identified(OPEN, name, kept, NOW)
    assert (found.id, found.name, found.email, found.teams) == (
        name, "Zoe", "zoe@example.org", ("sales",),
    )  # fmt: skip
    assert identified(OPEN, name, replace(kept, name=""), NOW).name == name
    assert identified(MESH, name, kept, NOW) is None
    assert identified(replace(MESH, sign_in=SignIn()), name, kept, NOW) is None
    assert identified(OPEN, name, kept, NOW + timedelta(days=30)) is None
    assert identified(OPEN, name, None, NOW) is None


def test_a_leaver_is_not_brought_back_by_an_account():
    assert identified(OPEN, "gone", account("gone"), NOW) is None


def test_a_mesh_is_joined_by_who_is_not_as_the_directory_says():
    assert MESH.joined_by(ANA) is MESH
    wider = identified(MESH, "ana", account(), NOW)
    assert MESH.joined_by(wider).principal("ana") == wider
    assert len(MESH.joined_by(wider).principals) == len(MESH.principals)
    zoe = Principal(id="sso:1", kind=PERSON)
    assert MESH.joined_by(zoe).principal("sso:1") == zoe


@pytest.mark.parametrize(
    ("mesh", "claims", "name", "words"),
    [
        (MESH, CLAIMS, "ana", ""),
        (MESH, replace(CLAIMS, email="ANA@example.org"), "ana", ""),
        (MESH, replace(CLAIMS, verified=False), "", "not verified"),
        (MESH, replace(CLAIMS, verified=None), "", "not verified"),
        (MESH, replace(CLAIMS, email="zoe@example.org"), "", "nobody here"),
        (MESH, replace(CLAIMS, email=""), "", "nobody here"),
        (MESH, replace(CLAIMS, email="twins@example.org"), "", "nobody here"),
        (MESH, replace(CLAIMS, subject="00u-mia", email="", verified=None), "mia", ""),
        (MESH, replace(CLAIMS, email="mia@example.org"), "", "nobody here"),
        (OPEN, replace(CLAIMS, email="zoe@example.org"), foreign(CLAIMS), ""),
        (OPEN, replace(CLAIMS, email="", verified=None), foreign(CLAIMS), ""),
        (OPEN, replace(CLAIMS, verified=False), "", "not verified"),
    ],
)
def test_whom_a_provider_speaks_of(mesh, claims, name, words):
    found, reasons = matched(mesh, claims)
    assert found == name
    assert [reason.code for reason in reasons] == (["E625"] if words else [])
    assert not words or words in reasons[0].sentence


def test_an_address_counts_unverified_only_where_the_mesh_says_so_and_never_when_denied():
    trusting = replace(MESH, sign_in=SignIn(oidc=replace(OIDC, trust_email=True)))
    assert matched(trusting, replace(CLAIMS, verified=None))[0] == "ana"
    assert matched(trusting, replace(CLAIMS, verified=False))[0] == ""


def test_who_only_the_provider_knows_keeps_one_id():
    assert foreign(CLAIMS) == foreign(replace(CLAIMS, name="Other", email="other@example.org"))
    assert foreign(CLAIMS) != foreign(replace(CLAIMS, subject="8"))
    assert foreign(CLAIMS).startswith("sso:")


def test_only_what_means_something_is_kept():
    given = replace(CLAIMS, groups=("sellers", "chess club"), verified=False)
    kept = vouched(MESH, Account(principal="ana"), given, NOW)
    assert (kept.subject, kept.groups, kept.email, kept.vouched_at) == (
        f"{ISSUER} 7", ("sellers",), "", NOW,
    )  # fmt: skip
    assert vouched(MESH, Account(principal="ana"), CLAIMS, NOW).email == "ana@example.org"
    assert vouched(replace(MESH, sign_in=SignIn()), kept, given, NOW).groups == ()


def test_an_account_belongs_to_one_identity():
    assert not tied_elsewhere(MESH, Account(principal="ana"), CLAIMS)
    assert not tied_elsewhere(MESH, account(), CLAIMS)
    assert tied_elsewhere(MESH, account(subject=f"{ISSUER} 6"), CLAIMS)
    assert not tied_elsewhere(MESH, account(subject="https://before.example 6"), CLAIMS)
    named = replace(CLAIMS, subject="00u-mia")
    assert not tied_elsewhere(MESH, account("mia", subject=f"{ISSUER} 6"), named)
