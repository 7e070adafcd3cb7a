"""Drift: how the columns of a delivery differ from those of the one before it."""

from dataclasses import dataclass
from enum import StrEnum


class Difference(StrEnum):
    """How a column differs: gone, new, of a type that fits both ways, or of another type."""

    MISSING = "missing"
    NEW = "new"
    FITTING = "fitting"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One column of one delivery that is not as it was; `readers` are the columns made from it.

    `before` and `now` are SQL types, empty where there was or is none.
    """

    source: str
    delivery: str
    column: str
    how: Difference
    before: str = ""
    now: str = ""
    readers: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """True when what is made from the column would be lost or changed without a word."""
        return self.how in (Difference.MISSING, Difference.CHANGED) and bool(self.readers)

    @property
    def sentence(self) -> str:
        """What is different, in words."""
        where = f"in `{self.delivery}`" if self.delivery else "now"
        read = ", ".join(f"`{reader}`" for reader in self.readers[:5])
        used = f"{read} is made from it" if read else "nothing is made from it"
        match self.how:
            case Difference.MISSING:
                return f"the column `{self.column}` is missing {where}; {used}"
            case Difference.NEW:
                return (
                    f"the column `{self.column}` ({self.now}) is new {where}; "
                    "it is kept out until a step names it"
                )
            case Difference.FITTING:
                return (
                    f"the column `{self.column}` is {self.now} instead of {self.before} {where}; "
                    "every value fits"
                )
        return f"the column `{self.column}` is {self.now} instead of {self.before} {where}; {used}"
