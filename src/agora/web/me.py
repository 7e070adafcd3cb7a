"""Me: who one is here, tokens, passwords and sessions, notices, and how pages look."""

from starlette.responses import Response

from agora.model.errors import AgoraError
from agora.model.notice import Mailing
from agora.model.token import Scope
from agora.usecases import account, notices, session, token
from agora.usecases.follow import following
from agora.web.account import entered
from agora.web.answers import Page, Redirect, respond
from agora.web.cookies import DENSITY, THEME, YEAR, cookie
from agora.web.hints import beside
from agora.web.invitation import UNFIT
from agora.web.paths import get, post
from agora.web.templates import DENSITIES, THEMES
from agora.web.visit import Visit, own_path, whole

DAYS = (("30", "30 days"), ("90", "90 days"), ("365", "a year"))
SCOPES = (
    (Scope.READ.value, "Read", "search, labels, queries and downloads"),
    (Scope.ASK.value, "Ask", "request access, answer, discuss"),
    (Scope.MAKE.value, "Make", "run and publish products"),
    (Scope.OPERATE.value, "Operate", "what an operator does"),
)
MAILING = (
    (Mailing.AT_ONCE.value, "At once"),
    (Mailing.DAILY.value, "Once a day, all in one"),
    (Mailing.NEVER.value, "Never"),
)
SHOWN = 50


def me(visit: Visit) -> Page:
    """Who this person is here, and their settings."""
    return _me(visit)


def _me(visit: Visit, wrong: str = "", field: str = "old", status: int = 200) -> Page:
    own = visit.who.principal
    teams = [t.title or t.id for t in visit.house.mesh.teams if t.id in own.teams]
    values = {
        "person": own,
        "teams": teams,
        "follows": following(visit.house, visit.who),
        "passwords": visit.house.mesh.sign_in.passwords and not visit.site.demo,
        "purposes": [("", "None: say it each time")]
        + [(each.id, each.title or each.id) for each in visit.house.mesh.purposes],
        "purpose": visit.who.purpose,
        "wrong": wrong,
        "field": field,
    }
    return Page(template="me/me.html", values=values, status=status)


def tokens(visit: Visit) -> Page:
    """Tokens for programs."""
    return _tokens(visit)


def _tokens(visit: Visit, secret: str = "", wrong: str = "", status: int = 200) -> Page:
    own = visit.who.principal.id
    others = [
        (each.id, f"{each.name or each.id} ({each.kind.value})")
        for each in token.holders(visit.house, visit.who)
        if each.id != own
    ]
    values = {
        "tokens": token.tokens(visit.house, visit.who),
        "everybody": account.admits(visit.house, visit.who),
        "now": visit.house.now(),
        "machine": visit.site.now(),
        "kept": token.KEPT,
        "secret": secret,
        "wrong": wrong,
        "scopes": SCOPES,
        "days": DAYS,
        "consumers": [(own, "Me"), *others],
        "chosen": visit.texts("scope") or (Scope.READ.value,),
    }
    return Page(template="me/tokens.html", values=values, status=status)


def make_token(visit: Visit) -> Page:
    """A token exists; its secret is on this page and never again."""
    try:
        made = token.make(
            visit.house,
            visit.who,
            name=visit.text("name"),
            scopes=visit.texts("scope"),
            days=whole(visit.text("days"), "days", most=365),
            consumer=visit.text("consumer"),
            now=visit.site.now(),
        )
    except AgoraError as problem:
        return _tokens(visit, wrong=beside(problem), status=problem.status)
    return _tokens(visit, secret=made.secret)


def revoke(visit: Visit) -> Redirect:
    """The token opens nothing any more."""
    token.revoke(visit.house, visit.who, visit.path["token"], visit.site.now())
    return Redirect("/me/tokens", said="Revoked. It opens nothing any more.")


def told(visit: Visit) -> Page:
    """What this person was told, newest first, and how they are told besides."""
    return _told(visit)


