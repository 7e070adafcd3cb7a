"""Watching: long work as a line that moves on a terminal, and as nothing anywhere else."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from agora.model.names import ProductName
from agora.model.progress import Phase

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_WORDS = {
    Phase.LAND: "landing sources",
    Phase.BUILD: "running steps",
    Phase.WRITE: "writing",
    Phase.CHECK: "checking",
    Phase.RELEASE: "releasing",
    Phase.TAG: "tagging",
}


class Watch:
    """Progress on standard error while its block runs; told about phases by whoever works."""

    def __init__(self, total: int = 0) -> None:
        """Expect so many products; on anything but a terminal nothing is shown."""
        self._total = total
        self._bar: Bar | None = None
        self._line: TaskID | None = None
        self._seen: list[ProductName] = []
        self._before = 0
        self._about = ""

    def __enter__(self) -> "Watch":
        """Begin to show."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                Progress,
                SpinnerColumn,
                TextColumn,
                TimeElapsedColumn,
            )

            columns = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"))
            console = Console(file=sys.stderr)
            self._bar = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
            self._bar.start()
            steps = max(self._total, 1) * len(Phase)
            self._line = self._bar.add_task("starting", total=steps)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop showing and leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()

    def expect(self, total: int) -> None:
        """So many products will be met."""
        if self._bar is not None and self._line is not None:
            self._bar.update(self._line, total=max(total, 1) * len(Phase))

    def about(self, words: str) -> None:
        """What follows is about something new, such as another week: products are met again."""
        self._before += len(self._seen)
        self._seen.clear()
        self._about = f"{words} · "

    def away(self, url: str) -> None:
        """The work goes on at a server, which says what came of it at its end."""
        if self._bar is not None and self._line is not None:
            self._bar.update(self._line, description=f"running at {url}")

    def phase(self, product: ProductName, phase: Phase, detail: str = "") -> None:
        """Move the bar to this phase of this product."""
        if product not in self._seen:
            self._seen.append(product)
        if self._bar is None or self._line is None:
            return
        met = self._before + len(self._seen) - 1
        done = met * len(Phase) + list(Phase).index(phase)
        table = detail.removeprefix(str(product)).removeprefix(".")
        shown = "" if table.startswith("@") else table
        words = f"{self._about}{product}: {_WORDS[phase]} {shown}".rstrip()
        self._bar.update(self._line, completed=done, description=words)

    def point(self, name: str) -> None:
        """Durable writes are not shown."""
