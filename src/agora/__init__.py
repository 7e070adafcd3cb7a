"""Agora: a data mesh in one install; the approval is the access."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agora.client.connection import connect as connect

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`agora.connect` loads the client when it is first wanted, so that `import agora` stays quick."""
    if name == "connect":
        return import_module("agora.client.connection").connect
    raise AttributeError(name)
