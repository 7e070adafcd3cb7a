"""Every case under tests/cases/decisions: rules, a reader and agreements in, what is seen out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from agora.governance.decisions import decide
from agora.model.policy import Effect, Layer, MaskKind, Policy, Target, Who
from agora.spec.expressions import parse
from tests.unit.governance.deciding import COLUMNS, MESH, ask, masked, under
from tests.unit.governance.deciding import agreed as agreement

FOLDER = Path(__file__).parents[2] / "cases" / "decisions"
FILES = {path.stem: YAML(typ="safe").load(path) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [
    pytest.param(told["rules"], case, id=f"{name}-{number}")
    for name, told in FILES.items()
    for number, case in enumerate(told["cases"], start=1)
]


def several(kind, given):
    """A noun of lists, as people write it."""
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in given.items()})


def moment(day):
    """The beginning of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def effect(given):
    """What a rule does, as people write it."""
    ((word, value),) = given.items()
    match word:
        case "rows":
            return Effect(rows=parse(value))
        case "expires":
            return Effect(expires=moment(value))
        case "mask" if isinstance(value, str):
            return masked({"null-value": MaskKind.NULL, "hidden": MaskKind.HIDDEN}[value])
        case "mask":
            ((kind, parameter),) = value.items()
            fields = parameter if isinstance(parameter, dict) else {"constant": parameter}
            return masked(MaskKind[kind.upper()], **fields)
    return Effect(**{word: value})


def rule(given):
    """One rule of a file: a guardrail, or with a domain that domain's own."""
    domain = given.get("domain", "")
    return Policy(
        id=given["id"],
        layer=Layer.DOMAIN if domain else Layer.GUARDRAIL,
        domain=domain,
        applies_to=several(Target, given.get("applies_to", {})),
        who=several(Who, given.get("who", {})),
        unless=tuple(several(Who, who) for who in given.get("unless", [])),
        effect=effect(given["effect"]),
    )


def agreed(given):
    """One agreement of a case."""
    ends = moment(given["until"]) if "until" in given else None
    columns = tuple(given.get("columns", ()))
    return agreement(given["with"], given["for"], columns=columns, expires=ends)


@pytest.mark.parametrize(("rules", "case"), CASES)
def test_case(rules, case):
    given = tuple(agreed(each) for each in case.get("agreements", ()))
    reader = MESH.principal(case["as"])
    asked = ask(reader, case.get("purpose", ""), given)
    decision = decide(under(*map(rule, rules)), asked)
    if "refused" in case:
        assert not decision.allowed
        assert (decision.reasons[0].code, decision.reasons[0].rule) == (case["refused"], case["by"])
        return
    assert decision.allowed, decision.reasons
    expected = {column.name: "clear" for column in COLUMNS} | case["sees"]
    assert {c.name: c.mask.kind.name.lower() for c in decision.columns} == expected
    assert {repr(r.condition) for r in decision.rows} == {
        repr(parse(r)) for r in case.get("rows", ())
    }
    assert "until" not in case or decision.expires == moment(case["until"])


def test_every_file_says_what_it_shows():
    assert len(FILES) >= 6
    assert all(told["title"] and told["cases"] for told in FILES.values())
