"""Serving: one process that answers HTTP until it is told to stop, and stops without cutting anyone."""

from collections.abc import Mapping
from pathlib import Path

import uvicorn

from agora.app.up.assemble import application
from agora.app.up.site import LiveSite

GRACE_SECONDS = 20


def serve(
    root: Path, environment: Mapping[str, str], *, host: str, port: int, url: str, demo: bool
) -> int:
    """The mesh in this folder is served until the process is told to end."""
    site = LiveSite(root, environment, url=url or f"http://{host}:{port}", demo=demo)
    try:
        config = uvicorn.Config(
            application(site),
            host=host,
            port=port,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=15,
            h11_max_incomplete_event_size=64 << 10,
        )
        uvicorn.Server(config).run()
    finally:
        site.close()
    return 0
