"""Every row of the table of changes, as cases a person can read and add to."""

from pathlib import Path

import pytest

from agora.quality.compatibility.contracts import compare
from agora.spec.texts import read
from tests.unit.quality.compatibility.comparing import promise

CASES = Path(__file__).parents[3] / "cases" / "compatibility"


def cases():
    for file in sorted(CASES.glob("*.yaml")):
        for case in read(file.name, file.read_bytes(), None).value:
            yield pytest.param(case, id=f"{file.stem}: {case['what']}")


def line(change):
    words = (
        change.path,
        change.mark.value,
        change.verdict.value,
        change.side.value,
        change.bump.name.lower(),
    )
    columns = f" | {', '.join(change.columns)}" if change.columns else ""
    return " ".join(words) + columns


@pytest.mark.parametrize("case", list(cases()))
def test_cases(case):
    found = compare(promise(case.get("old", {})), promise(case.get("new", {})))
    assert [line(change) for change in found] == case["changes"]


def test_every_sentence_names_what_it_is_about():
    for case in cases():
        old, new = (promise(case.values[0].get(which, {})) for which in ("old", "new"))
        for change in compare(old, new):
            assert change.sentence
            assert all(
                f"`{name}" in change.sentence
                or name in change.path
                or change.path == "key"
                or change.path.startswith("rules.")
                for name in change.columns
            )
