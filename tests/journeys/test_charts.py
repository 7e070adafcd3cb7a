"""Charts: words are shared, every viewer sees their own rows, and what changes a conclusion is said."""

import json

import pytest

from agora.app.start import start
from agora.model.drawn import NoteKind
from agora.model.errors import AgoraError, Conflict
from agora.model.saved import Audience, Parameter, ParameterKind
from agora.passage import drawing
from agora.usecases import chart, saved
from agora.usecases.chart import Words
from agora.usecases.run import run
from agora.workshop import plotting
from agora.workshop.charts import built, written
from tests.journeys.changing import PORT, actor, agree, opened

SALES = Words(sql="select * from sales.transactions")
DATA = "sales/transactions/data/transactions.csv"


def told(do, *args, **kwargs):
    with pytest.raises(AgoraError) as problem:
        do(*args, **kwargs)
    return problem.value.code_shown


def meant(house, who, of=SALES, kind="bar", **said):
    return built(kind, dict(chart.columns(house, who, of)), **said)


def notes(drawn, kind):
    return [note.sentence for note in drawn.notes if note.kind is kind]


def test_every_viewer_sees_their_own_rows(used):
    with opened(used) as house:
        sofia, ana, mia, carl = (actor(house, n) for n in ("sofia", "ana", "mia", "carl"))
        spec = meant(house, sofia, x="store_id", y="amount")
        kept = chart.save(
            house, sofia, title="By store", spec=spec, of=SALES, audience=Audience.READERS
        )
        name = kept.chart.id
        assert [row[0] for row in chart.draw(house, sofia, name).table] == ["330", "367", "406"]
        own = chart.draw(house, ana, name)
        assert [row[0] for row in own.table] == ["330", "367"]
        assert "406" not in repr(own)
        assert "own rows only" in notes(own, NoteKind.ROWS)[0]
        assert len(chart.draw(house, mia, name).table) == 3
        assert [row[0] for row in chart.draw(house, ana, name).table] == ["330", "367"]
        assert (
            told(chart.find, house, carl, name) == told(chart.draw, house, carl, "cht-x") == "E696"
        )
        assert [each.chart.id for each in chart.seen(house, ana)] == [name]
        assert chart.seen(house, carl) == ()
        chart.share(house, sofia, name, audience=Audience.NAMED, named=("carl",))
        assert told(chart.draw, house, carl, name) == "E403"
        assert told(chart.draw, house, ana, name) == "E696"


def test_the_spec_holds_no_rows(used):
    with opened(used) as house:
        sofia = actor(house, "sofia")
        spec = meant(house, sofia, x="store_id", y="amount")
        kept = chart.save(house, sofia, title="By store", spec=spec, of=SALES).chart
        drawn = chart.draw(house, sofia, kept.id)
        for text in (kept.spec, drawn.spec):
            assert "data" not in json.loads(text)
            assert "406" not in text
        assert kept.spec == written(spec)


def test_a_masked_column_says_why(used):
    with opened(used) as house:
        run(house, actor(house, "carl"), "customers.households")
        carl = actor(house, "carl")
        of = Words(sql="select age, household_size as people from customers.households")
        spec = meant(house, carl, of, x="age")
        kept = chart.save(
            house, carl, title="Ages", spec=spec, of=of, audience=Audience.NAMED, named=("ana",)
        ).chart
        assert len(chart.draw(house, carl, kept.id).table) > 1

        agree(house, "ana", "segmentation", by="ana", port="customers.households", owner="carl")
        seen = chart.draw(house, actor(house, "ana"), kept.id)
        assert [row[0] for row in seen.table] == [None]
        assert "`age` is masked for you: " in notes(seen, NoteKind.MASKED)[0]
        assert [n.rule for n in seen.notes if n.kind is NoteKind.MASKED] == [
            "guardrail/mask-personal"
        ]


def test_what_cannot_be_followed_names_all_that_is_masked():
    from agora.model.chart import Drawing, Mark, Shelf
    from agora.model.decision import ColumnView, Decision
    from agora.model.names import PortVersion
    from agora.model.policy import Mask, MaskKind
    from agora.model.types import parse_type
    from agora.workshop.origins import Origins

    views = (ColumnView(name="age", type=parse_type("INTEGER"), mask=Mask(kind=MaskKind.HIDDEN)),)
    decision = Decision(allowed=True, port=PortVersion.parse("a.b@1"), principal="x", columns=views)
    of = Drawing(mark=Mark.BAR, x=Shelf(column="x"), y=Shelf(column="y"))
    found = list(drawing._masked(of, Origins(columns={}, known=False), [decision]))
    assert [note.sentence for note in found] == ["`age` is not there for you"]


def daily(used, last):
    """A line each day of some weeks, the last of which is not over."""
    days = [f"2017-01-{day:02}" for day in range(2, last)]
    lines = [f"{n},1,330,{day} 09:00:00,1,1,1.50" for n, day in enumerate(days)]
    head = (used / DATA).read_text().splitlines()[0]
    (used / DATA).write_text("\n".join([head, *lines]) + "\n")


