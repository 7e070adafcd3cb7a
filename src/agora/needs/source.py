"""The need for sources: raw rows of one kind of file, turned into Parquet without guessing."""

from typing import Protocol

from agora.model.product import SourceSpec


class Source(Protocol):
    """One kind of source (CSV, Parquet, JSON, sheet, package data …)."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        """What is wrong with the options of this source, as sentences; empty when nothing is."""
        ...

    def locate(self, spec: SourceSpec, folder: str) -> str:
        """The file this source reads, before it is landed.

        Raises Unavailable when it is not there, Invalid when the path leaves the product's folder.
        """
        ...

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        """Parquet files with the source's rows, in `folder` or the landed file itself; streams.

        Raises Invalid with the place (row, cell) when the file does not hold what is declared.
        """
        ...


class Sources(Protocol):
    """Finds the source of a kind; a missing extra is answered with the exact install line."""

    def pick(self, kind: str) -> Source:
        """The source of that kind; raises Missing with the kinds there are."""
        ...

    def kinds(self) -> tuple[str, ...]:
        """Every kind that can be picked."""
        ...
