"""Access over REST: asking, answering, the cart, and what is agreed."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from agora.model.access import Agreement, Cart, Due, Request
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Id, Line, Names, Prose, Purpose, Spoken, TableName, Until
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import access, agreements, cart, inbox, requests
from agora.usecases.agreeing.asking import Asked, Wish
from agora.usecases.agreeing.foreseeing import Foresight

router = APIRouter(tags=["access"])
REQUEST = model_of(Request)
AGREEMENT = model_of(Agreement)
ASKED = model_of(Asked)
ANSWERED = model_of(access.Answered)
FORESIGHT = model_of(Foresight)
WEIGHED = model_of(inbox.Weighed)
INBOX = model_of(inbox.Inbox)
CART = model_of(Cart)
TableField = Annotated[str, Field(max_length=200, examples=["sales.weekly-sales"])]


class Wanted(Body):
    """A table, and which of its columns; none named means all."""

    table: TableField
    columns: Names = []


class Asking(Body):
    """What is asked for, why, for whom and until when."""

    tables: Annotated[list[Wanted], Field(min_length=1, max_length=100)]
    purpose: Purpose
    reason: Prose = ""
    consumer: Line = ""
    until: Until = None
    edition: Annotated[str, Field(max_length=20)] = ""
    accept_terms: bool = False
    onward: Names = []

    def wish(self) -> Wish:
        """The same as a verb takes it."""
        return Wish(
            ports=tuple((each.table, tuple(each.columns)) for each in self.tables),
            purpose=self.purpose,
            reason=self.reason,
            consumer=self.consumer,
            until=self.until,
            edition=self.edition,
            accept_terms=self.accept_terms,
            onward=tuple(self.onward),
        )


class Answering(Body):
    """An owner's answer; it may only narrow what was asked. No `onward` said accepts what was asked."""

    approve: bool
    columns: Names = []
    until: Until = None
    onward: Names | None = None
    words: Prose = ""
    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Changing(Body):
    """What of a request is asked differently; what is left out stays."""

    columns: Names | None = None
    until: Until = None
    reason: Prose = ""
    words: Prose = ""


class Drafting(Body):
    """What the whole cart is for; what is left out stays."""

    purpose: Annotated[str, Field(max_length=100)] = ""
    reason: Prose = ""
    consumer: Line = ""
    until: Until = None
    onward: Names | None = None


class Sending(Body):
    """`seen` is what the foresight said; with other terms by now nothing is sent."""

    accept_terms: bool = False
    seen: Line = ""


class Renewing(Body):
    """Until when, and why it goes on."""

    until: Until = None
    reason: Prose = ""
    accept_terms: bool = False


class Extending(Body):
    """The last moment."""

    until: Until


@router.get("/requests", response_model=listing(REQUEST), responses=documented(), summary="What the caller has asked for")  # fmt: skip
def mine(house: Within, who: By, paged: Paged) -> Any:
    """Newest first, with those of their teams, agents and services."""
    return paged.page(agreements.mine(house, who).requests)


@router.post("/requests", status_code=201, response_model=list[ASKED], responses=documented(404, 409), summary="Ask for tables")  # type: ignore[valid-type]  # fmt: skip
def ask(house: Within, who: By, body: Asking) -> Any:
    """The owners have requests to answer, or none of them has."""
    return wired(access.ask_for(house, who, body.wish()))


@router.post("/requests/foresight", response_model=FORESIGHT, responses=documented(404, 409), summary="What would come of asking")  # fmt: skip
def foresee(house: Within, who: By, body: Asking) -> Any:
    """Who decides, what stays masked, what stands against it; nothing is written."""
    return wired(access.foresee(house, who, body.wish()))


@router.get("/requests/{request}", response_model=WEIGHED, responses=documented(404), summary="One request")  # fmt: skip
def one(house: Within, who: By, request: Id) -> Any:
    """For its owners with what the consumer would see and did so far."""
    return wired(inbox.weigh(house, who, request))


@router.patch("/requests/{request}", response_model=REQUEST, responses=documented(404, 409), summary="Ask differently")  # fmt: skip
def change(house: Within, who: By, request: Id, body: Changing) -> Any:
    """The request asks for this now; its version is one more."""
    return wired(
        requests.change(
            house,
            who,
            request,
            columns=body.columns,
            until=body.until,
            reason=body.reason,
            words=body.words,
        )
    )


@router.post("/requests/{request}/answer", response_model=ANSWERED, responses=documented(404, 409), summary="Approve or refuse")  # fmt: skip
def answer(house: Within, who: By, request: Id, body: Answering) -> Any:
    """An approval is the access from this moment on."""
    return wired(
        access.answer(
            house,
            who,
            request,
            approve=body.approve,
            columns=body.columns,
            until=body.until,
            onward=body.onward,
            words=body.words,
            version=body.version,
        )
    )


