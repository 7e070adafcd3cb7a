"""Two at once: whoever comes second hears of it; nothing is lost and nothing is doubled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from agora.app.house import close_house, open_house
from agora.backends.store.sql import SqlStore
from agora.governance.proof import verify
from agora.model.access import Agreement, Desk, Request, RequestState
from agora.model.errors import AgoraError, Conflict
from agora.usecases import access, agreements, cart, requests
from agora.usecases.agreeing.asking import Wish
from tests.journeys.changing import PORT, actor, edit
from tests.racing import at_once

DAY = timedelta(days=1)
PEOPLE = ("mia", "carl", "emil", "ana", "olga")


@pytest.fixture(params=["sqlite", "postgres"])
def houses(request, market):
    """The market with two owners, opened twice on one store, as two processes would."""
    edit(market / "sales/domain.yaml", ("owners: [sofia]", "owners: [sofia, emil]"))
    url = f"sqlite:{market}/.agora/agora.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres")
    first = open_house(market, {})
    made = [replace(first, store=SqlStore(url)) for _ in range(2)]
    yield made
    for each in made:
        each.store.close()
    close_house(first)


def lost(found):
    return [each.code_shown for each in found if isinstance(each, Conflict)]


def ask(house, name="mia", **fields):
    given = {"purpose": "segmentation", "reason": "x", "accept_terms": True}
    wish = Wish(ports=((PORT, ()),), **(given | fields))
    return access.ask_for(house, actor(house, name), wish)[0].request


def agreed(house, **fields):
    request = ask(house, **fields)
    return access.answer(house, actor(house, "sofia"), request.id, approve=True).agreement


def answering(house, by, request, **how):
    return lambda: access.answer(house, actor(house, by), request.id, **how)


def active(house):
    found = [kept.noun for kept in house.store.find(Agreement)]
    return [a for a in found if a.active(house.now())]


def holds(house):
    """Desks and requests tell the same, and every change is in the ledger."""
    waits = {k.noun.id for k in house.store.find(Request) if k.noun.state is RequestState.PENDING}
    assert {name for k in house.store.find(Desk) for name in k.noun.open} == waits
    house.store.seal()
    assert verify(house.store.records(), house.store.batches()).holds


def test_of_two_owners_who_answer_one_is_told_of_the_other(houses):
    one, two = houses
    request = ask(one)
    found = at_once(
        answering(one, "sofia", request, approve=True),
        answering(two, "emil", request, approve=False, words="no"),
    )
    assert lost(found) == ["E413"]
    kept = one.store.get(Request, request.id).noun
    assert len(active(one)) == (kept.state is RequestState.APPROVED)
    holds(one)


def test_withdrawn_or_approved_but_not_both(houses):
    one, two = houses
    request = ask(one)
    found = at_once(
        lambda: requests.withdraw(one, actor(one, "mia"), request.id),
        answering(two, "sofia", request, approve=True),
    )
    assert lost(found) in (["E413"], ["E633"])
    kept = one.store.get(Request, request.id).noun
    assert len(active(two)) == (kept.state is RequestState.APPROVED)
    holds(one)


def test_an_owner_never_approves_what_was_widened_meanwhile(houses):
    one, two = houses
    for _ in range(3):
        request = ask(one, until=one.now() + DAY)
        found = at_once(
            lambda r=request: requests.change(
                one, actor(one, "mia"), r.id, until=one.now() + 900 * DAY
            ),
            answering(two, "sofia", request, approve=True),
        )
        assert lost(found) in (["E413"], ["E635"])
        assert all(a.expires == one.now() + DAY for a in active(one))
        for name, deed in (("mia", requests.withdraw),):
            if lost(found) == ["E635"]:
                deed(one, actor(one, name), request.id)
        for each in active(one):
            agreements.end(one, actor(one, "mia"), each.id)
    holds(one)


def test_what_is_revoked_stays_revoked_while_its_renewal_is_approved(houses):
    one, two = houses
    old = agreed(one, until=one.now() + DAY)
    renewal = agreements.renew(one, actor(one, "mia"), old.id, until=one.now() + 9 * DAY).request
    found = at_once(
        lambda: agreements.end(one, actor(one, "emil"), old.id, "over"),
        answering(two, "sofia", renewal, approve=True),
    )
    (code,) = lost(found)
    if code == "E637":
        assert active(one) == []
    else:
        assert code == "E415"
        (standing,) = active(one)
        assert standing.renews == old.id
    holds(one)


def test_of_two_renewals_there_is_one(houses):
    one, two = houses
    old = agreed(one, until=one.now() + DAY)
    found = at_once(
        lambda: agreements.extend(one, actor(one, "sofia"), old.id, until=one.now() + 5 * DAY),
        lambda: agreements.extend(two, actor(two, "emil"), old.id, until=two.now() + 9 * DAY),
    )
    assert lost(found) == ["E636"]
    assert len(active(one)) == 1
    found = at_once(
        *(
            lambda h=h: agreements.renew(
                h, actor(h, "mia"), active(h)[0].id, until=h.now() + 30 * DAY
            )
            for h in houses
        )
    )
    assert lost(found) == ["E417"]
    holds(one)


def test_many_who_ask_at_once_are_all_heard_and_twins_are_one(houses):
    found = at_once(
        *(lambda h=h, n=n: ask(h, n) for n in ("mia", "carl", "olga") for h in houses),
    )
    assert lost(found) == ["E417"] * 3
    assert len({r.id for r in found if isinstance(r, Request)}) == 3
    holds(houses[1])


def test_a_cart_is_sent_once(houses):
    one = houses[0]
    mia = actor(one, "mia")
    cart.add(one, mia, PORT)
    cart.draft(one, mia, purpose="segmentation", reason="x")
    found = at_once(*(lambda h=h: cart.send(h, mia, accept_terms=True) for h in houses))
    raised = [each.code_shown for each in found if isinstance(each, AgoraError)]
    assert raised in (["E417"], ["E638"])
    assert len(list(one.store.find(Request))) == 1
    holds(one)
