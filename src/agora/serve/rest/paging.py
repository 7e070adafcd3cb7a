"""Paging: a page of many, and an opaque cursor to the next."""

import base64
import binascii
from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Any

from fastapi import Depends, Query

from agora.model.errors import Unusable
from agora.serve.rest.wire import wired

MOST = 200
_FURTHEST = 10**9


class Asked:
    """Which page: `start` is how many lie before it."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many at most.")] = 50,
        cursor: Annotated[
            str, Query(max_length=40, description="`next` of the page before this one.")
        ] = "",
    ) -> None:
        """Read the cursor. Raises Unusable when it is none of ours."""
        self.limit, self.start = limit, _place(cursor)

    def page(self, found: Iterable[object]) -> dict[str, Any]:
        """The page that was asked for, of everything there is."""
        items = list(islice(found, self.start, self.start + self.limit + 1))
        return self.of(items[: self.limit], more=len(items) > self.limit)

    def of(self, items: Iterable[object], *, more: bool) -> dict[str, Any]:
        """These as the page that was asked for."""
        after = self.start + self.limit
        return {
            "items": [wired(each) for each in items],
            "next": cursor_to(after) if more else None,
        }


def cursor_to(place: int) -> str:
    """The cursor of the page that begins there."""
    return base64.urlsafe_b64encode(f"p{place}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode("ascii")
        place = int(text[1:]) if text[:1] == "p" and text[1:].isdecimal() else -1
    except (ValueError, binascii.Error):
        place = -1
    if not 0 <= place <= _FURTHEST:
        raise Unusable(
            "this is no cursor", code="E713", hint="take `next` of an earlier page as it is"
        )
    return place


Paged = Annotated[Asked, Depends()]
