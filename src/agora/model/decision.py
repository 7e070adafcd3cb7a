"""Decisions: what one reader may see of one port version, and why."""

from dataclasses import dataclass, field
from datetime import datetime

from agora.model.expressions import Expression
from agora.model.names import PortVersion
from agora.model.policy import Mask, MaskKind
from agora.model.reasons import Reason
from agora.model.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """How one column is seen; `reasons` name every rule that masks it."""

    name: str
    type: Type
    mask: Mask = field(default_factory=Mask)
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRule:
    """A condition on rows with the rule it came from; holds no attributes any more."""

    condition: Expression
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Allow or deny, with row rules, masks, reasons, and the hash of the rules it was made from.

    `notices` are what an allowed reader is told besides, such as the last day of the version.
    `physical` says that what is hidden may not be in any file this reader's engine reaches.
    """

    allowed: bool
    port: PortVersion
    principal: str
    purpose: str = ""
    columns: tuple[ColumnView, ...] = ()
    rows: tuple[RowRule, ...] = ()
    reasons: tuple[Reason, ...] = ()
    notices: tuple[Reason, ...] = ()
    agreement: str = ""
    expires: datetime | None = None
    policy_hash: str = ""
    physical: bool = False

    @property
    def hides_nothing(self) -> bool:
        """True when this reader sees every row and every value."""
        clear = all(column.mask.kind is MaskKind.CLEAR for column in self.columns)
        return self.allowed and clear and not self.rows

    @property
    def visible(self) -> tuple[ColumnView, ...]:
        """The columns that exist for this reader."""
        return tuple(c for c in self.columns if c.mask.kind is not MaskKind.HIDDEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """What a decision becomes for an engine: the columns and their masks, and one row condition.

    `rows` is None when every row is seen. `barrier` is True unless nothing at all is hidden.
    """

    columns: tuple[ColumnView, ...] = field(default=())
    rows: Expression | None = None
    barrier: bool = True
