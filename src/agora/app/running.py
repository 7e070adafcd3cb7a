"""Running: a scheduled product runs in the operator's name, who runs the platform for everybody."""

from agora.model.errors import Unavailable
from agora.model.people import Actor
from agora.needs.house import House


def outcome(house: House, name: str) -> tuple[str, str]:
    """How a run went, in the words of a turn, and why. Raises what a run raises."""
    from agora.usecases.run import run

    operator = house.mesh.principal(house.mesh.operator)
    if operator is None:
        raise Unavailable(
            "nobody runs this mesh, so no schedule does either",
            code="E758",
            hint="name the `operator` in `agora.yaml`",
        )
    ran = run(house, Actor(principal=operator, operator=operator.id), name)
    if ran.skipped:
        return "nothing new", ""
    if ran.release_made and ran.release:
        return "released", f"edition {ran.release.number}"
    broken = [each.sentence for each in ran.run.results if each.blocks] if ran.run else []
    return "kept back", "; ".join(broken[:3])
