"""The gallery of components behind a small server that answers what the islands ask for."""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import jinja2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import agora.web
from agora.web import templates

WEB = Path(agora.web.__file__).parent
STATIC = WEB / "static"
ROWS = 1_000_000
NODES = 2_000
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
GIVEN = {
    "rows_url": "/rows.json",
    "rows_total": ROWS,
    "schema_url": "/schema.json",
    "values_url": "/values.json",
    "map_url": "/map.json",
    "log_url": "/log",
}


PAGE = """{% import "_macros.html" as ui %}<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>{{ title }}</title>{{ ui.assets() }}</head><body hx-boost:inherited="true"><main id="main">
<h1>{{ title }}</h1>BODY</main></body></html>"""
ISLANDS = {
    "editor": """<form action="/query">{{ ui.sql_editor("sql", "select week, revnue\nfrom sales.weekly_sales",
        "/schema.json", [{"line": 1, "column": 14, "message": "no column revnue"}]) }}</form>""",
    "grid": '{% call ui.virtual_grid("/rows.json", 1000000, "Result") %}<table></table>{% endcall %}',
    "chart": """{{ ui.chart("Units", "Sold", {"mark": "bar", "encoding": {"x": {"field": "department",
        "type": "nominal"}, "y": {"field": "units", "type": "quantitative"}}}, values="/values.json") }}
        {{ ui.chart("Elsewhere", "Not ours", {"data": {"url": "/rows.json"}, "mark": "bar"}) }}""",
    "map": '{{ ui.mesh_map("/map.json") }}',
    "log": "{% call ui.log_stream('/log') %}<li>so far</li>{% endcall %}",
}


@cache
def environment() -> jinja2.Environment:
    """The templates as pages have them: escaped, and strict about names."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= templates.environment().filters
    return made


def rendered(text: str = '{% include "components.html" %}', **given: object) -> str:
    return environment().from_string(text).render(given)


def island(request: Request) -> Response:
    name = request.path_params["name"]
    return HTMLResponse(rendered(PAGE.replace("BODY", ISLANDS[name]), title=name))


def components(request: Request) -> Response:
    return HTMLResponse(rendered(**GIVEN, **looks(request)))


def bare(request: Request) -> Response:
    return HTMLResponse(rendered(**looks(request)))


def looks(request: Request) -> dict[str, str]:
    """What the person set, as pages read it: from cookies."""
    return {name: request.cookies[name] for name in ("theme", "density") if name in request.cookies}


def other(request: Request) -> Response:
    """Where every link of the gallery leads: a page with one heading, telling the header it got."""
    return HTMLResponse(
        rendered(
            PAGE.replace("BODY", '<p id="token">{{ token }}</p><p id="asked">{{ q }}</p>'),
            title="Found",
            q=request.query_params.get("q") or request.query_params.get("sql", ""),
            token=request.headers.get("x-csrf-token", ""),
        )
    )


def rows(request: Request) -> Response:
    start, limit = (int(request.query_params[name]) for name in ("offset", "limit"))
    columns = [
        {"name": "n", "type": "bigint", "kind": "number", "masked": False, "why": ""},
        {"name": "department", "type": "text", "kind": "text", "masked": False, "why": ""},
        {"name": "email", "type": "text", "kind": "text", "masked": True, "why": "company rule"},
    ]
    window = [[n, f"=department {n % 7}", None] for n in range(start, min(start + limit, ROWS))]
    return JSONResponse({"columns": columns, "offset": start, "total": ROWS, "rows": window})


def schema(_: Request) -> Response:
    columns = [{"name": "week", "type": "date", "masked": False}]
    columns += [{"name": "email", "type": "text", "masked": True}]
    table = {"name": "sales.weekly_sales", "title": "Weekly Sales Report", "columns": columns}
    return JSONResponse({"tables": [table], "parameters": ["week"]})


def values(_: Request) -> Response:
    columns = [{"name": "department", "type": "text"}, {"name": "units", "type": "bigint"}]
    sold = [["Grocery", 1204], ["Produce", 640], ["Pharmacy", 88]]
    return JSONResponse({"columns": columns, "rows": sold})


def mesh(_: Request) -> Response:
    names = [f"domain-{n}" for n in range(25)]
    products = [
        {
            "id": f"{names[n % 25]}.p{n}",
            "title": f"Product {n}",
            "domain": names[n % 25],
            "href": f"/products/{n}",
            "state": ("healthy", "at-risk", "failing")[n % 3],
            "readers": n % 40,
        }
        for n in range(NODES)
    ]
    links = [
        {"from": products[n]["id"], "to": products[(n * 7 + 13) % NODES]["id"]}
        for n in range(NODES)
    ]
    domains = [{"name": name, "title": name.title()} for name in names]
    return JSONResponse({"domains": domains, "products": products, "links": links})


def suggestions(request: Request) -> Response:
    found = {
        "title": "Weekly Sales Report",
        "href": "/products/sales/weekly-sales",
        "note": "Sales",
    }
    hit = request.query_params["q"].lower() in found["title"].lower()
    return JSONResponse({"items": [found] if hit else []})


def log(_: Request) -> Response:
    async def lines() -> AsyncIterator[str]:
        told = {"at": "2018-01-01T07:00:02Z", "level": "error", "text": "<b>1 check failed</b>"}
        yield f"id: 1\nevent: log\ndata: {json.dumps(told)}\n\n"
        await asyncio.sleep(0)
        yield 'event: end\ndata: {"state": "refused", "text": "Refused"}\n\n'

    return StreamingResponse(lines(), media_type="text/event-stream")


APP = Starlette(
    routes=[
        Mount("/static", StaticFiles(directory=STATIC)),
        Route("/", components),
        Route("/bare", bare),
        Route("/only/{name}", island),
        Route("/rows.json", rows),
        Route("/schema.json", schema),
        Route("/values.json", values),
        Route("/map.json", mesh),
        Route("/log", log),
        Route("/search/suggest", suggestions),
        Route("/{path:path}", other, methods=["GET", "POST"]),
    ]
)


async def strict(scope, receive, send) -> None:
    """The gallery under the policy the pages have."""

    async def sending(message) -> None:
        if message["type"] == "http.response.start":
            message["headers"].append((b"content-security-policy", POLICY.encode()))
        await send(message)

    await APP(scope, receive, sending if scope["type"] == "http" else send)


@contextmanager
def served() -> Iterator[str]:
    """The address of the gallery while it is open."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(strict, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
