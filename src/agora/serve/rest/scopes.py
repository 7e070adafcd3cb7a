"""Scopes: what a token must allow for each endpoint; an endpoint that is not named here is shut."""

from collections.abc import Mapping

from fastapi import Request

from agora.model.errors import Missing
from agora.model.token import Scope
from agora.serve.rest.asking import By
from agora.usecases.token import demand

READ = """
GET    /activity
GET    /agreements
GET    /agreements/due
GET    /cart
GET    /charts
GET    /charts/{chart}
GET    /charts/{chart}/drawn
GET    /domains
GET    /domains/{domain}
GET    /domains/{domain}/rules
GET    /draft
GET    /draft/check
GET    /explain
GET    /following
GET    /hooks
GET    /inbox
GET    /ledger
GET    /map
GET    /me
GET    /me/tokens
GET    /notices
GET    /notices/preference
GET    /operations/costs
GET    /operations/health
GET    /operations/storage
GET    /plan
GET    /products
GET    /products/{domain}/{product}
GET    /products/{domain}/{product}/consumers
GET    /products/{domain}/{product}/discussion
GET    /products/{domain}/{product}/editions
GET    /products/{domain}/{product}/explain
GET    /products/{domain}/{product}/export
GET    /products/{domain}/{product}/follow
GET    /products/{domain}/{product}/lineage
GET    /products/{domain}/{product}/quality
GET    /products/{domain}/{product}/queries
GET    /products/{domain}/{product}/related
GET    /products/{domain}/{product}/versions
GET    /products/{domain}/{product}/tables/{table}/columns
GET    /products/{domain}/{product}/tables/{table}/rows
GET    /products/{domain}/{product}/tables/{table}/snippets
GET    /query/vocabulary
GET    /requests
GET    /requests/{request}
GET    /results
GET    /results/{result}
GET    /results/{result}/export
GET    /results/{result}/rows
GET    /products/{domain}/{product}/runs
GET    /products/{domain}/{product}/runs/latest
GET    /products/{domain}/{product}/runs/latest/events
GET    /products/{domain}/{product}/runs/{run}
GET    /products/{domain}/{product}/runs/{run}/events
GET    /rules
GET    /runs
GET    /saved
GET    /saved/{query}
GET    /products/{domain}/{product}/schedule
GET    /schedules
GET    /scorecard
GET    /scorecard/costs
GET    /search
GET    /studio
GET    /studio/{domain}/{product}
POST   /cart/foresight
POST   /charts/preview
POST   /products/foresight
POST   /query
POST   /query/explain
POST   /requests/foresight
POST   /results
POST   /results/{result}/cancel
POST   /saved/{query}/run
POST   /verbs/{verb}
DELETE /results/{result}
"""
ASK = """
DELETE /cart/items/{table}
DELETE /charts/{chart}
DELETE /hooks/{hook}
DELETE /me/tokens/{token}
DELETE /products/{domain}/{product}/follow
DELETE /products/{domain}/{product}/rating
DELETE /saved/{query}
PATCH  /cart
PATCH  /charts/{chart}
PATCH  /products/{domain}/{product}/discussion/{remark}
PATCH  /requests/{request}
PATCH  /saved/{query}
POST   /agreements/{agreement}/end
POST   /agreements/{agreement}/extend
POST   /agreements/{agreement}/renew
POST   /cart/items
POST   /cart/send
POST   /charts
POST   /hooks
POST   /me/sign-out
POST   /me/tokens
POST   /notices/read
POST   /products/{domain}/{product}/discussion
POST   /products/{domain}/{product}/discussion/{question}/answers
POST   /products/{domain}/{product}/discussion/{answer}/accept
POST   /products/{domain}/{product}/discussion/{remark}/hide
POST   /products/{domain}/{product}/ratings/{author}/hide
POST   /requests
POST   /requests/{request}/answer
POST   /requests/{request}/ask-back
POST   /requests/{request}/reply
POST   /requests/{request}/withdraw
POST   /saved
POST   /wishes
PUT    /charts/{chart}/sharing
PUT    /notices/preference
PUT    /products/{domain}/{product}/follow
PUT    /products/{domain}/{product}/rating
PUT    /saved/{query}/sharing
"""
MAKE = """
DELETE /products/{domain}/{product}/schedule
POST   /draft/publish
POST   /plan
POST   /products/{domain}/{product}/consent
POST   /products/{domain}/{product}/rollback
POST   /products
POST   /products/{domain}/{product}/runs
PUT    /draft
PUT    /draft/columns
PUT    /draft/label
PUT    /products/{domain}/{product}/file
PUT    /products/{domain}/{product}/schedule
"""
OPERATE = """
GET    /people
POST   /ledger/proof
POST   /people/{person}/block
POST   /people/{person}/invite
POST   /people/{person}/reset
POST   /people/{person}/sign-out
POST   /people/{person}/unblock
POST   /people/{person}/unlock
"""
SCOPES: Mapping[str, Scope] = {
    " ".join(line.split()): scope
    for scope, lines in (
        (Scope.READ, READ),
        (Scope.ASK, ASK),
        (Scope.MAKE, MAKE),
        (Scope.OPERATE, OPERATE),
    )
    for line in lines.strip().splitlines()
}


def scoped(request: Request, _: By) -> None:
    """What the caller showed allows this endpoint; somebody at a page of ours may do what they may.

    Raises Denied with E613, and Missing for an endpoint nobody has put into the table.
    """
    wanted = SCOPES.get(f"{request.method} {request.scope['route'].path}")
    if wanted is None:
        raise Missing("there is no such endpoint", code="E714", hint="`/api/docs` lists them")
    if getattr(request.state, "bearer", False):
        demand(request.state.scopes, wanted)
