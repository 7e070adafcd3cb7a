"""Drafts: what somebody else's file says of one table, nearly a contract of this mesh."""

from dataclasses import dataclass, field, replace
from typing import Any

from agora.model.findings import Finding, Weight

NOT_CARRIED = "E047"
UNREADABLE = "E042"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One table: `text` is an ODCS contract to adopt letter for letter, else `node` is one to write.

    `node` holds the contract's keys behind `version`; `table` is the name in the file.
    """

    table: str
    text: str = ""
    node: dict[str, Any] = field(default_factory=dict)
    version: str = "1.0.0"
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything a file says: its tables, the text of a product where it is one, and what is lost.

    A finding that is an error means that the file cannot be imported at all.
    """

    drafts: tuple[Draft, ...] = ()
    product: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def usable(self) -> bool:
        """True when nothing keeps the file from being imported."""
        return all(finding.weight is not Weight.ERROR for finding in self.findings)

    def joined(self, other: "Found") -> "Found":
        """What this file and another one say together."""
        return replace(
            self,
            drafts=(*self.drafts, *other.drafts),
            product=self.product or other.product,
            findings=(*self.findings, *other.findings),
        )


class Notes:
    """What is to be said of a file while it is read."""

    def __init__(self, file: str) -> None:
        """Nothing is said yet."""
        self.file = file
        self.findings: list[Finding] = []

    def lost(self, sentence: str, *, line: int = 1, column: int = 1, hint: str = "") -> None:
        """Say that a part of the file is not carried over."""
        self._note(NOT_CARRIED, sentence, line, column, hint, Weight.WARNING)

    def wrong(self, sentence: str, *, line: int = 1, column: int = 1, hint: str = "") -> None:
        """Say why the file cannot be imported."""
        self._note(UNREADABLE, sentence, line, column, hint, Weight.ERROR)

    @property
    def grave(self) -> bool:
        """True when something that was said keeps the file from being imported."""
        return any(finding.weight is Weight.ERROR for finding in self.findings)

    def _note(
        self, code: str, sentence: str, line: int, column: int, hint: str, weight: Weight
    ) -> None:
        self.findings.append(
            Finding(
                file=self.file,
                line=max(line, 1),
                column=max(column, 1),
                code=code,
                sentence=sentence,
                hint=hint or "what the file says stays in the file",
                weight=weight,
            )
        )
