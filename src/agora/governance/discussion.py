"""Discussion: who may say what about a product, and what a text may hold."""

import unicodedata
from collections.abc import Iterator

from agora.governance.rights import oversees
from agora.model.discussion import Answer, Question, Rating
from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason

LONGEST = 4_000
MOST_STARS = 5
_TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
"""Signs that turn the direction of what follows, so that a text reads otherwise than it is."""


def plain(text: str) -> str:
    """The text as it is kept: lines end in one way, nothing but words at its ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def judge_text(text: str, *, needed: bool = True) -> Iterator[Reason]:
    """Why this text is not kept; nothing when it is."""
    if needed and not text:
        yield Reason(code="E650", sentence="nothing is said", hint="write at least a word")
    if len(text) > LONGEST:
        yield Reason(
            code="E651",
            sentence=f"the text has {len(text):,} characters",
            hint=f"say it in {LONGEST:,}, and link to the rest",
        )
    if any(_steers(letter) for letter in text):
        yield Reason(
            code="E652",
            sentence="the text has control characters",
            hint="type it anew instead of pasting it",
        )


def _steers(letter: str) -> bool:
    if letter in "\n\t":
        return False
    return unicodedata.category(letter) in ("Cc", "Cs") or ord(letter) in _TURNING


def judge_speaker(who: Principal) -> Iterator[Reason]:
    """Only persons speak: a service or an agent has no opinion of its own."""
    if who.kind is not PrincipalKind.PERSON:
        yield Reason(
            code="E653",
            sentence=f"`{who.id}` is no person",
            hint="a person asks, answers and rates in their own name",
        )


def speaks_for(mesh: Mesh, product: ProductName, who: Principal) -> bool:
    """True for the owners of the product's domain, whose answers are marked."""
    domain = mesh.domain(product.domain)
    return domain is not None and who.id in domain.owners


def judge_edit(mesh: Mesh, said: Question | Answer, who: Principal) -> Iterator[Reason]:
    """Authors edit what they said; an owner's answer is edited by any owner of the product."""
    shared = isinstance(said, Answer) and said.of_owner
    if who.id == said.author or (shared and speaks_for(mesh, said.product, who)):
        return
    yield Reason(
        code="E654",
        sentence=f"`{said.author}` wrote this",
        rule=f"{said.product.domain}/discussion",
        owner=said.product.domain,
        hint="answer with your own words",
    )


def judge_accept(mesh: Mesh, asked: Question, who: Principal) -> Iterator[Reason]:
    """Whoever asked says which answer settled it, and so do the owners."""
    if who.id != asked.author and not speaks_for(mesh, asked.product, who):
        yield Reason(
            code="E654",
            sentence=f"`{asked.author}` asked this",
            rule=f"{asked.product.domain}/discussion",
            owner=asked.product.domain,
            hint="they or an owner of the product accept an answer",
        )


def judge_hide(mesh: Mesh, said: Question | Answer | Rating, who: Principal) -> Iterator[Reason]:
    """Authors take back what they said, and owners hide questions and answers of others.

    The words of a rating are hidden only by those who oversee the mesh.
    """
    if who.id == said.author or oversees(mesh, who):
        return
    if not isinstance(said, Rating) and speaks_for(mesh, said.product, who):
        return
    yield Reason(
        code="E654",
        sentence=f"`{said.author}` wrote this",
        rule=f"{said.product.domain}/discussion",
        owner=said.product.domain,
        hint="governance hides a rating; the owners hide questions and answers",
    )


def judge_rating(
    mesh: Mesh, product: ProductName, who: Principal, stars: int, *, has_read: bool
) -> Iterator[Reason]:
    """Who has used a product rates it, 1 to 5; nobody rates what their own domain offers."""
    yield from judge_speaker(who)
    if not 1 <= stars <= MOST_STARS:
        yield Reason(
            code="E656", sentence=f"`{stars}` is no number of stars", hint="give 1 to 5 of them"
        )
    if product.domain in who.domains or speaks_for(mesh, product, who):
        yield Reason(
            code="E657",
            sentence="nobody rates what their own domain offers",
            rule=f"{product.domain}/discussion",
            owner=product.domain,
            hint="those who use it from elsewhere rate it",
        )
    elif not has_read:
        yield Reason(
            code="E658",
            sentence=f"`{who.id}` has not read `{product}` yet",
            rule=f"{product.domain}/discussion",
            owner=product.domain,
            hint="query it first; then say how it was",
        )
