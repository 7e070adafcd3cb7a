"""Inherited: a mask follows the values of its column into everything that is made of them.

Guardrails that speak of tags alone need no help: tags travel, and the rule meets them where they
arrive. A rule that names tables or columns, and every rule of a domain, is looked up where the values
came from, and judged there: "the owning domain" is the one the values are of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.ground import ground
from agora.governance.masking import NULL
from agora.governance.matching import binds, touches
from agora.model.mesh import Mesh
from agora.model.onward import Origin
from agora.model.people import Principal
from agora.model.policy import MaskKind, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A mask that came along with a column, the domain its values are of, and whose rule it is."""

    rule: Policy
    domain: str
    owner: str


def follows(rule: Policy) -> bool:
    """True for a mask that is looked up where the values came from."""
    return rule.effect.mask is not None and placed(rule)


def placed(rule: Policy) -> bool:
    """True for a rule about tables of some place, where a guardrail over tags is about all of them."""
    target = rule.applies_to
    return bool(rule.domain or target.domains or target.ports or target.columns)


def following(
    mesh: Mesh, origins: Mapping[str, Sequence[Origin]]
) -> dict[str, tuple[Following, ...]]:
    """The masks that came along with each of these columns, whomever they bind, each once."""
    found = {name: tuple(dict.fromkeys(_along(mesh, came))) for name, came in origins.items()}
    return {name: masks for name, masks in found.items() if masks}


def binding(
    masks: Sequence[Following], readers: Sequence[Principal], purpose: str
) -> tuple[Policy, ...]:
    """Those of the rules that bind this reader."""
    return tuple(m.rule for m in masks if binds(m.rule, readers, purpose, m.domain))


def _along(mesh: Mesh, origins: Sequence[Origin]) -> Iterator[Following]:
    for origin in origins:
        here = ground(mesh, origin.port)
        labels = (here.promised or {}).get(origin.column, frozenset()).union(origin.labels)
        for rule in here.rules:
            # a tag nobody has defined could mean any column: this one, too
            undefined = set(rule.applies_to.tags) - here.tags
            if follows(rule) and touches(rule.applies_to, origin.column, labels | undefined):
                domain, owner = origin.port.port.domain, here.owners[rule.domain]
                yield Following(rule=_fitting(rule, origin), domain=domain, owner=owner)


def _fitting(rule: Policy, origin: Origin) -> Policy:
    """The first letters of what was made of a value may be the last of the value itself."""
    mask = rule.effect.mask
    if origin.whole or mask is None or mask.kind is not MaskKind.PARTIAL:
        return rule
    return replace(rule, effect=replace(rule.effect, mask=NULL))
