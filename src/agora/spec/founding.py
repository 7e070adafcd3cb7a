"""Founding: a domain that is not there yet, in the texts of its folder and of the mesh."""

from collections.abc import Mapping
from dataclasses import dataclass

from agora.model.errors import Missing
from agora.model.names import ProductName
from agora.model.people import Principal
from agora.spec import scaffold
from agora.spec.editing import append


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """The files of a new domain, and `agora.yaml` with the domain in its list."""

    files: Mapping[str, bytes]
    listing: bytes


def founded(listing: bytes, first: ProductName, owner: Principal) -> Founded:
    """The domain of its first product, owned by the owner's team; `listing` is today's `agora.yaml`.

    Raises Missing when the owner is in no team.
    """
    if not owner.teams:
        raise Missing(
            f"`{owner.id}` is in no team that could own `{first.domain}`",
            code="E016",
            hint="add a team in `people.yaml`",
        )
    texts = scaffold.domain(first.domain, owner.teams[0], owner.id)
    longer = append(listing.decode(), ("domains",), first.domain)
    return Founded(
        files={path: text.replace(b"PORT", str(first).encode()) for path, text in texts.items()},
        listing=longer.encode(),
    )
