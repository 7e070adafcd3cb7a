"""Outcomes: what one decision leaves to see of one release, as a key that equal ones share.

Two readers with the same outcome see the same rows and values, whoever they are and whatever they
agreed on; a derived table is made for an outcome, not for a reader.
"""

import hashlib
from dataclasses import replace
from itertools import count

from agora.model.decision import ColumnView, Shield
from agora.model.release import ReleasedColumn, Snapshot
from agora.model.types import Type

MEANING = 1
"""Raised when an engine shows something else for the same shield: older derived tables end then."""


def outcome(release: int, snapshot: Snapshot, shield: Shield) -> str:
    """The key of what this shield leaves of a released port; empty when it hides nothing.

    It covers the port version, the release, the row condition with every attribute bound, and each
    visible column in its place with its mask and the mask's parameters. A column that is not among
    them is hidden.
    """
    if not shield.barrier:
        return ""
    seen = tuple((column.name, column.type.sql, column.mask) for column in shield.columns)
    words = (
        MEANING,
        str(snapshot.port),
        release,
        snapshot.table_uuid,
        snapshot.snapshot_id,
        seen,
        shield.rows,
    )
    # the words of a frozen noun tell types apart: the number 1 is not the text `1`
    return hashlib.sha256(repr(words).encode()).hexdigest()


def left(snapshot: Snapshot, shield: Shield) -> tuple[ReleasedColumn, ...]:
    """The columns a derived table has, in the order they are seen, with their field ids.

    Files of other tools may carry no field ids: then the columns are numbered anew.
    """
    released = {column.name: column for column in snapshot.columns}
    found = tuple(released[column.name] for column in shield.columns)
    if all(column.field_id for column in found):
        return found
    numbers = count(1)
    return tuple(
        replace(
            column,
            field_id=next(numbers),
            nested=tuple(next(numbers) for _ in range(_inside(column.type))),
        )
        for column in found
    )


def plain(columns: tuple[ReleasedColumn, ...]) -> Shield:
    """The shield over a derived table: nothing is hidden in it any more."""
    views = tuple(ColumnView(name=column.name, type=column.type) for column in columns)
    return Shield(columns=views, rows=None, barrier=False)


def _inside(of: Type) -> int:
    """How many list elements and struct members a type has inside it."""
    inner = [each for _, each in of.fields] + ([of.element] if of.element else [])
    return sum(1 + _inside(each) for each in inner)
