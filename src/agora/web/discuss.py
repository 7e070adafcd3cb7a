"""Discuss: questions, answers and ratings of a product; and following it."""

from agora.model.errors import AgoraError
from agora.usecases import discuss as say
from agora.usecases.follow import follow, unfollow
from agora.usecases.rate import hide_rating, own_rating, rate, withdraw
from agora.usecases.show import show
from agora.web.answers import Page, Redirect
from agora.web.paths import get, post
from agora.web.product import frame, name_of
from agora.web.visit import Visit, whole


def discuss(visit: Visit) -> Page:
    """Everything that is said about the product."""
    return _page(visit)


def _page(visit: Visit, problem: AgoraError | None = None, field: str = "question") -> Page:
    shown = show(visit.house, visit.who, name_of(visit))
    told = say.discussion(visit.house, visit.who, name_of(visit))
    owners = shown.domain.owners if shown.domain else ()
    values = frame(visit, shown, "discuss") | {
        "asked": told.asked,
        "ratings": told.ratings,
        "oversees": told.oversees,
        "own": own_rating(visit.house, visit.who, name_of(visit)),
        "mine": visit.who.principal.id,
        "may_settle": visit.who.principal.id in owners,
        "problem": problem,
        "wrong": field,
    }
    return Page(
        template="product/discuss.html", values=values, status=problem.status if problem else 200
    )


def _back(visit: Visit, said: str, place: str = "") -> Redirect:
    base = f"/products/{visit.path['domain']}/{visit.path['product']}/discuss"
    return Redirect(base + (f"#comment-{place}" if place else ""), said=said)


def question(visit: Visit) -> Page | Redirect:
    """The product has one question more."""
    try:
        made = say.question(visit.house, visit.who, name_of(visit), visit.text("question"))
    except AgoraError as problem:
        return _page(visit, problem)
    return _back(visit, "Your question is there; the owners are told.", made.id)


def reply(visit: Visit) -> Page | Redirect:
    """A question has one answer more."""
    asked = visit.path["question"]
    try:
        made = say.reply(visit.house, visit.who, name_of(visit), asked, visit.text("answer"))
    except AgoraError as problem:
        return _page(visit, problem, f"answer-{asked}")
    return _back(visit, "Your answer is there.", made.id)


def edit(visit: Visit) -> Page | Redirect:
    """What was said reads differently; whoever was faster is not overwritten."""
    named, revision = visit.path["said"], whole(visit.text("revision"), "revision")
    try:
        say.edit(
            visit.house, visit.who, name_of(visit), named, visit.text("text"), revision=revision
        )
    except AgoraError as problem:
        return _page(visit, problem, f"edit-{named}")
    return _back(visit, "Changed.", named)


def settle(visit: Visit) -> Redirect:
    """An answer is the one that counts."""
    say.accept(visit.house, visit.who, name_of(visit), visit.path["answer"])
    return _back(visit, "Marked as the answer.", visit.path["answer"])


def hide(visit: Visit) -> Page | Redirect:
    """What was said is shown to nobody but its author any more."""
    named = visit.path["said"]
    try:
        say.hide(visit.house, visit.who, name_of(visit), named, visit.text("reason"))
    except AgoraError as problem:
        return _page(visit, problem, f"hide-{named}")
    return _back(visit, "Hidden; its history keeps it.")


def stars(visit: Visit) -> Page | Redirect:
    """The product has this person's rating."""
    try:
        number = whole(visit.text("stars"), "stars", most=5)
        rate(visit.house, visit.who, name_of(visit), number, visit.text("words"))
    except AgoraError as problem:
        return _page(visit, problem, "stars")
    return _back(visit, "Thank you for rating it.")


def unrate(visit: Visit) -> Redirect:
    """The visitor's stars do not count any more."""
    withdraw(visit.house, visit.who, name_of(visit))
    return _back(visit, "Your rating is taken back.")


def hide_words(visit: Visit) -> Page | Redirect:
    """The words of a rating are hidden; its stars count."""
    author = visit.path["author"]
    try:
        hide_rating(visit.house, visit.who, name_of(visit), author, visit.text("reason"))
    except AgoraError as problem:
        return _page(visit, problem, f"hide-{author}")
    return _back(visit, "The words are hidden; the stars count.")


def follows(visit: Visit) -> Redirect:
    """The visitor is told what becomes of the product, or no longer."""
    base = f"/products/{visit.path['domain']}/{visit.path['product']}"
    if visit.text("follow") == "no":
        unfollow(visit.house, visit.who, name_of(visit))
        return Redirect(base, said="You no longer follow it.")
    follow(visit.house, visit.who, name_of(visit))
    return Redirect(base, said="You are told when something becomes of it.")


BASE = "/products/{domain}/{product}"
ROUTES = (
    get(BASE + "/discuss", discuss),
    post(BASE + "/discuss", question),
    post(BASE + "/discuss/{question}/answers", reply),
    post(BASE + "/discuss/{said}/edit", edit),
    post(BASE + "/discuss/{answer}/settle", settle),
    post(BASE + "/discuss/{said}/hide", hide),
    post(BASE + "/rating", stars),
    post(BASE + "/rating/withdraw", unrate),
    post(BASE + "/rating/{author}/hide", hide_words),
    post(BASE + "/follow", follows),
)
