"""What people are told reaches them by mail and by webhook: once when it arrived, again when it did not."""

import hashlib
import hmac
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import pairwise

import pytest

from agora.app.settings import Secret
from agora.backends.post.office import Office
from agora.model.errors import AgoraError
from agora.model.ledger import Entry, Event
from agora.model.mesh import PostOffice, Smtp
from agora.model.notice import Dispatch, Heard, Hook, Mailing, Matter, Sending
from agora.passage import keys
from agora.usecases.discuss import question
from agora.usecases.follow import follow
from agora.usecases.notices import drop, hook, hooks, mark, notices, prefer, preferred
from agora.usecases.notify import notify
from agora.usecases.telling.hearing import hear
from agora.usecases.telling.sending import Sent, send
from tests.journeys.changing import actor
from tests.trials.post.offices import Box, Calls, mail_server, web_server

PORT = "sales.transactions"


class Clock:
    """A machine's time that a test turns; it begins a little after the ledger's."""

    def __init__(self):
        self.at = datetime.now(UTC) + timedelta(minutes=5)

    def __call__(self):
        return self.at

    def go(self, **span):
        self.at += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


def posted(house, port=0, site="", title=""):
    """The same house, with a mail server at this port."""
    smtp = Smtp(host="127.0.0.1", port=port, tls="none", sender="agora@example.org")
    settings = PostOffice(smtp=smtp if port else None, private=("localhost",), site=site)
    mesh = replace(house.mesh, post=settings, title=title or house.mesh.title)
    return replace(house, mesh=mesh, post=Office(settings, secret=Secret))


def asked(house, text="returns?", by="mia"):
    """Somebody asks sales a question, of which sofia is told."""
    return question(house, actor(house, by), PORT, text)


def read(content):
    return message_from_bytes(content, policy=policy.default)


def states(house):
    return [kept.noun.state for kept in house.store.find(Dispatch)]


def refused(deed, *arguments, **named):
    with pytest.raises(AgoraError) as problem:
        deed(*arguments, **named)
    return problem.value.code_shown


def test_what_one_is_told_arrives_by_mail_once(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port, site="https://agora.example.org")
        asked(there)
        assert notify(there, clock).sent.sent == 1
        assert notify(there, clock).sent.sent == 0
    ((to, content),) = box.letters
    found = read(content)
    assert to == ["sofia@example.org"]
    assert found["Subject"] == "[The Market] Mia Chen asks a question about sales.transactions"
    text = found.get_content()
    assert "https://agora.example.org/products/sales/transactions/discuss" in text
    assert "returns?" not in text
    assert states(there) == [Sending.SENT]


def test_what_comes_together_comes_in_one_mail(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port)
        for number in range(3):
            asked(there, f"question {number}")
        assert notify(there, clock).sent.sent == 3
    ((_, content),) = box.letters
    assert "3 things you should know" in read(content)["Subject"]


def test_people_choose_when_they_are_mailed(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port)
        sofia = actor(there, "sofia")
        assert preferred(there, sofia).mailing is Mailing.AT_ONCE
        prefer(there, sofia, Mailing.DAILY)
        asked(there, "one")
        asked(there, "two")
        assert notify(there, clock).sent.sent == 0
        clock.go(days=1)
        assert notify(there, clock).sent.sent == 2
        assert len(box.letters) == 1
        prefer(there, sofia, Mailing.NEVER)
        asked(there, "three")
        clock.go(days=1)
        assert notify(there, clock).sent.sent == 0
        prefer(there, sofia, Mailing.DAILY)
        asked(there, "four")
        hear(there)
        prefer(there, sofia, Mailing.NEVER)
        clock.go(days=1)
        notify(there, clock)
    assert len(box.letters) == 1
    assert states(there)[-1] is Sending.LEFT_OUT


def test_what_was_read_on_the_page_is_not_mailed(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port)
        prefer(there, actor(there, "sofia"), Mailing.DAILY)
        asked(there)
        notify(there, clock)
        mark(there, actor(there, "sofia"))
        clock.go(days=1)
        notify(there, clock)
    assert box.letters == []
    assert states(there) == [Sending.LEFT_OUT]


