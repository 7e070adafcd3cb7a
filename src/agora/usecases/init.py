"""Init: an empty mesh that already holds its own rules."""

from dataclasses import dataclass

from agora.model.errors import Conflict, Unusable
from agora.model.names import is_kebab
from agora.needs.folder import Folder
from agora.spec import scaffold


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The files that were written, relative to the mesh folder."""

    files: tuple[str, ...]


def init(folder: Folder, name: str, operator: str) -> Created:
    """The folder holds a mesh with one person, its guardrails and no domain yet.

    Raises Conflict when a mesh is there already, Unusable for a name nobody could type.
    """
    for word in (name, operator):
        if not is_kebab(word):
            raise Unusable(
                f"`{word}` cannot be a name",
                code="E011",
                hint="use lower-case words joined by hyphens",
            )
    if folder.exists("agora.yaml"):
        raise Conflict(
            "there is a mesh in this folder already", code="E012", hint="`agora check` reads it"
        )
    files = scaffold.mesh(name, operator)
    folder.write(files)
    return Created(files=tuple(sorted(files)))
