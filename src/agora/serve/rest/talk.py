"""Talk over REST: questions and answers about a product, ratings, following, and notices."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from agora.model.discussion import Answer, Question, Rating
from agora.model.notice import Inbox, Mailing, Preference
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Id, Prose
from agora.serve.rest.paging import MOST, Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import model_of, wired
from agora.usecases import discuss, follow, notices, rate

router = APIRouter(tags=["talk"])
PRODUCT = "/products/{domain}/{product}"
DISCUSSION = model_of(discuss.Discussion)
QUESTION, ANSWER, RATING = model_of(Question), model_of(Answer), model_of(Rating)
FOLLOWED = model_of(follow.Followed)
NOTICES = model_of(notices.Notices)
Stars = Annotated[int, Field(ge=1, le=5)]


class Text(Body):
    """What somebody says, in Markdown."""

    text: Prose


class Judging(Body):
    """One to five stars, and why."""

    stars: Stars
    words: Prose = ""


class Reading(Body):
    """Which notices have been read; none named means all."""

    numbers: Annotated[list[Annotated[int, Field(ge=0, le=2**53)]], Field(max_length=MOST)] = []


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


@router.put(f"{PRODUCT}/rating", response_model=RATING, responses=documented(404, 409), summary="Rate it")  # fmt: skip
def judge(house: Within, who: By, domain: Word, product: Word, body: Judging) -> Any:
    """For those who have read it, one rating each."""
    return wired(rate.rate(house, who, f"{domain}.{product}", body.stars, body.words))


@router.delete(f"{PRODUCT}/rating", response_model=RATING, responses=documented(404, 409), summary="Take the rating back")  # fmt: skip
def unjudge(house: Within, who: By, domain: Word, product: Word) -> Any:
    """It does not count any more."""
    return wired(rate.withdraw(house, who, f"{domain}.{product}"))


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
