"""Promises: a contract's exact words, kept so that a later contract can be compared with them."""

from collections.abc import Sequence
from dataclasses import replace

from agora.model.changes import PromisedText
from agora.model.contract import Contract, Relationship
from agora.spec.builds import Parts
from agora.spec.contracts import contract
from agora.spec.exact import again, exact
from agora.spec.labels import severity
from agora.spec.quality import aliases
from agora.spec.references import places, split
from agora.spec.texts import Text


def every(parts: Sequence[Parts]) -> tuple[PromisedText, ...]:
    """The words of every contract that can be read."""
    pairs = (pair for each in parts for pair in each.contracts)
    return tuple(kept(text, promise) for text, promise in pairs if promise is not None)


def kept(text: Text, promise: Contract) -> PromisedText:
    """The words of a contract as they were read: variables filled in, comments left out."""
    return PromisedText(hash=promise.hash, file=promise.file, text=exact(text.value))


def read(words: PromisedText) -> Contract | None:
    """The contract these words promise; its references are as written, whatever they lead to.

    None when they cannot be read any more, as after an upgrade that accepts less.
    """
    text = Text(file=words.file, value=again(words.text))
    promise = contract(text)
    if promise is None:
        return None
    names = aliases(text)
    links = []
    for path, own, to in places(text):
        targets = [split(str(each)) for each in (to if isinstance(to, list) else [to])]
        file, table, _ = targets[0]
        links.append(
            Relationship(
                columns=tuple(names.get(name, name) for name in own),
                to=table,
                to_columns=tuple(column for _, _, column in targets),
                contract=file,
                severity=severity(text, path[:-1]),
            )
        )
    return replace(promise, relationships=tuple(links))
