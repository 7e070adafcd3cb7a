"""Editions: how one release after another was doing, as far as a reader may know."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agora.model.checks import Outcome
from agora.model.names import PortVersion
from agora.model.release import Release

_COUNTED = (Outcome.PASS, Outcome.FAIL, Outcome.WARN, Outcome.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionHealth:
    """One port in one release: `held` of `checks`, `keys_held` of its declared `keys`.

    `missing` of `referring` references lead nowhere, and `aside` rows were kept out. A number of
    None is not for this reader, or was not counted then.
    """

    number: int
    at: datetime
    port: PortVersion
    held: int
    checks: int
    rows: int | None = None
    aside: int | None = None
    keys_held: int | None = None
    keys: int | None = None
    missing: int | None = None
    referring: int | None = None


def health(made: Release) -> tuple[EditionHealth, ...]:
    """Each port of the release, in the order they were made."""
    return tuple(_health(made))


def _health(made: Release) -> Iterator[EditionHealth]:
    for snapshot in made.snapshots:
        port, label = snapshot.port, made.label(snapshot.port)
        results = [r for r in made.results if r.port == port and r.outcome in _COUNTED]
        told = EditionHealth(
            number=made.number,
            at=made.released_at,
            port=port,
            held=sum(r.outcome is Outcome.PASS for r in results),
            checks=len(results),
        )
        if not snapshot.files and (label is None or label.rows is None):
            yield told
            continue
        keys = [key for key in label.keys if key.declared] if label else []
        links = [link for link in label.references if not link.skipped] if label else []
        yield EditionHealth(
            number=told.number,
            at=told.at,
            port=port,
            held=told.held,
            checks=told.checks,
            rows=snapshot.rows,
            aside=sum(batch.rows for batch in made.quarantines if batch.port == port),
            keys_held=sum(key.holds for key in keys) if label else None,
            keys=len(keys) if label else None,
            missing=sum(link.missing for link in links) if label else None,
            referring=sum(link.rows for link in links) if label else None,
        )
