"""Proof: records are sealed in batches, each a hash tree chained to the batch before.

Leaves and inner nodes are hashed with different prefixes, so that no record can pose as a node.
Verifying recomputes everything from the record bodies and streams: one batch is held at a time.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence

from agora.model.ledger import Batch, Record, Verdict

GENESIS = "0" * 64


def leaf(body: str) -> str:
    """The hash of one record's exact text."""
    return hashlib.sha256(b"\x00" + body.encode()).hexdigest()


def root(leaves: Sequence[str]) -> str:
    """The root of the hash tree over leaf hashes, in order; an odd node rises unpaired."""
    level = [bytes.fromhex(each) for each in leaves]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [hashlib.sha256(b"\x01" + one + two).digest() for one, two in pairs]
        level = above + level[len(above) * 2 :]
    return level[0].hex()


def chained(number: int, first: int, last: int, root_hash: str, previous: str) -> str:
    """The hash that names a batch and everything before it."""
    text = f"{number}:{first}:{last}:{root_hash}:{previous}"
    return hashlib.sha256(b"\x02" + text.encode()).hexdigest()


def seal(number: int, records: Sequence[Record], previous: str) -> Batch:
    """One batch over these consecutive records, chained to the hash of the batch before."""
    first, last = records[0].place, records[-1].place
    top = root([leaf(record.body) for record in records])
    return Batch(
        number=number,
        first=first,
        last=last,
        root=top,
        previous=previous,
        hash=chained(number, first, last, top, previous),
    )


def verify(records: Iterable[Record], batches: Iterable[Batch]) -> Verdict:
    """Whether every record stands where it stood when it was sealed, with the text it had."""
    reader = _Reader(records)
    previous, count, following = GENESIS, 0, 1
    for batch in batches:
        count += 1
        reader.problems += _chain_problems(batch, count, following, previous)
        leaves = reader.take(batch.first, batch.last)
        if not leaves or root(leaves) != batch.root:
            reader.problems.append(
                f"batch {batch.number}: its records are not the ones that were sealed"
            )
        previous, following = batch.hash, batch.last + 1
    unsealed = reader.rest(following)
    return Verdict(
        holds=not reader.problems,
        records=reader.seen,
        batches=count,
        unsealed=unsealed,
        problems=tuple(reader.problems),
    )


def _chain_problems(batch: Batch, count: int, following: int, previous: str) -> Iterator[str]:
    if batch.number != count:
        yield f"batch {count} is missing, {batch.number} stands in its place"
    if batch.first != following:
        yield f"batch {batch.number}: begins at record {batch.first}, not {following}"
    if batch.previous != previous:
        yield f"batch {batch.number}: is not chained to the batch before it"
    claimed = chained(batch.number, batch.first, batch.last, batch.root, batch.previous)
    if batch.hash != claimed:
        yield f"batch {batch.number}: was changed after it was sealed"


class _Reader:
    """Takes records in order and notes every place that is wrong."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = iter(records)
        self._held: Record | None = None
        self.seen = 0
        self.problems: list[str] = []

    def take(self, first: int, last: int) -> list[str]:
        """The leaf hashes from place `first` to `last`, missing ones noted."""
        leaves = []
        expected = first
        while expected <= last and (record := self._next()) is not None:
            if record.place > last:
                self._held = record
                break
            self._note(record, expected)
            leaves.append(leaf(record.body))
            expected = record.place + 1
        if expected <= last:
            self.problems.append(f"records {expected} to {last} are missing")
        return leaves

    def rest(self, first: int) -> int:
        """How many records stand behind the last batch."""
        count, expected = 0, first
        while (record := self._next()) is not None:
            self._note(record, expected)
            count, expected = count + 1, record.place + 1
        return count

    def _next(self) -> Record | None:
        record, self._held = self._held, None
        if record is None:
            record = next(self._records, None)
            self.seen += record is not None
        return record

    def _note(self, record: Record, expected: int) -> None:
        if record.place < expected:
            self.problems.append(f"record {record.place}: stands twice")
        elif record.place > expected:
            self.problems.append(
                f"record {expected} is missing, {record.place} stands in its place"
            )
        if leaf(record.body) != record.hash or not _says(record):
            self.problems.append(f"record {record.place}: was changed")


def _says(record: Record) -> bool:
    """True when a record's text speaks of its own place and time, not of another record's."""
    try:
        told = json.loads(record.body)
    except ValueError:
        return False
    stands = {"place": record.place, "recorded_at": record.recorded_at.isoformat()}
    return isinstance(told, dict) and all(told.get(key) == stands[key] for key in stands)
