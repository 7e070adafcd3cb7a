"""How people sign in, as `agora.yaml` says it."""

import json

import pytest

from agora.model.account import GroupRule, Oidc, SignIn
from agora.spec.mesh import read

PEOPLE = {"agora": 1, "kind": "people", "teams": [{"id": "sales"}]}
OIDC = {"issuer": "https://id.example.org", "client_id": "agora"}


def reading(people, persons=()):
    mesh = {"agora": 1, "kind": "mesh", "name": "m", "people": people}
    directory = {**PEOPLE, "people": list(persons)}
    texts = {"agora.yaml": json.dumps(mesh), "people.yaml": json.dumps(directory)}
    return read({name: text.encode() for name, text in texts.items()}, {})


def test_without_a_word_people_have_passwords():
    assert reading({}).mesh.sign_in == SignIn()
    assert reading({"passwords": False}).mesh.sign_in == SignIn(passwords=False)


def test_a_provider_is_read_whole():
    groups = [{"group": "Sellers", "teams": ["sales"], "roles": ["owner"]}, {"group": "x"}]
    more = {
        "client_secret": "${env:OIDC_SECRET}", "groups_claim": "roles", "groups": groups,
        "provision": True, "trust_email": True,
    }  # fmt: skip
    assert reading({"oidc": {**OIDC, **more}}).mesh.sign_in.oidc == Oidc(
        issuer="https://id.example.org",
        client_id="agora",
        client_secret="${env:OIDC_SECRET}",
        groups_claim="roles",
        groups=(
            GroupRule(group="Sellers", teams=("sales",), roles=("owner",)),
            GroupRule(group="x"),
        ),
        provision=True,
        trust_email=True,
    )
    assert reading({"oidc": OIDC}).mesh.sign_in.oidc == Oidc(**OIDC)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"client_secret": "typed in clear"}, "E110"),
        ({"issuer": "id.example.org"}, "E110"),
        ({"groups": [{"teams": ["sales"]}]}, "E112"),
        ({"groups": [{"group": "x", "teams": ["nobody"]}]}, "E125"),
        ({"secret": "x"}, "E111"),
    ],
)
def test_what_means_nothing_is_found(change, code):
    found = reading({"oidc": {**OIDC, **change}})
    assert [finding.code for finding in found.findings if finding.file == "agora.yaml"] == [code]
    assert found.mesh is None


def test_the_directory_may_name_the_subject_of_a_person():
    found = reading({}, [{"id": "ana", "subject": "00u1"}, {"id": "mia"}])
    assert [p.subject for p in found.mesh.principals] == ["00u1", ""]
