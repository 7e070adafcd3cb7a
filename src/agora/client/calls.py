"""Calls: what goes to a server and comes back; its refusals become our own errors."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from agora.model import errors
from agora.model.errors import AgoraError, Denied, Invalid, Unavailable, Unusable
from agora.model.findings import Finding
from agora.model.reasons import Reason

SECONDS = 60.0
_PLACE = re.compile(
    r"(?P<file>.+):(?P<line>\d+):(?P<column>\d+): (?P<code>E\d+) (?P<sentence>.*)", re.DOTALL
)
_KINDS: Mapping[int, type[AgoraError]] = {
    400: errors.Unusable,
    401: errors.Denied,
    403: errors.Denied,
    404: errors.Missing,
    409: errors.Conflict,
    413: errors.Exhausted,
    422: errors.Invalid,
    429: errors.Exhausted,
    503: errors.Unavailable,
}


class Calls:
    """One server, called by one token over connections that are kept."""

    def __init__(
        self, url: str, token: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        """Nothing is called yet. Raises Unusable for what is no address of a server."""
        self.url = address = _address(url)
        if not token or not token.isascii() or not token.isprintable():
            raise Unusable("this is no token", code="E779", hint="it is one line of plain letters")
        self._client = httpx.Client(
            base_url=f"{address}/api/v1",
            headers={"authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(SECONDS, read=None),
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"Calls({self.url})"

    def close(self) -> None:
        """No connection is kept any more."""
        self._client.close()

    def get(self, path: str, **asked: Any) -> Any:
        """The answer as JSON. Raises what the server refuses with."""
        return self._told("GET", path, params=_given(asked))

    def send(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, **asked: Any
    ) -> Any:
        """The same for a deed; what is None is left out."""
        return self._told(method, path, json=_given(body or {}), params=_given(asked))

    def say(self, path: str, body: Mapping[str, Any], **asked: Any) -> Any:
        """The answer to exactly this body, as JSON."""
        return self._told("POST", path, json=body, params=_given(asked))

    def every(self, path: str, **asked: Any) -> Iterator[Any]:
        """All items of a list, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, limit=200, cursor=cursor, **asked)
            yield from page["items"]
            cursor = page["next"]

    @contextmanager
    def rows(self, body: Mapping[str, Any]) -> Iterator[httpx.Response]:
        """The rows of a question while they arrive; leaving early stops the work over there."""
        with (
            broken_off(self.url),
            self._client.stream("POST", "/query", json=_given(body)) as answer,
        ):
            if answer.is_error:
                answer.read()
            _demand(answer)
            yield answer

    @contextmanager
    def streamed(
        self, path: str, body: Mapping[str, Any], **asked: Any
    ) -> Iterator[httpx.Response]:
        """An answer while it arrives, for whoever closes it. Raises what the server refuses with."""
        with (
            broken_off(self.url),
            self._client.stream("POST", path, json=body, params=_given(asked)) as answer,
        ):
            if answer.is_error:
                answer.read()
            _demand(answer)
            yield answer

    def _told(self, method: str, path: str, **more: Any) -> Any:
        with broken_off(self.url):
            answer = self._client.request(method, path, **more)
            _demand(answer)
            return answer.json() if answer.content else None


def _address(url: str) -> str:
    """The address of a server and nothing else: no query, and nobody's password, which would be shown."""
    address = url.rstrip("/")
    try:
        found = httpx.URL(address)
    except (httpx.InvalidURL, ValueError):
        found = httpx.URL()
    if found.scheme not in ("http", "https") or not found.host or found.userinfo or found.query:
        shown = "what was given" if found.userinfo else f"`{url}`"
        raise Unusable(
            f"{shown} is no address of a server",
            code="E720",
            hint="write it with its beginning: `https://agora.example.org`",
        )
    return address


def _given(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if value is not None}


@contextmanager
def broken_off(url: str) -> Iterator[None]:
    """A server that is not there, or breaks off, is one of our errors."""
    try:
        yield
    except httpx.ConnectError as cause:
        raise Unavailable(
            f"nothing answers at `{url}`", code="E721", hint="check the address and the network"
        ) from cause
    except httpx.HTTPError as cause:
        raise Unavailable(
            f"`{url}` broke off its answer", code="E722", hint="ask again; what came is not whole"
        ) from cause
    except (EOFError, StopIteration) as cause:
        raise Unavailable(
            f"`{url}` broke off its answer", code="E722", hint="ask again; what came is not whole"
        ) from cause
    except ValueError as cause:
        hint = "check the address, and whether the server is of the version of this `agora`"
        raise Unavailable(
            f"`{url}` answers, but not as Agora does", code="E723", hint=hint
        ) from cause


def _demand(answer: httpx.Response) -> None:
    """The answer is a good one; raises the error it tells of otherwise."""
    if not answer.is_error and not answer.is_redirect:
        return
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    if not isinstance(problem, dict) or "code" not in problem:
        raise ValueError(answer.status_code)
    raise told(problem)


def told(problem: Mapping[str, Any]) -> AgoraError:
    """The error a problem tells of, with the reasons and places it came with.

    Where Python shows it, the way out stands below it.
    """
    error = _told(problem)
    error.add_note(f"{error.code_shown}: {error.hint}" if error.hint else error.code_shown)
    return error


def _told(problem: Mapping[str, Any]) -> AgoraError:
    kind = _KINDS.get(problem.get("status", 0), Unavailable)
    sentence, code, hint = problem["title"], problem["code"], problem.get("hint", "")
    if kind is Denied:
        reasons = tuple(Reason(**each) for each in problem.get("reasons", ()))
        return Denied(sentence, code=code, reasons=reasons, hint=hint)
    if kind is Invalid:
        places = (_PLACE.fullmatch(each) for each in problem.get("places", ()))
        findings = tuple(_finding(each) for each in places if each)
        return Invalid(sentence, code=code, findings=findings, hint=hint)
    return kind(sentence, code=code, hint=hint)


def _finding(place: re.Match[str]) -> Finding:
    return Finding(
        file=place["file"],
        line=int(place["line"]),
        column=int(place["column"]),
        code=place["code"],
        sentence=place["sentence"],
    )
