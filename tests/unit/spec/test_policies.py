"""Rules as nouns: whom they bind, what they do, and that whatever cannot be read denies."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from agora.model.expressions import ColumnRef
from agora.model.policy import Effect, Layer, Mask, MaskKind, Target, Who
from agora.spec.policies import all_purposes, all_tags, moment, policy
from agora.spec.texts import read


def written(effect, kind="guardrail", **more):
    document = {"agora": 1, "kind": kind, "id": "x", "effect": effect, **more}
    text = read("guardrails/x.yaml", json.dumps(document).encode(), {})
    return policy(text, "sales" if kind == "policy" else ""), text


@pytest.mark.parametrize(
    ("effect", "meaning"),
    [
        ({"deny": True}, Effect(deny=True)),
        ({"rows": "active"}, Effect(rows=ColumnRef(name="active"))),
        ({"mask": "null-value"}, Effect(mask=Mask(kind=MaskKind.NULL))),
        ({"mask": "hidden"}, Effect(mask=Mask(kind=MaskKind.HIDDEN))),
        ({"mask": {"constant": "x"}}, Effect(mask=Mask(kind=MaskKind.CONSTANT, constant="x"))),
        ({"mask": {"constant": True}}, Effect(mask=Mask(kind=MaskKind.CONSTANT, constant="true"))),
        ({"mask": {"constant": 1.50}}, Effect(mask=Mask(kind=MaskKind.CONSTANT, constant="1.5"))),
        ({"mask": {"constant": ""}}, Effect(mask=Mask(kind=MaskKind.CONSTANT, constant=""))),
        ({"mask": {"partial": {"first": 2}}}, Effect(mask=Mask(kind=MaskKind.PARTIAL, first=2))),
        ({"mask": {"partial": {}}}, Effect(mask=Mask(kind=MaskKind.PARTIAL))),
        ({"expires": "2018-06-30"}, Effect(expires=datetime(2018, 6, 30, tzinfo=UTC))),
    ],
)
def test_effects(effect, meaning):
    rule, text = written(effect)
    assert text.findings == []
    assert rule.effect == meaning


def test_only_a_domain_permits():
    assert written({"permit": True}, kind="policy")[0].effect == Effect(permit=True)
    assert written({"permit": True})[0] is None


def test_a_row_rule_that_cannot_be_read_denies():
    rule, text = written({"rows": "region in"})
    assert rule.effect == Effect(deny=True)
    assert [f.code for f in text.findings] == ["E150"]


def test_an_end_that_cannot_be_read_is_an_error():
    _, text = written({"expires": "soon"})
    assert not text.fine


def test_whom_and_what():
    rule, _ = written(
        {"deny": True},
        kind="policy",
        title="T",
        applies_to={"domains": ["d"], "ports": ["d.p"], "columns": ["c"], "tags": ["t"]},
        who={
            "people": ["a"],
            "teams": ["b"],
            "roles": ["c"],
            "kinds": ["agent"],
            "purposes": ["d"],
        },
        unless=[{"owning_domain": True}, {"owning_domain": False}],
        tests=[
            {"as": "ana", "port": "d.p", "sees": {"c": "clear"}},
            {"as": "mia", "port": "d.p", "allowed": False},
        ],
    )
    assert (rule.layer, rule.domain, rule.name, rule.title) == (
        Layer.DOMAIN,
        "sales",
        "sales/x",
        "T",
    )
    assert rule.applies_to == Target(domains=("d",), ports=("d.p",), columns=("c",), tags=("t",))
    assert rule.who == Who(
        people=("a",), teams=("b",), roles=("c",), kinds=("agent",), purposes=("d",)
    )
    assert rule.unless == (Who(owning_domain=True), Who(owning_domain=False))
    assert [(t.who, t.allowed, t.sees) for t in rule.trials] == [
        ("ana", None, (("c", "clear"),)),
        ("mia", False, ()),
    ]


def test_purposes_and_tags():
    texts = [
        read("a", b"agora: 1\nkind: purposes\npurposes: [{id: p, title: P}]\n", {}),
        read("b", b"agora: 1\nkind: tags\ntags: [{id: t, classified: true}, {id: u}]\n", {}),
        read("c", b"agora: 1\nkind: purposes\npurposes: [{id: q}]\n", {}),
    ]
    assert [(p.id, p.title) for p in all_purposes(texts)] == [("p", "P"), ("q", "")]
    assert [(t.id, t.classified) for t in all_tags(texts)] == [("t", True), ("u", False)]


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        ("2018-01-31", datetime(2018, 1, 31, tzinfo=UTC)),
        ("2018-01-31T08:00:00Z", datetime(2018, 1, 31, 8, tzinfo=UTC)),
        ("2018-01-31 08:00:00", datetime(2018, 1, 31, 8, tzinfo=UTC)),
        (
            "2018-01-31T08:00:00+02:00",
            datetime(2018, 1, 31, 8, tzinfo=timezone(timedelta(hours=2))),
        ),
    ],
)
def test_moments(written_as, meant):
    text = read("x", f"at: {written_as}".encode(), {})
    assert moment(text, ("at",)) == meant


@pytest.mark.parametrize("written_as", ["tomorrow", "31.1.2018", "2018-13-01", "null", "[1]", "0"])
def test_what_is_no_moment(written_as):
    text = read("x", f"at: {written_as}".encode(), {})
    assert moment(text, ("at",)) is None
    assert [f.code for f in text.findings] == ["E129"]
