"""Idempotency keys: a deed that is sent twice is done once, and nobody is answered what was not theirs."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import pytest

from agora.app.up.once import LASTS, Answered, Memory, _digest

pytestmark = pytest.mark.journey
NUMBER = count()
SAVED = {"title": "Weeks", "sql": "select week from sales.transactions"}


def key():
    return {"idempotency-key": f"{os.getpid()}-{next(NUMBER)}"}


def kept(callers, person="mia"):
    found = callers(person).get("/saved", params={"limit": 200}).json()
    return len([each for each in found["items"] if each["query"]["title"] == "Weeks"])


def test_a_deed_that_is_sent_twice_is_done_once(callers):
    named, before = key(), kept(callers)
    first = callers("mia").post("/saved", json=SAVED, headers=named)
    again = callers("mia").post("/saved", json=SAVED, headers=named)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert kept(callers) == before + 1


def test_many_at_once_are_one_deed(callers):
    named, before = key(), kept(callers)
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(callers("mia").post, "/saved", json=SAVED, headers=named) for _ in range(8)]  # fmt: skip
        answers = [call.result() for call in calls]
    assert {each.status_code for each in answers} <= {201, 409}
    assert {each.json()["code"] for each in answers if each.status_code == 409} <= {"E794"}
    assert kept(callers) == before + 1


def test_another_deed_under_the_same_key_is_refused(callers):
    named = key()
    assert callers("mia").post("/saved", json=SAVED, headers=named).status_code == 201
    other = callers("mia").post("/saved", json={**SAVED, "title": "Other"}, headers=named)
    assert (other.status_code, other.json()["code"]) == (422, "E793")


def test_nobody_is_answered_what_was_answered_to_somebody_else(callers):
    named, before = key(), kept(callers, "sofia")
    first = callers("mia").post("/saved", json=SAVED, headers=named)
    own = callers("sofia").post("/saved", json=SAVED, headers=named)
    assert own.json()["query"]["id"] != first.json()["query"]["id"]
    assert kept(callers, "sofia") == before + 1
    assert callers().post("/saved", json=SAVED, headers=named).status_code == 401


def test_what_was_refused_may_be_sent_again_in_earnest(callers):
    named = key()
    wrong = callers("mia").post("/saved", json={**SAVED, "sql": ""}, headers=named)
    assert wrong.status_code >= 400
    assert callers("mia").post("/saved", json=SAVED, headers=named).status_code == 201


def test_an_answer_with_a_secret_is_not_kept(callers):
    body = {"name": "kept", "scopes": ["read"]}
    answer = callers("mia").post("/me/tokens", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (400, "E791")


def test_a_key_has_a_shape(callers):
    for wrong in ("", "x" * 201):
        answer = callers("mia").post("/saved", json=SAVED, headers={"idempotency-key": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "E792")


def test_a_deed_whose_process_fell_is_told_once_and_then_its_key_is_free(callers):
    """Its process is killed while it is at it; nobody else's key is freed by that."""
    named, before = {**key(), "content-type": "application/json"}, kept(callers)
    asked = digest_of("/api/v1/saved", SAVED)
    with fallen(callers.served.root, "mia", named["idempotency-key"], asked):
        busy = callers("mia").post("/saved", content=written(SAVED), headers=named)
        assert (busy.status_code, busy.json()["code"]) == (409, "E794")
    other = callers("mia").post("/saved", content=b"{}", headers=named)
    assert (other.status_code, other.json()["code"]) == (422, "E793")
    told = callers("mia").post("/saved", content=written(SAVED), headers=named)
    assert (told.status_code, told.json()["code"]) == (409, "E783")
    assert kept(callers) == before
    again = callers("mia").post("/saved", content=written(SAVED), headers=named)
    assert again.status_code == 201
    assert kept(callers) == before + 1


def test_answers_are_forgotten_after_a_day(tmp_path):
    memory = Memory(tmp_path / "once")
    memory.begin("mia", "k", "asked").end(Answered(asked="asked", status=201))
    (file,) = (tmp_path / "once").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert memory.sweep() == 0
    assert memory.begin("mia", "k", "asked").status == 201
    old = time.time() - LASTS - 1
    os.utime(file, (old, old))
    begun = memory.begin("mia", "k", "asked")
    assert memory.begin("mia", "k", "asked") == Answered(asked="asked")
    begun.drop()
    assert list((tmp_path / "once").iterdir()) == []
    memory.begin("mia", "k", "asked").leave()
    os.utime(file, (old, old))
    assert memory.sweep() == 1
    assert list((tmp_path / "once").iterdir()) == []


FALLING = """
import sys, time
from pathlib import Path
from agora.app.up.once import memory
begun = memory(sys.argv[1]).begin(*sys.argv[2:])
print("begun", flush=True)
time.sleep(60)
"""


@contextmanager
def fallen(root, *call):
    """Another process has begun this call; at the end of the block it is killed."""
    command = [sys.executable, "-c", FALLING, str(root), *call]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
        assert worker.stdout.readline() == b"begun\n"
        try:
            yield
        finally:
            worker.kill()


def written(body):
    return json.dumps(body).encode()


def digest_of(path, body):
    return _digest({"path": path, "query_string": b""}, written(body))
