"""Asking: who calls the API, for what purpose, and the mesh as it is now."""

import secrets
from typing import Annotated

from fastapi import Depends, Header, Query, Request

from agora.model.errors import AgoraError, Denied
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.site import Site

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def site(request: Request) -> Site:
    """The site this API belongs to."""
    found: Site = request.app.state.site
    return found


def house(request: Request) -> House:
    """The mesh as its files say now, and as this caller belongs to it."""
    who: Actor | None = getattr(request.state, "who", None)
    found = site(request).house()
    return found.opened_to(who.principal) if who else found


def caller(
    request: Request,
    purpose: Annotated[
        str, Query(description="What the data is used for.", examples=["reporting"], max_length=100)
    ] = "",
    x_csrf_token: Annotated[str, Header(include_in_schema=False)] = "",
) -> Actor:
    """Who calls: by a bearer token, or by the session of a page of ours that says its word.

    Raises Denied with E710 when nobody has signed in.
    """
    who: Actor | None = getattr(request.state, "who", None)
    problem: AgoraError | None = getattr(request.state, "problem", None)
    if problem is not None:
        raise problem
    if who is None:
        raise Denied(
            "nobody is signed in",
            code="E710",
            hint="send `Authorization: Bearer …` with a token of yours",
        )
    if request.method not in SAFE and not getattr(request.state, "bearer", False):
        own = getattr(request.state, "csrf", "")
        if not own or not secrets.compare_digest(x_csrf_token.encode(), own.encode()):
            raise Denied(
                "this call is not from a page of this session",
                code="E711",
                hint="send the session's word as `X-CSRF-Token`, or use a token",
            )
    return who.for_purpose(purpose)


At = Annotated[Site, Depends(site)]
Within = Annotated[House, Depends(house)]
By = Annotated[Actor, Depends(caller)]
