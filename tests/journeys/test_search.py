"""Finding what one may know of: exactly what `rule` says, told by nothing to anybody else."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from agora.app.house import close_house, open_house
from agora.model.access import Agreement
from agora.model.errors import AgoraError, Conflict, Missing, Unavailable, Unusable
from agora.model.ledger import Entry, Event
from agora.model.mesh import Mesh
from agora.needs.index import News, Standing
from agora.needs.store import Put
from agora.passage import filing, finding, keys
from agora.passage.activity import top
from agora.passage.indexing import indexed
from agora.passage.knowing import may_know
from agora.passage.ruling import rule
from agora.usecases.access import answer, ask
from agora.usecases.query import query
from agora.usecases.run import run
from agora.usecases.search import search
from agora.usecases.show import show
from agora.usecases.wish import settle, wish, wishes
from tests.journeys.changing import actor, edit

PURPOSES = ("", "sales-planning", "segmentation", "campaign-planning")
CLICKED = {("mia", ""), ("ana", "segmentation"), ("carl", "")}
CONTRACT = "sales/transactions/contracts/transactions.v1.odcs.yaml"
UNLIST = "sales/transactions/transactions.odps.yaml"


@contextmanager
def opened(root, at=None, **changes):
    house = open_house(root, {})
    if at is not None:
        house = replace(house, now=lambda: at)
    if changes:
        house = replace(house, mesh=replace(house.mesh, **changes))
    try:
        yield house
    finally:
        close_house(house)


def everybody(house):
    services = (house.mesh.principal(p.name.service) for p in house.mesh.products)
    return (*house.mesh.principals, *services)


def unlisted(house, *names):
    """The house, in which these products are not listed."""
    products = tuple(replace(p, listed=str(p.name) not in names) for p in house.mesh.products)
    mesh = replace(house.mesh, products=products, hash=house.mesh.hash + "".join(names))
    return replace(house, mesh=mesh)


def access(house, who, product):
    """What a product is to somebody, decided one by one."""
    rulings = (rule(house, who.principal, who.purpose, product, port) for port in product.ports)
    return "open" if any(r.decision.allowed for r in rulings) else "on-request"


def exact(house):
    """What everybody finds for every purpose is what is decided about each product."""
    for principal in everybody(house):
        for purpose in PURPOSES:
            who = replace(actor(house, "olga"), principal=principal, purpose=purpose)
            found = search(house, who)
            known = {p.name: p for p in house.mesh.products if may_know(house, principal, p)}
            assert {h.product.name for h in found.hits} == set(known), principal.id
            assert found.total == len(known)
            told = {h.product.name: h.access for h in found.hits if h.access != "pending"}
            assert told == {n: access(house, who, known[n]) for n in told}, (principal.id, purpose)
            for facet in found.facets if (principal.id, purpose) in CLICKED else ():
                for value in facet.values:
                    narrowed = search(house, who, where={facet.name: [value.value]})
                    assert narrowed.total == value.count, (principal.id, facet.name, value)


def test_what_is_found_is_what_is_decided(market):
    with opened(market) as plain:
        house = unlisted(plain, "sales.transactions", "customers.segments")
        exact(house)
        mia, sofia = actor(house, "mia"), actor(house, "sofia")
        with pytest.raises(Missing):
            ask(
                house,
                mia,
                "sales.transactions",
                purpose="sales-planning",
                reason="x",
                accept_terms=True,
            )
        asked = ask(
            plain,
            mia,
            "sales.transactions",
            purpose="sales-planning",
            reason="x",
            accept_terms=True,
        )
        exact(house)
        given = answer(plain, sofia, asked.request.id, approve=True)
        exact(house)
        assert "sales.transactions" in {str(h.product.name) for h in search(house, mia).hits}
        run(plain, actor(plain, "emil"), "sales.transactions")
        exact(house)
        over = replace(given.agreement, ended_at=house.now())
        kept = house.store.get(Agreement, keys.agreement(over))
        ended = Entry(event=Event.ENDED, at=house.now(), who="sofia", subject=str(over.port))
        house.store.commit((Put(key=kept.key, noun=over, revision=kept.revision),), (ended,))
        exact(house)


def test_a_team_an_agent_and_a_version_on_its_way_out(market):
    with opened(market) as house:
        for consumer, by in (("team:marketing", "mia"), ("ana", "ana")):
            port = "sales.transactions" if by == "mia" else "customers.households"
            owner = "sofia" if by == "mia" else "carl"
            asked = ask(
                house,
                actor(house, by),
                port,
                purpose="segmentation",
                reason="x",
                consumer=consumer,
                accept_terms=True,
            )
            answer(house, actor(house, owner), asked.request.id, approve=True)
        exact(unlisted(house, "sales.transactions", "customers.households"))


def test_a_right_that_begins_and_ends_does_so_in_the_search_too(market):
    with opened(market) as house:
        now = house.now()
        port = house.mesh.products[0].ports[0].version
        agreed = Agreement(
            id="agr-1",
            port=port,
            consumer="mia",
            purpose="segmentation",
            starts=now,
            expires=now + timedelta(days=1),
            approved_by="x",
        )
        entry = Entry(event=Event.APPROVED, at=now, who="sofia", subject=str(port))
        house.store.commit(filing.filing(agreed), (entry,))
        for hours, word in ((-1, "on-request"), (0, "open"), (23, "open"), (24, "on-request")):
            then = replace(house, now=lambda moment=now + timedelta(hours=hours): moment)
            hits = search(then, actor(house, "mia")).hits
            assert next(h.access for h in hits if h.product.name == port.port.of) == word, hours
            exact(then)


def test_a_right_is_decided_about_once(market, monkeypatch):
    with opened(market) as house:
        ana = actor(house, "ana")
        before = search(house, ana)
        monkeypatch.setattr(finding, "rule", None)
        monkeypatch.setattr(finding, "_rights", None)
        assert search(house, ana) == before
        with pytest.raises(AgoraError):
            query(house, ana, "select 1 from sales.transactions")
        assert search(house, ana) == before


def test_whom_only_the_provider_knows_costs_nobody_what_is_remembered(market, monkeypatch):
    with opened(market) as house:
        ana, mia = actor(house, "ana"), actor(house, "mia")
        joined = replace(mia, principal=replace(mia.principal, domains=("sales",)))
        of = house.opened_to(joined.principal)
        asked = [(house, ana), (of, joined), (house, mia)]
        before = [search(*each) for each in asked]
        assert before[1] != before[2]
        monkeypatch.setattr(finding, "rule", None)
        monkeypatch.setattr(finding, "_rights", None)
        monkeypatch.setattr(Mesh, "_products", None)
        again = house.opened_to(joined.principal)
        assert [search(*each) for each in (*asked, (again, joined))] == [*before, before[1]]


def test_what_waits_is_pending_for_who_asked(market):
    with opened(market) as house:
        mia = actor(house, "mia")
        ask(house, mia, "sales.transactions", purpose="segmentation", reason="x", accept_terms=True)
        assert search(house, mia, where={"access": ["pending"]}).total == 1
        for other in ("carl", "sofia", "olga", "service:bi"):
            assert search(house, actor(house, other), where={"access": ["pending"]}).total == 0


def test_an_unlisted_product_leaves_no_trace(market):
    """To whom it is unknown, the whole answer is the one of a mesh without it."""
    with opened(market) as house:
        hidden = unlisted(house, "customers.households")
        left = tuple(p for p in house.mesh.products if str(p.name) != "customers.households")
        without = replace(house, mesh=replace(house.mesh, products=left, hash="without"))
        for words in ("", "households", "hous", "household", "housholds", "age", "incme", "card"):
            for where in ({}, {"domain": ["customers"]}, {"tag": ["personal"]}):
                answers = [
                    search(each, actor(house, "mia"), words, where=where)
                    for each in (hidden, without)
                ]
                assert answers[0] == answers[1], (words, where)


def test_a_release_is_found_fresh_and_its_promises_kept_or_broken(market):
    with opened(market) as house:
        ana = actor(house, "ana")

        def facets(at, words="tills"):
            hit = search(replace(house, now=lambda: at), ana, words).hits[0]
            shown = show(replace(house, now=lambda: at), ana, str(hit.product.name))
            if shown.release:
                late = any(promise.kept is False for promise in shown.promises)
                warned = any(each.outcome == "warn" for each in shown.release.results)
                assert (hit.quality == "broken") == (late or warned)
            return hit.quality, hit.fresh

        now = house.now()
        assert facets(now) == ("unreleased", "never")
        run(house, actor(house, "emil"), "sales.transactions")
        assert facets(now) == ("holds", "day")
        assert facets(now + timedelta(days=1)) == ("holds", "day")
        assert facets(now + timedelta(days=1, minutes=1)) == ("broken", "week")
        assert facets(now + timedelta(days=20)) == ("broken", "month")
        assert facets(now + timedelta(days=40)) == ("broken", "older")
    promised = "    quality:\n      - {id: enough-rows"
    more = "      - {id: many, metric: rowCount, severity: warn, mustBeGreaterThan: 1000}"
    edit(market / CONTRACT, (promised, promised.replace("\n", f"\n{more}\n")))
    with opened(market) as house:
        run(house, actor(house, "emil"), "sales.transactions")
        assert facets(now) == ("broken", "day"), "a promise of its rows does not hold"


def test_what_is_queried_rises(market):
    with opened(market) as house:
        run(house, actor(house, "emil"), "sales.transactions")
        run(house, actor(house, "carl"), "customers.households")
        carl = actor(house, "carl")
        first = [str(h.product.name) for h in search(house, carl).hits]
        assert first[0] == "customers.households"
        ana = actor(house, "ana")
        query(house, ana, "select store_id from sales.transactions").answer.close()
        assert str(search(house, carl).hits[0].product.name) == "sales.transactions"


def test_the_index_may_be_dropped_and_belongs_to_one_ledger(market):
    with opened(market) as house:
        run(house, actor(house, "emil"), "sales.transactions")
        before = search(house, actor(house, "ana"), "tills")
        stands = house.index.standing()
    for file in (market / ".agora").glob("index.db*"):
        file.unlink()
    with opened(market) as house:
        assert search(house, actor(house, "ana"), "tills") == before
        assert house.index.standing() == stands
    for file in (market / ".agora").glob("agora.db*"):
        file.unlink()
    with opened(market) as house:
        other = search(house, actor(house, "ana"), "tills")
        assert (other.hits[0].quality, other.hits[0].fresh) == ("unreleased", "never")
        assert house.index.standing().place == 0


def test_two_meshes_on_one_index_find_their_own(market):
    with opened(market) as house:
        other = unlisted(house, "sales.transactions")
        mia = actor(house, "mia")
        for _ in range(2):
            assert search(house, mia, "tills").total == 1
            assert search(other, mia, "tills").total == 0


class Elsewhere:
    """An index that another process moves on whenever somebody looks."""

    def standing(self):
        return Standing(mesh="another")

    def keep(self, _before, _news):
        return False

    def find(self, *_asked):
        return None


def test_an_index_that_others_keep_changing_gives_up_in_the_end(market):
    with opened(market) as house:
        busy = replace(house, index=Elsewhere())
        with pytest.raises(Unavailable) as told:
            indexed(busy)
        assert told.value.code_shown == "E670"

        class Moving(Elsewhere):
            def keep(self, _before, _news):
                return True

        with pytest.raises(Unavailable) as told:
            search(replace(house, index=Moving()), actor(house, "mia"))
        assert told.value.code_shown == "E670"


def test_hits_say_where_the_words_stand(market):
    with opened(market) as house:
        found = search(house, actor(house, "mia"), "basket till")
        assert [str(h.product.name) for h in found.hits] == ["sales.transactions"]
        hit = found.hits[0]
        summary = next(each for each in hit.found if each.field == "summary")
        marked = [summary.text[mark.start : mark.end] for mark in summary.marks]
        assert marked[:2] == ["basket", "tills"]
        assert hit.matched == tuple(each.field for each in hit.found)
        assert search(house, actor(house, "mia"), "glossry household say").did_you_mean == ""
        told = search(house, actor(house, "mia"), '"evry line" bask')
        assert told.did_you_mean == '"every line" bask'
        page = search(house, actor(house, "mia"), limit=1, offset=1)
        assert (page.total, len(page.hits), page.offset) == (3, 1, 1)


def test_words_of_the_glossary_find_what_bears_the_tag(market):
    with opened(market) as house:
        found = search(house, actor(house, "mia"), "personal household says")
        assert "customers.households" in {str(h.product.name) for h in found.hits}
        tags = next(facet for facet in found.facets if facet.name == "tag")
        assert ("personal", "Personal data") in {(v.value, v.title) for v in tags.values}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"words": "a " * 33}, "E672"),
        ({"where": {"colour": ["red"]}}, "E673"),
        ({"where": {"access": ["shut"]}}, "E673"),
        ({"sort": "random"}, "E673"),
    ],
)
def test_what_means_nothing_is_said(market, asked, code):
    with opened(market) as house, pytest.raises(Unusable) as told:
        search(house, actor(house, "mia"), **asked)
    assert told.value.code_shown == code


def test_what_nobody_offers_can_be_wished_for(market):
    with opened(market) as house:
        mia, carl, ana = (actor(house, name) for name in ("mia", "carl", "ana"))
        made = wish(house, mia, " returns by week ", "plan the shelves")
        assert (made.words, made.wished_by) == ("returns by week", "mia")
        assert [wishes(house, each) for each in (mia, carl, actor(house, "olga"))] == [(made,)] * 3
        assert wishes(house, ana) == ()
        for problem, code, again in (
            (Conflict, "E676", lambda: wish(house, mia, "Returns by WEEK", "again")),
            (Unusable, "E674", lambda: wish(house, mia, "?!", "x")),
            (Unusable, "E675", lambda: wish(house, mia, "x", " ")),
            (Missing, "E677", lambda: settle(house, ana, made.id, "no")),
            (Missing, "E677", lambda: settle(house, carl, "wish-0", "no")),
        ):
            with pytest.raises(problem) as told:
                again()
            assert told.value.code_shown == code
        done = settle(house, carl, made.id, "see sales.returns")
        assert (done.state, done.answered_by, done.answer) == (
            "settled",
            "carl",
            "see sales.returns",
        )
        assert wishes(house, mia) == ()
        assert wish(house, mia, "returns by week", "still").id != made.id
        told = [(r.entry.event, r.entry.who) for r in house.store.records()]
        assert told == [("wished", "mia"), ("wish-settled", "carl"), ("wished", "mia")]


def test_the_command_line_finds_and_wishes(shell):
    code, out, _ = shell("search", "tills", "--domain", "sales", "--as", "ana")
    assert code == 0
    assert "sales.transactions" in out
    assert "open" in out
    assert "(1 product) Next: agora show sales.transactions" in out
    assert "(1 of 3 products)" in shell("search", "--limit", "1")[1]
    assert "nothing fits" in shell("search", "tills", "--domain", "customers")[1]
    assert "Did you mean: agora search tills" in shell("search", "tlils")[1]
    assert "error[E673]" in shell("search", "--access", "shut")[2]
    found = json.loads(shell("search", "tills", "--tag", "nothing", "--json")[1])["result"]
    assert (found["total"], found["unfiltered"], found["hits"]) == (0, 1, [])
    assert "nothing is wished for" in shell("search", "--wishes")[1]
    made = shell(
        "search", "--wish", "returns by week", "--reason", "plans", "--as", "mia", "--json"
    )
    name = json.loads(made[1])["result"]["id"]
    assert "returns by week" in shell("search", "--wishes", "--as", "carl")[1]
    assert len(json.loads(shell("search", "--wishes", "--json")[1])["result"]) == 1
    assert "settled" in shell("search", "--settle", name, "--reason", "see it", "--as", "carl")[1]
    assert "error[E677]" in shell("search", "--settle", name, "--as", "carl")[2]


def test_a_product_that_is_published_is_found_at_once(shell, market):
    assert "nothing fits" in shell("search", "thermometer")[1]
    edit(market / UNLIST, ("as the tills wrote it", "as the thermometer wrote it"))
    assert "sales.transactions" in shell("search", "thermom")[1]
    assert "nothing fits" in shell("search", "tills")[1]


def test_who_was_overtaken_twice_asks_the_index_as_it_stands(market):
    with opened(market) as house:

        class Overtaken(Elsewhere):
            lost = 0

            def standing(self):
                return Standing(mesh=house.mesh.hash, place=self.lost + 1, seal="theirs")

            def keep(self, _before, _news):
                self.lost += 1
                return False

        index = Overtaken()
        assert (indexed(replace(house, index=index)), index.lost) == (3, 2)


def test_a_huge_market_is_found_by_name_until_it_is_indexed(market, monkeypatch):
    monkeypatch.setattr("agora.usecases.search.MANY", 0)
    monkeypatch.setattr("agora.usecases.home.MANY", 0)
    with opened(market) as house:
        hidden = unlisted(house, "sales.transactions")
        ana, carl = actor(hidden, "ana"), actor(hidden, "carl")
        found = search(hidden, ana, "transac", patient=False)
        assert (found.indexing, [str(each.name) for each in found.products]) == (
            True,
            ["sales.transactions"],
        )
        assert not search(hidden, carl, "transac", patient=False).total, "it is unlisted"
        assert not search(
            hidden, ana, "transac", where={"domain": ["customers"]}, patient=False
        ).total
        assert not search(hidden, ana, "transac", where={"access": ["open"]}, patient=False).total
        assert hidden.index.standing().mesh == "", "nobody has waited"
        whole = search(hidden, ana, "transac")
        assert (whole.indexing, [str(each.name) for each in whole.products]) == (
            False,
            ["sales.transactions"],
        )
        assert search(hidden, ana, "transac", patient=False) == whole


def test_the_end_of_the_ledger_is_known_without_the_index(market):
    with opened(market) as house:
        for count in (0, 1, 1, 5, 26):
            house.store.commit((), [house.entry(actor(house, "ana"), Event.CHECKED)] * count)
            last = max((record.place for record in house.store.records()), default=0)
            assert top(house) == last + 1
        assert house.index.standing() == Standing(), "nobody has waited"
        indexed(house)
        assert top(house) == last + 1
        house.store.commit((), [house.entry(actor(house, "ana"), Event.CHECKED)] * 3)
        assert top(house) == last + 4
        later = Standing(mesh="other", place=last + 900, seal="other")
        house.index.keep(house.index.standing(), News(standing=later, today=house.now().date()))
        assert top(house) == last + 4, "the index is of another ledger"
