"""Start: the command line with its ways to open what it needs."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from agora.app.servers import KeptServers
from agora.cli.main import run
from agora.cli.openings import Openings, Serving


def start(arguments: Sequence[str]) -> int:
    """Run one command; the exit code says how it went."""
    return run(_openings(), arguments)


def _openings() -> Openings:
    environment = dict(os.environ)
    return Openings(
        environment=environment,
        house=lambda root, progress: _house().open_house(root, environment, progress),
        folder=lambda root: _house().open_folder(root),
        sources=lambda: _house().open_sources(),
        find=lambda start: _house().find(start),
        servers=KeptServers(environment),
        demo=_demo,
        serve=lambda asked: _serve(asked, environment),
        stop=_stop,
        present=lambda folder, port: _present(folder, port, environment),
    )


def _house() -> ModuleType:
    """The room that opens a mesh, loaded when a command needs one: `--help` does not."""
    from agora.app import house

    return house


def _demo(folder: Path, weeks: int) -> int:
    from agora.app.demo.play import play

    return play(folder, weeks)


def _serve(asked: Serving, environment: Mapping[str, str]) -> int:
    from agora.app.up.serving import serve

    return serve(asked, environment)


def _stop(folder: Path) -> int:
    from agora.app.up.standing import stop

    return stop(folder)


def _present(folder: Path, port: int, environment: Mapping[str, str]) -> int:
    from agora.app.up.beside import present

    return present(folder, port, environment)
