"""Agora: a data mesh in one install; the approval is the access."""

TYPE_CHECKING = False  # as type checkers read it; `agora --version` waits for no import
if TYPE_CHECKING:
    from agora.client.connection import connect as connect

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """`agora.connect` loads the client when it is first wanted, so that `import agora` stays quick."""
    if name == "connect":
        from importlib import import_module  # noqa: PLC0415

        return import_module("agora.client.connection").connect
    raise AttributeError(name)
