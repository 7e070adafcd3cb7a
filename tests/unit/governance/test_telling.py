"""Who is told what of what happens, in which words, when it goes out and when it is given up."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agora.governance import letters, notice, reminders
from agora.model.access import Request, RequestState, Turn
from agora.model.contract import ServiceLevel
from agora.model.ledger import Entry, Event
from agora.model.mesh import PostOffice
from agora.model.notice import Matter, Notice, Offered
from agora.model.people import Principal, PrincipalKind
from agora.model.policy import Purpose
from agora.web.routes import routes
from tests.unit.governance.deciding import ANA, DAY, MESH, NOW, ORDERS, agreed, offered

PRODUCT = ORDERS.port.of
FELIX = Principal(id="felix", kind=PrincipalKind.PERSON, teams=("finance",))
WIDE = replace(MESH, principals=(*MESH.principals, FELIX))


def wish(**fields):
    given_ = {
        "id": "req-1", "port": ORDERS, "consumer": "ana", "asked_by": "ana",
        "purpose": "reporting", "reason": "board pack", "asked_at": NOW,
    }  # fmt: skip
    return Request(**(given_ | fields))


def entry(event, who="ana", **facts):
    return Entry(event=event, at=NOW, who=who, subject=str(PRODUCT), facts=tuple(facts.items()))


def said(tellings):
    return [(each.matter, each.to) for each in tellings if each.to]


@pytest.mark.parametrize(
    ("consumer", "people"),
    [
        ("ana", ("ana",)),
        ("agent:aria", ("ana",)),
        ("team:finance", ("ana", "felix")),
        ("service:bi", ("service:bi", "ana", "felix")),
        ("service:sales.orders", ("service:sales.orders", "sofia")),
        ("team:nobody", ()),
        ("nobody", ()),
    ],
)
def test_everybody_behind_a_consumer(consumer, people):
    assert notice.behind(WIDE, consumer) == people


@pytest.mark.parametrize(
    ("event", "who", "asked", "told"),
    [
        (Event.REQUESTED, "ana", {}, [(Matter.REQUESTED, ("sofia", "sam"))]),
        (Event.REQUESTED, "ana", {"state": RequestState.APPROVED}, []),
        (Event.APPROVED, "sofia", {}, [(Matter.APPROVED, ("ana",))]),
        (Event.REFUSED_REQUEST, "sofia", {"consumer": "team:finance"},
         [(Matter.REFUSED, ("ana", "felix"))]),
        (Event.ASKED_BACK, "sofia", {}, [(Matter.REMARKED, ("ana",))]),
        (Event.REPLIED, "ana", {}, [(Matter.REMARKED, ("sofia", "sam"))]),
        (Event.CHANGED_REQUEST, "ana", {}, [(Matter.REMARKED, ("sofia", "sam"))]),
    ],
)  # fmt: skip
def test_the_other_side_hears_of_a_request(event, who, asked, told):
    assert event in notice.OF_REQUESTS
    assert said(notice.about_request(WIDE, entry(event, who), wish(**asked))) == told


@pytest.mark.parametrize(
    ("event", "who", "told"),
    [
        (Event.ENDED, "sofia", [(Matter.ENDED, ("ana",))]),
        (Event.ENDED, "ana", [(Matter.ENDED, ("sofia", "sam"))]),
        (Event.EXTENDED, "sofia", [(Matter.EXTENDED, ("ana",))]),
        (Event.CARRIED, "emil", [(Matter.CARRIED, ("ana",))]),
    ],
)
def test_what_becomes_of_an_agreement(event, who, told):
    assert said(notice.about_agreement(WIDE, entry(event, who), agreed())) == told


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("released", []),
        ("blocked", [(Matter.RUN_FAILED, ("sofia", "sam", "emil")), (Matter.PROMISE, ("ana",))]),
        ("failed", [(Matter.RUN_FAILED, ("sofia", "sam", "emil"))]),
        ("abandoned", [(Matter.RUN_FAILED, ("sofia", "sam", "emil"))]),
    ],
)
def test_a_run_without_a_release(state, told):
    ended = entry(Event.RUN_ENDED, "olga", run="run-1", state=state)
    assert said(notice.about_run(WIDE, PRODUCT, ended, ("ana", "sofia"))) == told
    nobody = replace(WIDE, domains=())
    left = [each for each in told if each[0] is Matter.PROMISE]
    both = [(m, (*to, "sofia")) for m, to in left]
    assert said(notice.about_run(nobody, PRODUCT, ended, ("ana", "sofia"))) == both


def test_followers_hear_of_an_edition_but_not_who_made_it():
    (told,) = notice.about_release(
        PRODUCT, entry(Event.RELEASED, "emil"), 7, ("ana", "emil", "ana")
    )
    assert (told.matter, told.to, told.edition) == (Matter.EDITION, ("ana",), 7)


@pytest.mark.parametrize(
    ("event", "facts", "told"),
    [
        (Event.QUESTIONED, {}, [(Matter.QUESTION, ("sofia", "sam"))]),
        (Event.ANSWERED, {"asked_by": "felix"}, [(Matter.ANSWER, ("felix",))]),
        (Event.ANSWERED, {"asked_by": "ana"}, []),
        (Event.SETTLED, {"author": "sofia"}, [(Matter.ACCEPTED, ("sofia",))]),
    ],
)
def test_talk_reaches_whom_it_is_for(event, facts, told):
    assert said(notice.about_talk(WIDE, PRODUCT, entry(event, **facts))) == told
    if event is Event.QUESTIONED:
        assert said(notice.about_talk(replace(WIDE, domains=()), PRODUCT, entry(event))) == []


def test_what_did_not_arrive():
    lost = entry(Event.UNDELIVERED, told="ana")
    assert said(notice.undelivered(lost)) == [(Matter.UNDELIVERED, ("ana",))]
    assert said(notice.undelivered(entry(Event.UNDELIVERED))) == []


def end(**fields):
    return agreed(**({"expires": NOW + 20 * DAY} | fields))


@pytest.mark.parametrize(
    ("fields", "since", "now", "told"),
    [
        ({}, None, 0, []),
        ({}, None, 6, [Matter.EXPIRING]),
        ({}, None, 19.5, [Matter.EXPIRING]),
        ({}, None, 21, []),
        ({}, 5, 6, [Matter.EXPIRING]),
        ({}, 6, 7, []),
        ({}, 18, 19, [Matter.EXPIRING]),
        ({}, 19, 19.5, []),
        ({}, 19, 20, [Matter.EXPIRED]),
        ({}, 20, 21, []),
        ({"expires": None}, None, 6, []),
        ({"ended_at": NOW}, None, 6, []),
        ({"expires": NOW + 3 * DAY}, 1, 1.5, []),
    ],
)
def test_a_last_day_is_told_when_it_comes_near_and_when_it_came(fields, since, now, told):
    before = None if since is None else NOW + since * DAY
    found = reminders.last_days(WIDE, (end(**fields),), before, NOW + now * DAY)
    assert [each.matter for each in found] == told


def test_owners_hear_of_a_last_day_that_comes_near_but_not_that_it_came():
    (near,) = reminders.last_days(WIDE, (end(),), None, NOW + 6 * DAY)
    assert near.to == ("ana", "sofia", "sam")
    (over,) = reminders.last_days(WIDE, (end(),), NOW, NOW + 21 * DAY)
    assert over.to == ("ana",)


def test_whoever_has_a_longer_agreement_is_not_told_of_the_shorter():
    longer = end(id="agr-9", expires=NOW + 90 * DAY)
    for other in (longer, end(id="agr-9", expires=None)):
        assert list(reminders.last_days(WIDE, (end(), other), None, NOW + 6 * DAY)) == []
    ended = replace(longer, ended_at=NOW)
    assert len(list(reminders.last_days(WIDE, (end(), ended), None, NOW + 6 * DAY))) == 1
    elsewhere = replace(longer, purpose="planning")
    assert len(list(reminders.last_days(WIDE, (end(), elsewhere), None, NOW + 6 * DAY))) == 1


def leaving(ends):
    """The mesh with a next version of the orders, and a last day of this one."""
    here, instead = offered(ORDERS), offered(replace(ORDERS, major=2))
    (port,) = here.ports
    levels = (ServiceLevel(property="endOfLife", value=ends.isoformat()),) if ends else ()
    old = replace(port, contract=replace(port.contract, service_levels=levels))
    return replace(WIDE, products=(replace(here, ports=(old, *instead.ports)),))


@pytest.mark.parametrize(
    ("agreements", "since", "now", "told"),
    [
        ((agreed(),), None, 6, [Matter.RETIRING]),
        ((agreed(),), 5, 6, [Matter.RETIRING]),
        ((agreed(),), 6, 7, []),
        ((agreed(),), 18, 19, [Matter.RETIRING]),
        ((agreed(),), None, 0, []),
        ((agreed(),), None, 21, []),
        ((agreed(ended_at=NOW),), None, 6, []),
        ((agreed(expires=NOW + 9 * DAY),), None, 6, []),
        ((agreed(), agreed(id="x", port=replace(ORDERS, major=2))), None, 6, []),
        ((agreed(), agreed("sofia", id="x", port=replace(ORDERS, major=2))), None, 6, [Matter.RETIRING]),
    ],
)  # fmt: skip
def test_whoever_uses_a_version_is_told_that_its_end_comes_near(agreements, since, now, told):
    before = None if since is None else NOW + since * DAY
    mesh = leaving(NOW + 20 * DAY)
    found = list(reminders.last_versions(mesh, agreements, before, NOW + now * DAY))
    assert [each.matter for each in found] == told
    assert all((each.to, each.until) == (("ana",), NOW + 20 * DAY) for each in found)
    assert list(reminders.last_versions(leaving(None), agreements, before, NOW + now * DAY)) == []


@given(st.lists(st.floats(0, 40), min_size=1, max_size=30))
def test_however_often_one_looks_each_day_is_told_at_most_once(days):
    since, told = None, []
    for now in sorted(NOW + day * DAY for day in days):
        told += [t.matter for t in reminders.last_days(WIDE, (end(),), since, now)]
        since = now
    assert told.count(Matter.EXPIRING) <= len(reminders.BEFORE_THE_END)
    assert told.count(Matter.EXPIRED) <= 1


@pytest.mark.parametrize(
    ("fields", "since", "now", "told"),
    [
        ({}, None, 2, []),
        ({}, None, 3, [(Matter.WAITING, ("sofia", "sam"))]),
        ({}, 2, 4, [(Matter.WAITING, ("sofia", "sam"))]),
        ({}, 3, 4, []),
        ({"state": RequestState.REFUSED}, None, 9, []),
        ({"turn": Turn.REQUESTER}, None, 9, []),
        ({"until": NOW + 2 * DAY}, None, 3, []),
        ({"until": NOW + 4 * DAY}, None, 3, [(Matter.WAITING, ("sofia", "sam"))]),
    ],
)
def test_a_request_that_waits_is_recalled_once(fields, since, now, told):
    before = None if since is None else NOW + since * DAY
    assert said(reminders.waiting(WIDE, (wish(**fields),), before, NOW + now * DAY)) == told


def offer(port="sales.orders@1", status="active", **fields):
    return Offered(port=port, status=status, **fields)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ([offer()], [offer()], []),
        ([offer()], [offer(), offer("sales.orders@2")], [Matter.VERSION]),
        ([offer()], [offer(), offer("sales.visits@1")], []),
        ([offer()], [offer(status="deprecated")], [Matter.DEPRECATED]),
        ([offer()], [offer(until=NOW)], [Matter.DEPRECATED]),
        ([offer(status="deprecated")], [offer(status="retired")], [Matter.DEPRECATED]),
        ([offer(status="deprecated")], [offer(status="deprecated")], []),
        ([offer(status="deprecated")], [offer()], []),
        ([offer()], [], []),
    ],
)
def test_what_the_files_offer_anew_and_what_they_end(before, after, told):
    assert [matter for matter, _ in notice.changed(before, after)] == told


def test_what_the_files_offer_now():
    (found,) = notice.offered(MESH)
    assert (found.port, found.status, found.until) == (str(ORDERS), "active", None)
    told = notice.about_offer(Matter.VERSION, found, ("ana", "ana"), NOW)
    assert (told.to, told.product, told.port) == (("ana",), PRODUCT, str(ORDERS))


def test_the_mail_of_the_day_goes_out_in_the_morning():
    assert reminders.digest(NOW.replace(hour=6)) == NOW.replace(hour=7)
    assert reminders.digest(NOW.replace(hour=7)) == NOW.replace(hour=7) + DAY
    assert reminders.digest(NOW.replace(hour=23)) == NOW.replace(hour=7) + DAY


def test_a_delivery_is_tried_for_a_day_with_ever_longer_waits():
    now, attempts, waits = NOW, 1, []
    while (later := reminders.again(attempts, NOW, now)) is not None:
        waits.append(later - now)
        now, attempts = later, attempts + 1
    assert now == NOW + timedelta(days=1)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[:-1] == sorted(waits[:-1])
    assert max(waits) == timedelta(hours=4)
    assert reminders.again(10**6, NOW, NOW) == NOW + timedelta(hours=4)


def told(matter, **fields):
    given_ = {
        "number": 1, "to": "ana", "at": NOW, "product": PRODUCT, "port": str(ORDERS),
        "by": "sofia", "about": "req-1", "purpose": "reporting", "edition": 3, "until": NOW,
    }  # fmt: skip
    return Notice(matter=matter, **(given_ | fields))


@pytest.mark.parametrize("matter", list(Matter))
def test_every_matter_has_words_and_a_page_of_the_market(matter):
    found = letters.worded(MESH, told(matter))
    assert found.sentence[0].isupper()
    assert "Sales." not in found.sentence, "the name of a table stays as it is"
    assert found.sentence[-1] not in ".!"
    assert any(route.path_regex.match(found.page) for route in routes() if "GET" in route.methods)
    hidden = letters.worded(MESH, told(matter), known=False)
    assert "orders" not in hidden.sentence + hidden.page
    bare = letters.worded(
        MESH, told(matter, product=None, port="", by="", purpose="", until=None, edition=0)
    )
    assert bare.sentence


def test_names_are_those_people_bear():
    titled = replace(MESH, purposes=(Purpose(id="reporting", title="Regular reports"),))
    assert letters.worded(titled, told(Matter.REQUESTED)).sentence == (
        "Sofia asks for sales.orders@1 for Regular reports; you decide"
    )
    named = replace(MESH, principals=(replace(ANA, name="Ana Ruiz"),))
    assert letters.worded(named, told(Matter.QUESTION, by="ana")).sentence.startswith("Ana Ruiz")
    assert letters.worded(named, told(Matter.QUESTION, by="zoe")).sentence.startswith("Zoe")


@given(st.text(), st.text())
def test_a_subject_is_one_line_whatever_stands_in_a_title(title, sentence):
    found = letters.subject(replace(MESH, title=title), [sentence])
    assert len(found) <= letters.SUBJECT
    assert found.splitlines() in ([found], [])
    assert found.isprintable() or not any(ord(c) < 32 for c in found)


def test_a_mail_says_where_to_go_on_and_how_to_be_left_in_peace():
    words = [letters.worded(MESH, told(Matter.EDITION))]
    plain = letters.body(MESH, words)
    assert plain == (
        "Edition 3 of sales.orders@1 is there\n\n-- \ntest. How you are told: `agora notices --mail never`\n"
    )
    site = replace(MESH, post=PostOffice(site="https://agora.example.org/"))
    assert "  https://agora.example.org/products/sales/orders\n" in letters.body(site, words)
    assert "https://agora.example.org/me/notifications" in letters.body(site, words)
    assert "2 things" in letters.subject(MESH, ["a", "b"])


def test_times_are_aware():
    assert reminders.digest(datetime.now(NOW.tzinfo)).tzinfo is not None
