"""Labels over random tables equal what plain Python counts; their words; and what is not counted."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.model.label import KeyFacts, Label, ReferenceFacts
from agora.model.names import PortName, PortVersion
from agora.quality.checks import MOST_COUNTS, SHARED
from agora.quality.labels.conclude import conclude
from agora.quality.labels.plans import LabelPlan, candidates
from agora.quality.labels.words import percent, remarks
from tests.unit.quality.counting import (
    PORT,
    RELATION,
    asked,
    contract,
    counted,
    planned,
    rows,
    table,
)

NOW = datetime(2018, 1, 2, 8, tzinfo=UTC)
START = date(2017, 1, 1)
ELSEWHERE = PortVersion(PortName("shops", "list", "list"), 1)
COLUMNS = {
    "n": "INTEGER",
    "t": {"type": "VARCHAR", "tags": ["quasi-identifier"]},
    "d": "DATE",
    "w": {"type": "INTEGER", "period": "week"},
}
TABLES = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 5)),
        st.one_of(st.none(), st.sampled_from("abc")),
        st.one_of(st.none(), st.integers(0, 40).map(lambda n: START + timedelta(days=n))),
        st.one_of(st.none(), st.integers(1, 9)),
    ),
    max_size=15,
)
TARGETS = st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=8)
OF = contract(
    {
        "columns": COLUMNS,
        "rules": [{"metric": "duplicateValues", "column": "n", "mustBeLessThan": 99}],
        "references": [{"from": ["n"], "to": "shops", "to_columns": ["id"], "severity": "warn"}],
    }
)
PLAN = LabelPlan(
    port=PORT, relation=RELATION, contract=OF, others={"shops": "shops"}, ports={"shops": ELSEWHERE}
)


def labelled(connection, plan=PLAN):
    results = counted(connection, planned(plan.contract, plan.others))
    answers, errors = asked(connection, plan.scans)
    more, problems = asked(connection, candidates(plan, answers))
    return conclude(plan, answers | more, errors | problems, results, NOW)


@settings(max_examples=60, deadline=None)
@given(TABLES, TARGETS)
def test_every_fact_equals_a_plain_count(data, shops):
    with duckdb.connect() as connection:
        table(connection, RELATION, OF, data)
        table(connection, "shops", contract({"columns": {"id": "INTEGER"}}), [[s] for s in shops])
        label = labelled(connection)
    assert label.problems == ()
    assert label.rows == len(data)
    _columns(label, data)
    _join(label.references[0], [row[0] for row in data], shops)
    _key(label.keys[0], [row[0] for row in data])
    _time({period.column: period for period in label.periods}, data)
    groups = Counter(row[1] for row in data).values()
    told = label.group and (label.group.groups, label.group.smallest, label.group.alone)
    assert told == ((len(groups), min(groups), sum(n == 1 for n in groups)) if groups else None)


def _columns(label, data):
    for place, column in enumerate(label.columns):
        values = [row[place] for row in data if row[place] is not None]
        assert column.nulls == len(data) - len(values)
        assert column.distinct <= len(values)
        assert (column.distinct == 0) == (not values)
        if column.exact:
            assert column.distinct == len(set(values))
        if column.name != "t":
            least, most = (str(min(values)), str(max(values))) if values else ("", "")
            assert (column.least, column.most) == (least, most)


def _join(link, values, shops):
    values = [v for v in values if v is not None]
    here, there = Counter(values), Counter(s for s in shops if s is not None)
    both = here.keys() & there.keys()
    assert link.port == ELSEWHERE
    assert link.rows == len(values)
    assert link.missing == sum(v not in there for v in values)
    assert (link.values, link.found, link.targets) == (len(here), len(both), len(there))
    assert link.most == max((there[v] for v in both), default=None)
    assert link.met == max((here[v] for v in both), default=None)
    meeting = sum(here[v] for v in both)
    if both:
        assert float(link.mean) == pytest.approx(
            sum(here[v] * there[v] for v in both) / meeting, abs=0.005
        )
        assert float(link.met_mean) == pytest.approx(meeting / len(both), abs=0.005)
    else:
        assert link.mean is None


def _key(key, values):
    filled = [v for v in values if v is not None]
    assert key.repeats == len(filled) - len(set(filled))
    assert key.empty == len(values) - len(filled)
    assert key.holds == (len(set(values)) == len(values) and None not in values)


def _time(periods, data):
    days = sorted({row[2] for row in data if row[2] is not None})
    assert ("d" in periods) == bool(days)
    if days:
        told = periods["d"]
        assert (told.first, told.last) == (days[0].isoformat(), days[-1].isoformat())
        assert told.covered == len(days)
    if days and told.gaps:
        steps = {b - a: (a, b) for a, b in pairwise(days)}
        widest = [(a.isoformat(), b.isoformat()) for a, b in pairwise(days) if b - a == max(steps)]
        assert (told.gap_from, told.gap_to) in widest
    for end in told.ends if days else ():
        day = days[0] if end.first else days[-1]
        same = [d for d in days if (d.isocalendar()[:2] == day.isocalendar()[:2])]
        month = [d for d in days if (d.year, d.month) == (day.year, day.month)]
        assert end.has == len(same if end.usual == 7 else month)
    weeks = sorted({row[3] for row in data if row[3] is not None})
    assert ("w" in periods) == bool(weeks)
    if weeks:
        assert periods["w"].covered == len(weeks)
        assert periods["w"].gaps == sum(b - a > 1 for a, b in pairwise(weeks))


def plan_of(columns, **more):
    return LabelPlan(
        port=PORT, relation=RELATION, contract=contract({"columns": columns, **more}), others={}, ports={}
    )  # fmt: skip


@pytest.fixture
def engine():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def test_a_key_nobody_promised_is_found_and_one_that_almost_holds(engine):
    plan = plan_of({"id": "BIGINT", "code": "VARCHAR", "half": "INTEGER", "price": "DECIMAL(9,2)"})
    engine.execute(
        f"create table {RELATION} as select i::BIGINT as id, (i - (i = 7)::int)::VARCHAR as code, "
        "(i // 2)::INTEGER as half, i::DECIMAL(9,2) as price from range(1000) r(i)"
    )
    label = labelled(engine, plan)
    assert label.keys == (
        KeyFacts(columns=("id",), declared=False, rows=1000, repeats=0),
        KeyFacts(columns=("code",), declared=False, rows=1000, repeats=1),
    )


def test_what_looks_like_a_key_and_is_none_is_not_told(engine):
    engine.execute(
        f"create table {RELATION} as select (i % 970)::BIGINT as id from range(1000) r(i)"
    )
    plan = plan_of({"id": "BIGINT"})
    answers, _ = asked(engine, plan.scans)
    assert [scan.id for scan in candidates(plan, answers)] == ["key id"]
    assert labelled(engine, plan).keys == ()


def test_few_keys_are_tried(engine):
    names = [f"c{n}" for n in range(6)]
    engine.execute(
        f"create table {RELATION} as select "
        + ", ".join(f"i::BIGINT as {name}" for name in names)
        + " from range(200) r(i)"
    )
    answers, _ = asked(engine, plan_of(dict.fromkeys(names, "BIGINT")).scans)
    assert len(candidates(plan_of(dict.fromkeys(names, "BIGINT")), answers)) == 3
    assert candidates(plan_of({"w": {"type": "BIGINT", "period": "week"}}), answers) == ()


def test_a_wide_table_is_counted_in_parts(engine):
    names = [f"c{n}" for n in range(MOST_COUNTS)]
    engine.execute(
        f"create table {RELATION} as select " + ", ".join(f"1::INTEGER as {name}" for name in names)
    )
    plan = plan_of(dict.fromkeys(names, "INTEGER"))
    (told,) = rows(engine, next(scan.sql for scan in plan.scans if scan.id == SHARED))
    assert (told["rows"], told["f0"], told[f"m{MOST_COUNTS - 1}"]) == (1, 1, "1")
    assert labelled(engine, plan).rows == 1


def test_without_answers_a_label_says_what_is_missing_and_nothing_else():
    label = conclude(PLAN, {}, {SHARED: "it does not run", "days d": "neither"}, (), NOW)
    assert label.problems == ("columns: it does not run", "days d: neither")
    assert (label.rows, label.keys, label.periods, label.group) == (None, (), (), None)
    assert [column.nulls for column in label.columns] == [None] * 4
    assert candidates(PLAN, {}) == ()


def test_a_reference_that_does_not_fit_is_not_looked_at():
    strange = [
        {"from": ["n", "m"], "to": "shops", "to_columns": ["id", "x"]},
        {"from": ["n"], "to": "shops", "to_columns": ["id", "x"]},
    ]
    plan = plan_of({"n": "INTEGER"}, references=strange)
    assert [scan.id for scan in plan.scans] == [SHARED]


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 10, "0 %"),
        (0, 0, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33 %"),
        (1, 50, "2 %"),
        (29_386, 1_469_307, "2 %"),
        (1, 30, "3.33 %"),
        (1, 10, "10 %"),
        (1, 2, "50 %"),
        (9_998, 10_000, "99.98 %"),
        (1, 1_000_000, "under 0.01 %"),
        (999_999, 1_000_000, "over 99.99 %"),
    ],
)
def test_a_share_in_words_is_never_all_or_nothing_of_what_is_not(part, whole, words):
    assert percent(part, whole) == words


def test_of_a_join_whose_coverage_is_hidden_only_its_rows_are_told():
    link = ReferenceFacts(columns=("n",), to="shops", to_columns=("id",), rows=4)
    (told,) = remarks(Label(port=PORT, counted_at=NOW, rows=4, references=(link,)), NOW)
    assert (told.sentence, told.warns) == ("every `n` is found in `shops`", False)
