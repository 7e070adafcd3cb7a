"""Start: the command line with its ways to open what it needs."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from agora.cli.main import run
from agora.cli.openings import Openings


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
        demo=_demo,
        serve=lambda *asked: _serve(environment, *asked),
    )


def _house() -> ModuleType:
    """The room that opens a mesh, loaded when a command needs one: `--help` does not."""
    from agora.app import house

    return house


def _demo(folder: Path, weeks: int) -> int:
    from agora.app.demo.play import play

    return play(folder, weeks)


def _serve(
    environment: Mapping[str, str], root: Path, host: str, port: int, workers: int, url: str
) -> int:
    from agora.app.up.serving import serve

    return serve(root, environment, host=host, port=port, workers=workers, url=url)
