"""Verdicts: the few kinds of change there are, each said in the same way."""

from functools import partial

from agora.model.changes import Bump, Change, Mark, Side, Verdict


def _change(
    verdict: Verdict,
    side: Side,
    bump: Bump,
    path: str,
    sentence: str,
    *columns: str,
    mark: Mark = Mark.CHANGED,
) -> Change:
    return Change(
        path=path,
        mark=mark,
        verdict=verdict,
        side=side,
        bump=bump,
        sentence=sentence,
        columns=columns,
    )


breaks = partial(_change, Verdict.BREAKING, Side.CONSUMER, Bump.MAJOR)
"""Somebody who relied on the old promise cannot any more."""

doubtful = partial(_change, Verdict.UNDETERMINED, Side.CONSUMER, Bump.MAJOR)
"""Nobody but a person can tell; without one it counts as a new major version."""

warns = partial(_change, Verdict.UNDETERMINED, Side.CONSUMER, Bump.MINOR)
"""It is safe for SQL, but some readers should look."""

eases = partial(_change, Verdict.COMPATIBLE, Side.CONSUMER, Bump.MINOR)
"""Readers get more than before."""

tightens = partial(_change, Verdict.COMPATIBLE, Side.PRODUCER, Bump.MINOR)
"""Readers lose nothing, and the owner now promises more."""

tells = partial(_change, Verdict.COMPATIBLE, Side.CONSUMER, Bump.PATCH)
"""Only words, or what binds nobody."""
