"""What people keep and share: who sees it, who may change it, and which words can be kept.

Sharing only shares words. Whether somebody may know of every table the words name is asked besides,
where the tables are known: nobody learns of a product from another person's query.
"""

import re
from collections.abc import Iterator

from agora.model.mesh import Mesh
from agora.model.people import Principal
from agora.model.reasons import Reason
from agora.model.saved import Audience, Sharing

LONGEST_TITLE = 110
LONGEST_WORDS = 4_000
MOST_NAMES = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def names(principal: Principal) -> frozenset[str]:
    """The names under which something may be shared with somebody: their own and their teams'."""
    return frozenset({principal.id, *(f"team:{team}" for team in principal.teams)})


def may_edit(sharing: Sharing, principal: Principal) -> bool:
    """True for the owner and for those the owner lets change the words."""
    own = names(principal)
    return principal.id == sharing.owner or not own.isdisjoint(sharing.editors)


def may_see(sharing: Sharing, principal: Principal, *, reads: bool) -> bool:
    """True when the words are shared with somebody who `reads` every table in them, or does not."""
    if may_edit(sharing, principal):
        return True
    match sharing.audience:
        case Audience.NAMED:
            return not names(principal).isdisjoint(sharing.named)
        case Audience.READERS:
            return reads
    return False


def judge_words(title: str, description: str) -> Iterator[Reason]:
    """Why a title or description cannot be kept."""
    if not title.strip():
        yield Reason(
            code="E699", sentence="there is no title", hint="say in a few words what it tells"
        )
    for word, text, longest in (
        ("title", title, LONGEST_TITLE),
        ("description", description, LONGEST_WORDS),
    ):
        if len(text) > longest:
            yield Reason(
                code="E699",
                sentence=f"the {word} has {len(text):,} of at most {longest:,} characters",
                hint="shorten it",
            )
        if _CONTROL.search(text) or (word == "title" and "\n" in text):
            yield Reason(
                code="E699",
                sentence=f"the {word} holds control characters",
                hint="type it anew instead of pasting it",
            )


def judge_purpose(mesh: Mesh, purpose: str) -> Iterator[Reason]:
    """Why nothing can be kept for a purpose that nobody has defined."""
    known = sorted(each.id for each in mesh.purposes)
    if purpose and purpose not in known:
        yield Reason(
            code="E411",
            sentence=f"there is no purpose `{purpose}`",
            hint=f"use one of {', '.join(f'`{each}`' for each in known)}",
        )


def judge_sharing(mesh: Mesh, sharing: Sharing) -> Iterator[Reason]:
    """Why something cannot be shared like this: with too many, or with somebody nobody knows."""
    teams = {f"team:{team.id}" for team in mesh.teams}
    named = (*sharing.named, *sharing.editors)
    if len(named) > MOST_NAMES:
        yield Reason(
            code="E699",
            sentence=f"it would be shared with more than {MOST_NAMES} names",
            hint="share it with a team, or with whoever may read its tables",
        )
        return
    for name in named:
        if name not in teams and mesh.principal(name) is None:
            yield Reason(
                code="E425",
                sentence=f"there is no `{name}` to share it with",
                hint="name a person, or a team as `team:ID`",
            )
