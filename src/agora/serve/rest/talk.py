"""Talk over REST: questions and answers about a product, ratings, following, and notices."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from agora.model.discussion import Answer, Question, Rating
from agora.model.notice import Hook, Inbox, Mailing, Preference
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Id, Line, Prose
from agora.serve.rest.paging import MOST, Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import discuss, follow, notices, rate

router = APIRouter(tags=["talk"])
PRODUCT = "/products/{domain}/{product}"
DISCUSSION = model_of(discuss.Discussion)
QUESTION, ANSWER, RATING = model_of(Question), model_of(Answer), model_of(Rating)
SAID: Any = QUESTION | ANSWER | RATING
FOLLOWED = model_of(follow.Followed)
NOTICES = model_of(notices.Notices)
HOOK = model_of(Hook, name="Webhook")
HOOKED = model_of(notices.Hooked)
Owner = Annotated[str, Query(max_length=100, description="A service of the caller's team.")]
Stars = Annotated[int, Field(ge=1, le=5)]


class Text(Body):
    """What somebody says, in Markdown."""

    text: Prose


class Rewording(Body):
    """What it says now, and which revision of it was read."""

    text: Prose
    revision: Annotated[int, Field(ge=1, le=1_000_000)]


class Hiding(Body):
    """Why; owners say it when they hide what others said."""

    reason: Prose = ""


class Judging(Body):
    """One to five stars, and why."""

    stars: Stars
    words: Prose = ""


class Reading(Body):
    """Which notices have been read; none named means all."""

    numbers: Annotated[list[Annotated[int, Field(ge=0, le=2**53)]], Field(max_length=MOST)] = []


class Hooking(Body):
    """An address that is called, and whose notices it hears: the caller's, or of a service of theirs."""

    url: Line
    owner: Line = ""


class Preferring(Body):
    """How somebody wants to be mailed."""

    mailing: Mailing


class Follows(BaseModel):
    """Products the caller follows."""

    items: list[str]
    next: str | None = None


@router.get(f"{PRODUCT}/discussion", response_model=DISCUSSION, responses=documented(404), summary="What is said about it")  # fmt: skip
def discussion(house: Within, who: By, domain: Word, product: Word) -> Any:
    """Questions with answers, and ratings."""
    return wired(discuss.discussion(house, who, f"{domain}.{product}"))


@router.post(f"{PRODUCT}/discussion", status_code=201, response_model=QUESTION, responses=documented(404, 409), summary="Ask something")  # fmt: skip
def ask(house: Within, who: By, domain: Word, product: Word, body: Text) -> Any:
    """Its owners are told."""
    return wired(discuss.question(house, who, f"{domain}.{product}", body.text))


@router.post(f"{PRODUCT}/discussion/{{question}}/answers", status_code=201, response_model=ANSWER, responses=documented(404, 409), summary="Answer it")  # fmt: skip
def reply(house: Within, who: By, domain: Word, product: Word, question: Id, body: Text) -> Any:
    """Whoever asked is told."""
    return wired(discuss.reply(house, who, f"{domain}.{product}", question, body.text))


@router.post(f"{PRODUCT}/discussion/{{answer}}/accept", response_model=QUESTION, responses=documented(404, 409), summary="Accept an answer")  # fmt: skip
def accept(house: Within, who: By, domain: Word, product: Word, answer: Id) -> Any:
    """The question is settled."""
    return wired(discuss.accept(house, who, f"{domain}.{product}", answer))


@router.patch(f"{PRODUCT}/discussion/{{remark}}", response_model=SAID, responses=documented(404, 409), summary="Reword a question or an answer")  # fmt: skip
def reword(house: Within, who: By, domain: Word, product: Word, remark: Id, body: Rewording) -> Any:
    """One's own; everybody reads that it was edited, and its history keeps what it said."""
    name = f"{domain}.{product}"
    return wired(discuss.edit(house, who, name, remark, body.text, revision=body.revision))


@router.post(f"{PRODUCT}/discussion/{{remark}}/hide", response_model=SAID, responses=documented(404, 409), summary="Hide a question or an answer")  # fmt: skip
def hide(house: Within, who: By, domain: Word, product: Word, remark: Id, body: Hiding) -> Any:
    """One's own, or for owners with a reason; its author still reads it."""
    return wired(discuss.hide(house, who, f"{domain}.{product}", remark, body.reason))


