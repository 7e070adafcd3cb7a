"""Offers: a product as one reader may know it, which is what every export is made from."""

from dataclasses import dataclass

from agora.model.lineage import ColumnLineage
from agora.model.mesh import Domain
from agora.model.names import PortVersion
from agora.model.product import InputPort, OutputPort, Product
from agora.model.release import Release, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A product, the ports that are meant, and what happened; nothing in it says what rows hold.

    `inputs` are those the reader may know of, `known` every port version they may; `runs` the oldest first, `lineages` those of runs.
    `base` begins every IRI; `insider` is true for those who may read why a run failed.
    """

    mesh: str
    title: str
    product: Product
    ports: tuple[OutputPort, ...]
    domain: Domain | None = None
    inputs: tuple[InputPort, ...] = ()
    release: Release | None = None
    runs: tuple[Run, ...] = ()
    lineages: tuple[ColumnLineage, ...] = ()
    known: frozenset[PortVersion] = frozenset()
    classified: frozenset[str] = frozenset()
    base: str = ""
    insider: bool = False

    def iri(self, kind: str, name: object) -> str:
        """The IRI of something in this mesh: a URL below `base`, else a URN."""
        if self.base:
            return f"{self.base.rstrip('/')}/{kind}/{name}"
        return f"urn:x-agora:{self.mesh}:{kind}:{name}"

    def contract_iri(self, port: PortVersion) -> str:
        """The IRI of a port version's contract."""
        return self.iri("contract", port)
