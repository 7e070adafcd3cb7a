"""Our verdicts beside those of `datacontract breaking`, on hundreds of pairs that differ as we know.

Where the two do not say the same, `docs/decisions/0006-compatibility.md` says why.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from agora.model.changes import Verdict
from agora.quality.compatibility.contracts import compare
from agora.spec.contracts import contract
from agora.spec.promises import kept, read
from agora.spec.texts import Text
from tests.oracles.mutating import BASE, MUTATIONS, pairs

HERE = Path(__file__).parent / "datacontract"
ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".cache" / "datacontract" / "bin" / "python"
PAIRS = 400
EXPLAINED = {
    "a column is tagged": ("undetermined", "compatible"),
    "a column is classified": ("undetermined", "compatible"),
    "a whole number is wider": ("undetermined", "breaking"),
    "money is wider": ("undetermined", "breaking"),
    "a text has another spelling of its type": ("compatible", "breaking"),
    "other values are valid": ("breaking", "undetermined"),
    "data may be older": ("breaking", "compatible"),
    "data are kept for less long": ("breaking", "compatible"),
    "a service level is dropped": ("breaking", "compatible"),
    "a role is removed": ("breaking", "compatible"),
    "it is retired": ("breaking", "compatible"),
    "it costs something": ("breaking", "compatible"),
}
"""Changes about which the two differ: what we say, what they say."""


def ours(document):
    text = Text(file="t.odcs.yaml", value=document)
    made = contract(text)
    assert made is not None, text.findings
    promise = read(kept(text, made))
    assert promise is not None
    return promise


def verdict(before, after):
    order = list(Verdict)
    found = [change.verdict for change in compare(ours(before), ours(after))]
    return max(found, key=order.index, default=Verdict.COMPATIBLE).value


@pytest.fixture(scope="module")
def judged():
    """Every pair with our verdict and theirs."""
    if not PYTHON.exists():
        where = f"UV_PROJECT_ENVIRONMENT={PYTHON.parents[1]}"
        hint = f"{where} uv sync --frozen --project {HERE.relative_to(ROOT)}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"the oracle is missing: `{hint}` installs it")
        pytest.skip(f"`{hint}` installs the oracle this is compared with")
    every = pairs(PAIRS)
    lines = "".join(json.dumps([json.dumps(BASE), json.dumps(after)]) + "\n" for _, after in every)
    words = [str(PYTHON), str(HERE / "judge.py")]
    done = subprocess.run(words, input=lines, capture_output=True, text=True, check=True)
    theirs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(theirs) == len(every)
    return [
        (tuple(name for name, _ in steps), verdict(BASE, after), told)
        for (steps, after), told in zip(every, theirs, strict=True)
    ]


def test_every_single_change_is_judged_alike_or_explained(judged):
    found = {}
    for names, us, them in judged:
        if len(names) == 1 and us != them:
            found.setdefault(names[0], set()).add((us, them))
    assert {name: next(iter(each)) for name, each in found.items() if len(each) == 1} == EXPLAINED
    assert [name for name, each in found.items() if len(each) > 1] == []


def test_two_changes_differ_only_where_one_of_them_does(judged):
    strange = [
        (names, us, them)
        for names, us, them in judged
        if us != them and not set(names) & set(EXPLAINED)
    ]
    assert strange == []


def test_there_are_enough_pairs_and_each_change_occurs(judged):
    assert len(judged) >= 200
    assert {name for names, _, _ in judged for name in names} == set(MUTATIONS)
    assert {us for _, us, _ in judged} == {verdict.value for verdict in Verdict}


def test_the_explanations_stand_in_the_decision_record():
    record = (ROOT / "docs" / "decisions" / "0006-compatibility.md").read_text(encoding="utf-8")
    assert [name for name in EXPLAINED if name not in record] == []
