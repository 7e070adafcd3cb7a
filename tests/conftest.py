"""What every test can ask for: a copy of the market mesh, and the command line in this process."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from agora.app.house import close_house, open_house
from agora.app.start import start
from agora.model.people import Actor
from agora.needs.house import House
from tests.servers import (  # noqa: F401 (fixtures are found by being here)
    mariadb,
    mariadb_session,
    postgres,
    postgres_session,
)
from tests.serving import (  # noqa: F401 (fixtures are found by being here)
    chromium,
    client_as,
    page_as,
    served,
    serving_market,
)

MESHES = Path(__file__).parent / "meshes"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# a busy machine is no failing law
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Shell:
    """Runs commands of the command line inside one mesh and keeps what they printed."""

    root: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        self.capture.readouterr()
        code = start(list(arguments))
        out, err = self.capture.readouterr()
        return code, out, err


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """A fresh copy of the market mesh."""
    root = tmp_path / "market"
    shutil.copytree(MESHES / "market", root)
    return root


@pytest.fixture
def shell(
    market: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Shell:
    """The command line, standing in the market."""
    monkeypatch.chdir(market)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    return Shell(market, capfd)


@pytest.fixture
def house(market: Path) -> Iterator[House]:
    """The market, opened with the embedded backends."""
    opened = open_house(market, {})
    yield opened
    close_house(opened)


@pytest.fixture
def acting(house: House) -> Callable[..., Actor]:
    """Somebody of the market who acts."""

    def act(name: str, purpose: str = "") -> Actor:
        principal = house.mesh.principal(name)
        assert principal is not None, name
        return Actor(principal=principal, operator=house.mesh.operator, purpose=purpose)

    return act
