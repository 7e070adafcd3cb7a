"""Beside: a demo is served after it was built, and whoever built it is shown the way there."""

import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from agora.app.up.standing import LOOK, Standing, answers, standing
from agora.cli.answers.terminal import paint, say
from agora.cli.openings import Serving
from agora.model.errors import Unavailable

LOG = Path(".agora", "server.log")
PATIENCE = 60.0
HOST = "127.0.0.1"


def present(root: Path, port: int, environment: Mapping[str, str]) -> int:
    """The demo is served: at a terminal until Ctrl C, else by a process of its own that stays."""
    root = root.absolute()
    if (found := standing(root)) is not None and answers(found):
        _show(found, root)
        return 0
    if sys.stdin.isatty() and sys.stdout.isatty():
        from agora.app.up.serving import serve

        asked = Serving(root=root, host=HOST, port=port, demo=True)
        return serve(asked, environment, opened=lambda url: _open(url, environment))
    _show(_started(root, port), root)
    return 0


def _started(root: Path, port: int) -> Standing:
    """A server in a session of its own, ready for its first visitor. Raises Unavailable."""
    command = [sys.executable, "-m", "agora", "up", "--demo", "--mesh", str(root)]
    (root / LOG).parent.mkdir(parents=True, exist_ok=True)
    with (root / LOG).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 (our own program, no shell)
            command + (["--port", str(port)] if port else []),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if (found := standing(root)) is not None and answers(found):
            process.returncode = 0  # it stays; its end is nothing to wait for here
            return found
        time.sleep(LOOK)
    process.terminate()
    raise Unavailable("the server did not come up", code="E719", hint=f"its log is `{root / LOG}`")


def _show(found: Standing, root: Path) -> None:
    shown = os.path.relpath(root)
    say()
    say(paint("In a browser", "bold"))
    say(f"  Open: {found.url}")
    say(f"  Stop: agora up --stop --mesh {shown}")


def _open(url: str, environment: Mapping[str, str]) -> None:
    """A browser shows the page, where there is one."""
    screen = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"} & environment.keys()
    if screen or sys.platform == "darwin":
        webbrowser.open(url)
