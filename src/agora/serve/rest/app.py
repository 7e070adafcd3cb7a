"""The API as one application: its endpoints, and how it describes itself."""

from fastapi import FastAPI

from agora import __version__
from agora.needs.site import Site
from agora.serve.rest import problems, products, query

WORDS = """Everything the pages can do, for programs. Sign in with `Authorization: Bearer …`;
make a token on the page *Tokens* or with `agora token`. Errors are `application/problem+json` with a
stable `code`; `/help/errors/CODE` says what it means."""


def rest(site: Site) -> FastAPI:
    """The API of this site, to be mounted at `/api/v1`."""
    app = FastAPI(
        title="Agora",
        version=__version__,
        description=WORDS,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.site = site
    problems.handle(app)
    for part in (products, query):
        app.include_router(part.router)
    return app
