"""Settings: what `agora.yaml` says, unless the environment says otherwise; secrets never print."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from agora.model.errors import Denied, Unavailable
from agora.model.mesh import Mesh

_SECRET = re.compile(r"\$\{(env|file):([^}]+)\}")


class Secret:
    """A value that shows itself only to whoever asks for it by name."""

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def reveal(self) -> str:
        """The value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"


def settled(mesh: Mesh, environment: Mapping[str, str]) -> Mesh:
    """The mesh with the URLs the environment sets: `AGORA_LAKE`, `AGORA_STORE` and so on."""
    return replace(
        mesh,
        lake=environment.get("AGORA_LAKE", mesh.lake),
        store=environment.get("AGORA_STORE", mesh.store),
        index=environment.get("AGORA_INDEX", mesh.index),
        operator=environment.get("AGORA_OPERATOR", mesh.operator),
    )


def resolved(text: str, environment: Mapping[str, str]) -> Secret:
    """The text with `${env:X}` and `${file:…}` filled in; raises Unavailable when one is missing."""

    def fill(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "env":
            if name not in environment:
                raise Unavailable(f"the secret `{found[0]}` has no value", code="E020")
            return environment[name]
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError:
            raise Unavailable(f"the secret `{found[0]}` cannot be read", code="E020") from None

    return Secret(_SECRET.sub(fill, text))


def for_source(text: str, environment: Mapping[str, str]) -> Secret:
    """The same for a source, whose domain may not learn what is the platform's own; raises Denied.

    Variables that begin with `AGORA_` are never given, and files only below `AGORA_SECRETS`.
    """
    root = Path(environment.get("AGORA_SECRETS", "/run/secrets"))
    for found in _SECRET.finditer(text):
        kind, name = found.groups()
        inside = Path(name).is_absolute() and Path(name).resolve().is_relative_to(root.resolve())
        if name.startswith("AGORA_") if kind == "env" else not inside:
            raise Denied(
                f"the secret `{found[0]}` is not for sources",
                code="E367",
                hint=f"name a variable without `AGORA_`, or a file below `{root}`",
            )
    return resolved(text, environment)


def local_path(url: str, root: str, scheme: str) -> Path:
    """The path a `file:` or `sqlite:` URL names, relative to the mesh folder."""
    return (Path(root) / url.removeprefix(scheme)).absolute()
