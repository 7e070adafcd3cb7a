"""Invitations, passwords and sessions, and the attacks on them."""

import sqlite3
import threading
from dataclasses import replace

import pytest

from agora.governance import account as rules
from agora.model.account import Account, Attempts, Session, SignIn, Standing
from agora.model.errors import AgoraError
from agora.model.ledger import Event
from agora.passage import signing
from agora.usecases import account, session
from tests.journeys.changing import edit
from tests.journeys.signing import (
    DAY,
    GOOD,
    HOUR,
    MINUTE,
    NOW,
    PLACE,
    SECOND,
    Counted,
    Door,
    leave,
    queue,
    refused,
)

OTHER = "some other four words"


@pytest.fixture
def door(market):
    made = Door(market)
    yield made
    made.close()


def events(door):
    return [(r.entry.event, r.entry.who) for r in door.house.store.records()]


def everything_written(door):
    """All bytes of the store, what is in its journal too."""
    found = b"".join(path.read_bytes() for path in (door.root / ".agora").glob("agora.db*"))
    assert len(found) > 1000
    return found


def test_who_is_invited_sets_a_password_and_signs_in(door):
    signed = door.accept(door.invite("ana"))
    assert (signed.principal.id, door.inside(signed.secret)) == ("ana", "ana")
    for name in ("ana", "ANA@example.org", " ana "):
        again = door.sign_in(name)
        assert door.inside(again.secret) == "ana"
    assert events(door)[:4] == [
        (Event.INVITED, "olga"),
        (Event.PASSWORD_SET, "ana"),
        (Event.SIGNED_IN, "ana"),
        (Event.SIGNED_IN, "ana"),
    ]


def test_a_sign_in_always_has_another_secret(door):
    """Session fixation: nothing a browser had before opens anything afterwards."""
    fixed = "a secret the attacker chose"
    first = door.join("ana")
    assert door.inside(fixed) is None
    secrets = {door.sign_in("ana").secret for _ in range(3)}
    assert len(secrets | {first}) == 4
    assert door.inside(fixed) is None


def test_an_invitation_opens_once(door):
    secret = door.invite("ana")
    door.accept(secret)
    refused("E602", door.accept, secret, OTHER)
    door.sign_in("ana", GOOD)


