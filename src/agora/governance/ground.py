"""Ground: what a mesh says about one port version, gathered once for many decisions."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agora.governance.lifecycle import Life, life
from agora.governance.matching import rules_for
from agora.model.documents import to_document
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.policy import Policy

GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The rules that could concern a port version, and the words they may use.

    `promised` is None when the mesh has no such port, else its columns with their labels; `life`
    says whether the version still answers.
    """

    rules: tuple[Policy, ...]
    owners: Mapping[str, str]
    purposes: frozenset[str]
    tags: frozenset[str]
    promised: Mapping[str, frozenset[str]] | None
    life: Life | None
    digest: str


class _Whole:
    """A mesh as the very same object: comparing two by content would cost more than it saves."""

    __slots__ = ("mesh",)

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh

    def __hash__(self) -> int:
        return id(self.mesh)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and other.mesh is self.mesh


def ground(mesh: Mesh, version: PortVersion) -> Ground:
    """What this mesh says about this port version."""
    return _gathered(_Whole(mesh), version)


@lru_cache(maxsize=512)
def _gathered(whole: _Whole, version: PortVersion) -> Ground:
    mesh = whole.mesh
    rules = rules_for(mesh, version.port)
    port = mesh.port(version)
    text = json.dumps(sorted(canonical(rule) for rule in rules))
    return Ground(
        rules=rules,
        owners={rule.domain: _owner(mesh, rule) for rule in rules},
        purposes=frozenset(purpose.id for purpose in mesh.purposes),
        tags=frozenset(tag.id for tag in mesh.tags),
        promised={c.name: c.labels for c in port.contract.columns} if port else None,
        life=life(mesh, version),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def canonical(noun: object) -> str:
    """The one text of a noun, whatever order it was read in."""
    return json.dumps(to_document(noun), sort_keys=True, separators=(",", ":"))


def _owner(mesh: Mesh, policy: Policy) -> str:
    domain = mesh.domain(policy.domain)
    return (domain.team or domain.id) if domain else policy.domain or GOVERNANCE
