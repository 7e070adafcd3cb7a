"""The walls between the rooms, as import-linter sees them."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_only_go_down():
    found = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout
    assert "0 broken" in found.stdout


def test_every_verb_stands_in_the_contract_that_keeps_verbs_apart():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    kept = next(each["modules"] for each in told if each["name"] == "verbs do not call verbs")
    verbs = (ROOT / "src/agora/usecases").glob("[!_]*.py")
    assert sorted(kept) == sorted(f"agora.usecases.{each.stem}" for each in verbs)
