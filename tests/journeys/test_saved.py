"""Saved queries: words are shared, rows never; whoever may not know a table in them sees neither."""

import contextlib
import json
import threading

import pytest

from agora.app.start import start
from agora.model.errors import AgoraError, Conflict
from agora.model.ledger import Event
from agora.model.saved import Audience, Parameter, ParameterKind, SavedQuery
from agora.usecases import saved
from tests.journeys.changing import BUILD, PORT, actor, edit, opened

STORES = "select store_id, sum(amount) as amount from sales.transactions group by 1 order by 1"
ONE = "select count(*) as n from sales.transactions where store_id = $store and week >= $week"
ASKED = (
    Parameter(name="store", kind=ParameterKind.CHOICE, choices=("330", "406")),
    Parameter(name="week", kind=ParameterKind.NUMBER, default="1"),
)


def told(do, *args, **kwargs):
    with pytest.raises(AgoraError) as problem:
        do(*args, **kwargs)
    return problem.value.code_shown


def rows(house, who, name, **values):
    answer = saved.run(house, who, name, values).answer
    found = [row for batch in answer for row in batch.to_pylist()]
    answer.close()
    return found


def seen(house, *people):
    """Whose eyes see anything of others."""
    return [name for name in people if saved.shared(house, actor(house, name))]


def test_everybody_has_their_own_rows(used):
    with opened(used) as house:
        ana, sofia = actor(house, "ana"), actor(house, "sofia")
        kept = saved.save(house, ana, title=" Stores ", sql=STORES, audience=Audience.READERS)
        assert (kept.query.title, kept.revision, kept.owns) == ("Stores", 1, True)
        assert kept.query.tables == ("sales.transactions",)
        assert [r["store_id"] for r in rows(house, ana, kept.query.id)] == ["330", "367"]
        assert [r["store_id"] for r in rows(house, sofia, kept.query.id)] == ["330", "367", "406"]
        assert [each.query.id for each in saved.mine(house, ana)] == [kept.query.id]
        assert saved.shared(house, ana) == saved.mine(house, sofia) == ()


def test_however_it_is_run_it_is_for_the_purpose_kept_with_it_unless_one_is_named(used):
    with opened(used) as house:
        ana, mia = actor(house, "ana"), actor(house, "mia")
        kept = saved.save(
            house, ana, title="One", sql=ONE, parameters=ASKED, purpose="campaign-planning",
            audience=Audience.READERS,
        ).query.id  # fmt: skip
        values = {"store": "330"}
        left = saved.export(house, mia, kept, values, form="ndjson")
        with contextlib.closing(left.pieces):
            (row,) = map(json.loads, left.pieces)
        assert [row] == rows(house, mia, kept, **values)
        assert left.decisions == saved.run(house, mia, kept, values).decisions
        assert {each.purpose for each in left.decisions} == {"campaign-planning"}
        assert saved.start(house, mia, kept, values).purpose == "campaign-planning"
        other = mia.for_purpose("sales-planning")
        assert told(saved.export, house, other, kept, values, form="csv") == "E403"
        assert saved.start(house, other, kept, values).purpose == "sales-planning"


def test_who_sees_a_shared_query(used):
    with opened(used) as house:
        ana = actor(house, "ana")
        one = saved.save(house, ana, title="Stores", sql=STORES).query.id
        people = ("sofia", "emil", "mia", "carl", "olga")
        assert seen(house, *people) == []
        assert told(saved.find, house, actor(house, "sofia"), one) == "E690"
        assert told(saved.run, house, actor(house, "sofia"), one, {}) == "E690"
        saved.share(house, ana, one, audience=Audience.NAMED, named=("carl", "team:sales"))
        assert seen(house, *people) == ["sofia", "emil", "carl"]
        assert told(saved.run, house, actor(house, "carl"), one, {}) == "E403"
        saved.share(house, ana, one, audience=Audience.READERS)
        assert seen(house, *people) == ["sofia", "emil", "mia"]
        saved.remove(house, ana, one)
        assert seen(house, *people) == []
        assert told(saved.find, house, ana, one) == "E690"


def test_an_unlisted_product_is_not_told_of_by_a_shared_query(used):
    edit(used / BUILD, ("kind: build\n", "kind: build\nlisted: false\n"))
    with opened(used) as house:
        assert [p.listed for p in house.mesh.products if str(p.name) == PORT] == [False]
        ana, carl = actor(house, "ana"), actor(house, "carl")
        everybody = {"audience": Audience.NAMED, "named": ("carl", "mia")}
        one = saved.save(house, ana, title="Stores", sql=STORES, **everybody).query.id
        assert seen(house, "carl", "mia") == ["mia"]
        assert (
            told(saved.find, house, carl, one) == told(saved.find, house, carl, "qry-x") == "E690"
        )
        assert told(saved.save, house, carl, title="Mine", sql=STORES) == "E404"
        assert told(saved.save, house, carl, title="M", sql="select * from sales.nothing") == "E404"


def test_two_editors_lose_nothing(used):
    with opened(used) as house:
        ana, emil, sofia = (actor(house, name) for name in ("ana", "emil", "sofia"))
        one = saved.save(
            house, ana, title="Stores", sql=STORES, editors=("emil",), audience=Audience.READERS
        )
        name = one.query.id
        second = saved.edit(house, emil, name, one.revision, description="by store")
        with pytest.raises(Conflict) as late:
            saved.edit(house, ana, name, one.revision, title="Shops")
        assert late.value.code_shown == "E692"
        assert late.value.standing == second.query
        assert told(saved.edit, house, sofia, name, title="Mine") == "E691"
        assert told(saved.remove, house, emil, name) == "E691"
        assert told(saved.share, house, emil, name, audience=Audience.NOBODY) == "E691"
        third = saved.edit(house, ana, name, second.revision, sql=ONE, parameters=ASKED)
        assert (third.query.title, third.query.description) == ("Stores", "by store")
        assert third.query.changed_by == "ana"


