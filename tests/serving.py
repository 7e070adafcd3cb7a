"""A served mesh and a real browser for tests.

`served` is the market mesh behind a real uvicorn on a port of its own; `client_as` gives an HTTP
client that has signed in as somebody, `page_as` a page in Debian's Chromium. They are made once for
each worker, so a test leaves behind nothing another one would stumble over, or asks for `serving`.
"""

import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from agora.app.up.assemble import application
from agora.app.up.chores import CHORES, Keeper
from agora.app.up.site import LiveSite
from tests.absence import absent
from tests.servers import free_port

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Served:
    """A mesh that is being served, in its folder and at its address."""

    root: Path
    url: str
    site: LiveSite
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, person: str = "") -> httpx.Client:
        """An HTTP client, signed in as this person of the demo, or as nobody."""
        client = httpx.Client(base_url=self.url, timeout=60)
        self.clients.append(client)
        if person:
            answer = client.post(
                "/demo/as", data={"person": person, "_csrf": csrf_of(client.get("/sign-in").text)}
            )
            assert answer.status_code == 303, answer.text
        return client


def csrf_of(html: str) -> str:
    """The word that the forms of a page carry."""
    return html.partition('name="_csrf" value="')[2].partition('"')[0]


def send(client: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """A form is sent the way a browser would, with the session's word."""
    word = csrf_of(client.get("/sign-in").text)
    return client.post(path, data={"_csrf": word, **fields})


def published(client: httpx.Client, path: str) -> str:
    """The page of a product whose run is over, however it went."""
    until = time.monotonic() + 60
    while "is being published" in (page := client.get(path).text) and time.monotonic() < until:
        time.sleep(0.1)
    assert "is being published" not in page
    return page


@contextlib.contextmanager
def serving(root: Path, *, demo: bool = True) -> Iterator[Served]:
    """This mesh behind a real server, in a thread of the test."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    site = LiveSite(root, {}, url=url, demo=demo)
    config = uvicorn.Config(application(site), host="127.0.0.1", port=port, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started, "the server did not start"
    keeper = Keeper(site, [each for each in CHORES if each.name == "errands"], look=0.2)
    keeper.start()
    found = Served(root, url, site)
    try:
        yield found
    finally:
        for client in found.clients:
            client.close()
        site.closing.set()
        keeper.join()
        server.should_exit = True
        thread.join(30)
        site.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The market in use, served as a demo."""
    from tests.journeys.changing import MESHES, in_use

    root = tmp_path_factory.mktemp("served") / "market"
    shutil.copytree(MESHES / "market", root)
    in_use(root)
    with serving(root) as found:
        yield found


@contextlib.contextmanager
def released(root: Path) -> Iterator[Served]:
    """A new market in this folder with its releases, served; nobody has asked for anything yet."""
    from agora.app.house import close_house, open_house
    from agora.model.people import Actor
    from agora.usecases.run import run
    from tests.journeys.changing import MESHES

    shutil.copytree(MESHES / "market", root)
    house = open_house(root, {})
    try:
        operator = house.mesh.principal(house.mesh.operator)
        assert operator is not None
        for product in ("sales.transactions", "customers.households"):
            run(house, Actor(principal=operator), product)
    finally:
        close_house(house)
    with serving(root) as found:
        yield found


@pytest.fixture(scope="module")
def serving_market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The market with its releases, served for one module that changes it."""
    with released(tmp_path_factory.mktemp("serving") / "market") as found:
        yield found


@pytest.fixture
def client_as(served: Served) -> Callable[..., httpx.Client]:
    """Clients of the served market, closed with it."""
    return served.client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless; gone with the module, for its driver keeps an event loop running."""
    if not Path(CHROMIUM).exists():
        absent("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page_as(served: Served, chromium: Any) -> Iterator[Callable[..., Any]]:
    """Pages of the served market in a browser of one's own, signed in as somebody.

    Options are those of Playwright's `new_context`, such as `viewport` or `color_scheme`.
    """
    contexts = []

    def opened(person: str = "", *, on: Served = served, **options: Any) -> Any:
        context = chromium.new_context(base_url=on.url, **options)
        contexts.append(context)
        if person:
            context.add_cookies(
                [
                    {"name": each.name, "value": each.value or "", "url": on.url}
                    for each in on.client(person).cookies.jar
                ]
            )
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
