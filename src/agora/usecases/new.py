"""New: a first product, from a file or from a small example, that passes every check."""

from dataclasses import dataclass

from agora.governance.rights import may_run
from agora.model.errors import Conflict, Denied, Unusable
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.needs.house import House
from agora.spec import scaffold


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The files that were written, relative to the mesh folder."""

    files: tuple[str, ...]
