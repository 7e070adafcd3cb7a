"""Tokens: what programs show instead of a password, and the attacks on them."""

import threading
from dataclasses import replace

import pytest

from agora.model.ledger import Event
from agora.model.token import Scope, Token
from agora.passage import signing
from agora.usecases import account, token
from tests.journeys.changing import edit
from tests.journeys.signing import DAY, HOUR, NOW, SECOND, Door, leave, refused


@pytest.fixture
def door(market):
    made = Door(market)
    yield made
    made.close()


def make(door, who="ana", consumer="", scopes=("read",), days=30, **more):
    return token.make(
        door.house, door.who(who), name="for a test", scopes=scopes, days=days,
        consumer=consumer, now=NOW, **more,
    )  # fmt: skip


def resolve(door, text, now=NOW):
    return token.resolve(door.house, text, now)


def test_a_token_acts_as_its_person_within_its_scopes(door):
    made = make(door, scopes=("ask", "read"))
    found = resolve(door, made.secret)
    assert found.actor.principal == door.house.mesh.principal("ana")
    assert found.scopes == (Scope.READ, Scope.ASK)
    assert (found.token, found.actor.operator) == (made.token.id, "")
    token.demand(found.scopes, Scope.ASK)
    refused("E613", token.demand, found.scopes, Scope.MAKE)
    assert made.secret.startswith(f"agora_pat_{made.token.id}_")


def test_services_and_agents_have_tokens_of_their_own(door):
    bi = make(door, "olga", "service:bi")
    aria = make(door, "ana", "agent:aria")
    assert bi.secret.startswith("agora_svc_")
    assert resolve(door, bi.secret).actor.principal.id == "service:bi"
    found = resolve(door, aria.secret).actor
    assert (found.principal.id, found.operator) == ("agent:aria", "ana")
    for who, consumer in (
        ("ana", "service:bi"),
        ("olga", "agent:aria"),
        ("olga", "ana"),
        ("olga", "service:sales.transactions"),
        ("service:sales.transactions", ""),
        ("olga", "nobody"),
    ):
        refused("E614", make, door, who, consumer)


def test_the_service_of_a_product_has_no_token_even_if_one_was_written(door):
    made = make(door)
    kept = door.house.store.get(Token, made.token.id)
    bent = replace(kept.noun, principal="service:sales.transactions")
    door.house.store.commit((put(kept, bent),), ())
    refused("E611", resolve, door, made.secret)


def test_tokens_are_gone_from_the_store_long_after_their_end_and_not_before(door):
    ended, lasting, revoked = (make(door, days=days).token for days in (1, 30, 300))
    token.revoke(door.house, door.who("ana"), revoked.id, NOW + 30 * DAY)

    def left(days):
        token.sweep(door.house, NOW + days * DAY)
        return {kept.key for kept in door.house.store.find(Token)}

    assert left(90) == {ended.id, lasting.id, revoked.id}
    assert left(92) == {lasting.id, revoked.id}
    assert left(121) == set()
    told = [r.entry for r in door.house.store.records() if r.entry.event is Event.TOKEN_MADE]
    assert {dict(each.facts)["token"] for each in told} == {ended.id, lasting.id, revoked.id}


def put(kept, noun):
    from agora.needs.store import Put

    return Put(key=kept.key, noun=noun, revision=kept.revision)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"scopes": ()}, "E615"),
        ({"scopes": ("everything",)}, "E615"),
        ({"days": 0}, "E615"),
        ({"days": 366}, "E615"),
        ({"scopes": ("operate",)}, "E614"),
        ({"scopes": ("read", "make"), "held": (Scope.READ,)}, "E613"),
    ],
)
def test_a_wish_that_goes_too_far_is_refused(door, wish, code):
    refused(code, make, door, **wish)
    assert list(door.house.store.find(Token)) == []


def test_a_token_has_a_name(door):
    with pytest.raises(Exception, match="a token has a name") as caught:
        token.make(door.house, door.who("ana"), name=" ", scopes=("read",), days=1, now=NOW)
    assert caught.value.code_shown == "E615"


def test_a_token_that_was_not_given_opens_nothing(door):
    made = make(door)
    other = make(door)
    mixed = made.secret.replace(made.token.id, other.token.id)
    invented = [
        "", "agora", "agora_pat", f"agora_pat_{made.token.id}", f"agora_pat_{made.token.id}_",
        made.secret[:-1], made.secret + "x", made.secret.swapcase(), mixed, "a_b_c_d",
        made.secret.replace("pat", "svc"), f" {made.secret}",
    ]  # fmt: skip
    heard = [refused("E610", resolve, door, each) for each in invented]
    assert len({(each.sentence, each.hint) for each in heard}) == 1


def test_a_token_is_over_on_its_day_and_when_it_is_revoked(door):
    made = make(door, days=7)
    resolve(door, made.secret, NOW + 7 * DAY - SECOND)
    assert "2026-03-08" in refused("E611", resolve, door, made.secret, NOW + 7 * DAY).sentence
    ended = token.revoke(door.house, door.who("ana"), made.token.id, NOW)
    assert (ended.revoked_by, ended.revoked_at, ended.hash) == ("ana", NOW, "")
    assert "revoked" in refused("E611", resolve, door, made.secret).sentence
    assert token.revoke(door.house, door.who("ana"), made.token.id, NOW + DAY) == ended


