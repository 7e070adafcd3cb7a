"""Running: a scheduled product runs in the operator's name, an errand in that of who asked for it."""

from typing import TYPE_CHECKING

from agora.model.errors import Unavailable
from agora.model.people import Actor
from agora.needs.house import House

if TYPE_CHECKING:
    from agora.model.errand import Errand
    from agora.usecases.errands import Came
    from agora.usecases.run import Ran


def outcome(house: House, name: str) -> tuple[str, str]:
    """How a run went, in the words of a turn, and why. Raises what a run raises."""
    operator = house.mesh.principal(house.mesh.operator)
    if operator is None:
        raise Unavailable(
            "nobody runs this mesh, so no schedule does either",
            code="E758",
            hint="name the `operator` in `agora.yaml`",
        )
    from agora.usecases.run import run

    return _words(run(house, Actor(principal=operator, operator=operator.id), name))


def done(house: House, who: Actor, errand: "Errand") -> "Came":
    """What came of an errand, run as who asked for it. Raises what a run raises."""
    from agora.usecases.errands import Came
    from agora.usecases.run import run

    ran = run(house, who, errand.product, again=errand.again, anew=errand.anew)
    came, said = _words(ran)
    made = ran.run.id if ran.run else ""
    return Came(outcome=came, said=said, run=made, edition=ran.release.number if ran.release else 0)


def _words(ran: "Ran") -> tuple[str, str]:
    if ran.skipped:
        return "nothing new", ""
    if ran.release_made and ran.release:
        return "released", f"edition {ran.release.number}"
    broken = [each.sentence for each in ran.run.results if each.blocks] if ran.run else []
    return "kept back", "; ".join(broken[:3])
