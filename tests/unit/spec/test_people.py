"""Who can ask: people, services and agents as `people.yaml` names them."""

import json

import pytest

from agora.model.mesh import Domain
from agora.model.people import PrincipalKind
from agora.spec.people import in_domains, principals, teams
from agora.spec.texts import read


def people(**more):
    document = {"agora": 1, "kind": "people", "teams": [{"id": "sales", "title": "Sales"}], **more}
    return read("people.yaml", json.dumps(document).encode(), {})


def test_everybody_is_known_by_an_id_of_their_kind():
    text = people(
        people=[
            {
                "id": "ana",
                "name": "Ana",
                "email": "a@x.example",
                "teams": ["sales"],
                "roles": ["analyst"],
            }
        ],
        services=[{"id": "bi", "teams": ["sales"], "roles": ["reporting"]}],
        agents=[{"id": "aria", "acts_for": "ana"}],
    )
    ana, bi, aria = principals(text)
    assert text.findings == []
    assert [p.id for p in (ana, bi, aria)] == ["ana", "service:bi", "agent:aria"]
    assert [p.kind for p in (ana, bi, aria)] == list(PrincipalKind)
    assert (ana.name, ana.email, bi.name) == ("Ana", "a@x.example", "bi")
    assert teams(text)[0].title == "Sales"


def test_attributes_are_lists_of_texts():
    text = people(
        people=[
            {"id": "ana", "attributes": {"stores": ["330", 367], "region": "north", "level": 3}}
        ]
    )
    ana = principals(text)[0]
    assert ana.attribute("stores") == ("330", "367")
    assert ana.attribute("region") == ("north",)
    assert ana.attribute("level") == ("3",)
    assert ana.attribute("none") is None


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ([], ()),
        (["analyst"], ("analyst",)),
        (["operator"], ()),
        (["analyst", "operator"], ("analyst",)),
    ],
)
def test_an_agent_is_never_wider_than_its_person(wanted, given):
    person = {
        "id": "ana",
        "teams": ["sales"],
        "roles": ["analyst"],
        "attributes": {"region": "north"},
    }
    text = people(people=[person], agents=[{"id": "aria", "acts_for": "ana", "roles": wanted}])
    ana, aria = principals(text)
    assert aria.roles == given
    assert (aria.teams, aria.attributes, aria.acts_for) == (ana.teams, ana.attributes, "ana")


def test_an_agent_of_a_service_is_nobodys():
    text = people(services=[{"id": "bi"}], agents=[{"id": "aria", "acts_for": "bi"}])
    assert [p.id for p in principals(text)] == ["service:bi"]
    assert [f.code for f in text.findings] == ["E125"]


def test_the_domains_of_a_person_are_those_of_their_teams():
    text = people(people=[{"id": "ana", "teams": ["sales"]}, {"id": "mia"}])
    areas = [
        Domain(id="shops", team="sales"),
        Domain(id="web", team="sales"),
        Domain(id="press", team="press"),
    ]
    ana, mia = in_domains(principals(text), areas)
    assert (ana.domains, mia.domains) == (("shops", "web"), ())


def test_a_domain_without_a_team_is_nobodys():
    text = people(people=[{"id": "ana", "teams": []}])
    assert in_domains(principals(text), [Domain(id="shops")])[0].domains == ()


@pytest.mark.parametrize("teams_given", [None, 5, "sales", {"id": "sales"}, [5, {"title": "x"}]])
def test_teams_in_a_wrong_shape_are_none(teams_given):
    assert teams(people(teams=teams_given)) == ()
