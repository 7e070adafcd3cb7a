"""The market in use behind a real server, with a token for everybody in it."""

import contextlib
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from agora.model.people import Actor
from agora.usecases.token import make
from tests.journeys.changing import MESHES, in_use
from tests.serving import Served, serving

EVERYTHING = ("read", "ask", "make")


@dataclass
class Callers:
    """Clients of the API by name, each with a token of its own."""

    served: Served
    stack: contextlib.ExitStack
    made: dict = field(default_factory=dict)

    @property
    def house(self):
        return self.served.site.house()

    def actor(self, name, purpose=""):
        return Actor(principal=self.house.mesh.principal(name), purpose=purpose)

    def secret(self, name, scopes=EVERYTHING):
        now = datetime.now(UTC)
        maker = self.actor("ana" if name == "aria" else name)
        return make(
            self.house,
            maker,
            name="a test",
            scopes=scopes,
            days=1,
            consumer="agent:aria" if name == "aria" else name,
            now=now,
        ).secret

    def __call__(self, name="", scopes=None):
        key = (name, scopes)
        if key not in self.made:
            client = self.stack.enter_context(
                httpx.Client(base_url=f"{self.served.url}/api/v1", timeout=30)
            )
            if name:
                own = (*EVERYTHING, "operate") if name == "olga" else EVERYTHING
                client.headers["authorization"] = f"Bearer {self.secret(name, scopes or own)}"
            self.made[key] = client
        return self.made[key]


@pytest.fixture(scope="session")
def callers(tmp_path_factory):
    root = tmp_path_factory.mktemp("rest") / "market"
    shutil.copytree(MESHES / "market", root)
    in_use(root)
    with serving(root) as served, contextlib.ExitStack() as stack:
        yield Callers(served, stack)
