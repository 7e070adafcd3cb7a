"""Verifying: a release is built again from its pins, and compared row for row."""

from dataclasses import dataclass

from agora.model.names import PortVersion, ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildText:
    """The exact words of a build under their hash: `build.yaml` as JSON, and each step's file."""

    product: ProductName
    hash: str
    folder: str
    build: str
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """How the rows of a port differ: counts only, `columns` with how many of their values differ.

    `missing` rows were released and are not built again, `extra` ones the other way round.
    """

    port: PortVersion
    released: int
    rebuilt: int
    missing: int
    extra: int
    columns: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Whether a release is built again from its pins, row for row.

    `differences` say what is not as it was pinned and `ports` how rows differ; `rows` counts those
    that were compared. `notes` are what has changed since and made no difference.
    """

    product: ProductName
    release: int
    holds: bool
    rows: int = 0
    differences: tuple[str, ...] = ()
    ports: tuple[Mismatch, ...] = ()
    notes: tuple[str, ...] = ()
