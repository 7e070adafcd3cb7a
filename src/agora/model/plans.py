"""Plans: what a release would change, and whom it would break, before anything runs."""

from dataclasses import dataclass
from enum import StrEnum

from agora.model.changes import Bump, Change, Dependent, Verdict
from agora.model.differences import Rehearsal
from agora.model.names import PortVersion, ProductName
from agora.model.reasons import Reason


class Standing(StrEnum):
    """Whether a product or a port is new, gone, different, or as it was."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortPlan:
    """What would change in the promise of one port version, and for whom.

    `dependents` are those the asker may know of, `hidden` counts the others. `waits` counts those
    who stand against it, and `reasons` say so of each the asker may know of. `bump` is what the new
    version number should tell. `unknown` means that the old words were not kept.
    """

    port: PortVersion
    standing: Standing
    before: str = ""
    after: str = ""
    bump: Bump | None = None
    changes: tuple[Change, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    hidden: int = 0
    reasons: tuple[Reason, ...] = ()
    waits: int = 0
    unknown: bool = False

    @property
    def breaking(self) -> bool:
        """True when somebody who relies on the old promise could not any more."""
        return any(change.breaks for change in self.changes) or self.standing is Standing.GONE

    @property
    def doubtful(self) -> bool:
        """True when a person has to look at a change."""
        return any(change.verdict is Verdict.UNDETERMINED for change in self.changes)

    @property
    def used(self) -> bool:
        """True when anybody depends on what changes."""
        return bool(self.dependents) or self.hidden > 0

    @property
    def cleared(self) -> bool:
        """True when everybody who was asked has consented."""
        asked = [each for each in self.dependents if each.asked]
        return bool(asked) and not self.waits


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPlan:
    """What would change in one product; `release` is the number it is compared with, 0 for none."""

    product: ProductName
    standing: Standing
    release: int = 0
    built_otherwise: bool = False
    ports: tuple[PortPlan, ...] = ()
    rehearsal: Rehearsal | None = None

    @property
    def blocked(self) -> bool:
        """True when it may not, or could not, be released like this."""
        failing = self.rehearsal is not None and self.rehearsal.blocks
        return failing or any(port.waits for port in self.ports)

    @property
    def breaking(self) -> bool:
        """True when a change breaks and not everybody who depends on it has consented."""
        return any(port.breaking and not port.cleared for port in self.ports)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Every product that differs from what is `against` (empty: its last release).

    `broken` are the products of the asker's whose files have errors, which nothing is told of.
    """

    against: str
    products: tuple[ProductPlan, ...]
    broken: tuple[str, ...] = ()
