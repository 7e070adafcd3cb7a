"""`agora check`: every finding in the mesh's files."""

from collections.abc import Mapping
from datetime import UTC, datetime

from agora.cli import errors
from agora.cli.answers.terminal import count, give, paint, say
from agora.cli.asking import (
    Json,
    MeshFolder,
    actor,
    command,
    epilog,
    opened,
    openings,
    root,
    server,
)
from agora.cli.reaching import anywhere
from agora.model.findings import Weight
from agora.usecases import check as verbs
from agora.usecases.check import Judged

app = command("check", "")


@app.command(epilog=epilog("agora check --json"))
def check(mesh: MeshFolder = "", json: Json = False) -> int:
    """Find everything that is wrong in the mesh's files, all at once."""
    judged, texts = _there(mesh) if server(mesh) else _here(mesh)
    wrong = sum(finding.weight is Weight.ERROR for finding in judged.findings)
    if json:
        give("findings", judged.findings)
        return 0 if not wrong else 1
    errors.findings(judged.findings, texts)
    warned = len(judged.findings) - wrong
    mark = paint("✓", "green") if not wrong else paint("✗", "red")
    products = count(judged.products, "product")
    say(f"{mark} {products}, {count(wrong, 'error')}, {count(warned, 'warning')}")
    return 0 if not wrong else 1


def _here(mesh: str) -> tuple[Judged, Mapping[str, bytes]]:
    """Files that lie here are judged even where no mesh can be made of them."""
    folder, now = openings().folder(root(mesh)), datetime.now(UTC)
    checked = verbs.check(folder, openings().sources(), openings().environment, now=now)
    products = len(checked.mesh.products) if checked.mesh else 0
    return Judged(findings=checked.findings, products=products), folder.texts()


def _there(mesh: str) -> tuple[Judged, Mapping[str, bytes]]:
    with opened(mesh) as house:
        judged = anywhere(verbs.judged)
        found = judged(
            house, actor(house, ""), environment=openings().environment, now=datetime.now(UTC)
        )
    return found, {}