def test_mail_that_is_not_taken_goes_later_under_the_same_id(house, clock):
    box = Box("450 busy")
    with mail_server(box) as port:
        there = posted(house, port)
        asked(there)
        assert notify(there, clock).sent.later == 1
        assert notify(there, clock).sent.later == 0
        clock.go(minutes=1)
        assert notify(there, clock).sent.sent == 1
    assert len(box.letters) == 1


def test_an_address_that_takes_no_mail_is_given_up_and_told_on_the_page(house, clock):
    with mail_server(Box("550 nobody here")) as port:
        there = posted(house, port)
        asked(there)
        assert notify(there, clock).sent.given_up == 1
        notify(there, clock)
    found = notices(there, actor(there, "sofia")).told
    assert [t.notice.matter for t in found] == [Matter.UNDELIVERED, Matter.QUESTION]


def test_mail_that_waited_for_days_without_a_try_is_left_out(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port)
        asked(there)
        clock.go(days=3)
        assert notify(there, clock).sent.sent == 0
    assert box.letters == []
    assert len(notices(there, actor(there, "sofia")).told) == 1


def test_without_a_mail_server_nothing_waits_for_one(house, clock):
    asked(house)
    notify(house, clock)
    assert states(house) == []


def test_who_has_left_gets_nothing(house, clock):
    box, calls = Box(), Calls()
    with mail_server(box) as port, web_server(calls) as url:
        there = posted(house, port)
        hook(there, actor(there, "sofia"), url, now=clock())
        asked(there)
        prefer(there, actor(there, "sofia"), Mailing.DAILY)
        people = tuple(p for p in there.mesh.principals if p.id != "sofia")
        left = replace(there, mesh=replace(there.mesh, principals=people))
        assert notify(left, clock).made == 0
        asked(there, "again?")
        hear(there)
        clock.go(days=1)
        send(left, clock)
    assert (box.letters, calls.taken) == ([], [])


def test_a_title_with_a_header_in_it_stays_a_title(house, clock):
    box = Box()
    with mail_server(box) as port:
        there = posted(house, port, title="Market\r\nBcc: eve@example.org")
        asked(there)
        assert notify(there, clock).sent.sent == 1
    ((to, content),) = box.letters
    assert to == ["sofia@example.org"]
    assert read(content)["Bcc"] is None
    assert read(content)["Subject"].startswith("[Market Bcc: eve@example.org]")


def test_a_webhook_is_called_with_what_its_owner_is_told(house, clock):
    calls = Calls()
    with web_server(calls) as url:
        there = posted(house, site="https://agora.example.org")
        sofia = actor(there, "sofia")
        made = hook(there, sofia, url, now=clock())
        one = asked(there)
        assert notify(there, clock).sent.sent == 1
        assert notify(there, clock).sent.sent == 0
    ((headers, body),) = calls.taken
    (told,) = calls.bodies
    when, proof = (part.partition("=")[2] for part in headers["Agora-Signature"].split(","))
    wanted = hmac.new(made.secret.encode(), when.encode() + b"." + body, hashlib.sha256)
    assert hmac.compare_digest(wanted.hexdigest(), proof)
    assert (told["matter"], told["product"], told["by"]) == ("question", PORT, "mia")
    assert told["about"] == one.id
    assert told["url"] == "https://agora.example.org/products/sales/transactions/discuss"


def test_the_secret_is_shown_once(house, clock):
    with web_server(Calls()) as url:
        there = posted(house)
        sofia = actor(there, "sofia")
        made = hook(there, sofia, url, now=clock())
        assert made.secret.startswith("agora_whs_")
        assert [(h.id, h.secret) for h in hooks(there, sofia)] == [(made.hook.id, "")]
    kept = there.store.get(Hook, keys.hook("sofia", made.hook.id))
    assert kept.noun.secret == made.secret
    assert made.secret not in repr(kept.noun)
    assert made.secret not in "".join(record.body for record in there.store.records())


