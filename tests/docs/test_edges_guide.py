"""The guide to the edges does what it says: its commands run in their order, in a fresh market."""

import re
import shutil
from pathlib import Path

from agora.spec.imports.formats import TEXTS
from agora.usecases.exports import FORMATS

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/guides/edges.md").read_text(encoding="utf-8")
CASES = ROOT / "tests" / "cases" / "exchange"


def test_every_command_of_the_guide_runs(shell):
    for name in ("shop.sql", "manifest.json"):
        shutil.copy(CASES / name, shell.root / name)
    (shell.root / "visits.csv").write_text("day,visits\n2018-01-01,3\n")
    assert shell("run", "sales.transactions")[0] == 0
    lines = [
        line
        for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(lines) > 10
    for line in lines:
        code, out, err = shell(*line.split()[1:])
        assert code == 0, (line, out, err)
        assert out or "wrote" in err, line
    for file in re.findall(r" -o (\S+\.\w+)", GUIDE.replace("FILE.csv", "")):
        assert (shell.root / file).exists(), file


def test_the_guide_names_every_format():
    assert [form for form in (*FORMATS, *TEXTS) if f"`{form}`" not in GUIDE] == []
