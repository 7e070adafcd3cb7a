"""The queue at the door: so many tries from one address, remembered by all workers of a machine."""

import hashlib
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agora.governance.account import Bucket, drained
from agora.model.errors import Unavailable

MOST = 10_000
"""So many addresses are remembered; of more, those that tried longest ago are forgotten."""
PATIENCE = 5.0
_TABLE = "create table if not exists tries (place text primary key, left_ real, at real)"
_OLDEST = "delete from tries where place in (select place from tries order by at, rowid limit ?)"


class SharedTurnstile:
    """The Turnstile need in a small file that every process of this machine counts in.

    Addresses are kept as hashes. Raises Unavailable where nobody can count: then nobody is let in.
    """

    def __init__(self, file: Path) -> None:
        """Count in this file, which is made when somebody tries."""
        self._file = file
        self._guard = threading.Lock()

    def wait(self, place: str, now: datetime) -> timedelta:
        key = hashlib.sha256(place.encode()).hexdigest()
        with self._guard:
            try:
                return self._counted(key, now)
            except (sqlite3.Error, OSError) as problem:
                raise Unavailable(
                    "nobody can sign in now: tries cannot be counted",
                    code="E799",
                    hint=f"`{self._file}` cannot be written",
                ) from problem

    def _counted(self, key: str, now: datetime) -> timedelta:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, timeout=PATIENCE, isolation_level=None)
        try:
            connection.execute(_TABLE)
            connection.execute("begin immediate")
            row = connection.execute(
                "select left_, at from tries where place = ?", (key,)
            ).fetchone()
            known = Bucket(left=row[0], at=datetime.fromtimestamp(row[1], UTC)) if row else None
            bucket, waits = drained(known, now)
            connection.execute(
                "insert or replace into tries values (?, ?, ?)",
                (key, bucket.left, bucket.at.timestamp()),
            )
            (count,) = connection.execute("select count(*) from tries").fetchone()
            if count > MOST:
                connection.execute(_OLDEST, (count - MOST,))
            connection.execute("commit")
            return waits
        finally:
            connection.close()
