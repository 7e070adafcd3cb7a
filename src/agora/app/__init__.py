"""The one room that chooses: settings, backends, faces, and the entry point of the command."""

import sys

from agora import __version__


def main() -> None:
    """Run the `agora` command and end the process with its exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"agora {__version__}\n")
        return
    from agora.app.start import start

    sys.exit(start(sys.argv[1:]))
