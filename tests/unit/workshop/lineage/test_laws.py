"""Generated SELECTs: what has no edge does not change, whatever is put into the inputs."""

from random import Random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agora.workshop.lineage.builds import Filled, SqlStep, lineage
from tests.unit.workshop.lineage.tracing import PORT, broken, columns, fill, traced


class Writer:
    """Writes SELECTs whose columns are whole numbers named c0, c1 …"""

    def __init__(self, random):
        self.random = random
        self.names = 0

    def name(self):
        self.names += 1
        return f"q{self.names}"

    def of(self, *choices):
        return self.random.choice(choices)

    def source(self, depth):
        """A relation and its columns."""
        name = self.name()
        if depth == 0 or self.random.random() < 0.4:
            return self.of(
                (f"t as {name}", ["id", "a", "b", "k"]), (f"u as {name}", ["k", "x", "y"])
            ), name
        count, text = self.query(depth - 1)
        return (f"({text}) as {name}", [f"c{n}" for n in range(count)]), name

    def value(self, cols, depth):
        if depth == 0:
            return self.random.choice(cols)
        one, two = (self.value(cols, depth - 1) for _ in range(2))
        inner, name = self.source(0)
        outer, own = self.random.choice(cols), f"{name}.{self.random.choice(inner[1])}"
        return self.of(
            one,
            f"({one} + {two})",
            f"coalesce({one}, {two})",
            f"case when {one} > 2 then {two} else 0 end",
            f"nullif({one}, 1)",
            f"(select max({own}) from {inner[0]} where {own} <= {outer})",
            f"({one} in (select {own} from {inner[0]}))::int",
            f"exists (select 1 from {inner[0]} where {own} = {outer})::int",
        )

    def aggregate(self, cols):
        one = self.value(cols, 1)
        col = self.random.choice(cols)
        return self.of(
            f"sum({one})::int", f"count({col})", f"count(distinct {one})", "count(*)",
            f"max({one})", f"(count(*) filter ({col} > 1))", f"arg_max({one}, {col} * 1000 + {one})",
        )  # fmt: skip

    def query(self, depth):
        """How many columns, and the text."""
        (left, cols), own = self.source(depth)
        cols = [f"{own}.{c}" for c in cols]
        text = left
        if self.random.random() < 0.5:
            (right, more), name = self.source(depth)
            more = [f"{name}.{c}" for c in more]
            on = f"{self.random.choice(cols)} = {self.random.choice(more)}"
            kind = self.of("join", "left join", "full join", "semi join", "anti join")
            text = f"{left} {kind} {right} on {on}"
            cols += [] if kind in ("semi join", "anti join") else more
        where = f" where {self.value(cols, 1)} > 0" if self.random.random() < 0.4 else ""
        return self.shaped(text, cols, where)

    def shaped(self, text, cols, where):
        shape = self.of("plain", "group", "window", "distinct", "union", "with")
        one, two = self.value(cols, 2), self.value(cols, 1)
        match shape:
            case "group":
                key = self.random.choice(cols)
                having = self.of("", " having count(*) > 1", f" having {self.aggregate(cols)} > 2")
                listed = f"{key} as c0, {self.aggregate(cols)} as c1, {self.aggregate(cols)} as c2"
                return (
                    3,
                    f"select {listed} from {text}{where} group by {self.of('all', key)}{having}",
                )
            case "window":
                part, by = self.random.choice(cols), self.random.choice(cols)
                over = f"over (partition by {part} order by {by})"
                called = self.of(f"sum({one})", "rank()", f"count({two})", f"max({two})")
                return 2, f"select {two} as c0, ({called} {over})::int as c1 from {text}{where}"
            case "distinct":
                return 2, f"select distinct {one} as c0, {two} as c1 from {text}{where}"
            case "union":
                how = self.of("union all", "union", "except", "intersect")
                return 1, f"(select {one} as c0 from {text}{where}) {how} (select a from t)"
            case "with":
                name = self.name()
                body = f"select {one} as p, {two} as r from {text}{where}"
                return (
                    2,
                    f"with {name} as ({body}) select r as c0, p + 1 as c1 from {name} where p > 0",
                )
        return 2, f"select {one} as c0, {two} as c1 from {text}{where}"


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        yield connection


@given(seed=st.integers(0, 10**9))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_only_what_has_an_edge_changes(engine, seed):
    random = Random(seed)
    _, sql = Writer(random).query(2)
    fill(engine, random)
    port = traced(sql, columns(engine, sql))
    assert not port.conservative, sql
    assert broken(engine, random, sql, port) == [], sql


@given(seed=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_steps_in_a_row_say_what_one_text_says(seed):
    random = Random(seed)
    writer = Writer(random)
    count, inner = writer.query(1)
    names = tuple(f"c{n}" for n in range(count))
    outer = f"select {', '.join(f'{n} as z{n}' for n in names)} from step where c0 > 1"
    whole = f"with step as ({inner}) {outer}"
    told = tuple(f"z{n}" for n in names)
    from tests.unit.workshop.lineage.tracing import RELATIONS

    steps = [
        SqlStep(name="step", sql=inner, columns=names),
        SqlStep(name="end", sql=outer, columns=told),
    ]
    (apart,) = lineage(RELATIONS, steps, [Filled(port=PORT, columns=told, relation="end")])
    assert apart.edges == traced(whole, told).edges, whole


def test_the_law_can_fail(engine):
    random = Random(1)
    fill(engine, random)
    sql = "select a, b from t"
    port = traced("select a, a as b from t", ("a", "b"))
    assert ("t.b", "b") in broken(engine, random, sql, port)
