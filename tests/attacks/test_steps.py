"""An author of a Python step who wants what the step was not given, against the walls of its process.

The texts are run without being judged first: what stands here must hold for code that hides its
imports, too. What the judging refuses stands in tests/unit/spec/test_scripts.py.
"""

import os
import subprocess
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from agora.backends.engine.duckdb import scripting
from agora.backends.engine.duckdb.benches import DuckBenches
from agora.model.errors import AgoraError, Broken, Exhausted, Unavailable
from agora.model.mesh import Bounds
from agora.model.relation import RawFile
from agora.model.script import Given, Script
from agora.model.types import quoted

BOUNDS = Bounds(memory=256 << 20, threads=2)
SECRET = "canary-8f21"


@dataclass
class World:
    """A lake with a secret beside the one source a step may read."""

    base: Path
    benches: int = 0

    @property
    def secret(self):
        return self.base / "lake" / "secret.parquet"

    def run(self, body, *, seconds=20.0, kind=Given.TABLE, sql="SELECT * FROM made"):
        """What the step makes of its rows, as the bench reads it afterwards."""
        self.benches += 1
        lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
        text = "import os, sys, ctypes\nimport pyarrow as pa\n\n\ndef made(raw):\n" + lines + "\n"
        script = Script(text=text, function="made", parameters=(("raw", kind),))
        raw = RawFile(name="raw", files=(str(self.base / "raw.parquet"),))
        scratch = str(self.base / f"scratch-{self.benches}")
        with DuckBenches(step_seconds=seconds).open(
            [raw], [], writable=[], scratch=scratch, bounds=BOUNDS
        ) as bench:
            bench.call("made", script, "steps/made.py")
            return [dict(row) for row in bench.rows(sql)]

    def tried(self, expression, **options):
        """What the attempt says: what it reached, or the name of the error it met."""
        body = f"""
            try:
                found = repr({expression})
            except BaseException as problem:
                found = "stopped: " + type(problem).__name__
            return pa.table({{"found": [found]}})
        """
        return self.run(body, **options)[0]["found"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    base = tmp_path_factory.mktemp("steps")
    (base / "lake").mkdir()
    made = World(base)
    with DuckBenches().open(
        [], [], writable=[str(base)], scratch=str(base / "s"), bounds=BOUNDS
    ) as bench:
        bench.step(
            "r", "SELECT i::INTEGER AS id, 'n' || i AS name FROM range(1000) t(i)", keep=True
        )
        for file, rows in (("raw.parquet", "r"), ("lake/secret.parquet", "s")):
            if rows == "s":
                bench.step("s", f"SELECT '{SECRET}' AS name", keep=True)
            bench._ask(
                {"do": "execute", "sql": f"COPY {quoted(rows)} TO '{base / file}' (FORMAT parquet)"},
                "", "E323",
            )  # fmt: skip
    return made


def test_a_step_does_its_work(world):
    assert world.run("return raw.slice(0, 3).select(['id'])") == [{"id": 0}, {"id": 1}, {"id": 2}]


READING = {
    "the lake": "open('{lake}/secret.parquet', 'rb').read()",
    "the lake's folder": "os.listdir('{lake}')",
    "the lake as Arrow": "__import__('pyarrow.parquet').parquet.read_table('{lake}/secret.parquet')",
    "the lake as SQL": "__import__('duckdb').sql(\"from '{lake}/secret.parquet'\").fetchall()",
    "the source as it was landed": "open('{base}/raw.parquet', 'rb').read()",
    "another step's folder": "os.listdir('{base}')",
    "the password file": "open('/etc/passwd').read()",
    "the password file by its process": "open('/proc/self/root/etc/passwd').read()",
    "the first process": "open('/proc/1/environ', 'rb').read()",
    "the parent's memory": "open('/proc/%d/mem' % os.getppid(), 'rb').read(8)",
    "the parent's environment": "open('/proc/%d/environ' % os.getppid(), 'rb').read()",
    "all processes": "os.listdir('/proc')",
    "a folder of its own": "os.chdir('/tmp') or os.listdir('.')",
    "the root": "os.listdir('/')",
    "the home folder": "os.listdir(os.path.expanduser('~root'))",
    "the memory of another process": (
        "ctypes.CDLL(None, use_errno=True).process_vm_readv(os.getppid(), None, 0, None, 0, 0) or None"
    ),
}
WRITING = {
    "beside its folder": "open('{base}/beside', 'w')",
    "a temporary file": "__import__('tempfile').mkstemp(dir='/tmp')",
    "into the lake": "open('{lake}/secret.parquet', 'r+b')",
    "the rights of the lake": "os.chmod('{lake}', 0)",
    "the owner of the lake": "os.chown('{lake}', 0, 0)",
    "the times of the lake": "os.utime('{lake}')",
    "no file of the lake": "os.unlink('{lake}/secret.parquet')",
    "another name of the lake": "os.rename('{lake}', '{base}/gone')",
    "a second name of the lake": "os.link('{lake}/secret.parquet', '{base}/linked')",
    "through SQL": "__import__('duckdb').sql(\"copy (select 1) to '{base}/beside.csv'\")",
    "the interpreter": "open(os.__file__, 'a')",
}
REACHING = {
    "a TCP socket": "__import__('socket').socket()",
    "a UDP socket": "__import__('socket').socket(type=2)",
    "a local socket": "__import__('socket').socket(1, 1)",
    "a pair of sockets": "__import__('socket').socketpair()",
    "a web page": "__import__('urllib.request').request.urlopen('http://127.0.0.1:1')",
    "an extension": "__import__('duckdb').sql('install httpfs')",
    "another process": "os.fork()",
    "another program": "__import__('subprocess').run(['/bin/true'])",
    "a spawned program": "os.posix_spawn('/bin/true', ['true'], {{}})",
    "a program in its place": "os.execv('/bin/true', ['true'])",
    "a shell": "os.system('true') == 0 or 1 / 0",
    "a pool": "__import__('multiprocessing').Process(target=print).start()",
    "the parent": "os.kill(os.getppid(), 9)",
    "everybody": "os.kill(-1, 9)",
    "more memory": "__import__('resource').setrlimit(9, (-1, -1))",
    "more of the processor": "__import__('resource').setrlimit(0, (-1, -1))",
    "the parent's limits": "__import__('resource').prlimit(os.getppid(), 0, (1, 1))",
    "more priority": "os.setpriority(0, 0, -5)",
    "another root": "os.chroot('/')",
    "the clock": "__import__('time').clock_settime(0, 0)",
    "a key": "ctypes.CDLL(None).syscall(250, 0, -1, 0, 0, 0) + 1 or 1 / 0",
    "a namespace": "ctypes.CDLL(None).unshare(0x10000000) + 1 or 1 / 0",
    "a ring": "ctypes.CDLL(None).syscall(425, 1, 0) + 1 or 1 / 0",
    "a process by the back door": "ctypes.CDLL(None).syscall(57) + 1 or 1 / 0",
    "a process of another word size": "ctypes.CDLL(None).syscall(0x40000039) + 1 or 1 / 0",
    "another process's memory": "ctypes.CDLL(None).syscall(310, 1, 0, 0, 0, 0, 0) + 1 or 1 / 0",
    "a trace": "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) + 1 or 1 / 0",
}


STOPS = {
    "-1",
    *(
        f"stopped: {name}"
        for name in (
            "PermissionError",
            "IOException",
            "URLError",
            "ValueError",
            "ZeroDivisionError",
        )
    ),
}
"""How an attempt ends: refused by the kernel, or by the library that was refused."""


def cases(table):
    return [pytest.param(attempt, id=name) for name, attempt in table.items()]


@pytest.mark.parametrize("attempt", cases(READING | WRITING | REACHING))
def test_nothing_else_is_in_reach(world, attempt):
    lake = world.base / "lake"
    found = world.tried(attempt.format(lake=lake, base=world.base))
    assert found in STOPS, found
    assert SECRET not in found
    assert world.secret.exists()
    assert sorted(os.listdir(lake)) == ["secret.parquet"]
    assert not (world.base / "beside").exists()


def test_what_it_was_given_stays_as_it_was(world):
    body = """
        given = os.path.dirname(os.getcwd())
        for place in ("w", "a", "r+"):
            try:
                open(PATH, place)
                return pa.table({"found": ["written"]})
            except OSError:
                pass
        return pa.table({"found": [str(raw.num_rows)]})
    """
    given = world.base / f"scratch-{world.benches + 1}" / "call-00001-made" / "given"
    rows = world.run(body.replace("PATH", repr(str(given / "raw.parquet"))))
    assert rows == [{"found": "1000"}]


@pytest.mark.parametrize("link", ["symlink", "link"])
def test_a_link_in_place_of_the_rows_leads_nowhere(world, link):
    made = world.base / f"scratch-{world.benches + 1}" / "call-00001-made" / "made"
    origin = made / "own.parquet" if link == "link" else world.secret
    body = f"""
        open({str(made / "own.parquet")!r}, "w").close()
        os.{link}({str(origin)!r}, {str(made / "result.parquet")!r})
        open({str(made / "words.json")!r}, "w").write("{{}}")
        os._exit(0)
    """
    with pytest.raises(Broken) as refusal:
        world.run(body)
    assert refusal.value.code_shown == "E319"


@pytest.mark.parametrize(
    ("said", "code"),
    [("{}", "E319"), ("[" * 5_000, "E317"), ("5", "E317"), ('{"given": 1}', "E319")],
)
def test_forged_words_are_only_words(world, said, code):
    made = world.base / f"scratch-{world.benches + 1}" / "call-00001-made" / "made"
    body = f"""
        open({str(made / "words.json")!r}, "w").write({said!r})
        os._exit(0)
    """
    with pytest.raises(Broken) as refusal:
        world.run(body)
    assert refusal.value.code_shown == code


ENDLESS = {
    "an endless loop": "while True:\n    pass",
    "a long sleep": "import time\ntime.sleep(600)",
    "a loop that catches everything": (
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
    ),
    "a pattern that never ends": "import re\nre.match('(a+)+$', 'a' * 64 + 'b')",
}


@pytest.mark.parametrize("body", cases(ENDLESS))
def test_time_is_bounded(world, body):
    start = time.monotonic()
    with pytest.raises(Exhausted) as refusal:
        world.run(body, seconds=3)
    assert refusal.value.code_shown == "E430"
    assert time.monotonic() - start < 12


BOMBS = {
    "one large block": "x = bytearray(1 << 40)\nreturn raw",
    "many small ones": "x = []\nwhile True:\n    x.append(bytearray(1 << 22))",
    "many threads": (
        "import threading, time\nfor _ in range(100_000):\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"
    ),
    "rows without end": (
        "b = pa.record_batch({'x': pa.array(['y' * 1000] * 10_000)})\n"
        "return pa.Table.from_batches([b] * 10_000_000).combine_chunks()"
    ),
}


@pytest.mark.parametrize("body", cases(BOMBS))
def test_memory_and_threads_are_bounded(world, body):
    with pytest.raises((Exhausted, Broken)) as refusal:
        world.run(body, seconds=60)
    assert refusal.value.code_shown in ("E431", "E317")


def test_no_thread_stands_outside_of_the_walls(world):
    body = f"""
        import time
        found = []
        def late(seconds):
            try:
                found.append(open({str(world.secret)!r}, "rb").read())
            except OSError as problem:
                found.append(problem)
            os.getppid
        sleep, time.sleep = time.sleep, late
        until = time.monotonic() + 2
        while not found and time.monotonic() < until:
            sleep(0.1)
        time.sleep = sleep
        return pa.table({{"found": [type(found[0]).__name__ if found else "nothing"]}})
    """
    assert world.run(body)[0]["found"] in ("PermissionError", "nothing")


def test_nothing_is_told_of_the_world_around(world):
    found = world.tried("sorted(os.environ), os.getcwd(), sys.argv[0]")
    assert SECRET not in found
    assert "HOME" not in found
    assert world.tried("sorted(os.environ)").count("'") == 2 * 8


def test_the_same_rows_give_the_same_rows(world):
    assert world.tried("hash('a'), raw['id'].to_pylist()[:50]") == world.tried(
        "hash('a'), raw['id'].to_pylist()[:50]"
    )


def test_a_large_input_streams(world):
    body = """
        def doubled():
            for batch in raw:
                yield pa.record_batch({"id": batch["id"]})
        return pa.RecordBatchReader.from_batches(pa.schema([("id", pa.int32())]), doubled())
    """
    rows = world.run(body, kind=Given.READER, sql="SELECT count(*) AS n FROM made")
    assert rows == [{"n": 1000}]
    rows = world.run("return raw.filter('id < 5').order('id')", kind=Given.RELATION)
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4]


