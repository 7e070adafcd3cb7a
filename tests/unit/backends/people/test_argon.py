"""Passwords as argon2id hashes."""

from argon2 import PasswordHasher

from agora.backends.people.argon import ArgonPasswords

QUICK = ArgonPasswords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def test_a_hash_fits_its_password_and_no_other():
    kept = QUICK.hash("four unusual words")
    assert kept.startswith("$argon2id$")
    assert "unusual" not in kept
    assert QUICK.hash("four unusual words") != kept
    assert QUICK.verify(kept, "four unusual words")
    assert not QUICK.verify(kept, "four unusual word")


def test_without_a_hash_nothing_fits():
    for password in ("", "anything", "nobody has this password"):
        assert QUICK.verify("", password) is False
    assert QUICK.verify("no hash at all", "x") is False


def test_a_hash_of_less_work_is_outdated():
    recommended = ArgonPasswords()
    assert recommended.outdated(QUICK.hash("four unusual words"))
    assert not QUICK.outdated(QUICK.hash("four unusual words"))
    assert recommended.hash("x").split("$")[3] == "m=65536,t=3,p=4"
