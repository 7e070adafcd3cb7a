"""Letters: a notice in words, on one line and as a mail; never anybody's own text, never markup."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from agora.model.mesh import Mesh
from agora.model.notice import Matter, Notice

SUBJECT = 120
_FORGOTTEN = "Something you may not know of any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A notice in words, and the page of the market where one goes on."""

    sentence: str
    page: str


def worded(mesh: Mesh, notice: Notice, *, known: bool = True) -> Worded:
    """What a notice says; of a product that may not be `known` any more it says nothing."""
    if not known:
        return Worded(sentence=_FORGOTTEN, page="/me/notifications")
    sentence = line(_sentence(mesh, notice))
    return Worded(sentence=sentence[:1].upper() + sentence[1:], page=_page(notice))


def line(text: str) -> str:
    """The text on one line, without anything that is not to be read."""
    flat = " ".join(text.split())
    return "".join(c for c in flat if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def subject(mesh: Mesh, sentences: Sequence[str]) -> str:
    """The subject of a mail that tells these."""
    first = sentences[0] if len(sentences) == 1 else f"{len(sentences)} things you should know"
    text = line(f"[{mesh.title or mesh.name}] {first}")
    return text if len(text) <= SUBJECT else f"{text[: SUBJECT - 1]}…"


def body(mesh: Mesh, told: Sequence[Worded]) -> str:
    """The text of a mail that tells these, with where to go on and how to be left in peace."""
    site = mesh.post.site.rstrip("/")
    lines = []
    for each in told:
        lines += [each.sentence, *([f"  {site}{each.page}"] if site else []), ""]
    settings = f"{site}/me/notifications" if site else "`agora notices --mail never`"
    lines += ["-- ", f"{line(mesh.title or mesh.name)}. How you are told: {settings}"]
    return "\n".join(lines) + "\n"


def _sentence(mesh: Mesh, notice: Notice) -> str:
    """One sentence in plain words: a table, an edition, a last day."""
    table = _table(notice)
    by, until = _name(mesh, notice.by), f"{notice.until:%Y-%m-%d}" if notice.until else ""
    purpose = f" for {_purpose(mesh, notice.purpose)}" if notice.purpose else ""
    of = f" of {by}" if notice.by else ""
    sentences = {
        Matter.REQUESTED: f"{by} asks for {table}{purpose}; you decide",
        Matter.REMARKED: f"{by} wrote about the request for {table}{purpose}",
        Matter.WAITING: f"{by} still waits for your answer on {table}{purpose}",
        Matter.APPROVED: f"you may use {table}{purpose}{_until(until)}; {by} approved it",
        Matter.REFUSED: f"{by} refused the request for {table}{purpose}",
        Matter.ENDED: f"{by} ended the agreement on {table}{purpose}",
        Matter.EXTENDED: f"{by} made the agreement on {table}{purpose} longer{_until(until)}",
        Matter.CARRIED: f"your agreement holds for {table} too{purpose}",
        Matter.EXPIRING: f"the agreement{of} on {table}{purpose} ends on {until}",
        Matter.EXPIRED: f"the agreement{of} on {table}{purpose} has ended",
        Matter.RETIRING: f"the version {table}, which you use{purpose}, answers until {until}",
        Matter.EDITION: f"edition {notice.edition} of {table} is there",
        Matter.VERSION: f"there is a new version: {table}",
        Matter.DEPRECATED: f"the table {table} is on its way out{_until(until)}",
        Matter.BREAKING: f"a change of {table} would break what you use, and waits for your consent",
        Matter.PROMISE: f"a new edition of {table} broke its promise; the last good one still answers",
        Matter.RUN_FAILED: f"the run of {table} released nothing",
        Matter.QUESTION: f"{by} asks a question about {table}",
        Matter.ANSWER: f"{by} answered your question about {table}",
        Matter.ACCEPTED: f"your answer about {table} was accepted",
        Matter.UNDELIVERED: f"the webhook {notice.about} did not answer for a day: it missed a notice",
    }
    return sentences[notice.matter]


def _page(notice: Notice) -> str:
    if notice.matter is Matter.UNDELIVERED or notice.product is None:
        return "/me/notifications"
    if notice.matter in (Matter.REQUESTED, Matter.REMARKED, Matter.WAITING, Matter.REFUSED):
        return f"/requests/{notice.about}"
    if notice.matter in (Matter.ENDED, Matter.EXTENDED, Matter.EXPIRING, Matter.EXPIRED):
        return "/agreements"
    if notice.matter is Matter.RUN_FAILED:
        return f"/studio/{notice.product.domain}/{notice.product.product}"
    last = {
        Matter.QUESTION: "/discuss",
        Matter.ANSWER: "/discuss",
        Matter.ACCEPTED: "/discuss",
        Matter.VERSION: "/versions",
        Matter.DEPRECATED: "/versions",
        Matter.RETIRING: "/versions",
        Matter.BREAKING: "/versions",
        Matter.PROMISE: "/quality",
    }
    return (
        f"/products/{notice.product.domain}/{notice.product.product}{last.get(notice.matter, '')}"
    )


def _table(notice: Notice) -> str:
    return notice.port or str(notice.product or "")


def _name(mesh: Mesh, who: str) -> str:
    """Whoever it is by the name people know: a product for its service, a team by its title."""
    product, found = mesh.built_by(who), mesh.principal(who)
    if product is not None:
        return product.title or str(product.name)
    team = next((each.title for each in mesh.teams if f"team:{each.id}" == who), "")
    return team or (found.name if found else "") or who or "somebody"


def _purpose(mesh: Mesh, name: str) -> str:
    return next((each.title for each in mesh.purposes if each.id == name and each.title), name)


def _until(until: str) -> str:
    return f" until {until}" if until else ""
