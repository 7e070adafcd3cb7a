"""The House: a mesh's folder opened with the embedded backends, each made when it is first used."""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from agora.app.settings import for_source, local_path, resolved, settled
from agora.backends.folder.disk import DiskFolder, find_root
from agora.model.errors import Invalid, Unavailable, Unusable
from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.progress import Phase
from agora.needs.engine import Benches, Readers
from agora.needs.folder import Folder
from agora.needs.house import House
from agora.needs.index import Index
from agora.needs.lake import Lake
from agora.needs.outlet import Outlets
from agora.needs.outside import Externals
from agora.needs.people import Passwords, People, Provider, Turnstile
from agora.needs.post import Post
from agora.needs.progress import Progress
from agora.needs.results import Results
from agora.needs.source import Sources
from agora.needs.store import Store
from agora.spec.mesh import read

OWNER_LOG = "agora.owner"


class Silent:
    """Progress nobody watches."""

    def phase(self, product: ProductName, phase: Phase, detail: str = "") -> None:
        """Nobody is told."""

    def point(self, name: str) -> None:
        """Nobody is told."""


class Later:
    """A backend that is made when it is first asked for something: once, whoever asks first."""

    def __init__(self, make: Callable[[], object]) -> None:
        """Remember how to make it."""
        self._make = make
        self._made: object | None = None
        self._making = threading.RLock()

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            with self._making:
                self._made = self._made or self._make()
        return getattr(self._made, name)

    def close(self) -> None:
        """Close it if it was ever made."""
        if self._made is not None:
            cast("Any", self._made).close()


def find(start: Path) -> Path:
    """The mesh folder at or above this one; raises Unusable when there is none."""
    root = find_root(start.absolute())
    if root is None:
        raise Unusable(
            f"there is no mesh in `{start}` or above it",
            code="E010",
            hint="`agora init` makes one here, `agora demo` makes one with data",
        )
    return root


def open_folder(root: Path) -> Folder:
    """The texts of a folder, mesh or not."""
    return DiskFolder(root)


def open_sources() -> Sources:
    """The source kinds that are installed."""
    from agora.backends.source.registry import InstalledSources

    return InstalledSources()


def open_house(
    root: Path, environment: Mapping[str, str], progress: Progress | None = None
) -> House:
    """The mesh in this folder with its backends; raises Invalid when its own files are in doubt."""
    folder = DiskFolder(root)
    reading = read(folder.texts(), environment)
    if reading.mesh is None:
        raise Invalid(
            "the mesh cannot be opened",
            code="E100",
            findings=reading.findings,
            hint="`agora check` shows every finding",
        )
    mesh = settled(replace(reading.mesh, broken=reading.broken), environment)
    return House(
        mesh=mesh,
        folder=folder,
        store=cast("Store", Later(lambda: _store(mesh, folder, environment))),
        lake=cast("Lake", Later(lambda: _lake(mesh, folder))),
        index=cast("Index", Later(lambda: _index(mesh, folder))),
        sources=cast("Sources", Later(lambda: _sources(mesh, environment))),
        externals=cast("Externals", Later(lambda: _externals(mesh, folder, environment))),
        outlets=cast("Outlets", Later(outlets)),
        results=cast("Results", Later(lambda: _results(mesh, folder, environment))),
        readers=cast("Readers", Later(lambda: _readers(mesh, folder))),
        benches=cast("Benches", Later(_benches)),
        post=cast("Post", Later(lambda: _post(mesh, environment))),
        people=_people(mesh, folder, environment),
        progress=progress or Silent(),
        now=_clock(mesh),
        new_id=new_id,
    )


def demand_in_place(house: House) -> None:
    """The rows of the mesh lie where its tables look for them; raises Unusable for one that was moved."""
    _place(house.mesh, house.folder)


def close_house(house: House) -> None:
    """Workers are gone and the store is closed."""
    house.results.close()
    house.readers.close()
    house.store.close()
    house.index.close()


