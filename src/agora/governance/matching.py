"""Matching: whom a rule binds and what it applies to."""

from collections.abc import Iterable

from agora.model.mesh import Mesh
from agora.model.names import PortName
from agora.model.people import Principal
from agora.model.policy import Policy, Target, Who


def binds(policy: Policy, principal: Principal, purpose: str, domain: str) -> bool:
    """True when the rule is about this reader and no `unless` spares them."""
    spared = any(selects(who, principal, purpose, domain) for who in policy.unless)
    return selects(policy.who, principal, purpose, domain) and not spared


def selects(who: Who, principal: Principal, purpose: str, domain: str) -> bool:
    """True when every field that is given fits this reader; `domain` owns the port in question."""
    fields = (
        (who.people, (principal.id,)),
        (who.teams, principal.teams),
        (who.roles, principal.roles),
        (who.kinds, (principal.kind.value,)),
        (who.purposes, (purpose,)),
    )
    if not all(not wanted or set(wanted) & set(has) for wanted, has in fields):
        return False
    return who.owning_domain is None or who.owning_domain == (domain in principal.domains)


def applies(target: Target, domain: str, port: PortName) -> bool:
    """True when the rule is about this port; a product's name means all of its ports."""
    named = {str(port), str(port.of)}
    return (not target.domains or domain in target.domains) and (
        not target.ports or bool(named & set(target.ports))
    )


def touches(target: Target, column: str, labels: Iterable[str]) -> bool:
    """True when the rule is about this column: by its name, or by one of its labels."""
    return (not target.columns or column in target.columns) and (
        not target.tags or bool(set(target.tags) & set(labels))
    )


def rules_for(mesh: Mesh, port: PortName) -> tuple[Policy, ...]:
    """Every rule that could concern a port: all guardrails and its own domain's policies."""
    return tuple(
        policy
        for policy in mesh.policies
        if policy.domain in ("", port.domain) and applies(policy.applies_to, port.domain, port)
    )
