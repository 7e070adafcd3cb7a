"""Rights that come with a role in a domain, rather than from an agreement."""

from agora.model.mesh import Domain, Mesh
from agora.model.names import ProductName
from agora.model.people import Actor, Principal
from agora.model.reasons import Reason

OVERSEERS = frozenset({"governance-lead", "operator", "auditor"})


def may_run(mesh: Mesh, product: ProductName, principal: Principal) -> tuple[Reason, ...]:
    """Why this principal may not run a product; empty when they may.

    A domain's publishers and owners may, and the operator, who runs the platform for everybody.
    """
    domain = mesh.domain(product.domain)
    allowed = {*domain.publishers, *domain.owners} if domain else set()
    if principal.id in allowed or principal.id == mesh.operator:
        return ()
    names = ", ".join(f"`{name}`" for name in sorted(allowed)) or "nobody yet"
    return (
        Reason(
            code="E419",
            sentence=f"`{principal.id}` may not run `{product}`",
            rule=f"{product.domain}/publishers",
            owner=product.domain,
            hint=f"those who may are {names}",
        ),
    )


def oversees(mesh: Mesh, principal: Principal) -> bool:
    """True for the operator and for those whose role is to oversee the mesh."""
    return principal.id == mesh.operator or bool(OVERSEERS & set(principal.roles))


def answers_for(mesh: Mesh, principal: Principal, domain: str) -> bool:
    """True for the owners of a domain and for those who oversee the mesh."""
    found = mesh.domain(domain)
    return oversees(mesh, principal) or (found is not None and principal.id in found.owners)


def belongs(domain: Domain, principal: Principal) -> bool:
    """True for those who own or publish for the domain, or are of it."""
    return principal.id in (*domain.owners, *domain.publishers) or domain.id in principal.domains


def may_found(mesh: Mesh, who: Actor) -> tuple[Reason, ...]:
    """Why this person may not found a domain; empty for the operator and those who oversee.

    Whoever sits at the operator's terminal has the files in their hands, and may; an agent that acts
    for the operator sits at none.
    """
    behind = "" if who.principal.acts_for else who.operator
    at_the_terminal = bool(mesh.operator) and behind == mesh.operator
    if at_the_terminal or oversees(mesh, who.principal):
        return ()
    hint = f"ask `{mesh.operator}`" if mesh.operator else "name the `operator` in `agora.yaml`"
    return (
        Reason(
            code="E774",
            sentence=f"`{who.principal.id}` may not found a domain",
            rule="company/operator",
            owner="company",
            hint=hint,
        ),
    )