def test_a_webhook_that_is_silent_is_tried_again_for_a_day_and_given_up(house, clock):
    calls = Calls(answers=[500] * 100)
    with web_server(calls) as url:
        there = posted(house)
        sofia = actor(there, "sofia")
        made = hook(there, sofia, url, now=clock())
        asked(there)
        tried = []
        while not states(there) or states(there) == [Sending.WAITING]:
            tried.append(clock())
            notify(there, clock)
            (kept,) = there.store.find(Dispatch)
            clock.at = max(clock.at, kept.noun.next_at - timedelta(seconds=1))
            assert notify(there, clock).sent == Sent()
            clock.at = max(clock.at, kept.noun.next_at)
    assert len(calls.taken) == len(tried)
    gaps = [(b - a).total_seconds() / 60 for a, b in pairwise(tried)]
    assert gaps[:8] == [1, 2, 4, 8, 16, 32, 64, 128]
    assert max(gaps) <= 240
    assert timedelta(hours=23) < tried[-1] - tried[0] <= timedelta(hours=24)
    assert len({headers["Agora-Delivery"] for headers, _ in calls.taken}) == 1
    notify(there, clock)
    newest = notices(there, sofia).told[0]
    assert newest.notice.matter is Matter.UNDELIVERED
    assert newest.sentence.startswith(f"The webhook {made.hook.id} did not answer")
    assert states(there) == [Sending.GIVEN_UP]


def test_one_silent_webhook_is_asked_once_a_turn_and_holds_up_nobody_else(house, clock):
    silent, well = Calls(answers=[500] * 9), Calls()
    with web_server(silent) as one, web_server(well) as other:
        there = posted(house)
        sofia = actor(there, "sofia")
        hook(there, sofia, one, now=clock())
        hook(there, sofia, other, now=clock())
        for number in range(5):
            asked(there, f"question {number}")
        found = notify(there, clock).sent
    assert (found.sent, found.later) == (5, 5)
    assert (len(silent.taken), len(well.taken)) == (1, 5)


