"""`agora people` and `agora token`: what the operator and everybody else do at a terminal."""

import json
from datetime import UTC, datetime

import pytest

from agora.usecases import token
from tests.journeys.signing import Door, refused


def now():
    return datetime.now(UTC)


def result(out):
    return json.loads(out)["result"]


def test_the_operator_invites_and_sees_how_everybody_stands(shell):
    code, out, err = shell("people", "--invite", "ana")
    assert code == 0
    assert "not shown again" in err
    door = Door(shell.root)
    door.accept(out.strip(), now=now())
    door.close()
    code, out, _ = shell("people")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "active" in lines["ana"]
    assert "not invited" in lines["mia"]
    listed = result(shell("people", "--json")[1])
    assert {p["principal"]["id"]: p["standing"] for p in listed}["ana"] == "active"
    assert not any(word in out for word in ("argon", "hash"))


def test_resetting_blocking_and_unblocking_are_told(shell):
    assert shell("people", "--reset", "ana", "--json")[0] == 0
    assert "invited until" in shell("people")[1]
    for option, words in (
        ("--sign-out", "signed out"),
        ("--unlock", "may try again"),
        ("--block", "is blocked"),
        ("--unblock", "may sign in again"),
    ):
        code, out, _ = shell("people", option, "ana")
        assert code == 0
        assert words in out
    code, out, _ = shell("people", "--block", "ana", "--json")
    assert result(out) == {"person": "ana", "done": "block"}


def test_locks_are_shown(shell):
    door = Door(shell.root)
    for _ in range(5):
        refused("E600", door.sign_in, "ana", "wrong words", now=now())
    door.close()
    assert "locked until" in shell("people")[1]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        (("people", "--as", "ana"), 3, "E605"),
        (("people", "--invite", "nobody"), 2, "E608"),
        (("people", "--block", "olga"), 3, "E807"),
        (("people", "--invite", "ana", "--block", "mia"), 2, "E002"),
        (("token", "--make", "x", "--revoke", "y"), 2, "E002"),
        (("token", "--make", "x", "--scopes", "all"), 2, "E615"),
        (("token", "--make", "x", "--for", "service:bi", "--as", "ana"), 3, "E614"),
        (("token", "--revoke", "nothing"), 2, "E612"),
    ],
)
def test_what_may_not_be_is_told_with_its_code(shell, arguments, exit_code, code):
    found, out, err = shell(*arguments)
    assert (found, out) == (exit_code, "")
    assert f"error[{code}]" in err


def test_a_token_is_made_listed_and_revoked(shell):
    assert "no tokens yet" in shell("token", "--as", "ana")[1]
    code, out, err = shell("token", "--make", "notebook", "--scopes", "read,ask", "--as", "ana")
    secret = out.strip()
    assert code == 0
    assert "not shown again" in err
    door = Door(shell.root)
    found = token.resolve(door.house, secret, now())
    door.close()
    assert (found.actor.principal.id, found.scopes) == ("ana", ("read", "ask"))
    _, out, _ = shell("token", "--as", "ana")
    assert "notebook" in out
    assert secret not in out
    assert "revoked" not in out
    code, out, _ = shell("token", "--revoke", found.token, "--as", "ana")
    assert "opens nothing any more" in out
    assert "revoked" in shell("token", "--as", "ana")[1]
    assert "never" not in shell("token", "--as", "ana")[1]


def test_programs_get_tokens_as_json(shell):
    made = result(shell("token", "--make", "x", "--for", "service:bi", "--json")[1])
    assert made["secret"].startswith("agora_svc_")
    assert (made["token"]["principal"], made["token"]["hash"]) == ("service:bi", "")
    key = made["token"]["id"]
    assert [each["id"] for each in result(shell("token", "--json")[1])] == [key]
    assert result(shell("token", "--revoke", key, "--json")[1])["revoked_by"] == "olga"
