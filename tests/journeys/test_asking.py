"""Asking and answering as verbs: what is foreseen, sent, asked back, changed, renewed, and ended."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from agora.app.house import close_house, open_house
from agora.model.access import Agreement, RequestState, Turn
from agora.model.errors import Conflict, Denied, Missing, Unusable
from agora.model.policy import MaskKind
from agora.usecases import access, agreements, cart, inbox, requests
from agora.usecases.agreeing.asking import Wish
from agora.usecases.explain import explain
from tests.journeys.changing import PORT, actor, edit, opened, read

HOUSEHOLDS = "customers.households"
DAY = timedelta(days=1)
COUNT = "select count(*) as n from sales.transactions"


@pytest.fixture
def house(market):
    found = open_house(market, {})
    yield found
    close_house(found)


def wish(*ports, **fields):
    given = {"purpose": "segmentation", "reason": "groups", "accept_terms": True}
    return Wish(ports=tuple((port, ()) for port in ports), **(given | fields))


def asked(house, name="mia", port=PORT, **fields):
    return access.ask_for(house, actor(house, name), wish(port, **fields))[0].request


def approved(house, name="mia", port=PORT, by="sofia", **fields):
    request = asked(house, name, port, **fields)
    return access.answer(house, actor(house, by), request.id, approve=True).agreement


def later(house, days):
    at = house.now() + days * DAY
    return replace(house, now=lambda: at)


def told(kind, code, verb, *arguments, **named):
    with pytest.raises(kind) as problem:
        verb(*arguments, **named)
    assert problem.value.code_shown == code
    return problem.value


def entries(house):
    return [record.entry for record in house.store.records()]


# Before anything is sent


def test_it_is_foreseen_who_decides_and_what_stays_masked(house):
    before = len(entries(house))
    found = access.foresee(house, actor(house, "mia"), wish(PORT, HOUSEHOLDS, accept_terms=False))
    assert len(entries(house)) == before
    sold, homes = found.ports
    assert (sold.deciders, sold.names) == (("sofia",), ("Sofia Berg",))
    assert (homes.deciders, homes.terms, homes.to_accept) == (("carl",), "", False)
    assert found.terms == (sold.terms,) == ("For planning inside the company",)
    seen = {c.name: c.mask.kind for c in homes.decision.columns}
    assert (seen["age"], seen["household_id"]) == (MaskKind.NULL, MaskKind.CLEAR)
    assert homes.decision.columns[2].reasons[0].rule == "guardrail/mask-personal"
    assert found.possible
    assert inbox.inbox(house, actor(house, "carl")).open == ()


def test_what_is_foreseen_is_what_comes(house):
    coming = access.foresee(house, actor(house, "mia"), wish(HOUSEHOLDS)).ports[0].decision
    agreed = approved(house, port=HOUSEHOLDS, by="carl")
    from agora.usecases.explain import explain

    (now,) = explain(house, actor(house, "mia", "segmentation"), HOUSEHOLDS)
    assert now.agreement == agreed.id
    assert (now.columns, now.rows, now.expires) == (coming.columns, coming.rows, coming.expires)


def test_every_reason_against_asking_is_foreseen(house):
    asked(house)
    found = access.foresee(
        house,
        actor(house, "mia"),
        wish(PORT, reason="", until=house.now() - DAY, accept_terms=False),
    )
    assert {each.code for each in found.ports[0].refusals} == {"E423", "E424", "E417"}
    assert not found.possible


def test_what_others_would_see_is_not_foreseen(house):
    (found,) = access.foresee(house, actor(house, "mia"), wish(PORT, consumer="ana")).ports
    assert [each.code for each in found.refusals] == ["E426"]
    assert (found.decision, found.replaces, found.settled) == (None, (), "")


def test_what_the_domain_permits_is_had_and_cannot_be_asked_for(house):
    ana = actor(house, "ana")
    foresight = access.foresee(house, ana, wish(PORT))
    (found,) = foresight.ports
    assert found.had == "you may read `sales.transactions@1` already, by the rules of sales"
    assert (found.settled, foresight.possible) == ("", False)
    told(Conflict, "E427", access.ask_for, house, ana, wish(PORT, accept_terms=False))
    assert access.ask_for(house, ana, wish(PORT, consumer="team:sales"))[0].deciders == ("sofia",)
    (row,) = found.decision.rows
    assert row.reason.sentence.endswith("store_id in $user.stores")


def test_an_unlisted_product_is_foreseen_like_one_that_is_not_there(market):
    build = market / "sales/transactions/build.yaml"
    build.write_text(build.read_text() + "listed: false\n")
    with opened(market) as house:
        mia = actor(house, "mia")
        hidden = told(Missing, "E404", access.foresee, house, mia, wish(PORT))
        absent = told(Missing, "E404", access.foresee, house, mia, wish("sales.transactionz"))
        assert (hidden.sentence, hidden.hint) == (
            absent.sentence.replace("transactionz", "transactions"),
            absent.hint,
        )
        told(Missing, "E404", cart.add, house, mia, PORT)


def test_what_no_approval_could_open_is_not_asked_for(market):
    (market / "guardrails/no-groups.yaml").write_text(
        "agora: 1\nkind: guardrail\nid: no-groups\ntitle: Nobody groups households\n"
        "applies_to: {ports: [sales.transactions]}\nwho: {purposes: [segmentation]}\n"
        "effect: {deny: true}\n"
        "tests:\n  - {as: ana, port: sales.transactions, purpose: segmentation, allowed: false}\n"
    )
    with opened(market) as house:
        problem = told(Denied, "E640", access.ask_for, house, actor(house, "mia"), wish(PORT))
        assert problem.reasons[0].rule == "guardrail/no-groups"
        assert asked(house, purpose="sales-planning").state is RequestState.PENDING


# Terms


def test_terms_are_accepted_exactly_as_they_are(house):
    mia = actor(house, "mia")
    told(Denied, "E630", access.ask_for, house, mia, wish(PORT, accept_terms=False))
    seen = access.foresee(house, mia, wish(PORT)).seen
    told(Conflict, "E631", access.ask_for, house, mia, wish(PORT), seen="0" * 64)
    (found,) = access.ask_for(house, mia, wish(PORT), seen=seen)
    agreed = access.answer(house, actor(house, "sofia"), found.request.id, approve=True).agreement
    assert agreed.terms == "For planning inside the company"
    assert agreed.accepted == found.request.accepted
    assert agreed.accepted.by == "mia"
    assert ("terms", agreed.accepted.hash) in entries(house)[-1].facts


# Several at once


def test_several_ports_are_asked_for_in_one_go_or_not_at_all(house):
    mia = actor(house, "mia")
    told(Denied, "E630", access.ask_for, house, mia, wish(HOUSEHOLDS, PORT, accept_terms=False))
    told(Unusable, "E642", access.ask_for, house, mia, wish(PORT, f"{PORT}@1"))
    told(Unusable, "E638", access.ask_for, house, mia, wish())
    assert agreements.mine(house, mia).requests == ()
    both = access.ask_for(house, mia, wish(HOUSEHOLDS, PORT))
    assert len({each.request.bundle for each in both}) == 1
    for owner, port in (("carl", HOUSEHOLDS), ("sofia", PORT)):
        (waits,) = inbox.inbox(house, actor(house, owner)).open
        assert str(waits.port.port) == port
    sold = both[1].request.id
    told(Missing, "E408", access.answer, house, actor(house, "carl"), sold, approve=True)


def test_a_cart_gathers_and_is_empty_once_sent(house):
    mia = actor(house, "mia")
    told(Unusable, "E638", cart.send, house, mia)
    cart.add(house, mia, PORT, ["week", "amount"])
    cart.add(house, mia, HOUSEHOLDS)
    assert len(cart.add(house, mia, PORT, ["week"]).items) == 2
    told(Missing, "E422", cart.add, house, mia, PORT, ["weak"])
    told(Missing, "E639", cart.remove, house, mia, "sales.nothing")
    told(Denied, "E643", cart.draft, house, mia, reason="x" * 4001)
    cart.draft(house, mia, purpose="segmentation", reason="groups")
    assert cart.foresee_cart(house, mia).terms == ("For planning inside the company",)
    told(Denied, "E630", cart.send, house, mia)
    assert len(cart.cart(house, mia).items) == 2
    sent = cart.send(house, mia, accept_terms=True)
    assert {each.request.columns for each in sent} == {("week",), ()}
    assert cart.cart(house, mia).items == ()
    assert cart.cart(house, actor(house, "ana")).items == ()
    cart.add(house, mia, PORT)
    assert cart.remove(house, mia, PORT).items == ()


# The talk about a request


def test_an_owner_asks_back_and_hears(house):
    request, sofia, mia = asked(house).id, actor(house, "sofia"), actor(house, "mia")
    told(Unusable, "E641", access.ask_back, house, sofia, request, " ")
    told(Denied, "E643", access.ask_back, house, sofia, request, "x" * 4001)
    told(Denied, "E428", access.ask_back, house, mia, request, "why?")
    assert access.ask_back(house, sofia, request, "which weeks?").turn is Turn.REQUESTER
    assert [r.id for r in inbox.inbox(house, sofia).asked_back] == [request]
    answered = requests.reply(house, mia, request, "the last four")
    assert [(r.who, r.words) for r in answered.remarks] == [
        ("sofia", "which weeks?"),
        ("mia", "the last four"),
    ]
    assert [r.id for r in inbox.inbox(house, sofia).open] == [request]


def test_a_changed_request_is_answered_as_it_is_now(house):
    sofia, mia = actor(house, "sofia"), actor(house, "mia")
    request = asked(house, port=PORT).id
    changed = requests.change(house, mia, request, columns=["week"], until=house.now() + 9 * DAY)
    assert (changed.version, changed.columns) == (2, ("week",))
    told(Denied, "E422", requests.change, house, mia, request, columns=["weak"])
    told(Conflict, "E635", access.answer, house, sofia, request, approve=True)
    told(Conflict, "E635", access.answer, house, sofia, request, approve=True, version=1)
    agreed = access.answer(house, sofia, request, approve=True, version=2).agreement
    assert (agreed.columns, agreed.expires) == (("week",), house.now() + 9 * DAY)


def test_only_who_asked_changes_or_withdraws(house):
    request, sofia = asked(house).id, actor(house, "sofia")
    told(Denied, "E634", requests.withdraw, house, sofia, request)
    told(Missing, "E408", requests.withdraw, house, actor(house, "carl"), request)
    requests.withdraw(house, actor(house, "mia"), request, "not needed")
    told(Conflict, "E633", access.answer, house, sofia, request, approve=True)
    told(Conflict, "E633", requests.reply, house, actor(house, "mia"), request, "and yet")
    assert inbox.inbox(house, sofia).open == ()
    assert asked(house).state is RequestState.PENDING


def test_a_no_has_a_reason(house):
    request, sofia = asked(house).id, actor(house, "sofia")
    told(Unusable, "E632", access.answer, house, sofia, request, approve=False)
    told(Denied, "E643", access.answer, house, sofia, request, approve=False, words="x" * 4001)
    access.answer(house, sofia, request, approve=False, words="ask in spring")
    assert agreements.mine(house, actor(house, "mia")).requests[0].answer == "ask in spring"


def test_nobody_but_other_owners_answers(house):
    request = asked(house, "sofia", purpose="sales-planning", consumer="team:sales").id
    told(Denied, "E428", access.answer, house, actor(house, "sofia"), request, approve=True)
    told(Denied, "E429", access.answer, house, actor(house, "olga"), request, approve=True)
    told(Missing, "E408", access.answer, house, actor(house, "mia"), request, approve=True)


# What an owner weighs


def test_an_owner_sees_policy_and_the_past_of_nothing_but_their_own(used):
    with opened(used) as house:
        request = asked(house, "mia", purpose="sales-planning")
        read(house, "mia", "select count(*) from sales.transactions", "campaign-planning")
        with pytest.raises(Denied):
            read(house, "mia", "select count(*) from customers.households")
        with pytest.raises(Denied):
            read(house, "mia", "select 1 from sales.transactions", "segmentation")
        approved(house, "mia", HOUSEHOLDS, by="carl")
        found = inbox.weigh(house, actor(house, "sofia"), request.id)
        assert found.decision.allowed
        assert found.past.queries == 3
        assert found.past.refusals == 1
        assert {str(a.port.port) for a in found.past.agreements} == {PORT}
        assert {str(r.port.port) for r in found.past.requests} == {PORT}
        assert found.past.last_read == house.now()
        own = inbox.weigh(house, actor(house, "mia"), request.id)
        assert (own.decision, own.past) == (None, None)
        assert [each.code for each in own.refusals] == ["E428"]
        told(Missing, "E408", inbox.weigh, house, actor(house, "carl"), request.id)
        service = asked(house, "mia", consumer="service:bi", purpose="segmentation")
        past = inbox.weigh(later(house, 100), actor(house, "sofia"), service.id).past
        assert (past.queries, past.refusals) == (0, 0)


def test_both_sides_list_what_is_theirs(house):
    request = asked(house, "mia", consumer="service:bi")
    agreed = approved(house, "mia", consumer="team:marketing")
    found = agreements.mine(house, actor(house, "mia"))
    assert [a.id for a in found.agreements] == [agreed.id]
    assert {r.id for r in found.requests} == {request.id, agreed.request}
    nothing = agreements.mine(house, actor(house, "ana"))
    assert (nothing.agreements, nothing.requests, nothing.due) == ((), (), ())
    sofia = inbox.inbox(house, actor(house, "sofia"))
    assert [[r.id for r in rs] for rs in (sofia.open, sofia.answered)] == [
        [request.id], [agreed.request],
    ]  # fmt: skip
    assert inbox.inbox(house, actor(house, "carl")) == inbox.Inbox()


# How it ends and goes on


@pytest.fixture
def built(used):
    with opened(used) as house:
        yield house


def test_the_end_counts_from_the_next_query_on(built):
    until = built.now() + 9 * DAY
    agreed = approved(built, "carl", until=until)
    assert read(built, "carl", COUNT)
    assert read(later(built, 8), "carl", COUNT)
    with pytest.raises(Denied):
        read(later(built, 9), "carl", COUNT)
    agreements.end(built, actor(built, "carl"), agreed.id)
    with pytest.raises(Denied):
        read(built, "carl", COUNT)


def test_owners_say_why_they_end_and_strangers_know_of_nothing(house):
    agreed = approved(house).id
    told(Unusable, "E632", agreements.end, house, actor(house, "sofia"), agreed)
    told(Missing, "E408", agreements.end, house, actor(house, "carl"), agreed)
    told(Denied, "E414", agreements.end, house, actor(house, "olga"), agreed, "x")
    ended = agreements.end(house, actor(house, "sofia"), agreed, "the campaign is over")
    assert (ended.ended_by, ended.ended_for) == ("sofia", "the campaign is over")
    told(Conflict, "E415", agreements.end, house, actor(house, "mia"), agreed)
    told(Conflict, "E637", agreements.renew, house, actor(house, "mia"), agreed)


def test_a_wider_agreement_takes_the_place_of_the_narrower(built):
    first = approved(built, "carl", until=built.now() + DAY)
    (seen,) = access.foresee(built, actor(built, "carl"), wish(PORT)).ports
    assert seen.replaces == (first.id,)
    second = approved(built, "carl")
    told(Conflict, "E415", agreements.end, built, actor(built, "carl"), first.id)
    agreements.end(built, actor(built, "carl"), second.id)
    with pytest.raises(Denied):
        read(built, "carl", COUNT)


@pytest.mark.parametrize("days", [0, 9], ids=["before", "after"])
def test_an_agreement_is_renewed_before_and_after_it_expires(built, days):
    old = approved(built, "carl", until=built.now() + 5 * DAY)
    told(Denied, "E427", agreements.renew, built, actor(built, "carl"), old.id, until=old.expires)
    house = later(built, days)
    asked = agreements.renew(house, actor(house, "carl"), old.id, until=house.now() + 60 * DAY)
    assert (asked.request.renews, asked.request.accepted) == (old.id, old.accepted)
    new = access.answer(house, actor(house, "sofia"), asked.request.id, approve=True).agreement
    assert new.renews == old.id
    assert read(later(house, 59), "carl", COUNT)
    problem = told(Conflict, "E636", agreements.renew, house, actor(house, "carl"), old.id)
    assert new.id in problem.hint
    agreements.end(house, actor(house, "carl"), new.id)
    with pytest.raises(Denied):
        read(house, "carl", COUNT)


def test_owners_extend_what_is_not_their_own(house):
    until = house.now() + 5 * DAY
    old, sofia = approved(house, until=until), actor(house, "sofia")
    for end in (until, None):
        told(Unusable, "E644", agreements.extend, house, sofia, old.id, until=end)
    mia = actor(house, "mia")
    told(Denied, "E428", agreements.extend, house, mia, old.id, until=until + DAY)
    new = agreements.extend(house, sofia, old.id, until=until + DAY)
    assert (new.expires, new.renews, new.terms) == (until + DAY, old.id, old.terms)
    told(Conflict, "E636", agreements.extend, house, sofia, old.id, until=until + 2 * DAY)


def test_both_sides_are_reminded(house):
    agreed = approved(house, until=house.now() + 20 * DAY)
    for name in ("mia", "sofia"):
        (found,) = agreements.due(house, actor(house, name))
        assert (found.agreement.id, found.people, found.owners) == (
            agreed.id, ("mia",), ("sofia",),
        )  # fmt: skip
    assert agreements.due(house, actor(house, "carl")) == ()
    assert agreements.due(house, actor(house, "mia"), 5 * DAY) == ()
    assert [each.ends for each in agreements.due_everywhere(house)] == [agreed.expires]
    assert agreements.mine(house, actor(house, "mia")).due == agreements.due_everywhere(house)


# A store from before requests and agreements were filed


def test_what_was_kept_before_there_were_files_is_found(house):
    from agora.needs.store import Put
    from agora.passage import keys

    request, agreed = asked(house, "ana", HOUSEHOLDS), approved(house)
    old = [kept.noun for kept in house.store.find(type(request))]
    with opened_empty(house) as fresh:
        fresh.store.commit([Put(key=each.id, noun=each) for each in old], ())
        fresh.store.commit([Put(key=keys.agreement(agreed), noun=agreed)], ())
        assert [a.id for a in agreements.mine(fresh, actor(fresh, "mia")).agreements] == [agreed.id]
        assert [r.id for r in inbox.inbox(fresh, actor(fresh, "carl")).open] == [request.id]
        assert [r.id for r in inbox.pending(fresh, actor(fresh, "ana"))] == [request.id]
        told(Conflict, "E417", asked, fresh, "ana", HOUSEHOLDS)
        assert explain(fresh, actor(fresh, "mia"), PORT)[0].agreement == agreed.id
        assert agreements.end(fresh, actor(fresh, "mia"), agreed.id).ended_at
        assert not explain(fresh, actor(fresh, "mia"), PORT)[0].allowed


class Watched:
    """A store that remembers which agreements were taken out of it."""

    def __init__(self, store):
        self.store, self.taken = store, set()

    def __getattr__(self, name):
        return getattr(self.store, name)

    def get(self, kind, key):
        return self._seen(kind, self.store.get(kind, key))

    def find(self, kind, prefix=""):
        return (self._seen(kind, kept) for kept in self.store.find(kind, prefix))

    def _seen(self, kind, kept):
        if kept is not None and kind is Agreement:
            self.taken.add(kept.noun.consumer)
        return kept


def test_a_decision_looks_at_nobody_elses_agreements(house):
    approved(house)
    for name in ("olga", "carl"):
        approved(house, name)
    watched = replace(house, store=Watched(house.store))
    assert explain(watched, actor(watched, "mia"), PORT)[0].allowed
    assert watched.store.taken == {"mia"}


@contextmanager
def opened_empty(house):
    """The same mesh over an empty store."""
    from agora.backends.store.sql import SqlStore

    store = SqlStore(f"sqlite:{house.folder._root}/.agora/other.db")
    try:
        yield replace(house, store=store)
    finally:
        store.close()


def test_terms_that_change_are_accepted_anew_when_renewed(market):
    with opened(market) as house:
        old = approved(house, until=house.now() + DAY)
    contract = "sales/transactions/contracts/transactions.v1.odcs.yaml"
    edit(market / contract, ("usage: For planning", "usage: Only for planning"))
    with opened(market) as house:
        mia, until = actor(house, "mia"), house.now() + 9 * DAY
        told(Denied, "E630", agreements.renew, house, mia, old.id, until=until)
        asked = agreements.renew(house, mia, old.id, until=until, accept_terms=True)
        assert asked.request.terms == "Only for planning inside the company"
