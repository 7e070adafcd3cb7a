"""Identity: whose request this is, by a session's cookie or a bearer token, before anything answers."""

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.app.up.site import LiveSite
from agora.model.errors import AgoraError
from agora.usecases.session import session
from agora.usecases.token import resolve
from agora.web.cookies import SESSION, VISIT, cookie

State = dict[str, Any]
BEARER = "bearer "


class Identified:
    """An application that knows who asks: `state.who`, `state.csrf`, `state.scopes` of a token.

    A token that opens nothing leaves its `state.problem`. Whoever has not signed in gets a cookie
    by which the sign-in form knows its own page again.
    """

    def __init__(self, app: ASGIApp, site: LiveSite) -> None:
        """Answer for this site."""
        self._app, self._site = app, site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        state: State = scope.setdefault("state", {})
        given: list[str] = []
        await run_in_threadpool(self._look, Headers(scope=scope), state, given)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and given:
                headers = MutableHeaders(scope=message)
                setting = headers.getlist("set-cookie")
                for each in given:
                    if not any(other.split("=")[0] == each.split("=")[0] for other in setting):
                        headers.append("set-cookie", each)
            await send(message)

        await self._app(scope, receive, sent)

    def _look(self, headers: Headers, state: State, given: list[str]) -> None:
        shown = headers.get("authorization", "")
        if shown.lower().startswith(BEARER):
            self._bearer(shown[len(BEARER) :].strip(), state)
            return
        cookies = _cookies(headers.get("cookie", ""))
        https = self._site.url.startswith("https:")
        secret = cookies.get(SESSION, "")
        sitting = session(self._site.house(), secret, self._site.now()) if secret else None
        if sitting is not None:
            state |= {"who": sitting.actor, "csrf": sitting.csrf, "secret": secret}
            if sitting.rotated:
                state["secret"] = sitting.rotated
                given.append(cookie(SESSION, sitting.rotated, https=https))
            return
        visit = cookies.get(VISIT, "")
        if not visit:
            visit = secrets.token_urlsafe(24)
            given.append(cookie(VISIT, visit, https=https))
        state["csrf"] = hashlib.sha256(f"csrf {visit}".encode()).hexdigest()

    def _bearer(self, text: str, state: State) -> None:
        try:
            bearer = resolve(self._site.house(), text, self._site.now())
        except AgoraError as problem:
            state["problem"] = problem
            return
        state |= {"who": bearer.actor, "bearer": True, "scopes": bearer.scopes}


def _cookies(text: str) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(text)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}
