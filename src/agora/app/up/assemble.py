"""The whole application: pages, API and static files behind one set of guards."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

import agora.web
from agora.app.up import events
from agora.app.up.buckets import Buckets, folder
from agora.app.up.gone import Attentive, attentive
from agora.app.up.guards import Guarded
from agora.app.up.identity import Identified
from agora.app.up.limits import Paced, own_names
from agora.app.up.measuring import Measured, metrics
from agora.app.up.once import Once, memory
from agora.app.up.site import LiveSite
from agora.app.up.telling import Told
from agora.serve.rest.app import rest
from agora.serve.rest.etags import Marked
from agora.serve.rest.problems import problem
from agora.web.packing import packed_file, packed_headers, takes_gzip
from agora.web.routes import missing_page, routes, unexpected_page

STATIC = Path(agora.web.__file__).parent / "static"
OK, YEAR = 200, 31_536_000


class Lasting(StaticFiles):
    """Static files that a browser may keep: their addresses change with the version."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = f"public, max-age={YEAR}, immutable"
        if response.status_code == OK and takes_gzip(
            Headers(scope=scope).get("accept-encoding", "")
        ):
            packed = packed_file(os.fspath(full_path), stat_result.st_mtime)
            if packed is not None:
                kept = {"cache-control": response.headers["cache-control"]}
                return Response(packed, OK, packed_headers(kept), response.media_type)
        return response


def application(site: LiveSite, *, told: bool = False) -> ASGIApp:
    """Everything that answers HTTP for this site; with `told` each answer is, on standard error."""
    app = Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/readyz", _ready),
            Route("/events", events.stream),
            Route("/metrics", metrics),
            Mount("/static", Lasting(directory=STATIC)),
            Mount("/api/v1", Marked(rest(site))),
            *routes(),
        ],
        exception_handlers={404: _missing, Exception: unexpected_page},
    )
    app.state.site = site
    app.state.bell = events.Bell(site)
    site.furnish(attentive)
    pace = folder(site.root)
    people = Buckets(pace / "people", rate=50, burst=500)
    waited = Attentive(app)
    paced = Paced(waited, people=people, others=Buckets(pace / "others", rate=50, burst=1_000))
    identified = Identified(Once(paced, memory(site.root)), site)
    return Guarded(
        Measured(Told(identified) if told else identified),
        https=site.url.startswith("https:"),
        names=own_names(site.url) if site.demo else frozenset(),
    )


def _missing(request: Request, error: Exception) -> Response:
    """No such address: programs hear it as a problem, whatever they put into a path."""
    if request.scope["path"].startswith("/api/"):
        hint = "`/api/docs` describes every endpoint"
        return problem(request, 404, "there is nothing at this address", "E714", hint=hint)
    return missing_page(request, error)


def _alive(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"alive": True})


def _ready(request: Request) -> Response:
    """The mesh is open and its store answers."""
    site: LiveSite = request.app.state.site
    next(iter(site.house().store.records(limit=1)), None)
    broken = site.problem.sentence if site.problem else ""
    return JSONResponse({"ready": True, "mesh": site.house().mesh.name, "files": broken or "good"})
