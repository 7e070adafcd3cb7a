"""The process that gets killed: runs one product, telling its phase, dying at a point if told."""

import os
import signal
import sys
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.progress import Phase
from agora.usecases.run import run


class Teller:
    """Writes each phase to standard output; kills its own process at the named point."""

    def __init__(self, deadly: str) -> None:
        self._deadly = deadly

    def phase(self, _product: ProductName, phase: Phase, _detail: str = "") -> None:
        sys.stdout.write(f"{phase.value}\n")
        sys.stdout.flush()

    def point(self, name: str) -> None:
        if name == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run the product named third of the mesh named first; die at the point named second."""
    root, deadly, product = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    house = open_house(root, {}, Teller(deadly))
    principal = house.mesh.principal("olga")
    assert principal is not None
    ran = run(house, Actor(principal=principal, operator="olga"), product)
    number = ran.release.number if ran.release else 0
    sys.stdout.write(f"done {number} {'skipped' if ran.skipped else 'made'}\n")
    close_house(house)


if __name__ == "__main__":
    main()
