"""Addresses of databases: a URL as the arguments a driver connects with; told nobody."""

from typing import Any


def parsed(text: str) -> Any:
    """The parts of a URL, or None for a text that is none."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        return None


def arguments(url: Any, driver: str) -> dict[str, Any]:
    """What this driver connects with; without a password it gets none from anywhere else."""
    chosen = url.set(drivername=driver)
    found: dict[str, Any] = chosen.get_dialect()().create_connect_args(chosen)[1]
    return {"password": "", **found}


def complaint(url: str) -> str:
    """What is wrong with an address as it is written, before any secret is filled in; or nothing."""
    if url.startswith("${"):
        return ""
    before, at, _ = url.partition("://")[2].rpartition("@")
    if not at or ":" not in before:
        return "names no user and password: write `kind://user:${env:SECRET}@host/name`"
    if "${" not in before.partition(":")[2]:
        return "shows a password: write `${env:NAME}` instead"
    return ""