def test_errors_of_the_author_are_told_by_place_and_only_hinted_at_in_their_words(world):
    with pytest.raises(Broken) as refusal:
        world.run("x = 1\nraise ValueError('no\\n\\x1b[31msuch ' + raw['name'][7].as_py())")
    problem = refusal.value
    assert problem.code_shown == "E317"
    assert problem.sentence == "step `steps/made.py` failed in line 7: ValueError"
    assert problem.hint == "no [31msuch n7" or "such n" in problem.hint
    assert "n7" not in problem.sentence
    for body, code, words in (
        ("return 5", "E319", "`int`"),
        ("sys.exit(3)", "E317", "SystemExit"),
        ("os._exit(3)", "E317", "ended itself"),
        ("os.abort()", "E431", "memory"),
        ("def late():\n    yield 1 / 0\nreturn pa.RecordBatchReader.from_batches(raw.schema, late())", "E317", "ZeroDivisionError"),
    ):  # fmt: skip
        with pytest.raises(AgoraError) as refusal:
            world.run(body)
        assert (refusal.value.code_shown, words in refusal.value.sentence) == (code, True), body


def test_without_its_walls_no_step_runs():
    problem = scripting._problem({"missing": ["Landlock", "seccomp"]}, 0, "steps/x.py")
    assert isinstance(problem, Unavailable)
    assert problem.code_shown == "E318"
    assert "Landlock and seccomp" in problem.sentence


def test_without_a_process_no_step_runs(monkeypatch):
    def none(*_given, **_options):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "run", none)
    with pytest.raises(Unavailable) as refusal:
        scripting._run({}, BOUNDS, 1)
    assert refusal.value.code_shown == "E510"
