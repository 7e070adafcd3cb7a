"""Saved queries: texts people keep and share; the rows are always those of whoever runs one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Audience(StrEnum):
    """Whom something is shared with: nobody, those who are named, or whoever may read its tables."""

    NOBODY = "nobody"
    NAMED = "named"
    READERS = "readers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Who owns something, who sees it and who may change its words; a team is `team:<id>`.

    Sharing shares words, never rows. Editors see what they edit.
    """

    owner: str
    audience: Audience = Audience.NOBODY
    named: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, owner: str, audience: Audience, named: Iterable[str], editors: Iterable[str]
    ) -> "Sharing":
        """Each name once, and names only where it is shared with names."""
        kept = tuple(dict.fromkeys(named)) if audience is Audience.NAMED else ()
        return cls(
            owner=owner, audience=audience, named=kept, editors=tuple(dict.fromkeys(editors))
        )


class ParameterKind(StrEnum):
    """What a parameter's value may be."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A value that is asked for each time, written `$name` in the text; without default it is needed."""

    name: str
    kind: ParameterKind = ParameterKind.TEXT
    title: str = ""
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """A query somebody keeps; `tables` are those it reads, by SQL name in lower case.

    `removed_at` is set when its owner took it away: from then on it answers like one that never was.
    """

    id: str
    title: str
    sql: str
    sharing: Sharing
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    purpose: str = ""
    tables: tuple[str, ...] = ()
    created_at: datetime
    changed_at: datetime
    changed_by: str
    removed_at: datetime | None = None

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((each for each in self.parameters if each.name == name), None)
