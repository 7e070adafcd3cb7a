"""Verbs over REST: what a terminal elsewhere calls, as whose token it shows.

Only what stands in the table can be called. Each verb decides for itself what somebody may do; the
table says what their token must allow.
"""

import os
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, Response

from agora.model import frames
from agora.model import verbs as words
from agora.model.drawn import Drawn
from agora.model.errors import Missing, Unusable
from agora.model.token import Scope
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.framing import Frames
from agora.serve.rest.problems import documented
from agora.serve.rest.streaming import Poured
from agora.usecases import (
    access,
    account,
    agreements,
    cart,
    chart,
    check,
    consent,
    derive,
    discuss,
    download,
    explain,
    exports,
    follow,
    history,
    imports,
    inbox,
    ledger,
    lineage,
    maintain,
    new,
    notices,
    notify,
    order,
    plan,
    preview,
    query,
    rate,
    requests,
    rollback,
    run,
    saved,
    schedule,
    scorecard,
    search,
    show,
    token,
    verify,
    wish,
)
from agora.usecases.token import demand

router = APIRouter(tags=["verbs"])

READ = (
    access.foresee, agreements.mine, cart.cart, cart.foresee_cart, chart.columns, chart.draw, chart.find,
    chart.preview, chart.seen, discuss.discussion, download.download, explain.explain, exports.export,
    follow.following, history.history, inbox.answerers, inbox.pending, inbox.weigh, ledger.records,
    lineage.lineage, notices.hooks, notices.notices, order.in_order, query.query, saved.bound,
    saved.curated, saved.find, saved.mine, saved.run, saved.shared, schedule.listed, scorecard.scorecard,
    search.search, show.rows, show.show, token.tokens, wish.fulfilled, wish.wishes,
)  # fmt: skip
ASK = (
    access.answer, access.ask_back, access.ask_for, agreements.carry_over, agreements.end,
    agreements.extend, agreements.renew, cart.add, cart.draft, cart.remove, cart.send, chart.remove,
    chart.save, chart.share, discuss.accept, discuss.edit, discuss.hide,
    discuss.question, discuss.reply, follow.follow, follow.unfollow, notices.drop, notices.hook,
    notices.mark, notices.prefer, rate.rate, rate.withdraw, requests.change, requests.reply,
    requests.withdraw, saved.edit, saved.remove, saved.save, saved.share, token.make, token.revoke,
    wish.settle, wish.wish,
)  # fmt: skip
MAKE = (
    check.judged, consent.consent, derive.derive, imports.adopt, maintain.maintain, new.new, plan.plan, preview.preview,
    rollback.rollback, run.run, run.run_each, schedule.put, verify.verify,
)  # fmt: skip
OPERATE = (
    account.block, account.invite, account.people, account.reset, account.sign_out_person,
    account.unblock, account.unlock, derive.tended, ledger.verify, notify.notify_now,
)  # fmt: skip
VERBS: Mapping[str, tuple[words.Verb, Scope]] = {
    words.name_of(verb): (verb, scope)
    for scope, verbs in (
        (Scope.READ, READ),
        (Scope.ASK, ASK),
        (Scope.MAKE, MAKE),
        (Scope.OPERATE, OPERATE),
    )
    for verb in verbs
}

_HINT = "use the version of `agora` that the server has"
ANSWERS = documented(404, 409) | {
    200: {
        "description": "What it answers: a document, or frames of one where it streams.",
        "content": {"application/json": {}, frames.MEDIA: {}},
    }
}


@router.post("/verbs/{verb}", responses=ANSWERS, summary="Call a verb as a terminal does")
def call(
    site: At,
    house: Within,
    who: By,
    request: Request,
    verb: Annotated[str, Path(max_length=60, examples=["search.search"])],
    said: dict[str, Any],
) -> Response:
    """Everything a command of `agora` does is one of these; programs are better off with the rest."""
    found, scope = _found(verb)
    held = request.state.scopes if getattr(request.state, "bearer", False) else tuple(Scope)
    demand(held, scope)
    try:
        arguments = words.heard(found, said)
    except ValueError as problem:
        raise Unusable(str(problem), code="E773", hint=_HINT) from None
    known = {
        "environment": dict(os.environ), "now": site.now(), "clock": site.now,
        "held": held, "told": who.principal,
    }  # fmt: skip
    arguments |= {name: known[name] for name in words.of_the_machine(found)}
    answer = found(house, who, **arguments)
    if scope is Scope.MAKE:
        site.reread()  # whoever made something in the files asks for it next
    return _answered(house, found, answer)


def _found(name: str) -> tuple[Callable[..., Any], Scope]:
    if name not in VERBS:
        raise Missing("there is no such verb", code="E772", hint=_HINT)
    return VERBS[name]


def _answered(house: Within, verb: words.Verb, answer: Any) -> Response:
    if words.items_of(verb) is None and words.stream_of(verb) is None:
        return JSONResponse(
            words.told(verb, answer.exact() if isinstance(answer, Drawn) else answer)
        )
    return Poured(Frames(house.outlets, verb, answer), media_type=frames.MEDIA)
