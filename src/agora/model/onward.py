"""Onward: what a product was given by other tables, and what holds of it wherever it ends up."""

from dataclasses import dataclass

from agora.model.names import PortVersion, ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A table another domain gave a product for one purpose, and those it may be passed `onward` for.

    Where it is unknown what it was given for, `purpose` is empty, and it may be used for nothing.
    `listed` says whether everybody may know of the table.
    """

    port: PortVersion
    to: ProductName
    purpose: str
    onward: tuple[str, ...] = ()
    agreement: str = ""
    listed: bool = True

    @property
    def purposes(self) -> frozenset[str]:
        """Everything it may be used for, wherever it ends up."""
        return frozenset({self.purpose, *self.onward} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A column of another table whose values a released column tells of, from that table's edition.

    `labels` are those it was released with; `whole` says that its values came along unchanged.
    """

    port: PortVersion
    column: str
    labels: tuple[str, ...] = ()
    whole: bool = False