def new_id(kind: str) -> str:
    """A new name for something, sorted by the machine's time: `run-20180102T080000123456-3f9c21`."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    return f"{kind}-{moment}-{secrets.token_hex(3)}"


def _clock(mesh: Mesh) -> Callable[[], datetime]:
    fixed = mesh.at
    return (lambda: fixed) if fixed else (lambda: datetime.now(UTC))


def _store(mesh: Mesh, folder: DiskFolder, environment: Mapping[str, str]) -> Store:
    from agora.backends.store.sql import SqlStore

    url = resolved(mesh.store, environment).reveal()
    if url.startswith("sqlite:"):
        url = f"sqlite:{local_path(url, folder.root, 'sqlite:')}"
    return SqlStore(url)


def _lake(mesh: Mesh, folder: DiskFolder) -> Lake:
    from agora.backends.lake.iceberg import IcebergLake

    return IcebergLake(_place(mesh, folder))


def _place(mesh: Mesh, folder: Folder) -> Path:
    from agora.backends.lake import place

    return place.of(local_path(mesh.lake, folder.root, "file:"))


def _index(mesh: Mesh, folder: DiskFolder) -> Index:
    from agora.backends.index.fts import FtsIndex

    return FtsIndex(local_path(mesh.index, folder.root, "sqlite:"))


def _sources(mesh: Mesh, environment: Mapping[str, str]) -> Sources:
    from agora.backends.source.registry import InstalledSources

    return InstalledSources(secret=lambda text: for_source(text, environment), private=mesh.private)


def _externals(mesh: Mesh, folder: DiskFolder, environment: Mapping[str, str]) -> Externals:
    from agora.backends.outside.registry import InstalledExternals

    return InstalledExternals(
        [(domain, str(Path(folder.root, path))) for domain, path in mesh.external],
        secret=lambda text: for_source(text, environment),
    )


def _post(mesh: Mesh, environment: Mapping[str, str]) -> Post:
    from agora.backends.post.office import Office

    return Office(mesh.post, secret=lambda text: resolved(text, environment))


def _people(mesh: Mesh, folder: DiskFolder, environment: Mapping[str, str]) -> People:
    return People(
        passwords=cast("Passwords", Later(_passwords)),
        provider=cast("Provider", Later(lambda: _provider(mesh, environment))),
        turnstile=cast("Turnstile", Later(lambda: _turnstile(folder))),
    )


def _passwords() -> Passwords:
    from agora.backends.people.argon import ArgonPasswords

    return ArgonPasswords()


def _turnstile(folder: DiskFolder) -> Turnstile:
    from agora.backends.people.turnstile import SharedTurnstile

    return SharedTurnstile(Path(folder.root, ".agora", "tries.sqlite"))


def _provider(mesh: Mesh, environment: Mapping[str, str]) -> Provider:
    oidc = mesh.sign_in.oidc
    if oidc is None:
        raise Unavailable(
            "this mesh has no provider to sign in with",
            code="E620",
            hint="name one in `agora.yaml`: `people.oidc`",
        )
    from agora.backends.people.oidc import OidcProvider

    return OidcProvider(oidc, resolved(oidc.client_secret, environment))


def outlets() -> Outlets:
    """The forms rows can be written in."""
    from agora.backends.outlet.registry import InstalledOutlets

    return InstalledOutlets()


def _results(mesh: Mesh, folder: DiskFolder, environment: Mapping[str, str]) -> Results:
    from agora.backends.results.disk import DiskResults

    root = Path(folder.root, environment.get("AGORA_RESULTS", ".agora/results"))
    return DiskResults(root, each=mesh.bounds.kept, together=mesh.bounds.results)


def _readers(mesh: Mesh, folder: DiskFolder) -> Readers:
    """Whoever reads from a copy would read the original's rows, or none."""
    from agora.backends.engine.duckdb.readers import DuckReaders

    _place(mesh, folder)
    log = logging.getLogger(OWNER_LOG)
    return DuckReaders(log=lambda reader, detail: log.info("%s: %s", reader, detail))


def _benches() -> Benches:
    from agora.backends.engine.duckdb.benches import DuckBenches

    return DuckBenches()
