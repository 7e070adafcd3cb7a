"""Drafts: products that are being made, before anything of them is written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """A column of a file somebody brings: its name there, what it will be called and hold.

    `hint` says why it may be about people; `tag` is what its maker says it bears, and `reason` why
    it is not about people although it looks like it.
    """

    origin: str
    name: str
    type: Type
    description: str = ""
    tag: str = ""
    key: bool = False
    hint: str = ""
    reason: str = ""


class DraftStep(StrEnum):
    """What is to be done next to a file on its way to becoming a product."""

    COLUMNS = "columns"
    LABEL = "label"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDraft:
    """A file on its way to becoming a product: one for each person, kept until it is made.

    `aside` is where its bytes lie, `rows` how many there are, `delimiter` what stands between the
    values and `encoding` which letters its bytes are, where that is not what is usual; words that
    are not said yet are empty.
    It goes on with `step`.
    """

    owner: str
    file: str
    kind: str
    aside: str
    columns: tuple[SheetColumn, ...]
    rows: int
    title: str = ""
    summary: str = ""
    domain: str = ""
    product: str = ""
    row: str = ""
    terms: str = ""
    step: DraftStep = DraftStep.COLUMNS
    changed_at: datetime
    delimiter: str = ""
    encoding: str = ""
