"""Readers tell what stopped a statement, with a code and nothing of what it would have shown."""

import contextlib
import json
from dataclasses import replace
from types import SimpleNamespace

import pyarrow as pa
import pytest

from agora.backends.engine.duckdb.answer import DuckAnswer
from agora.backends.engine.duckdb.benches import DuckBenches
from agora.backends.engine.duckdb.binding import binding
from agora.backends.engine.duckdb.frames import BATCH, SCHEMA, WORDS
from agora.backends.engine.duckdb.readers import DuckReaders
from agora.model.decision import ColumnView, Shield
from agora.model.errors import AgoraError, Cancelled, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import Governed, Session
from agora.model.release import ReleasedColumn
from agora.model.result import cancelled, unfinished
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


def test_who_reads_an_answer_hears_why_it_was_stopped(readers, relation):
    forever = "select count(*) from s.t x, range(100000000000) y(i) where i % 7 = a"
    with pytest.raises(Cancelled) as told:
        readers.answer(SESSION, [relation], forever, BOUNDS, lambda stop: stop(cancelled()))
    assert told.value.code_shown == "E805"
    more_than_waits_in_a_pipe = "select repeat('x', 100_000) as b from s.t, range(100)"
    begun = readers.answer(SESSION, [relation], more_than_waits_in_a_pipe, BOUNDS)
    begun.stop(unfinished())
    with pytest.raises(Unavailable) as told:
        sum(batch.num_rows for batch in begun)
    assert told.value.code_shown == "E687"


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


def lying(*frames):
    """An answer of a worker that somebody broke into, which says this whatever it is asked."""
    said = iter(frames)
    process = SimpleNamespace(
        deadline=lambda _seconds: contextlib.nullcontext(),
        send=lambda _command: None,
        frame=lambda: next(said),
        close=lambda: None,
    )
    answer = DuckAnswer(process, "select 1", BOUNDS, keep=lambda: None, told=lambda _: None)
    answer.begin()
    return answer


def words(**said):
    return WORDS, json.dumps({"ok": True} | said).encode()


def rows(count):
    return pa.record_batch({"a": pa.array(range(count), pa.int32())})


BEGIN = SCHEMA, rows(0).schema.serialize().to_pybytes()
SENT = rows(3).serialize().to_pybytes()


def test_a_worker_that_ends_before_it_begins_gives_no_schema():
    with pytest.raises(Unavailable) as told:
        _ = lying(words(rows=0)).schema
    assert told.value.code_shown == "E513"


@pytest.mark.parametrize(
    "content", [SENT + SENT, SENT + b"x", b"", b"no message", SENT[:-8], BEGIN[1]]
)
@pytest.mark.parametrize("way", [iter, DuckAnswer.messages])
def test_nothing_leaves_that_is_not_counted(content, way):
    answer = lying(BEGIN, (BATCH, SENT), (BATCH, content), words(rows=3))
    taken = way(answer)
    assert next(taken).num_rows == 3
    with pytest.raises(Unavailable) as told:
        next(taken)
    assert told.value.code_shown == "E513"


@pytest.mark.parametrize("way", [iter, DuckAnswer.messages])
def test_the_bound_holds_whatever_a_worker_says(way):
    most = rows(BOUNDS.rows).serialize().to_pybytes()
    taken = way(lying(BEGIN, (BATCH, most), (BATCH, SENT), words(rows=3)))
    assert next(taken).num_rows == BOUNDS.rows
    with pytest.raises(Exhausted) as told:
        next(taken)
    assert told.value.code_shown == "E433"


def test_messages_are_the_batches_as_an_arrow_stream_carries_them(readers, relation):
    ask = "select a, repeat('x', 20_000) || a as b from s.t"
    with contextlib.closing(readers.answer(SESSION, [relation], ask, BOUNDS)) as answer:
        batches = list(answer)
    with contextlib.closing(readers.answer(SESSION, [relation], ask, BOUNDS)) as answer:
        messages = list(answer.messages())
        stream = b"".join([answer.schema.serialize(), *(each.content for each in messages)])
    assert sum(each.num_rows for each in messages) == 9
    assert pa.ipc.open_stream(stream).read_all() == pa.Table.from_batches(batches)
