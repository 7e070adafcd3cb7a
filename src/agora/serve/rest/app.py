"""The API as one application: its endpoints, and how it describes itself."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from agora import __version__
from agora.needs.site import Site
from agora.serve.rest import (
    access,
    charts,
    govern,
    me,
    ops,
    parts,
    people,
    plan,
    problems,
    products,
    quality,
    query,
    results,
    runs,
    saved,
    search,
    sheet,
    studio,
    talk,
    verbs,
    workbench,
)
from agora.serve.rest import map as map_
from agora.serve.rest.examples import examples, shown
from agora.serve.rest.scopes import SCOPES, scoped

WORDS = """Everything the pages can do, for programs. Sign in with `Authorization: Bearer …`;
make a token on the page *Tokens* or with `agora token`. Errors are `application/problem+json` with a
stable `code`; `/help/errors/CODE` says what it means. Lists come in pages: `next` is the `cursor` of
the one after it."""
PARTS = (
    search, map_, products, parts, quality, query, workbench, results, saved, charts, access, talk, plan, runs,
    studio, sheet,
    govern, ops, me, people, verbs,
)  # fmt: skip


def rest(site: Site) -> FastAPI:
    """The API of this site, to be mounted at `/api/v1`."""
    app = FastAPI(
        title="Agora",
        version=__version__,
        description=WORDS,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # a redirect names a scheme, and a token would go there in the clear
    )
    app.state.site = site
    problems.handle(app)
    for part in PARTS:
        app.include_router(part.router, dependencies=[Depends(scoped)])
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    return app


def described(app: FastAPI) -> dict[str, Any]:
    """The description of every endpoint: what a token must allow, examples, problems as they are sent."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    made["servers"] = [{"url": "/api/v1"}]
    made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    made["security"] = [{"token": []}]
    known = examples()
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            endpoint = f"{method.upper()} {path}"
            wanted = SCOPES.get(endpoint)
            shown(operation, known.get(endpoint, {}))
            operation["x-agora-scope"] = wanted.value if wanted else ""
            _at_the_edge(method, operation)
            problems.as_sent(operation["responses"])
    app.openapi_schema = made
    return made


def _at_the_edge(method: str, operation: dict[str, Any]) -> None:
    """What is answered before an endpoint is asked: by its ETag, or by the key of a deed."""
    answers, refusal = operation["responses"], operation["responses"]["422"]
    named = operation.setdefault("parameters", [])
    if method == "get":
        answers["304"] = {"description": "Not modified since the ETag in `If-None-Match`."}
        named.append(_header("If-None-Match", "The ETag of what one has."))
    elif method == "post":
        answers["409"] = {**refusal, "description": "Conflict"}
        named.append(_header("Idempotency-Key", "The same deed sent twice is done once."))
    else:
        answers["412"] = {**refusal, "description": "Precondition Failed"}
        named.append(_header("If-Match", "The ETag of what one saw: else nothing is changed."))


def _header(name: str, words: str) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": 200}
    return {"name": name, "in": "header", "required": False, "description": words, "schema": schema}