@router.post("/requests/{request}/ask-back", response_model=REQUEST, responses=documented(404, 409), summary="Ask the asker something")  # fmt: skip
def ask_back(house: Within, who: By, request: Id, body: Spoken) -> Any:
    """It is the asker's turn."""
    return wired(access.ask_back(house, who, request, body.words))


@router.post("/requests/{request}/reply", response_model=REQUEST, responses=documented(404, 409), summary="Answer what owners asked")  # fmt: skip
def reply(house: Within, who: By, request: Id, body: Spoken) -> Any:
    """It is the owners' turn."""
    return wired(requests.reply(house, who, request, body.words))


@router.post("/requests/{request}/withdraw", response_model=REQUEST, responses=documented(404, 409), summary="Take it back")  # fmt: skip
def withdraw(house: Within, who: By, request: Id, body: Spoken) -> Any:
    """Nobody has to answer it any more."""
    return wired(requests.withdraw(house, who, request, body.words))


@router.get("/inbox", response_model=INBOX, responses=documented(), summary="What the caller has to answer")  # fmt: skip
def box(house: Within, who: By) -> Any:
    """Requests that wait for this owner, those asked back, and those answered last."""
    return wired(inbox.inbox(house, who))


@router.get("/agreements", response_model=listing(AGREEMENT), responses=documented(), summary="What the caller may use")  # fmt: skip
def agreed(house: Within, who: By, paged: Paged) -> Any:
    """Newest first; with what has ended."""
    return paged.page(agreements.mine(house, who).agreements)


@router.get("/agreements/due", response_model=listing(model_of(Due)), responses=documented(), summary="What ends soon")  # fmt: skip
def due(house: Within, who: By, paged: Paged) -> Any:
    """Within thirty days, soonest first."""
    return paged.page(agreements.due(house, who))


@router.post("/agreements/{agreement}/end", response_model=AGREEMENT, responses=documented(404, 409), summary="End it")  # fmt: skip
def end(house: Within, who: By, agreement: Id, body: Spoken) -> Any:
    """It is over from this moment, with all that came of it."""
    return wired(agreements.end(house, who, agreement, body.words))


@router.post("/agreements/{agreement}/renew", response_model=ASKED, responses=documented(404, 409), summary="Ask for it to go on")  # fmt: skip
def renew(house: Within, who: By, agreement: Id, body: Renewing) -> Any:
    """The owners have a request to answer."""
    return wired(
        agreements.renew(
            house,
            who,
            agreement,
            until=body.until,
            reason=body.reason,
            accept_terms=body.accept_terms,
        )
    )


@router.post("/agreements/{agreement}/extend", response_model=AGREEMENT, responses=documented(404, 409), summary="Let it go on, as an owner")  # fmt: skip
def extend(house: Within, who: By, agreement: Id, body: Extending) -> Any:
    """An agreement until then has taken its place."""
    return wired(agreements.extend(house, who, agreement, until=body.until))


@router.get("/cart", response_model=CART, responses=documented(), summary="What lies in the cart")
def lies(house: Within, who: By) -> Any:
    """What the caller is about to ask for."""
    return wired(cart.cart(house, who))


@router.post("/cart/items", response_model=CART, responses=documented(404, 409), summary="Put a table into the cart")  # fmt: skip
def add(house: Within, who: By, body: Wanted) -> Any:
    """It lies there once, with these columns."""
    return wired(cart.add(house, who, body.table, body.columns))


@router.delete("/cart/items/{table}", response_model=CART, responses=documented(404, 409), summary="Take it out")  # fmt: skip
def remove(house: Within, who: By, table: TableName) -> Any:
    """The table lies there no more."""
    return wired(cart.remove(house, who, table))


@router.patch("/cart", response_model=CART, responses=documented(409), summary="Say what it is for")
def draft(house: Within, who: By, body: Drafting) -> Any:
    """Purpose, reason, consumer and end of all of it."""
    return wired(
        cart.draft(
            house,
            who,
            purpose=body.purpose,
            reason=body.reason,
            consumer=body.consumer,
            until=body.until,
            onward=body.onward,
        )
    )


@router.post("/cart/foresight", response_model=FORESIGHT, responses=documented(404, 409), summary="What would come of sending it")  # fmt: skip
def foresee_cart(house: Within, who: By) -> Any:
    """Nothing is written."""
    return wired(cart.foresee_cart(house, who))


@router.post("/cart/send", status_code=201, response_model=list[ASKED], responses=documented(404, 409), summary="Ask for all of it")  # type: ignore[valid-type]  # fmt: skip
def send(house: Within, who: By, body: Sending) -> Any:
    """One request for each table, in one bundle; the cart is empty."""
    return wired(cart.send(house, who, accept_terms=body.accept_terms, seen=body.seen))
