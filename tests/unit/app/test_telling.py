"""Each answer is told in one line that holds nothing anybody typed."""

import asyncio
import io
import json
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from agora.app.up.telling import Told


async def page(request):
    request.scope["state"] |= {
        "who": SimpleNamespace(principal=SimpleNamespace(id="mia")),
        "id": "7",
    }
    return PlainTextResponse("four" if request.path_params else "no")


ROUTES = [
    Route("/products/{domain}/{product}", page),
    Mount("/api/v1", Starlette(routes=[Route("/tables/{table}/rows", page)])),
]


def line(path):
    out = io.StringIO()

    async def asked():
        app = Told(Starlette(routes=ROUTES), out)

        async def stated(scope, receive, send):
            await app(scope | {"state": {}}, receive, send)

        transport = httpx.ASGITransport(stated)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.get(path, headers={"cookie": "agora=secret"})

    asyncio.run(asked())
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/products/sales/sales?q=words", "/products/{domain}/{product}"),
        ("/products/products/p?token=words", "/products/{domain}/{product}"),
        ("/api/v1/tables/api/rows?sql=words", "/api/v1/tables/{table}/rows"),
    ],
)
def test_a_request_is_told_by_its_route(path, route):
    text = line(path)
    told = json.loads(text)
    assert told.pop("ms") >= 0
    assert told.pop("at")
    assert told == {
        "event": "request", "method": "GET", "route": route, "status": 200, "bytes": 4,
        "who": "mia", "request": "7",
    }  # fmt: skip
    assert "words" not in text
    assert "secret" not in text


@pytest.mark.parametrize("path", ["/what/i/know", "/api/v1/what/i/know"])
def test_an_address_without_a_page_is_not_repeated(path):
    told = json.loads(line(path))
    assert (told["route"], told["status"], told["who"]) == ("", 404, "")


def test_what_a_page_needs_besides_is_not_told():
    assert line("/static/app.css") == ""
