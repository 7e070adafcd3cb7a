"""Problems: every error as `application/problem+json` (RFC 9457) with its stable code."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from agora.model.errors import AgoraError, Denied, Invalid
from agora.serve.rest.hints import spoken

MEDIA = "application/problem+json"
UNAUTHENTICATED = frozenset({"E610", "E611", "E710"})


class Why(BaseModel):
    """One rule that led to a refusal."""

    code: str
    sentence: str
    rule: str = ""
    owner: str = ""


class Problem(BaseModel):
    """What went wrong: a sentence for a person, a code for a program, and what to do next."""

    type: str = Field(examples=["/help/errors/E403"])
    title: str = Field(examples=["there is no `sales.nothing`"])
    status: int = Field(examples=[404])
    code: str = Field(examples=["E403"])
    hint: str = ""
    request: str = ""
    reasons: list[Why] = []
    places: list[str] = []


ALWAYS = (400, 401, 403, 408, 413, 421, 422, 429, 503)
"""What any endpoint may answer: bounds, signing in, rights, sizes, the gate, a mesh that is too busy."""


def documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The refusals an endpoint can answer with, for its description."""
    return {
        code: {"model": Problem, "description": HTTPStatus(code).phrase}
        for code in sorted({*ALWAYS, *codes})
    }


def as_sent(responses: dict[str, dict[str, Any]]) -> None:
    """Problems are described in the form they are sent in, not as plain JSON."""
    for code, answer in responses.items():
        content = answer.get("content", {})
        if code >= "400" and "application/json" in content:
            content[MEDIA] = content.pop("application/json")


def problem(
    request: Request, status: int, title: str, code: str, *, hint: str = "", **more: Any
) -> JSONResponse:
    """A refusal as the caller gets it."""
    body = Problem(
        type=f"/help/errors/{code}",
        title=title,
        status=status,
        code=code,
        hint=hint,
        request=getattr(request.state, "id", ""),
        **more,
    )
    headers: Mapping[str, str] = {"www-authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004
    return JSONResponse(body.model_dump(), status, dict(headers), media_type=MEDIA)


def told(request: Request, error: Exception) -> Response:
    """One of our own errors."""
    assert isinstance(error, AgoraError)
    reasons = error.reasons if isinstance(error, Denied) else ()
    findings = error.findings if isinstance(error, Invalid) else ()
    typed = "/verbs/" in request.url.path  # a terminal elsewhere reads what one here would
    return problem(
        request,
        401 if error.code_shown in UNAUTHENTICATED else error.status,
        error.sentence,
        error.code_shown,
        hint=error.hint if typed else spoken(error.hint),
        reasons=[
            Why(code=r.code, sentence=r.sentence, rule=r.rule, owner=r.owner) for r in reasons
        ],
        places=[f"{f.place}: {f.code} {f.sentence}" for f in findings],
    )


def malformed(request: Request, error: Exception) -> Response:
    """A call that does not fit the description of its endpoint."""
    assert isinstance(error, RequestValidationError)
    places = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
    title = "the call does not fit what this endpoint takes"
    return problem(request, 422, title, "E713", hint=places[0][:300], places=places[:20])


def unrouted(request: Request, error: Exception) -> Response:
    """No such endpoint, or not with this method."""
    assert isinstance(error, HTTPException)
    hint = "`/api/docs` describes every endpoint"
    answer = problem(request, error.status_code, str(error.detail).lower(), "E714", hint=hint)
    answer.headers.update(error.headers or {})
    return answer


def unexpected(request: Request, _: Exception) -> Response:
    """Something nobody expected: nothing of the inside is told, the request's id finds it in the log."""
    hint = "say the request's id to whoever runs this mesh"
    return problem(
        request, 500, "something went wrong that Agora did not expect", "E001", hint=hint
    )


def handle(app: FastAPI) -> None:
    """Every error of this app is told in the one form."""
    app.add_exception_handler(AgoraError, told)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, unrouted)
    app.add_exception_handler(Exception, unexpected)
