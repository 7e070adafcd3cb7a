"""Drafts: products that are being made, before anything of them is written."""

from dataclasses import dataclass

from agora.model.names import PortVersion, ProductName
from agora.model.product import SourceSpec
from agora.model.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumn:
    """A column a draft promises: `origin` is its name in what it is read from, where that differs.

    `tags` are those it bears, `key` whether it is part of what tells one row from another.
    """

    name: str
    type: Type
    origin: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """A port the draft reads under the SQL name `alias`; `contract` is the id of its promise."""

    alias: str
    port: PortVersion
    contract: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A product with one table and one step, made of inputs for a purpose or of one source."""

    name: ProductName
    title: str
    summary: str
    row: str = ""
    terms: str = ""
    columns: tuple[DraftColumn, ...]
    step: str
    inputs: tuple[DraftInput, ...] = ()
    purpose: str = ""
    source: SourceSpec | None = None