def test_two_servers_send_each_thing_once(house, clock):
    box, calls = Box(), Calls()
    with mail_server(box) as port, web_server(calls) as url:
        there = posted(house, port)
        hook(there, actor(there, "sofia"), url, now=clock())
        for number in range(4):
            asked(there, f"question {number}")
        hear(there)
        clock.go(minutes=5)
        threads = [threading.Thread(target=notify, args=(there, clock)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({headers["Agora-Delivery"] for headers, _ in calls.taken}) == 4
    assert len(calls.taken) == 4
    assert len(box.letters) == 1


def test_what_a_crash_interrupted_is_sent_again_under_the_same_id(house, clock):
    class Crash(BaseException):
        """The process is gone."""

    calls = Calls()
    with web_server(calls) as url:
        there = posted(house)
        hook(there, actor(there, "sofia"), url, now=clock())
        asked(there)

        class Dying:
            def call(self, call):
                there.post.call(call)
                raise Crash

        with pytest.raises(Crash):
            notify(replace(there, post=Dying()), clock)
        assert states(there) == [Sending.SENDING]
        assert notify(there, clock).sent.sent == 0
        clock.go(minutes=6)
        assert notify(there, clock).sent.sent == 1
    assert len(calls.taken) == 2
    assert len({headers["Agora-Delivery"] for headers, _ in calls.taken}) == 1


def test_shelves_that_are_done_are_not_looked_at_any_more(house, clock, monkeypatch):
    monkeypatch.setattr(keys, "SHELF", 2)
    calls = Calls()
    with web_server(calls) as url:
        there = posted(house)
        hook(there, actor(there, "sofia"), url, now=clock())
        for number in range(5):
            asked(there, f"question {number}")
        assert notify(there, clock).sent.sent == 5
        notify(there, clock)
    assert there.store.get(Heard, "ledger").noun.shelves == (2,)
    assert sorted(body["id"] for body in calls.bodies) == [1, 2, 3, 4, 5]


def test_a_webhook_is_for_oneself_or_a_service_of_ones_team(house, clock):
    with web_server(Calls()) as url:
        there = posted(house)
        mia, sofia = actor(there, "mia"), actor(there, "sofia")
        made = hook(there, mia, url, owner="service:bi", now=clock()).hook
        assert made.owner == "service:bi"
        for owner in ("service:bi", "mia", "team:sales", "nobody"):
            assert refused(hook, there, sofia, url, owner=owner, now=clock()) == "E667"
            assert refused(hooks, there, sofia, owner=owner) == "E667"
            assert refused(drop, there, sofia, made.id, owner=owner, now=clock()) == "E667"
        assert refused(drop, there, sofia, made.id, now=clock()) == "E666"
        drop(there, mia, made.id, owner="service:bi", now=clock())
        assert refused(drop, there, mia, made.id, owner="service:bi", now=clock()) == "E666"
        assert hooks(there, mia, owner="service:bi") == ()
        for _ in range(10):
            hook(there, mia, url, now=clock())
        assert refused(hook, there, mia, url, now=clock()) == "E665"
    assert refused(hook, house, sofia, "https://127.0.0.1/", now=clock()) == "E663"
    assert refused(hook, house, sofia, "http://example.org/", now=clock()) == "E664"


def test_a_dropped_webhook_is_not_called_any_more(house, clock):
    calls = Calls()
    with web_server(calls) as url:
        there = posted(house)
        sofia = actor(there, "sofia")
        made = hook(there, sofia, url, now=clock()).hook
        asked(there)
        hear(there)
        drop(there, sofia, made.id, now=clock())
        clock.go(minutes=10)
        notify(there, clock)
    assert calls.taken == []
    assert states(there) == [Sending.LEFT_OUT]


def test_nobody_is_called_about_what_they_may_not_know_any_more(house, clock):
    calls = Calls()
    with web_server(calls) as url:
        there = posted(house)
        mia = actor(there, "mia")
        hook(there, mia, url, now=clock())
        follow(there, mia, PORT)
        told = Entry(
            event=Event.RELEASED, at=there.now(), who="emil", subject=PORT, facts=(("release", 2),)
        )
        there.store.commit((), (told,))
        assert hear(there) == 1
        products = tuple(replace(p, listed=str(p.name) != PORT) for p in there.mesh.products)
        dark = replace(there, mesh=replace(there.mesh, products=products))
        notify(dark, clock)
    assert calls.taken == []
    assert states(there) == [Sending.LEFT_OUT]


def test_the_commands_do_it(market, monkeypatch, capfd):
    from agora.app.start import start

    calls = Calls()
    with web_server(calls) as url:
        path = market / "agora.yaml"
        path.write_text(path.read_text() + "post: {private: [localhost]}\n")
        monkeypatch.chdir(market)

        def shell(*words):
            code = start(["notices", *words])
            return (code, *capfd.readouterr())

        assert shell("--hooks", "--as", "sofia")[1] == "no webhooks\n"
        out = shell("--hook", url, "--as", "sofia")[1]
        name = out.partition(" ")[0]
        assert "secret: agora_whs_" in out
        assert f"{name}  {url}" in shell("--hooks", "--as", "sofia")[1]
        assert '"secret": ""' in shell("--hooks", "--json", "--as", "sofia")[1]
        start(["discuss", PORT, "--ask", "returns?", "--as", "mia"])
        capfd.readouterr()
        assert "1 notice made, 1 sent" in shell("--send")[1]
        assert '"kind": "notified"' in shell("--send", "--json")[1]
        assert shell("--drop", name, "--as", "sofia")[1] == f"{name} is called no more\n"
        made = shell("--hook", url, "--json", "--as", "sofia")[1]
        assert '"kind": "hooked"' in made
        code, _, err = shell("--drop", name, "--as", "sofia")
        assert (code, "E666" in err) == (2, True)
    assert len(calls.taken) == 1
