"""Start: the command line with its ways to open what it needs."""

import os
from collections.abc import Sequence
from pathlib import Path

from agora.cli.main import run
from agora.cli.openings import Openings


def start(arguments: Sequence[str]) -> int:
    """Run one command; the exit code says how it went."""
    return run(_openings(), arguments)


def _openings() -> Openings:
    from agora.app import house

    environment = dict(os.environ)
    return Openings(
        environment=environment,
        house=lambda root, progress: house.open_house(root, environment, progress),
        folder=house.open_folder,
        sources=house.open_sources,
        find=house.find,
        demo=_demo,
    )


def _demo(folder: Path, progress: object) -> object:
    from agora.app.demo.play import play

    return play(folder, progress)
