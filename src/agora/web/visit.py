"""A visit: one request to a page, read before anything is done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import ImmutableMultiDict, UploadFile
from starlette.requests import Request

from agora.model.errors import Unusable
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.site import Site

Form = ImmutableMultiDict[str, Any]
LONGEST = 20
"""Digits of a number that is read at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who came, and what they asked for: path, query and form are as they were sent.

    `part` is true when only the part of the page that changed is wanted (htmx).
    """

    site: Site
    house: House
    who: Actor
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    csrf: str
    part: bool
    request: Request = field(repr=False)

    def text(self, name: str) -> str:
        """One field of the form, without space around it; empty when it is not there."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may stand several times."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str) and value)

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file with a name, or None."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None


def own_path(text: str) -> str:
    """A path of this site to go on to; home for anything that leads elsewhere."""
    parts = urlsplit(text)
    ours = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    return text if ours and not parts.scheme and not parts.netloc and text.isprintable() else "/"


def whole(text: str, name: str, *, least: int = 0, most: int = 1 << 31) -> int:
    """A whole number somebody sent, 0 for none; raises Unusable."""
    if not text:
        return max(least, 0)
    short = text.isascii() and text.isdigit() and len(text) <= LONGEST
    if not short or not least <= int(text) <= most:
        raise Unusable(f"`{name}` is no number from {least} to {most}", code="E712")
    return int(text)
