"""Who sees what is shared, and which words can be kept."""

import pytest

from agora.governance.saved import judge_purpose, judge_sharing, judge_words, may_edit, may_see
from agora.model.mesh import Mesh
from agora.model.people import Principal, PrincipalKind, Team
from agora.model.policy import Purpose
from agora.model.saved import Audience, Sharing


def person(name, *teams):
    return Principal(id=name, kind=PrincipalKind.PERSON, teams=teams)


ANA, MIA, BOB = person("ana", "sales"), person("mia", "marketing"), person("bob", "sales")
MESH = Mesh(
    name="m",
    principals=(ANA, MIA, BOB),
    teams=(Team(id="sales"), Team(id="marketing")),
    purposes=(Purpose(id="planning"),),
)


@pytest.mark.parametrize(
    ("sharing", "reads", "seen"),
    [
        (Sharing(owner="ana"), True, {"ana"}),
        (Sharing(owner="ana", named=("mia",)), True, {"ana"}),
        (Sharing(owner="ana", audience=Audience.NAMED, named=("mia",)), False, {"ana", "mia"}),
        (Sharing(owner="ana", audience=Audience.NAMED, named=("team:sales",)), False, {"ana", "bob"}),
        (Sharing(owner="ana", audience=Audience.NAMED, named=("sales",)), True, {"ana"}),
        (Sharing(owner="ana", audience=Audience.READERS), False, {"ana"}),
        (Sharing(owner="ana", audience=Audience.READERS), True, {"ana", "mia", "bob"}),
        (Sharing(owner="ana", editors=("team:marketing",)), False, {"ana", "mia"}),
    ],
)  # fmt: skip
def test_who_sees_it(sharing, reads, seen):
    assert {p.id for p in (ANA, MIA, BOB) if may_see(sharing, p, reads=reads)} == seen


def test_only_the_owner_and_editors_change_it():
    sharing = Sharing(
        owner="ana", audience=Audience.READERS, named=("bob",), editors=("team:marketing",)
    )
    assert [may_edit(sharing, p) for p in (ANA, MIA, BOB)] == [True, True, False]


@pytest.mark.parametrize(
    ("title", "description", "word"),
    [
        ("  ", "", "no title"),
        ("x" * 111, "", "111 of at most 110"),
        ("x", "y" * 4_001, "4,001 of at most 4,000"),
        ("two\nlines", "", "title holds control"),
        ("x", "bell\a", "description holds control"),
    ],
)
def test_words_that_cannot_be_kept(title, description, word):
    reasons = list(judge_words(title, description))
    assert {r.code for r in reasons} == {"E699"}
    assert word in reasons[0].sentence


def test_words_that_can():
    assert list(judge_words("x" * 110, "one\ntwo\tthree " + "y" * 3_900)) == []


def test_nothing_is_shared_with_nobody_knows_whom():
    sharing = Sharing(
        owner="ana",
        audience=Audience.NAMED,
        named=("mia", "team:sales", "eve"),
        editors=("team:x",),
    )
    assert [(r.code, "eve" in r.sentence or "team:x" in r.sentence) for r in judge_sharing(MESH, sharing)] == [
        ("E425", True),
        ("E425", True),
    ]  # fmt: skip
    many = Sharing(owner="ana", named=tuple(f"p{n}" for n in range(201)))
    assert [r.code for r in judge_sharing(MESH, many)] == ["E699"]


def test_a_purpose_is_one_of_the_guardrails():
    assert [r.code for r in judge_purpose(MESH, "fun")] == ["E411"]
    assert [*judge_purpose(MESH, "planning"), *judge_purpose(MESH, "")] == []
