"""Rights that come with a role in a domain, rather than from an agreement."""

from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.people import Principal
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


def may_read_ledger(mesh: Mesh, principal: Principal) -> bool:
    """True for the operator and for those whose role is to oversee the mesh."""
    return principal.id == mesh.operator or bool(OVERSEERS & set(principal.roles))
