"""People, teams, services and agents from `people.yaml`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agora.model.account import GroupRule, Oidc, SignIn
from agora.model.mesh import Domain
from agora.model.people import Principal, PrincipalKind, Team
from agora.spec.shape import check_own
from agora.spec.texts import Text, texts


def teams(text: Text) -> tuple[Team, ...]:
    """Every team of the file."""
    listed = text.get("teams") if isinstance(text.get("teams"), list) else ()
    given = [node for node in listed if isinstance(node, dict) and "id" in node]
    return tuple(Team(id=str(node["id"]), title=str(node.get("title") or "")) for node in given)


def principals(text: Text) -> tuple[Principal, ...]:
    """Everybody of the file; ids and teams are checked, agents stay within their person."""
    if not check_own(text, "people"):
        return ()
    known = {team.id for team in teams(text)}
    people = [*_people(text, known), *_services(text, known)]
    found = [*people, *_agents(text, people)]
    _no_twins(text)
    return tuple(found)


def sign_in(text: Text, known: Sequence[Team]) -> SignIn:
    """How people sign in, as `agora.yaml` says; teams that nobody knows are noted."""
    passwords = text.get("people", "passwords") is not False
    node = text.get("people", "oidc")
    if not isinstance(node, dict):
        return SignIn(passwords=passwords)
    rules = node.get("groups") or ()
    for place, rule in enumerate(rules):
        path = ("people", "oidc", "groups", place)
        _teams_known(text, path, rule, {team.id for team in known})
    oidc = Oidc(
        issuer=node["issuer"],
        client_id=node["client_id"],
        client_secret=str(node.get("client_secret") or ""),
        groups_claim=str(node.get("groups_claim") or "groups"),
        groups=tuple(
            GroupRule(
                group=rule["group"],
                teams=texts(rule.get("teams")),
                roles=texts(rule.get("roles")),
            )
            for rule in rules
        ),
        provision=node.get("provision") is True,
        trust_email=node.get("trust_email") is True,
    )
    return SignIn(passwords=passwords, oidc=oidc)


def in_domains(found: Sequence[Principal], domains: Sequence[Domain]) -> tuple[Principal, ...]:
    """Everybody with the domains their teams own."""
    return tuple(
        replace(each, domains=tuple(d.id for d in domains if d.team in each.teams))
        for each in found
    )


def _people(text: Text, known: set[str]) -> Iterator[Principal]:
    for place, node in enumerate(text.get("people") or ()):
        _teams_known(text, ("people", place), node, known)
        yield Principal(
            id=node["id"],
            kind=PrincipalKind.PERSON,
            name=str(node.get("name") or node["id"]),
            email=str(node.get("email") or ""),
            teams=texts(node.get("teams")),
            roles=texts(node.get("roles")),
            attributes=_attributes(node),
            subject=str(node.get("subject") or ""),
        )


def _services(text: Text, known: set[str]) -> Iterator[Principal]:
    for place, node in enumerate(text.get("services") or ()):
        _teams_known(text, ("services", place), node, known)
        yield Principal(
            id=f"service:{node['id']}",
            kind=PrincipalKind.SERVICE,
            name=str(node.get("name") or node["id"]),
            teams=texts(node.get("teams")),
            roles=texts(node.get("roles")),
            attributes=_attributes(node),
        )


def _agents(text: Text, people: Sequence[Principal]) -> Iterator[Principal]:
    by_id = {person.id: person for person in people}
    for place, node in enumerate(text.get("agents") or ()):
        person = by_id.get(node["acts_for"])
        if person is None:
            text.report(
                "E125", ("agents", place, "acts_for"), f"there is no person `{node['acts_for']}`"
            )
            continue
        yield Principal(
            id=f"agent:{node['id']}",
            kind=PrincipalKind.AGENT,
            name=str(node.get("name") or node["id"]),
            teams=person.teams,
            roles=tuple(role for role in texts(node.get("roles")) if role in person.roles),
            attributes=person.attributes,
            acts_for=person.id,
        )


def _attributes(node: dict[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    given = node.get("attributes") or {}
    return tuple(
        (name, texts(value) if isinstance(value, list) else (str(value),))
        for name, value in given.items()
    )


def _teams_known(
    text: Text, path: tuple[str | int, ...], node: dict[str, Any], known: set[str]
) -> None:
    for place, team in enumerate(node.get("teams") or ()):
        if team not in known:
            text.report("E125", (*path, "teams", place), f"there is no team `{team}`")


def _no_twins(text: Text) -> None:
    for kind in ("teams", "people", "services", "agents"):
        seen: set[str] = set()
        for place, node in enumerate(text.get(kind) or ()):
            if node["id"] in seen:
                text.report(
                    "E124", (kind, place, "id"), f"`{node['id']}` stands twice under `{kind}`"
                )
            seen.add(node["id"])