def test_of_two_at_once_one_is_told(used):
    with opened(used) as house:
        ana = actor(house, "ana")
        name = saved.save(house, ana, title="0", sql=STORES).query.id
        ends, gate = [], threading.Barrier(4)

        def change(number):
            gate.wait()
            try:
                saved.edit(house, ana, name, 1, title=f"title {number}")
                ends.append("kept")
            except Conflict as late:
                assert late.standing is not None
                ends.append(late.code_shown)

        threads = [threading.Thread(target=change, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ends) == ["E692", "E692", "E692", "kept"]
        assert len(list(house.store.history(SavedQuery, name))) == 2


def test_values_are_values(used):
    with opened(used) as house:
        sofia = actor(house, "sofia")
        name = saved.save(house, sofia, title="One", sql=ONE, parameters=ASKED).query.id
        assert rows(house, sofia, name, store="406") == [{"n": 8}]
        assert rows(house, sofia, name, store="406", week="30") == [{"n": 3}]
        assert told(saved.run, house, sofia, name, {"store": "367"}) == "E694"
        assert told(saved.run, house, sofia, name, {"store": "406", "week": "1 or true"}) == "E694"
        assert told(saved.run, house, sofia, name, {}) == "E693"
        assert saved.bound(house, sofia, name, {"store": "330"}).endswith("'330' and week >= 1")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"sql": "select 1; select 2"}, "E211"),
        ({"sql": "select from where"}, "E210"),
        ({"sql": "  "}, "E201"),
        ({"sql": "copy x to 'y'"}, "E210"),
        ({"sql": "select * from transactions"}, "E213"),
        ({"sql": "select repeat('x', $n)", "parameters": [Parameter(name="n", kind=ParameterKind.NUMBER, default="99999999")]}, "E215"),
        ({"sql": ONE}, "E695"),
        ({"title": ""}, "E699"),
        ({"purpose": "fun"}, "E411"),
        ({"editors": ["eve"]}, "E425"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept(house, acting, words, code):
    assert told(saved.save, house, acting("ana"), **{"title": "x", "sql": STORES, **words}) == code


def test_what_a_product_offers(used):
    folder = used / "sales/transactions/queries"
    (folder / "broken.sql").write_text("select nothing from nowhere.at_all\n")
    with opened(used) as house:
        ana, mia = actor(house, "ana"), actor(house, "mia", "campaign-planning")
        offered = saved.curated(house, ana, "sales.transactions")
        assert [(each.query.id, each.curated) for each in offered] == [
            ("sales.transactions/sales-by-store", True)
        ]
        assert rows(house, mia, offered[0].query.id)[0]["store_id"] == "330"
        assert told(saved.find, house, ana, "sales.transactions/none") == "E690"
        assert told(saved.find, house, ana, "sales.none/none") == "E404"


def test_the_ledger_knows_what_is_shared(used):
    with opened(used) as house:
        ana = actor(house, "ana")
        one = saved.save(house, ana, title="Stores", sql=STORES).query.id
        saved.share(house, ana, one, audience=Audience.NAMED, named=("carl",))
        saved.remove(house, ana, one)
        events = [r.entry for r in house.store.records() if r.entry.subject == one]
        assert [e.event for e in events] == [Event.SAVED, Event.SAVED, Event.SAVED_REMOVED]
        assert dict(events[1].facts)["named"] == ("carl",)


def test_in_the_terminal(used, monkeypatch, capfd):
    monkeypatch.chdir(used)

    def agora(*arguments):
        code = start(list(arguments))
        return code, *capfd.readouterr()

    asked = ("--parameter", "store:choice(330,406)", "--parameter", "week:number=1")
    code, out, _ = agora("save", "--title", "One", "--sql", ONE, *asked, "--as", "sofia", "--json")
    assert code == 0
    name = json.loads(out)["result"]["query"]["id"]
    assert (
        agora("saved", "run", name, "--set", "store=406", "--as", "sofia", "--json")[1]
        == '{"n": 8}\n'
    )
    shared = agora("saved", "share", name, "--with", "ana", "--editor", "emil", "--as", "sofia")[1]
    assert "shared with ana" in shared
    assert "--set store=…" in shared
    assert "One" in agora("saved", "--as", "ana")[1]
    assert "nothing is saved" in agora("saved", "--as", "mia")[1]
    assert (
        "whoever may read"
        in agora("saved", "share", name, "--readers", "--editor", "emil", "--as", "sofia")[1]
    )
    assert "Two" in agora("save", name, "--title", "Two", "--as", "emil")[1]
    shown = agora("saved", "show", name, "--as", "ana")[1]
    assert "$store: one of 330, 406\n  $week: number, 1 unless said" in shown
    code, _, err = agora("save", name, "--title", "x", "--revision", "1", "--as", "emil")
    assert (code, "error[E692]" in err) == (5, True)
    for wrong in (("run",), ("run", name, "--set", "store")):
        assert agora("saved", *wrong, "--as", "sofia")[0] == 2
    assert agora("save", "--title", "x", "--sql", "select $a", "--parameter", "a:list")[0] == 2
    assert "is removed" in agora("saved", "remove", name, "--as", "sofia")[1]
    offered = agora("saved", "--product", "sales.transactions", "--as", "ana", "--json")[1]
    assert json.loads(offered)["result"][0]["curated"] is True
