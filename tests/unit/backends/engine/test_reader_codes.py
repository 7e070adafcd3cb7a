"""Readers tell what stopped a statement, with a code and nothing of what it would have shown."""

import contextlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.engine.duckdb.frames import WORDS
from agora.backends.engine.duckdb.readers import DuckAnswer, DuckReaders, binding
from agora.model.decision import ColumnView, Shield
from agora.model.errors import AgoraError, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.release import ReleasedColumn
from agora.model.types import parse_type

BOUNDS = Bounds(memory=256 << 20, seconds=20, rows=1_000)
COLUMN = ReleasedColumn(name="a", type=parse_type("INTEGER"), field_id=1)
SHIELD = Shield(columns=(ColumnView(name="a", type=COLUMN.type),), barrier=True)
SESSION = Session(reader="ana", purpose="", fingerprint="f")


@pytest.fixture(scope="module")
def relation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    with DuckBenches().open(
        [], [], writable=[str(folder / "d")], scratch=str(folder / "s"), bounds=BOUNDS
    ) as bench:
        made = bench.write(
            "select i::integer as a from range(9) r(i)", [COLUMN], str(folder / "d"), "part"
        )
    return Governed(schema="s", name="t", files=made.files, columns=(COLUMN,), shield=SHIELD)


@pytest.fixture
def readers():
    made = DuckReaders()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select * from read_csv('/etc/passwd')", "E237"),
        ("select a + 2147483647 from s.t", "E233"),
        ("select b from s.t", "E230"),
    ],
)
def test_a_statement_past_the_gate_still_meets_the_worker(readers, relation, sql, code):
    with pytest.raises(AgoraError) as told:
        readers.answer(SESSION, [relation], sql, BOUNDS)
    assert told.value.code_shown == code


def test_a_statement_that_takes_too_long(readers, relation):
    forever = "select count(*) from s.t x, range(100000000000) y(i) where i % 7 = a"
    with pytest.raises(Exhausted) as told:
        readers.answer(SESSION, [relation], forever, Bounds(memory=256 << 20, seconds=1, rows=9))
    assert told.value.code_shown == "E430"


def test_a_worker_that_dies_is_told_as_a_lack_of_memory(readers, relation):
    answer = readers.answer(SESSION, [relation], "select a from s.t", BOUNDS)
    assert sum(batch.num_rows for batch in answer) == 9
    answer.close()
    [seat] = readers._idle[SESSION.reader, SESSION.purpose]
    seat.process._process.kill()
    with pytest.raises(Exhausted) as told:
        seat.process.ask({"do": "facts", "sql": "select 1"}, 5)
    assert told.value.code_shown == "E431"


def test_a_table_with_row_deletes_is_not_read_wrongly(relation):
    with pytest.raises(Unavailable) as told:
        binding(frozenset({replace(relation, deletes=True)}), BOUNDS)
    assert told.value.code_shown == "E512"


def test_a_worker_that_ends_before_it_begins_gives_no_schema():
    """Only a worker that somebody broke into says so."""
    lying = SimpleNamespace(
        deadline=lambda _seconds: contextlib.nullcontext(),
        send=lambda _command: None,
        frame=lambda: (WORDS, json.dumps({"ok": True, "rows": 0}).encode()),
    )
    answer = DuckAnswer(None, SESSION, SimpleNamespace(process=lying), "select 1", BOUNDS)
    answer.begin()
    with pytest.raises(Unavailable) as told:
        _ = answer.schema
    assert told.value.code_shown == "E513"
