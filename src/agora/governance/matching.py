"""Matching: whom a rule binds and what it applies to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from agora.model.mesh import Mesh
from agora.model.names import PortName
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Policy, Target, Who


def voices(mesh: Mesh, principal: Principal) -> tuple[Principal, ...]:
    """Everybody a decision is made for: a reader alone, or an agent with its person.

    An agent counts three times: as its person, as an agent bearing the person's name, and as
    itself, so that a rule about any of them is heard. Empty when an agent acts for nobody.
    """
    if principal.kind is not PrincipalKind.AGENT:
        return (principal,)
    person = mesh.principal(principal.acts_for)
    if person is None or person.kind is PrincipalKind.AGENT:
        return ()
    return (person, replace(principal, id=person.id), principal)


def binds(policy: Policy, readers: Sequence[Principal], purpose: str, domain: str) -> bool:
    """True when the rule narrows for one of these voices and no `unless` spares that one."""
    return any(
        selects(policy.who, reader, purpose, domain)
        and not any(selects(who, reader, purpose, domain) for who in policy.unless)
        for reader in readers
    )


def permits(policy: Policy, readers: Sequence[Principal], purpose: str, domain: str) -> bool:
    """True when the owning domain's rule opens whole ports to the person and spares no voice.

    Whom it names, it names with their agents; `unless: {kinds: [agent]}` leaves those out.
    """
    target = policy.applies_to
    if not policy.effect.permit or policy.domain != domain or target.columns or target.tags:
        return False
    if not policy.who.names_somebody or not selects(policy.who, readers[0], purpose, domain):
        return False
    return not any(selects(w, r, purpose, domain) for w in policy.unless for r in readers)


def selects(who: Who, principal: Principal, purpose: str, domain: str) -> bool:
    """True when every field that is given fits this reader; `domain` owns the port in question."""
    if who.people and principal.id not in who.people:
        return False
    if who.kinds and principal.kind.value not in who.kinds:
        return False
    if who.purposes and purpose not in who.purposes:
        return False
    if not (_meets(who.teams, principal.teams) and _meets(who.roles, principal.roles)):
        return False
    return who.owning_domain is None or who.owning_domain == (domain in principal.domains)


def _meets(wanted: tuple[str, ...], has: tuple[str, ...]) -> bool:
    return not wanted or any(each in wanted for each in has)


def applies(target: Target, domain: str, port: PortName) -> bool:
    """True when the rule is about this port; a product's name means all of its ports."""
    named = {str(port), str(port.of)}
    return (not target.domains or domain in target.domains) and (
        not target.ports or bool(named & set(target.ports))
    )


def told(policy: Policy, known: Collection[str]) -> Policy | None:
    """The rule without the tables whose names may not be `known`; None when it is about those alone."""
    target = policy.applies_to
    ports = tuple(name for name in target.ports if name in known)
    if ports == target.ports:
        return policy
    return replace(policy, applies_to=replace(target, ports=ports)) if ports else None


def touches(target: Target, column: str, labels: Collection[str]) -> bool:
    """True when the rule is about this column: by its name and by one of its labels."""
    return (not target.columns or column in target.columns) and (
        not target.tags or any(tag in labels for tag in target.tags)
    )


def concerns(target: Target, columns: Iterable[tuple[str, Collection[str]]]) -> bool:
    """True when a rule about whole tables is about one with these columns and labels."""
    if not target.columns and not target.tags:
        return True
    return any(touches(target, name, labels) for name, labels in columns)


def rules_for(mesh: Mesh, port: PortName) -> tuple[Policy, ...]:
    """Every rule that could concern a port: all guardrails and its own domain's policies."""
    return tuple(
        policy
        for policy in mesh.policies
        if policy.domain in ("", port.domain) and applies(policy.applies_to, port.domain, port)
    )
