"""The need for sources: raw rows of one kind, turned into Parquet without guessing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agora.model.product import SourceSpec
from agora.model.release import SourcePin


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something a source offers, as a local file: what it is called there, and its watermark.

    `version` is what its place calls this state of it, so that an unchanged one is not fetched again.
    """

    path: str
    origin: str = ""
    mark: str = ""
    version: str = ""


class Hidden(Protocol):
    """A value that shows itself only to whoever asks for it by name, and never prints."""

    def reveal(self) -> str:
        """The value itself."""
        ...


class Source(Protocol):
    """One kind of source (CSV, Parquet, JSON, sheet, package data, database …)."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        """What is wrong with the options of this source, as sentences; empty when nothing is."""
        ...

    def offered(
        self, spec: SourceSpec, folder: str, scratch: str, known: Sequence[SourcePin]
    ) -> tuple[Delivery, ...]:
        """What the source holds now, before it is landed, oldest first.

        Files are named where they lie in the product's `folder`; what comes from elsewhere is
        written below `scratch`. `known` is what earlier runs landed: a source with a watermark
        offers only what lies behind the last mark. Raises Unavailable when it is not there,
        Invalid when a path leaves the product's folder.
        """
        ...

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        """Parquet files with a delivery's rows, in `folder` or the landed file itself; streams.

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
