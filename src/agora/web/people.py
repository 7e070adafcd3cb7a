"""People: whom the operator lets in, and out."""

from collections.abc import Callable

from agora.model.account import Standing
from agora.usecases import account
from agora.web.answers import Page, Redirect
from agora.web.paths import get, post
from agora.web.visit import Visit

WORDS = {
    Standing.NONE: "Not invited",
    Standing.INVITED: "Invited",
    Standing.ACTIVE: "Signs in",
    Standing.BLOCKED: "Blocked",
}


def people(visit: Visit) -> Page:
    """Everybody who may sign in, and how they stand."""
    return _page(visit)


def _page(visit: Visit, made: account.Invitation | None = None) -> Page:
    listed = account.people(visit.house, visit.who, visit.site.now())
    values = {"listed": listed, "words": WORDS, "made": made}
    return Page(template="people/people.html", values=values)


def invite(visit: Visit) -> Page:
    """The invitation is on this page and never again."""
    person = visit.path["person"]
    return _page(visit, account.invite(visit.house, visit.who, person, visit.site.now()))


def reset(visit: Visit) -> Page:
    """What they had opens nothing any more; the new invitation is on this page."""
    person = visit.path["person"]
    return _page(visit, account.reset(visit.house, visit.who, person, visit.site.now()))


def unlock(visit: Visit) -> Redirect:
    """Their next password is looked at."""
    account.unlock(visit.house, visit.who, visit.path["person"], visit.site.now())
    return _done(visit, "unlocked")


def _deed(verb: Callable[..., None], said: str) -> Callable[[Visit], Redirect]:
    def deed(visit: Visit) -> Redirect:
        verb(visit.house, visit.who, visit.path["person"])
        return _done(visit, said)

    return deed


def _done(visit: Visit, said: str) -> Redirect:
    return Redirect("/ops/users", said=f"{visit.path['person']} is {said}.")


BASE = "/ops/users/{person}"
ROUTES = (
    get("/ops/users", people),
    post(BASE + "/invite", invite),
    post(BASE + "/reset", reset),
    post(BASE + "/unlock", unlock),
    post(BASE + "/sign-out", _deed(account.sign_out_person, "signed out everywhere")),
    post(BASE + "/block", _deed(account.block, "blocked")),
    post(BASE + "/unblock", _deed(account.unblock, "no longer blocked")),
)
