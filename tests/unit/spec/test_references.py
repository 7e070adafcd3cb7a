"""Relationships point at the contract that is meant, in every way ODCS spells them."""

import json

import pytest

from agora.model.contract import Relationship
from agora.model.mesh import Domain
from agora.spec.desk import Desk
from agora.spec.folders import parts
from agora.spec.references import resolved


def written(name, columns, **table):
    return json.dumps(
        {
            "apiVersion": "v3.1.0", "kind": "DataContract", "id": f"{name}-v1", "version": "1.0.0", "status": "active",
            "schema": [{"name": name, "id": f"{name}-id", "properties": columns, **table}],
        }
    ).encode()  # fmt: skip


def read(links, *, at_table=None):
    """`a` refers to `b` of the same product and `c` of another one."""
    own = [
        {"name": "x", "logicalType": "integer"},
        {"name": "y", "physicalName": "y2", "logicalType": "integer"},
    ]
    if links:
        own[0]["relationships"] = links
    other = [
        {"name": "k", "id": "kid", "physicalName": "key", "logicalType": "integer"},
        {"name": "l", "logicalType": "integer"},
    ]
    files = {
        "d/p/build.yaml": b"{}",
        "d/p/contracts/a.v1.odcs.yaml": written(
            "a", own, **({"relationships": at_table} if at_table else {})
        ),
        "d/p/contracts/b.v1.odcs.yaml": written("b", other),
        "d/q/build.yaml": b"{}",
        "d/q/contracts/c.v1.odcs.yaml": written("c", other),
    }
    desk = Desk(files, {})
    found = resolved(parts(desk, Domain(id="d", folder="d")))
    text, promise = found[0].contracts[0]
    return promise.relationships, [f"{f.code} {f.sentence}" for f in text.findings]


@pytest.mark.parametrize(
    ("to", "meant"),
    [
        ("a.y", Relationship(columns=("x",), to="a", to_columns=("y2",))),
        ("b.k", Relationship(columns=("x",), to="b", to_columns=("key",), contract="b-v1")),
        ("b.key", Relationship(columns=("x",), to="b", to_columns=("key",), contract="b-v1")),
        ("c.l", Relationship(columns=("x",), to="c", to_columns=("l",), contract="c-v1")),
        (
            "schema/b-id/properties/kid",
            Relationship(columns=("x",), to="b", to_columns=("key",), contract="b-v1"),
        ),
        (
            "/schema/b/properties/l",
            Relationship(columns=("x",), to="b", to_columns=("l",), contract="b-v1"),
        ),
        (
            "c.v1.odcs.yaml#/schema/c/properties/k",
            Relationship(columns=("x",), to="c", to_columns=("key",), contract="c-v1"),
        ),
        (["b.k"], Relationship(columns=("x",), to="b", to_columns=("key",), contract="b-v1")),
        (
            "https://x.example/z.yaml#/schema/z/properties/k",
            Relationship(
                columns=("x",), to="z", to_columns=("k",), contract="https://x.example/z.yaml"
            ),
        ),
    ],
)
def test_what_is_meant(to, meant):
    assert read([{"to": to}]) == ((meant,), [])


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("z.k", "`z.k` is no table of this mesh"),
        ("b.z", "`b` has no column `z`"),
        ("z.odcs.yaml#/schema/c/properties/k", "is no table of this mesh"),
        (["b.k", "b.l"], "1 columns cannot refer to 2"),
    ],
)
def test_what_dangles(to, sentence):
    links, told = read([{"to": to}])
    assert links == ()
    assert len(told) == 1
    assert told[0].startswith("E146")
    assert sentence in told[0]


def test_keys_of_several_columns():
    links, told = read([], at_table=[{"from": ["a.x", "a.y"], "to": ["b.k", "b.l"]}])
    assert told == []
    assert links == (
        Relationship(columns=("x", "y2"), to="b", to_columns=("key", "l"), contract="b-v1"),
    )


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"from": ["a.x", "a.y"], "to": ["b.k", "c.l"]}, "one and the same table"),
        ({"from": "a.z", "to": "b.k"}, "no column `z` to refer from"),
    ],
)
def test_keys_that_fit_nowhere(link, sentence):
    links, told = read([], at_table=[link])
    assert links == ()
    assert sentence in told[0]


def across(to, *domains, own=()):
    """What `to` in domain `d` leads to, and what is told, beside these domains' tables `shared`."""
    column = {"name": "k", "logicalType": "integer"}
    link = {"name": "x", "logicalType": "integer", "relationships": [{"to": to}]}
    files = {"d/p/build.yaml": b"{}", "d/p/contracts/a.v1.odcs.yaml": written("a", [link])}
    for domain in (*own, *domains):
        folder, _, version = domain.partition("@")
        major = version or "1"
        words = json.loads(written("shared", [column]))
        words |= {"id": f"{folder}-{major}", "version": f"{major}.0.0"}
        files[f"{folder}/s/build.yaml"] = b"{}"
        files[f"{folder}/s/contracts/shared.v{major}.odcs.yaml"] = json.dumps(words).encode()
    desk = Desk(files, {})
    areas = sorted({file.partition("/")[0] for file in files})
    found = resolved([each for a in areas for each in parts(desk, Domain(id=a, folder=a))])
    text, promise = next(each.contracts[0] for each in found if each.folder == "d/p")
    return [each.contract for each in promise.relationships], text


def test_a_table_of_the_same_name_elsewhere_puts_nothing_in_doubt():
    assert across("shared.k", "e")[0] == ["e-1"]
    links, text = across("shared.k", "e", "f")
    assert (links, text.fine) == ([], True)
    assert "several tables" in text.findings[0].sentence
    assert (
        "`../../../e/s/contracts/shared.v1.odcs.yaml#/schema/shared/properties/k`"
        in text.findings[0].hint
    )
    links, text = across(
        "../../../f/s/contracts/shared.v1.odcs.yaml#/schema/shared/properties/k", "e", "f"
    )
    assert (links, text.findings) == (["f-1"], [])


def test_the_own_domain_is_nearer_and_the_newest_version_is_meant():
    assert across("shared.k", "e", "f", own=("d",))[0] == ["d-1"]
    links, text = across("shared.k", "e", "e@2")
    assert (links, text.findings) == (["e-2"], [])