def test_two_who_accept_at_once_are_one(door):
    secret, outcomes, start = door.invite("ana"), [], threading.Barrier(6)

    def accept(n):
        start.wait()
        try:
            door.accept(secret, f"{OTHER} {n}")
            outcomes.append(n)
        except AgoraError as problem:
            outcomes.append(problem.code_shown)

    threads = [threading.Thread(target=accept, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [each for each in outcomes if each != "E602"]
    assert len(winners) == 1
    assert door.inside(door.sign_in("ana", f"{OTHER} {winners[0]}").secret) == "ana"


@pytest.mark.parametrize("secret", ["", "ana", "ana.", "ana.x", "nobody.x", ".", "service:bi.x"])
def test_an_invented_invitation_opens_nothing(door, secret):
    door.invite("ana")
    assert refused("E602", door.accept, secret).hint == refused("E602", door.accept, "x.y").hint


def test_an_invitation_ends_after_a_week_and_with_the_next_one(door):
    first = door.invite("ana")
    refused("E602", door.accept, first, now=NOW + 7 * DAY)
    second = door.invite("ana")
    refused("E602", door.accept, first)
    door.accept(second, now=NOW + 7 * DAY - SECOND)


def test_an_invitation_of_a_leaver_opens_nothing(door):
    secret = door.invite("ana")
    leave(door.root, "ana")
    after = Door(door.root)
    refused("E602", after.accept, secret)
    after.close()


def test_a_password_that_will_not_do_leaves_the_invitation(door):
    secret = door.invite("ana")
    assert "at least 12" in refused("E603", door.accept, secret, "short").sentence
    door.accept(secret)


def test_only_the_operator_invites_and_only_people_of_the_directory(door):
    house, olga = door.house, door.who("olga")
    for verb in (account.invite, account.reset, account.unlock):
        refused("E605", verb, house, door.who("sofia"), "ana", NOW)
        for name in ("nobody", "service:bi", "agent:aria"):
            refused("E608", verb, house, olga, name, NOW)
    for verb in (account.block, account.unblock, account.sign_out_person):
        refused("E605", verb, house, door.who("sofia"), "ana")
        refused("E608", verb, house, olga, "nobody")
    refused("E605", account.people, house, door.who("sofia"), NOW)
    door.join("ana")
    refused("E604", account.invite, house, olga, "ana", NOW)


def test_every_wrong_sign_in_hears_the_same(door):
    """User enumeration: words, hints and codes do not tell who is here."""
    door.join("ana")
    door.join("carl")
    account.block(door.house, door.who("olga"), "carl")
    tries = [("ana", OTHER), ("mia", GOOD), ("nobody", GOOD), ("carl", GOOD), ("", ""), ("ana", "")]
    tries += [("service:bi", GOOD), ("agent:aria", GOOD), ("ana", "x" * 100_000)]
    heard = [refused("E600", door.sign_in, *each) for each in tries]
    assert len({(p.sentence, p.hint, type(p)) for p in heard}) == 1


def test_every_wrong_sign_in_costs_the_same_work(door):
    door.join("ana")
    for name in ("ana", "mia", "nobody"):
        before = door.house.people.passwords.verified
        refused("E600", door.sign_in, name, OTHER)
        assert door.house.people.passwords.verified == before + 1


@pytest.mark.parametrize("name", ["ana", "mia", "nobody", "ana@example.org"])
def test_after_five_wrong_passwords_none_is_looked_at(door, name):
    door.join("ana")
    for _ in range(5):
        refused("E600", door.sign_in, name, OTHER)
    work = door.house.people.passwords.verified
    problem = refused("E601", door.sign_in, name, GOOD)
    assert problem.hint.startswith("try again in 30 seconds")
    assert door.house.people.passwords.verified == work
    refused("E601", door.sign_in, f" {name.upper()} ", now=NOW + 29 * SECOND)
    refused("E600", door.sign_in, name, OTHER, now=NOW + 30 * SECOND)
    later = refused("E601", door.sign_in, name, now=NOW + 31 * SECOND)
    assert "59 seconds" in later.hint


def test_a_lock_on_one_name_does_not_tell_of_another(door):
    door.join("ana")
    for _ in range(5):
        refused("E600", door.sign_in, "ana", OTHER)
    door.sign_in("ana@example.org")


def test_a_right_password_forgets_the_wrong_ones(door):
    door.join("ana")
    for _ in range(3):
        for _ in range(4):
            refused("E600", door.sign_in, "ana", OTHER)
        door.sign_in("ana")


def test_many_tries_at_once_are_no_more_than_one_after_the_other(door):
    """Brute force side by side: whatever is tried at once, only five are answered."""
    door.join("ana")
    guesses = [f"{OTHER} {n}" for n in range(19)] + [GOOD]
    outcomes, start = [], threading.Barrier(len(guesses))

    def guess(password):
        start.wait()
        try:
            outcomes.append(door.sign_in("ana", password).principal.id)
        except AgoraError as problem:
            outcomes.append(problem.code_shown)

    threads = [threading.Thread(target=guess, args=(each,)) for each in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == len(guesses)
    assert set(outcomes) <= {"ana", "E600", "E601"}
    told = outcomes.count("E600") if "ana" not in outcomes else 0
    assert told <= rules.FREE
    failures = [r for r in door.house.store.records() if r.entry.event is Event.SIGN_IN_FAILED]
    assert len(failures) == outcomes.count("E600")


def test_the_operator_unlocks(door):
    door.join("ana")
    for name in ("ana", "ana@example.org"):
        for _ in range(5):
            refused("E600", door.sign_in, name, OTHER)
    listed = {each.principal.id: each for each in account.people(door.house, door.who("olga"), NOW)}
    assert listed["ana"].locked_until == NOW + 30 * SECOND
    assert listed["mia"].locked_until is None
    account.unlock(door.house, door.who("olga"), "ana", NOW)
    door.sign_in("ana")
    door.sign_in("ana@example.org")


def test_an_address_has_only_so_many_tries(market):
    door = Door(market, turnstile=queue(market))
    for n in range(rules.BURST):
        refused("E600", door.sign_in, f"name-{n}", OTHER)
    refused("E601", door.sign_in, "another", OTHER)
    refused("E601", door.accept, "ana.x")
    refused("E600", door.sign_in, "another", OTHER, address="192.0.2.8")
    refused("E600", door.sign_in, "another", OTHER, now=NOW + MINUTE)
    door.close()


def test_the_ledger_hears_of_failures_without_what_was_typed(door):
    door.join("ana")
    typed = "my-password-in-the-wrong-field"
    refused("E600", door.sign_in, typed, OTHER)
    refused("E600", door.sign_in, "ana", typed)
    first, second = [
        r.entry for r in door.house.store.records() if r.entry.event is Event.SIGN_IN_FAILED
    ]
    assert (first.who, second.who) == ("nobody", "ana")
    assert dict(first.facts) == {"how": "password", "address": PLACE, "locked": False}
    assert typed.encode() not in everything_written(door)


def test_no_secret_is_kept(door):
    invitation = door.invite("ana")
    signed = door.accept(invitation)
    rotated = session.session(door.house, signed.secret, NOW + HOUR).rotated
    written = everything_written(door)
    assert b"$argon2id$" in written
    for secret in (invitation, invitation.partition(".")[2], signed.secret, rotated, GOOD):
        assert secret.encode() not in written
    shown = repr(signed) + repr(session.session(door.house, rotated, NOW + HOUR))
    shown += "".join(repr(kept) for kept in door.house.store.find(Session))
    assert not any(word in shown for word in (signed.secret, rotated, signed.csrf))


def test_a_session_ends_when_it_is_left_and_after_a_week_at_most(door):
    secret = door.join("ana")
    assert door.inside(secret, NOW + HOUR - SECOND) == "ana"
    assert door.inside(secret, NOW + 12 * HOUR) is None
    now = NOW
    secret = door.sign_in("ana").secret
    while now < NOW + 7 * DAY - 6 * HOUR:
        now += 6 * HOUR
        secret = session.session(door.house, secret, now).rotated
        assert secret
    assert door.inside(secret, NOW + 7 * DAY) is None


def test_a_session_goes_on_under_another_secret(door):
    first = door.join("ana")
    assert session.session(door.house, first, NOW + MINUTE).rotated == ""
    later = NOW + HOUR
    found = session.session(door.house, first, later)
    assert found.rotated not in ("", first)
    assert door.inside(found.rotated, later) == "ana"
    at_once = session.session(door.house, first, later + MINUTE)
    assert (at_once.rotated, at_once.csrf, at_once.id) == (found.rotated, found.csrf, found.id)
    assert door.inside(first, later + 5 * MINUTE) is None
    assert door.inside(found.rotated, later + 5 * MINUTE) == "ana"


def test_what_opens_nothing_any_more_is_swept_and_the_ledger_still_tells(door):
    first = door.join("ana")
    refused("E600", door.sign_in, "mia", OTHER)
    later = NOW + 11 * HOUR
    living = session.session(door.house, first, later).rotated
    told = events(door)
    assert session.sweep(door.house, NOW + 30 * HOUR) == 1
    assert door.house.store.get(Session, signing.digest(first)) is not None
    assert session.sweep(door.house, NOW + 36 * HOUR + SECOND) == 1
    assert door.house.store.get(Session, signing.digest(first)) is None
    assert door.inside(living, later + 12 * HOUR - SECOND) == "ana"
    assert events(door) == told


def test_requests_that_come_at_once_get_the_same_new_secret(door):
    first, found, start = door.join("ana"), [], threading.Barrier(8)

    def visit():
        start.wait()
        found.append(session.session(door.house, first, NOW + HOUR).rotated)

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert len(list(door.house.store.find(Session))) == 2


def test_an_old_secret_alone_does_not_tell_the_next(door):
    first = door.join("ana")
    found = session.session(door.house, first, NOW + HOUR).rotated
    assert found != signing.following(first, "")
    assert door.inside(signing.following(first, "guess"), NOW + HOUR) is None


@pytest.mark.parametrize("with_old", [True, False])
def test_after_signing_out_nothing_of_the_session_opens(door, with_old):
    first = door.join("ana")
    other = door.sign_in("ana").secret
    after = session.session(door.house, first, NOW + HOUR).rotated
    session.sign_out(door.house, first if with_old else after, NOW + HOUR)
    assert door.inside(after, NOW + HOUR) is None
    assert door.inside(first, NOW + HOUR) is None
    assert door.inside(other, NOW + HOUR - SECOND) == "ana"
    session.sign_out(door.house, after, NOW + HOUR)
    session.sign_out(door.house, "invented", NOW + HOUR)
    assert events(door).count((Event.SIGNED_OUT, "ana")) == 1


def test_signing_out_everywhere_ends_every_session(door):
    secrets = [door.join("ana"), door.sign_in("ana").secret]
    carl = door.join("carl")
    session.sign_out_everywhere(door.house, door.who("ana"))
    assert [door.inside(each) for each in (*secrets, carl)] == [None, None, "carl"]
    assert door.inside(door.sign_in("ana").secret) == "ana"


def test_the_operator_signs_somebody_out_blocks_and_unblocks(door):
    olga, secret = door.who("olga"), door.join("ana")
    account.sign_out_person(door.house, olga, "ana")
    assert door.inside(secret) is None
    secret = door.sign_in("ana").secret
    account.block(door.house, olga, "ana")
    assert door.inside(secret) is None
    refused("E600", door.sign_in, "ana")
    account.unblock(door.house, olga, "ana")
    assert door.inside(secret) is None
    assert door.inside(door.sign_in("ana").secret) == "ana"


def test_nobody_blocks_themselves(door):
    secret = door.join("olga")
    told = refused("E807", account.block, door.house, door.who("olga"), "olga")
    assert "nobody might be left" in told.sentence
    assert door.inside(secret) == "olga"


class Overtaken:
    """A store in which somebody else is faster, once."""

    def __init__(self, store, first):
        self.store, self.first = store, first

    def __getattr__(self, name):
        return getattr(self.store, name)

    def commit(self, *said):
        first, self.first = self.first, lambda: None
        first()
        return self.store.commit(*said)


def test_of_two_operators_who_block_each_other_at_once_one_is_left(market):
    edit(market / "people.yaml", ("roles: [marketer]", "roles: [operator]"))
    door = Door(market)
    secrets = [door.join(name) for name in ("olga", "mia")]
    olga, mia = (replace(door.who(name), operator="") for name in ("olga", "mia"))
    store = Overtaken(door.house.store, lambda: account.block(door.house, mia, "olga"))
    refused("E409", account.block, replace(door.house, store=store), olga, "mia")
    assert [door.inside(each) for each in secrets] == [None, "mia"]
    refused("E607", account.block, door.house, olga, "mia")
    door.close()


def test_a_reset_takes_password_and_sessions_and_invites_anew(door):
    secret = door.join("ana")
    anew = account.reset(door.house, door.who("olga"), "ana", NOW).secret
    assert door.inside(secret) is None
    refused("E600", door.sign_in, "ana")
    door.accept(anew, OTHER)
    refused("E600", door.sign_in, "ana", GOOD)
    door.sign_in("ana", OTHER)


def test_a_leaver_loses_everything_at_once(door):
    secret = door.join("ana")
    leave(door.root, "ana")
    after = Door(door.root)
    assert after.inside(secret) is None
    refused("E600", after.sign_in, "ana")
    assert "ana" not in {
        p.principal.id for p in account.people(after.house, after.who("olga"), NOW)
    }
    account.block(after.house, after.who("olga"), "ana")
    after.close()


def test_a_changed_password_ends_every_other_session(door):
    secret, other = door.join("ana"), door.sign_in("ana").secret
    change = session.change_password
    refused("E603", change, door.house, secret, GOOD, "short", address=PLACE, now=NOW)
    signed = change(door.house, secret, GOOD, OTHER, address=PLACE, now=NOW)
    assert [door.inside(each) for each in (secret, other, signed.secret)] == [None, None, "ana"]
    refused("E600", door.sign_in, "ana", GOOD)
    refused("E600", change, door.house, secret, OTHER, GOOD, address=PLACE, now=NOW)


def test_who_takes_over_a_session_cannot_guess_the_password(door):
    secret = door.join("ana")

    def change(old):
        session.change_password(door.house, secret, old, OTHER, address=PLACE, now=NOW)

    for n in range(5):
        refused("E600", change, f"{OTHER} {n}")
    refused("E601", change, GOOD)


def test_an_account_that_changed_meanwhile_is_not_written_over(door):
    """A change of password that lost a race says so, and does not undo what was faster."""
    secret = door.join("ana")
    house, hasher = door.house, door.house.people.passwords

    class Slow:
        verify, outdated = hasher.verify, hasher.outdated

        def hash(self, password):
            account.block(door.house, door.who("olga"), "ana")
            return hasher.hash(password)

    slow = replace(house, people=replace(house.people, passwords=Slow()))
    refused("E409", session.change_password, slow, secret, GOOD, OTHER, address=PLACE, now=NOW)
    assert house.store.get(Account, "ana").noun.blocked


def test_a_form_of_another_sign_in_is_refused(door):
    first, second = door.join("ana"), door.sign_in("ana")
    sitting = session.session(door.house, first, NOW)
    session.demand_csrf(sitting, sitting.csrf)
    for given in ("", second.csrf, "ünsinn", sitting.csrf[:-1]):
        refused("E606", session.demand_csrf, sitting, given)


def test_a_purpose_is_chosen_for_a_session(door):
    secret = door.join("mia")
    session.choose(door.house, secret, "campaign-planning", NOW)
    after = session.session(door.house, secret, NOW + HOUR)
    assert after.actor.purpose == "campaign-planning"
    session.choose(door.house, after.rotated, "", NOW + HOUR)
    assert session.session(door.house, after.rotated, NOW + HOUR).actor.purpose == ""
    refused("E411", session.choose, door.house, secret, "world domination", NOW)
    refused("E607", session.choose, door.house, "invented", "campaign-planning", NOW)


def test_passwords_open_nothing_where_the_mesh_says_so(door):
    secret = door.join("ana")
    mesh = replace(door.house.mesh, sign_in=SignIn(passwords=False))
    closed = replace(door.house, mesh=mesh)
    refused("E609", session.sign_in, closed, "ana", GOOD, address=PLACE, now=NOW)
    assert session.session(closed, secret, NOW) is not None


def test_a_hash_of_less_work_is_made_anew_when_the_password_is_right(door):
    door.join("ana")
    before = door.house.store.get(Account, "ana").noun.password
    door.house = replace(door.house, people=replace(door.house.people, passwords=Counted(passes=2)))
    door.sign_in("ana")
    kept = door.house.store.get(Account, "ana").noun
    assert kept.password != before
    assert "t=2" in kept.password
    door.sign_in("ana")
    assert door.house.store.get(Account, "ana").noun == kept


def test_the_operator_sees_how_everybody_stands(door):
    door.invite("carl")
    door.join("ana")
    door.join("mia")
    account.block(door.house, door.who("olga"), "mia")
    listed = account.people(door.house, door.who("olga"), NOW)
    stands = {each.principal.id: each.standing for each in listed}
    assert stands == {
        "olga": Standing.NONE, "sofia": Standing.NONE, "emil": Standing.NONE,
        "ana": Standing.ACTIVE, "carl": Standing.INVITED, "mia": Standing.BLOCKED,
    }  # fmt: skip
    assert next(e for e in listed if e.principal.id == "carl").invited_until == NOW + 7 * DAY


def test_the_store_holds_what_was_written_even_with_another_reader(door):
    """What the grep for secrets looks through is really the whole store."""
    door.join("ana")
    connection = sqlite3.connect(door.root / ".agora" / "agora.db")
    kinds = {kind for (kind,) in connection.execute("select distinct kind from nouns")}
    connection.close()
    assert kinds == {Account.__name__, Session.__name__}
    refused("E600", door.sign_in, "ana", OTHER)
    assert door.house.store.get(Attempts, signing.attempts_key("ana")).noun.failures == 1


def test_signing_out_beats_being_used(door):
    """A session that goes on under another secret in the moment it is left is over as well."""
    secret = door.join("ana")
    store = door.house.store

    class Busy:
        """A store in which the session rotates just before it is ended."""

        def __getattr__(self, name):
            return getattr(store, name)

        def commit(self, puts, entries):
            session.session(door.house, secret, NOW + HOUR)
            return store.commit(puts, entries)

    session.sign_out(replace(door.house, store=Busy()), secret, NOW + HOUR)
    after = signing.following(secret, store.get(Session, signing.digest(secret)).noun.salt)
    assert door.inside(secret, NOW + HOUR) is None
    assert door.inside(after, NOW + HOUR) is None
