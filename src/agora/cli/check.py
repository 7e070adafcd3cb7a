"""`agora check`: every finding in the mesh's files."""

from datetime import UTC, datetime

from agora.cli import errors
from agora.cli.answers.terminal import count, give, paint, say
from agora.cli.asking import Json, MeshFolder, command, epilog, openings, root
from agora.model.findings import Weight
from agora.usecases.check import check as judge

app = command("check", "")


@app.command(epilog=epilog("agora check --json"))
def check(mesh: MeshFolder = "", json: Json = False) -> int:
    """Find everything that is wrong in the mesh's files, all at once."""
    folder = openings().folder(root(mesh))
    now = datetime.now(UTC)
    checked = judge(folder, openings().sources(), openings().environment, now=now)
    if json:
        give("findings", checked.findings)
        return 0 if checked.holds else 1
    errors.findings(checked.findings, folder.texts())
    wrong = sum(finding.weight is Weight.ERROR for finding in checked.findings)
    warned = len(checked.findings) - wrong
    products = len(checked.mesh.products) if checked.mesh else 0
    mark = paint("✓", "green") if not wrong else paint("✗", "red")
    say(f"{mark} {count(products, 'product')}, {count(wrong, 'error')}, {count(warned, 'warning')}")
    return 0 if not wrong else 1
