"""Reading: nouns out of their texts, where those read lately are at hand."""

import json
import threading
from collections import OrderedDict
from typing import TypeVar, cast

from agora.model.documents import from_document

N = TypeVar("N")
LETTERS = 8_000_000
"""So many letters of texts are remembered with their nouns, which is some tens of megabytes."""


class Reading:
    """Remembers nouns by the very text they were read from, so that nothing remembered grows old."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._read: OrderedDict[tuple[type, str, str], object] = OrderedDict()
        self._letters = 0
        self._guard = threading.Lock()

    def noun(self, kind: type[N], text: str, within: str = "") -> N:
        """The noun of this text, or of what is `within` it; raise ValueError when there is none."""
        asked = (kind, within, text)
        with self._guard:
            if asked in self._read:
                self._read.move_to_end(asked)
                return cast("N", self._read[asked])
        document = json.loads(text)
        noun = from_document(kind, document[within] if within else document)
        self._remember(asked, noun)
        return noun

    def _remember(self, asked: tuple[type, str, str], noun: object) -> None:
        with self._guard:
            if asked not in self._read:
                self._read[asked] = noun
                self._letters += len(asked[-1])
            while self._letters > LETTERS:
                (*_, text), _ = self._read.popitem(last=False)
                self._letters -= len(text)
