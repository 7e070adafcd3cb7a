"""Place: where a lake lies by the name its tables know it by.

Iceberg's metadata and our releases name every file by its whole path. A lake that was moved finds
none of them; a copy finds those of the original, would write beside them and remove them.
"""

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from agora.model.errors import Unavailable, Unusable

CATALOG = "catalog.db"
_ABOVE = 4
"""`domain/product/port.v1/metadata/`: so many folders between the lake and a table's description."""


def of(root: Path) -> Path:
    """The lake's folder as its tables name it, also where a link leads to it by another name.

    Raises Unusable when they name another folder: this lake was moved, or is a copy.
    """
    root = root.absolute()
    named = _named(root / CATALOG)
    if named is None or named == root:
        return root
    if not _same(named, root):
        raise _elsewhere(root, named)
    return named


def _named(catalog: Path) -> Path | None:
    """The lake's folder by its first table; None before there is one."""
    if not catalog.exists():
        return None
    first = "SELECT metadata_location FROM iceberg_tables ORDER BY rowid LIMIT 1"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(catalog))}?mode=rw", uri=True)) as known:
            found = known.execute(first).fetchone()
    except sqlite3.Error as problem:
        if "no such table" in str(problem):
            return None
        hint = f"its catalogue `{catalog}`: {problem}"
        raise Unavailable("the lake does not answer", code="E522", hint=hint) from problem
    return Path(str(found[0]).removeprefix("file://")).parents[_ABOVE] if found else None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _elsewhere(root: Path, named: Path) -> Unusable:
    sentence = f"the lake in `{root}` was made in `{named}`, where its tables look for their rows"
    if named.exists():
        hint = "work there; a copy with a life of its own begins with an empty lake and store"
        return Unusable(sentence, code="E806", hint=hint)
    new, old = _apart(root, named)
    link = f"ln -s {shlex.quote(str(new))} {shlex.quote(str(old))}"
    hint = f"move it back, or leave a link where it was: {link}"
    return Unusable(sentence, code="E806", hint=hint)


def _apart(root: Path, named: Path) -> tuple[Path, Path]:
    """The two folders without what they have in common at their ends: what somebody moved."""
    while root.name == named.name and root.parent != root and named.parent != named:
        root, named = root.parent, named.parent
    return root, named
