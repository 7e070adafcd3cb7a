"""The House: everything a verb may ask of the world, bundled once and frozen."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from agora.model.ledger import Entry, Event, Fact
from agora.model.mesh import Mesh
from agora.model.people import Actor, Principal
from agora.needs.engine import Benches, Readers
from agora.needs.folder import Folder
from agora.needs.index import Index
from agora.needs.lake import Lake
from agora.needs.outlet import Outlets
from agora.needs.outside import Externals
from agora.needs.people import People
from agora.needs.post import Post
from agora.needs.progress import Progress
from agora.needs.results import Results
from agora.needs.source import Sources
from agora.needs.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The open mesh and the backends that answer its needs; `now` gives the mesh's own time."""

    mesh: Mesh
    folder: Folder
    store: Store
    lake: Lake
    index: Index
    sources: Sources
    externals: Externals
    outlets: Outlets
    results: Results
    readers: Readers
    benches: Benches
    post: Post
    people: People
    progress: Progress
    now: Callable[[], datetime]
    new_id: Callable[[str], str]

    def opened_to(self, principal: Principal) -> "House":
        """The house as verbs should see it for this person, whom perhaps only the provider knows."""
        mesh = self.mesh.joined_by(principal)
        return self if mesh is self.mesh else replace(self, mesh=mesh)

    def entry(
        self,
        who: Actor,
        event: Event,
        *,
        subject: str = "",
        purpose: str = "",
        facts: tuple[Fact, ...] = (),
    ) -> Entry:
        """What the ledger hears that somebody does now, and who sits behind them."""
        return Entry(
            event=event,
            at=self.now(),
            who=who.principal.id,
            operator=who.operator,
            subject=subject,
            purpose=purpose,
            facts=facts,
        )
