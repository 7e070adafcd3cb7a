"""The process that maintains, and dies at a point if told: a mesh, a point, how many editions stay."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.model.errors import Conflict
from agora.model.people import Actor
from agora.usecases.maintain import maintain
from tests.crash.child import Teller


def main() -> None:
    """Maintain everything once, with no grace for what nobody refers to."""
    root, deadly, keep = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    house = open_house(root, {}, Teller(deadly))
    principal = house.mesh.principal("olga")
    assert principal is not None
    who = Actor(principal=principal, operator="olga")
    try:
        done = maintain(house, who, keep=keep, grace=timedelta(0))
        sys.stdout.write(f"done {len(done.expired)} {os.getpid()}\n")
    except Conflict as problem:
        sys.stdout.write(f"waits {problem.code_shown}\n")
    close_house(house)


if __name__ == "__main__":
    main()