@router.put(f"{PRODUCT}/rating", response_model=RATING, responses=documented(404, 409), summary="Rate it")  # fmt: skip
def judge(house: Within, who: By, domain: Word, product: Word, body: Judging) -> Any:
    """For those who have read it, one rating each."""
    return wired(rate.rate(house, who, f"{domain}.{product}", body.stars, body.words))


@router.delete(f"{PRODUCT}/rating", response_model=RATING, responses=documented(404, 409), summary="Take the rating back")  # fmt: skip
def unjudge(house: Within, who: By, domain: Word, product: Word) -> Any:
    """It does not count any more."""
    return wired(rate.withdraw(house, who, f"{domain}.{product}"))


@router.post(f"{PRODUCT}/ratings/{{author}}/hide", response_model=RATING, responses=documented(404, 409), summary="Hide the words of a rating")  # fmt: skip
def hide_words(
    house: Within, who: By, domain: Word, product: Word, author: Id, body: Hiding
) -> Any:
    """One's own, or with a reason for those who oversee the mesh; its stars count."""
    return wired(rate.hide_rating(house, who, f"{domain}.{product}", author, body.reason))


@router.get(f"{PRODUCT}/follow", response_model=FOLLOWED, responses=documented(404), summary="Whether the caller follows it")  # fmt: skip
def follows(house: Within, who: By, domain: Word, product: Word) -> Any:
    """They are told of editions, versions and broken promises."""
    return wired(follow.follows(house, who, f"{domain}.{product}"))


@router.put(f"{PRODUCT}/follow", response_model=FOLLOWED, responses=documented(404), summary="Follow it")  # fmt: skip
def start(house: Within, who: By, domain: Word, product: Word) -> Any:
    """From now on."""
    return wired(follow.follow(house, who, f"{domain}.{product}"))


@router.delete(f"{PRODUCT}/follow", response_model=FOLLOWED, responses=documented(404), summary="Follow it no more")  # fmt: skip
def stop(house: Within, who: By, domain: Word, product: Word) -> Any:
    """Nobody tells the caller of it."""
    return wired(follow.unfollow(house, who, f"{domain}.{product}"))


@router.get("/following", responses=documented(), summary="What the caller follows")
def following(house: Within, who: By, paged: Paged) -> Follows:
    """As far as they may know of it."""
    return Follows(**paged.page(follow.following(house, who)))


@router.get("/notices", response_model=NOTICES, responses=documented(), summary="What the caller was told")  # fmt: skip
def told(
    house: Within,
    who: By,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
    before: Annotated[int, Query(ge=0, le=2**53, description="Older than this number.")] = 0,
) -> Any:
    """Newest first."""
    return wired(notices.notices(house, who, limit=limit, before=before))


@router.post("/notices/read", response_model=model_of(Inbox, name="Pile"), responses=documented(), summary="They have been read")  # fmt: skip
def read(house: Within, who: By, body: Reading) -> Any:
    """These, or all there are now."""
    return wired(notices.mark(house, who, body.numbers))


@router.get("/notices/preference", response_model=model_of(Preference), responses=documented(), summary="How the caller is mailed")  # fmt: skip
def preferred(house: Within, who: By) -> Any:
    """At once, once a day, or never."""
    return wired(notices.preferred(house, who))


@router.put("/notices/preference", response_model=model_of(Preference), responses=documented(), summary="Mail me like this")  # fmt: skip
def prefer(house: Within, who: By, body: Preferring) -> Any:
    """From now on."""
    return wired(notices.prefer(house, who, body.mailing))


@router.get("/hooks", response_model=listing(HOOK), responses=documented(), summary="Webhooks of the caller")  # fmt: skip
def hooks(house: Within, who: By, paged: Paged, owner: Owner = "") -> Any:
    """Never their secrets."""
    return paged.page(notices.hooks(house, who, owner=owner))


@router.post("/hooks", status_code=201, response_model=HOOKED, responses=documented(), summary="Call an address with what is told")  # fmt: skip
def hook(house: Within, who: By, at: At, body: Hooking) -> Any:
    """Signed with a secret that is told once."""
    return wired(notices.hook(house, who, body.url, owner=body.owner, now=at.now()))


@router.delete("/hooks/{hook}", response_model=HOOK, responses=documented(404), summary="Call it no more")  # fmt: skip
def unhook(house: Within, who: By, at: At, hook: Id, owner: Owner = "") -> Any:
    """From now on."""
    return wired(notices.drop(house, who, hook, owner=owner, now=at.now()))
