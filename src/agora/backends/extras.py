"""Extras: libraries that are installed only by those who need them."""

from importlib import import_module
from typing import Any

from agora.model.errors import Unavailable


def library(module: str, extra: str, what: str) -> Any:
    """A library that comes with an extra; raises Unavailable with the line that installs it."""
    try:
        return import_module(module)
    except ImportError as problem:
        raise Unavailable(
            f"{what} needs the package `{(problem.name or module).partition('.')[0]}`",
            code="E304",
            hint=f"pip install 'agora-mesh[{extra}]'",
        ) from problem
