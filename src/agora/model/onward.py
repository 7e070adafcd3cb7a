"""Onward use: what a product was given by other domains, and what it may be passed on for."""

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
