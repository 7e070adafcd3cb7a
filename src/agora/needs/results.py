"""The need for results: rows of answers kept for paging while they stream, and the work that makes them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from agora.model.errors import AgoraError
from agora.needs.engine import Answer, Stop

if TYPE_CHECKING:
    import pyarrow as pa


class Work(Protocol):
    """What one piece of work may do with the rows it makes, and how it hears that it is to end."""

    @property
    def stopped(self) -> AgoraError | None:
        """Why it is to end: its reader cancelled it, or the process ends; None while it may go on."""
        ...

    def ends_with(self, stop: Stop) -> None:
        """`stop` is told, from another thread, why the work is to end; at once if it was before."""
        ...

    def keep(self, answer: Answer, named: "Callable[[pa.Schema], None]") -> int:
        """Every row of the answer is kept, readable as it comes; gives how many there are.

        `named` is told the columns as they are kept, before the first row can be read.
        Raises Exhausted at the bounds, Unavailable when the disk is full; what was kept until then
        stays until it is dropped.
        """
        ...


class Results(Protocol):
    """Rows by the id of their result, on this machine's own disk, for nobody else to read.

    Every process of the machine sees the same results.
    """

    def start(self, result: str, group: str, work: Callable[[Work], None]) -> None:
        """The work runs beside whatever else happens; raises Exhausted when too much runs already.

        `group` is who it is for: one may have only so much running at once.
        """
        ...

    def running(self, result: str) -> bool:
        """True while the work of this id runs in any living process."""
        ...

    def stop(self, result: str) -> None:
        """The work is cancelled, in whichever process it runs; harmless when it has ended."""
        ...

    def rows(self, result: str) -> int | None:
        """How many rows can be read so far; None when nothing is kept any more."""
        ...

    def page(self, result: str, offset: int, limit: int) -> "pa.Table":
        """These rows, reading little more than them; fewer where there are not so many."""
        ...

    def answer(self, result: str) -> Answer:
        """All rows again, streamed."""
        ...

    def drop(self, result: str) -> None:
        """The rows are gone; harmless when repeated."""
        ...

    def sweep(self, older: timedelta) -> tuple[str, ...]:
        """What was kept longer ago is gone, and what a dead process left unfinished; gives the ids."""
        ...

    def kept(self) -> Iterator[str]:
        """The ids of which rows are kept."""
        ...

    def close(self) -> None:
        """Work of this process is asked to end and has ended."""
        ...