def _told(visit: Visit, secret: str = "", wrong: str = "", status: int = 200) -> Page:
    before = whole(visit.query.get("before", ""), "before")
    found = notices.notices(visit.house, visit.who, limit=SHOWN, before=before)
    values = {
        "found": found,
        "last": found.told[-1].notice.number if found.told else 0,
        "mailing": notices.preferred(visit.house, visit.who).mailing.value,
        "mailings": MAILING,
        "hooks": notices.hooks(visit.house, visit.who),
        "secret": secret,
        "wrong": wrong,
    }
    return Page(template="me/notices.html", values=values, status=status)


def read(visit: Visit) -> Redirect:
    """Everything there is has been read."""
    notices.mark(visit.house, visit.who)
    return Redirect("/me/notifications", said="All read.")


def prefer(visit: Visit) -> Redirect:
    """Mails come as this person likes."""
    wanted = visit.text("mailing")
    notices.prefer(visit.house, visit.who, Mailing(wanted if wanted in tuple(Mailing) else "never"))
    return Redirect("/me/notifications", said="Kept.")


def hook(visit: Visit) -> Page:
    """A webhook is called from now on; its secret is on this page and never again."""
    try:
        made = notices.hook(visit.house, visit.who, visit.text("url"), now=visit.site.now())
    except AgoraError as problem:
        return _told(visit, wrong=beside(problem), status=problem.status)
    return _told(visit, secret=made.secret)


def unhook(visit: Visit) -> Redirect:
    """The webhook is called no more."""
    notices.drop(visit.house, visit.who, visit.path["hook"], now=visit.site.now())
    return Redirect("/me/notifications", said="It is called no more.")


def preferences(visit: Visit) -> Response:
    """Pages look as this person likes, on this browser."""
    back = own_path(visit.text("next") or "/me")
    response = respond(Redirect(back, said="Kept."), visit.request, visit.site, None)
    for name, known, word in ((THEME, THEMES, "theme"), (DENSITY, DENSITIES, "density")):
        wanted = visit.text(word)
        if wanted:
            kept = wanted if wanted in known else ""
            response.headers.append(
                "set-cookie", cookie(name, kept, https=False, seconds=YEAR if kept else 0)
            )
    return response


def purpose(visit: Visit) -> Redirect:
    """What is asked in this session is asked for this purpose."""
    secret = getattr(visit.request.state, "secret", "")
    session.choose(visit.house, secret, visit.text("purpose"), visit.site.now())
    return Redirect("/me", said="Kept for this session.")


def password(visit: Visit) -> Page | Response:
    """The password is another one; every other session is over."""
    client = visit.request.client
    try:
        signed = session.change_password(
            visit.house,
            getattr(visit.request.state, "secret", ""),
            str(visit.form.get("old", "")),
            str(visit.form.get("new", "")),
            address=client.host if client else "",
            now=visit.site.now(),
        )
    except AgoraError as problem:
        field = "new" if problem.code_shown == UNFIT else "old"
        return _me(visit, beside(problem), field, problem.status)
    return entered(visit, signed)


def sign_out_everywhere(visit: Visit) -> Redirect:
    """Every session of this person is over, this one too."""
    session.sign_out_everywhere(visit.house, visit.who)
    return Redirect("/sign-in")


ROUTES = (
    get("/me", me),
    post("/me/password", password),
    post("/me/purpose", purpose),
    post("/me/sign-out-everywhere", sign_out_everywhere),
    post("/me/preferences", preferences),
    get("/me/tokens", tokens),
    post("/me/tokens", make_token),
    post("/me/tokens/{token}/revoke", revoke),
    get("/me/notifications", told),
    post("/me/notifications/read", read),
    post("/me/notifications/mail", prefer),
    post("/me/notifications/hooks", hook),
    post("/me/notifications/hooks/{hook}/drop", unhook),
)
