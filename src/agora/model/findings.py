"""Findings: what is wrong in a text somebody wrote, where, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """How much a finding matters: errors stop, warnings are shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem: file (relative to the mesh folder), 1-based line and column, code, sentence, hint."""

    file: str
    line: int
    column: int
    code: str
    sentence: str
    hint: str = ""
    weight: Weight = Weight.ERROR

    @property
    def place(self) -> str:
        """`file:line:column`, as editors understand it."""
        return f"{self.file}:{self.line}:{self.column}"