def test_periods_that_are_not_whole_are_marked(used):
    daily(used, 25)
    with opened(used) as house:
        run(house, actor(house, "emil"), PORT)
        sofia, ana = actor(house, "sofia"), actor(house, "ana")
        per_week = meant(
            house, sofia, kind="line", x="sold_at", y="amount", unit="yearweek", trend=True
        )
        drawn = chart.preview(house, sofia, spec=per_week, of=SALES)
        assert [row[3] for row in drawn.rows] == [True, True, True, False]
        assert "has rows of 2 of usually 7 days" in notes(drawn, NoteKind.INCOMPLETE)[0]
        assert drawn.rows[-1][5] == pytest.approx(10.5)
        assert "zone not stated" in notes(drawn, NoteKind.ZONE)[0]
        assert "strokeDash" in drawn.spec
        own = Words(
            sql="select date_trunc('week', sold_at)::date as week, sum(amount) as amount from sales.transactions group by 1"
        )
        plain = meant(house, sofia, own, kind="line", x="week", y="amount")
        drawn = chart.preview(house, sofia, spec=plain, of=own)
        assert [row[3] for row in drawn.rows] == [True, True, True, False]
        assert (
            "the week of 2017-01-23 has 2 of usually 7 days" in notes(drawn, NoteKind.INCOMPLETE)[0]
        )
        theirs = chart.preview(house, ana, spec=plain, of=own)
        assert notes(theirs, NoteKind.INCOMPLETE) == [drawing.FILTERED]
        assert chart.preview(house, ana, spec=per_week, of=SALES).rows[-1][3] is False


def test_a_chart_of_a_saved_query_goes_with_it(used):
    with opened(used) as house:
        sofia, ana = actor(house, "sofia"), actor(house, "ana")
        asked = (Parameter(name="week", kind=ParameterKind.NUMBER),)
        query = saved.save(
            house, sofia, title="q", parameters=asked,
            sql="select store_id, amount from sales.transactions where week >= $week",
        ).query.id  # fmt: skip
        of, values = Words(query=query), {"week": "30"}
        spec = built("bar", dict(chart.columns(house, sofia, of, values)), x="store_id", y="amount")
        assert told(chart.save, house, sofia, title="c", spec=spec, of=of) == "E693"
        name = chart.save(
            house, sofia, title="c", spec=spec, of=of, values=values, audience=Audience.READERS
        ).chart.id
        assert len(chart.draw(house, sofia, name).table) == 3
        assert len(chart.draw(house, sofia, name, {"week": "43"}).table) == 1
        assert chart.find(house, ana, name).may_edit is False
        assert told(chart.draw, house, ana, name) == "E690"
        saved.share(house, sofia, query, audience=Audience.NAMED, named=("ana",))
        assert len(chart.draw(house, ana, name).table) == 2


def test_two_editors_and_what_cannot_be_kept(used):
    with opened(used) as house:
        sofia, emil = actor(house, "sofia"), actor(house, "emil")
        spec = meant(house, sofia, x="store_id", y="amount")
        kept = chart.save(house, sofia, title="One", spec=spec, of=SALES, editors=("emil",))
        name = kept.chart.id
        second = chart.edit(house, emil, name, kept.revision, title="Two", values={})
        with pytest.raises(Conflict) as late:
            chart.edit(house, sofia, name, kept.revision, title="Three")
        assert late.value.standing == second.chart
        assert told(chart.edit, house, sofia, name, spec='{"data": {"url": "http://x"}}') == "E697"
        assert told(chart.remove, house, emil, name) == "E691"
        broken = json.loads(kept.chart.spec)
        broken["encoding"]["x"]["field"] = "nothing"
        chart.edit(house, sofia, name, spec=json.dumps(broken), description="d")
        assert told(chart.draw, house, sofia, name) == "E230"
        assert chart.remove(house, sofia, name).chart.removed_at is not None
        assert told(chart.find, house, sofia, name) == "E696"


def test_too_many_points_are_cut_and_told(used, monkeypatch):
    monkeypatch.setattr(plotting, "MOST_POINTS", 5)
    with opened(used) as house:
        sofia = actor(house, "sofia")
        monkeypatch.setattr(plotting.statement, "__defaults__", (5,))
        drawn = chart.preview(house, sofia, spec=meant(house, sofia, x="basket_id"), of=SALES)
        assert len(drawn.table) == 5
        assert "only the first 5 points" in notes(drawn, NoteKind.CUT)[0]
        every = '{"mark": "point", "encoding": {"x": {"field": "store_id", "type": "nominal"}, "y": {"field": "amount", "type": "quantitative"}}}'
        drawn = chart.preview(house, sofia, spec=every, of=SALES)
        assert len(drawn.table) == 5
        assert notes(drawn, NoteKind.CUT)[0].startswith("5 of 24 points are drawn, spread evenly")


def test_in_the_terminal(used, monkeypatch, capfd):
    monkeypatch.chdir(used)

    def agora(*arguments):
        code = start(["chart", *arguments])
        return code, *capfd.readouterr()

    form = (
        "--sql",
        SALES.sql,
        "--kind",
        "bar",
        "--x",
        "store_id",
        "--y",
        "amount",
        "--as",
        "sofia",
    )
    _, out, _ = agora("draw", *form)
    assert out.splitlines()[0].startswith("Sum of amount by store_id: 3 points")
    _, out, _ = agora("save", *form, "--title", "By store", "--json")
    kept = json.loads(out)["result"]["chart"]
    assert "By store" in agora("--as", "sofia")[1]
    assert "no charts here" in agora("--as", "ana")[1]
    assert json.loads(agora("--as", "ana", "--json")[1])["result"] == []
    assert "may read its tables" in agora("share", kept["id"], "--readers", "--as", "sofia")[1]
    told_ = json.loads(agora("draw", kept["id"], "--as", "ana", "--json")[1])["result"]
    assert [row[0] for row in told_["table"]] == ["330", "367"]
    (used / "spec.json").write_text(kept["spec"])
    assert agora("draw", "--spec", "spec.json", "--sql", SALES.sql, "--as", "ana")[0] == 0
    assert agora("draw", "--spec", "none.json", "--sql", SALES.sql, "--as", "ana")[0] == 4
    assert agora("save", "--sql", SALES.sql, "--as", "ana")[0] == 2
    assert "is removed" in agora("remove", kept["id"], "--as", "sofia")[1]
