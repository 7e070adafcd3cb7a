import re
from pathlib import Path

from agora.spec.codes import CODES, reference

HERE = Path(__file__).parents[3]


def test_page_of_findings_is_current():
    page = HERE / "docs" / "reference" / "findings.md"
    assert page.read_text(encoding="utf-8") == reference(), (
        "write it anew: python -c 'from agora.spec.codes import reference; print(reference(), end=\"\")'"
    )


def test_every_code_stands_on_the_page():
    assert set(re.findall(r"`(E\d{3})`", reference())) == set(CODES)


def test_every_code_that_is_reported_is_explained():
    reported = set()
    for room in ("spec", "governance"):
        for file in (HERE / "src" / "agora" / room).rglob("*.py"):
            reported |= set(re.findall(r'"(E1\d\d)"', file.read_text(encoding="utf-8")))
    assert reported == set(CODES)


def test_codes_are_said_in_words():
    for title, hint in CODES.values():
        assert title
        assert hint
        assert title[-1] not in ".!"
