"""Framing: an answer that streams, as frames: what is known of it, its pieces, and how it ended."""

import json
from collections.abc import Iterator
from typing import Any

from agora.model import frames
from agora.model import verbs as words
from agora.model.documents import to_document
from agora.model.errors import AgoraError
from agora.needs.outlet import Export, Outlets, Piece, Pieces

ROWS = "arrow"


class Frames:
    """The bytes of an answer in frames; whoever opened them closes them.

    The first piece is made at once: what goes wrong before it is an error and no answer.
    """

    def __init__(self, outlets: Outlets, verb: words.Verb, answer: Any) -> None:
        """Make the first piece. Raises what the answer raises."""
        self._source: Any = answer
        self._leaving: Pieces | None = answer.pieces if isinstance(answer, Export) else None
        if words.items_of(verb) is None:
            field = words.stream_of(verb)
            self._source = getattr(answer, field) if field else answer
        self._head = json.dumps(None if words.items_of(verb) else words.told(verb, answer)).encode()
        self._pieces = self._made(outlets, items=words.items_of(verb) is not None)
        self._first = next(self._pieces, None)
        self._frames = self._framed()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._frames)

    def close(self) -> None:
        """The work behind it has ended."""
        close = getattr(self._source, "close", None)
        if close is not None:
            close()

    def _made(self, outlets: Outlets, *, items: bool) -> Iterator[Piece]:
        if items:
            return (json.dumps(to_document(each)).encode() for each in self._source)
        if self._leaving is not None:
            return iter(self._leaving)
        return outlets.pick(ROWS).encode(self._source)

    def _framed(self) -> Iterator[bytes]:
        yield frames.framed(self._head)
        ending: dict[str, Any] = {}
        piece = self._first
        try:
            while piece is not None:
                if piece:  # one without content would say that the end comes
                    yield frames.framed(piece)
                piece = next(self._pieces, None)
        except AgoraError as problem:
            ending = {
                "title": problem.sentence,
                "code": problem.code_shown,
                "hint": problem.hint,
                "status": problem.status,
            }
        if self._leaving is not None:
            ending |= {"rows": self._leaving.rows}
        yield frames.END
        yield frames.framed(json.dumps(ending).encode())
