"""Coming back from a real provider: who becomes who, and who stays outside."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agora.app.house import close_house, open_house
from agora.model.account import Account
from agora.model.ledger import Event
from agora.usecases import account, session, token
from agora.usecases.provider import arrive, depart
from tests.journeys.signing import PLACE, Door, quick, refused
from tests.trials.people.providers import BACK, consent

SETTINGS = """
people:
  oidc:
    issuer: {issuer}
    client_id: agora
    client_secret: "${{env:OIDC_SECRET}}"
    groups: [{{group: sellers, teams: [sales], roles: [owner]}}]
"""


class Provided(Door):
    """A market whose people sign in with a provider."""

    def __init__(self, root):
        self.root = root
        self.house = quick(open_house(root, {"OIDC_SECRET": "s3cret-of-the-client"}))

    def come(self, subject, now=None):
        leaving = depart(self.house, BACK)
        params = consent(leaving.url, sub=subject)
        return self.back(params, leaving.keep, now)

    def back(self, params, keep, now=None):
        return arrive(self.house, params, keep=keep, back=BACK, address=PLACE, now=now or clock())


def clock():
    return datetime.now(UTC)


@pytest.fixture
def open_door(market, issuer):
    """Opens the market with more lines in its settings for the provider."""
    made = []

    def opened(more="", people=()):
        settings = market / "agora.yaml"
        if not made:
            settings.write_text(settings.read_text() + SETTINGS.format(issuer=issuer) + more)
        directory = market / "people.yaml"
        for old, new in people:
            assert old in directory.read_text(), old
            directory.write_text(directory.read_text().replace(old, new))
        made.append(Provided(market))
        return made[-1]

    yield opened
    for each in made:
        close_house(each.house)


def test_a_verified_address_makes_somebody_who_they_are_here(open_door):
    door = open_door()
    signed = door.come("u-ana")
    found = session.session(door.house, signed.secret, clock())
    assert found.actor.principal.id == "ana"
    assert found.how == "provider"
    assert found.ends_at - clock() < timedelta(hours=12)
    entry = [r.entry for r in door.house.store.records()][-1]
    assert (entry.event, entry.who) == (Event.SIGNED_IN, "ana")
    assert account.people(door.house, door.who("olga"), clock())[3].provider


def test_groups_give_teams_and_roles(open_door):
    door = open_door()
    who = door.come("u-ana").principal
    assert (who.teams, who.roles, who.domains) == (("sales",), ("analyst", "owner"), ("sales",))
    seen = door.house.opened_to(who)
    assert seen.mesh.principal("ana") == who
    assert door.house.opened_to(door.who("mia").principal) is door.house


def test_an_address_nobody_verified_makes_nobody(open_door):
    door = open_door()
    assert "not verified" in refused("E625", door.come, "u-mia").sentence
    assert "nobody here" in refused("E625", door.come, "u-zoe").sentence
    told = [r.entry for r in door.house.store.records()]
    assert [(e.event, e.who, dict(e.facts)["code"]) for e in told] == [
        (Event.SIGN_IN_FAILED, "nobody", "E625")
    ] * 2


def test_a_subject_the_directory_names_needs_no_address(open_door):
    door = open_door(people=[("{id: mia,", "{id: mia, subject: u-mia,")])
    assert door.come("u-mia").principal.id == "mia"


def test_an_address_that_went_to_somebody_else_opens_nothing(open_door):
    door = open_door()
    door.come("u-ana")
    refused("E626", door.come, "u-other")
    account.reset(door.house, door.who("olga"), "ana", clock())
    assert door.come("u-other").principal.id == "ana"


def test_who_only_the_provider_knows_is_here_where_the_mesh_lets_them(open_door):
    door = open_door("    provision: true\n")
    signed = door.come("u-zoe")
    who = session.session(door.house, signed.secret, clock()).actor
    assert who.principal.id.startswith("sso:")
    assert (who.principal.name, who.principal.email) == ("Zoe", "zoe@example.org")
    assert who.principal.teams == ("sales",)
    made = token.make(door.house, who, name="n", scopes=("read",), days=90, now=clock())
    assert token.resolve(door.house, made.secret, clock()).actor.principal == who.principal
    stale = clock() + timedelta(days=31)
    refused("E611", token.resolve, door.house, made.secret, stale)
    assert session.session(door.house, signed.secret, stale) is None
    assert who.principal.id in {
        each.principal.id for each in account.people(door.house, door.who("olga"), clock())
    }
    account.block(door.house, door.who("olga"), who.principal.id)
    assert session.session(door.house, signed.secret, clock()) is None
    refused("E625", door.come, "u-zoe")
    refused("E611", token.resolve, door.house, made.secret, clock())


def test_an_answer_to_another_question_signs_nobody_in(open_door):
    door = open_door()
    mine, attackers = depart(door.house, BACK), depart(door.house, BACK)
    params = consent(attackers.url, sub="u-ana")
    refused("E622", door.back, params, mine.keep)
    assert door.house.store.get(Account, "ana") is None


def test_an_arrival_that_was_slower_undoes_nothing(open_door):
    door = open_door()
    leaving = depart(door.house, BACK)
    params = consent(leaving.url, sub="u-ana")

    class Store:
        """Somebody blocks the account between the look and the commit."""

        def __getattr__(self, name):
            return getattr(real, name)

        def commit(self, puts, entries):
            account.block(door.house, door.who("olga"), "ana")
            return real.commit(puts, entries)

    real = door.house.store
    racing = replace(door.house, store=Store())
    refused(
        "E409", arrive, racing, params, keep=leaving.keep, back=BACK, address=PLACE, now=clock()
    )
    assert door.house.store.get(Account, "ana").noun.subject == ""


def test_a_mesh_without_a_provider_says_so(market):
    door = Door(market)
    refused("E620", depart, door.house, BACK)
    door.close()


def test_the_secret_of_the_client_is_nowhere(open_door):
    door = open_door()
    door.come("u-ana")
    written = b"".join(path.read_bytes() for path in (door.root / ".agora").glob("agora.db*"))
    assert b"s3cret-of-the-client" not in written
    assert "s3cret-of-the-client" not in repr(door.house.mesh.sign_in)