def test_nobody_learns_of_the_tokens_of_others(door):
    made, service = make(door), make(door, "olga", "service:bi")
    ids = lambda who: {each.id for each in token.tokens(door.house, door.who(who))}  # noqa: E731
    assert ids("ana") == {made.token.id}
    assert ids("olga") == {made.token.id, service.token.id}
    assert ids("mia") == ids("service:bi") == ids("agent:aria") == set()
    there = refused("E612", token.revoke, door.house, door.who("mia"), made.token.id, NOW)
    nowhere = refused("E612", token.revoke, door.house, door.who("mia"), "0" * 12, NOW)
    assert there.sentence.replace(made.token.id, "") == nowhere.sentence.replace("0" * 12, "")
    assert token.revoke(door.house, door.who("olga"), made.token.id, NOW).revoked_by == "olga"


def test_the_tokens_of_a_leaver_end_at_once_and_those_of_their_agents(door):
    own, agent = make(door), make(door, "ana", "agent:aria")
    leave(door.root, "ana")
    after = Door(door.root)
    for made in (own, agent):
        assert "not here any more" in refused("E611", resolve, after, made.secret).sentence
    after.close()


def test_what_a_leaver_made_for_a_service_ends_with_them(market):
    """They know its secret."""
    edit(market / "people.yaml", ("roles: [marketer]", "roles: [operator]"))
    door = Door(market)
    made = make(door, "mia", "service:bi")
    assert resolve(door, made.secret).actor.principal.id == "service:bi"
    account.block(door.house, door.who("olga"), "mia")
    refused("E611", resolve, door, made.secret)
    door.close()


def test_a_token_ends_when_its_maker_might_not_make_it_any_more(door):
    directory = door.root / "people.yaml"
    text = directory.read_text()
    owner = text.replace(
        "teams: [marketing], roles: [marketer]", "teams: [marketing], roles: [owner]"
    )
    assert owner != text
    directory.write_text(owner)
    before = Door(door.root)
    made = make(before, "mia", "service:bi")
    assert resolve(before, made.secret).actor.principal.id == "service:bi"
    before.close()
    directory.write_text(text)
    after = Door(door.root)
    assert "might not make it" in refused("E611", resolve, after, made.secret).sentence
    after.close()


def test_who_is_blocked_has_no_token_and_neither_have_their_agents(door):
    own, agent = make(door), make(door, "ana", "agent:aria")
    account.block(door.house, door.who("olga"), "ana")
    for made in (own, agent):
        refused("E611", resolve, door, made.secret)
    assert signing.admitted(door.house, "agent:aria", NOW) is None
    account.unblock(door.house, door.who("olga"), "ana")
    resolve(door, own.secret)
    assert signing.admitted(door.house, "agent:aria", NOW).acts_for == "ana"


def test_the_use_of_a_token_is_noted_once_an_hour(door):
    made = make(door)
    last = lambda: door.house.store.get(Token, made.token.id)  # noqa: E731
    assert last().noun.last_used_at is None
    for minutes in (0, 10, 59):
        resolve(door, made.secret, NOW + minutes * HOUR / 60)
    assert (last().noun.last_used_at, last().revision) == (NOW, 2)
    resolve(door, made.secret, NOW + HOUR)
    assert (last().noun.last_used_at, last().revision) == (NOW + HOUR, 3)


def test_many_uses_at_once_all_succeed(door):
    made, found, start = make(door), [], threading.Barrier(8)

    def use():
        start.wait()
        found.append(resolve(door, made.secret).token)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [made.token.id] * 8


def test_revoking_beats_being_used(door):
    made = make(door)
    store = door.house.store

    class Busy:
        """A store in which somebody uses the token just before it is revoked."""

        def __getattr__(self, name):
            return getattr(store, name)

        def commit(self, puts, entries):
            if entries and store.get(Token, made.token.id).noun.last_used_at is None:
                resolve(door, made.secret)
            return store.commit(puts, entries)

    busy = replace(door.house, store=Busy())
    assert token.revoke(busy, door.who("ana"), made.token.id, NOW).revoked_at == NOW
    refused("E611", resolve, door, made.secret)


def test_no_secret_is_kept_or_shown(door):
    made = make(door)
    resolve(door, made.secret)
    written = b"".join(path.read_bytes() for path in (door.root / ".agora").glob("agora.db*"))
    secret = made.secret.split("_", 3)[3]
    assert len(secret) > 40
    assert made.token.id.encode() in written
    assert secret.encode() not in written
    assert made.token.hash == ""
    assert secret not in repr(made) + repr(token.tokens(door.house, door.who("ana")))
    entry = next(r.entry for r in door.house.store.records() if r.entry.event is Event.TOKEN_MADE)
    assert (entry.who, entry.subject) == ("ana", "ana")
    assert dict(entry.facts)["scopes"] == ("read",)
