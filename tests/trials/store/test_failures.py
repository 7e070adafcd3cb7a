"""A store that fails says so calmly, with a code, and never repeats an address or a password."""

import contextlib
import os
import sqlite3
import threading
import traceback
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from agora.backends.store import database, failures
from agora.backends.store.sql import SqlStore
from agora.model.errors import Unavailable
from agora.model.ledger import Entry, Event
from agora.model.names import ProductName
from agora.model.release import Current
from agora.needs.store import Put
from tests.servers import PASSWORD, USER, free_port

ENTRY = Entry(event=Event.CHECKED, at=datetime(2018, 1, 1, tzinfo=UTC), who="ana")
PUT = Put(key="a", noun=Current(product=ProductName("sales", "visits"), number=1))


def failing(url, deed=lambda store: store.get(Current, "a")):
    """The code of what a store on this address says, having said nothing of the address."""
    store = SqlStore(url)
    with pytest.raises(Unavailable) as told:
        deed(store)
    store.close()
    shown = "".join(traceback.format_exception(told.value)) + told.value.hint
    assert PASSWORD not in shown
    assert PASSWORD not in repr(store)
    return told.value.code_shown


def commit(store):
    store.commit([PUT], [ENTRY])


def test_a_broken_file(tmp_path):
    path = tmp_path / "agora.db"
    path.write_bytes(b"this is no database" * 100)
    assert failing(f"sqlite:{path}") == "E515"


def test_a_folder_that_cannot_be_made():
    assert failing("sqlite:/proc/nowhere/agora.db") == "E505"


def test_a_folder_instead_of_a_file(tmp_path):
    assert failing(f"sqlite:{tmp_path}") == "E503"


def test_a_full_file(tmp_path):
    store = SqlStore(f"sqlite:{tmp_path}/agora.db")
    commit(store)
    sa.event.listen(
        store._database._opened(), "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count=1")
    )
    with pytest.raises(Unavailable) as told:
        store.commit([], [ENTRY] * 1_000)
    assert told.value.code_shown == "E501"
    assert len(list(store.records())) == 1
    store.close()


def test_a_file_another_process_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    store = SqlStore(f"sqlite:{tmp_path}/agora.db")
    commit(store)
    with contextlib.closing(sqlite3.connect(tmp_path / "agora.db")) as other:
        other.execute("begin immediate")
        with pytest.raises(Unavailable) as told:
            store.commit([], [ENTRY])
        assert told.value.code_shown == "E502"
        other.rollback()
    store.commit([], [ENTRY])
    assert len(list(store.records())) == 2
    store.close()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"mysql://{USER}:{PASSWORD}@127.0.0.1/x", "E517"),
        (f"postgresql://{USER}:pw@127.0.0.1:12{PASSWORD}/x", "E517"),
        (f"{PASSWORD}", "E517"),
        (f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{free_port()}/x", "E505"),
        (f"postgresql://{USER}:{PASSWORD}@no.such.host.invalid/x", "E505"),
    ],
    ids=["another kind", "no port", "no address", "no server", "no host"],
)
def test_an_address_that_leads_nowhere(url, code):
    assert failing(url) == code


def test_a_driver_that_is_not_installed():
    def missing():
        raise ModuleNotFoundError(name="psycopg")

    with pytest.raises(Unavailable) as told:
        failures.opened(missing, "postgres")
    assert (told.value.code_shown, "agora-mesh[postgres]" in told.value.hint) == ("E304", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "wrong"}, "E516"),
        ({"password": None}, "E516"),
        ({"username": "stranger"}, "E516"),
        ({"database": "nowhere"}, "E505"),
    ],
    ids=["wrong password", "no password", "unknown user", "unknown database"],
)
def test_a_server_that_does_not_let_in(postgres, change, code):
    parts = sa.make_url(postgres).translate_connect_args()
    url = sa.URL.create("postgresql", **(parts | change)).render_as_string(hide_password=False)
    assert failing(url) == code


@contextlib.contextmanager
def beside(url):
    """A connection of somebody else to the same database."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def as_user(postgres, name, *statements):
    """The address of the database for a new user, after these statements."""
    with beside(postgres) as connection:
        for statement in (f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'", *statements):
            connection.exec_driver_sql(statement)
        connection.commit()
    return sa.make_url(postgres).set(username=name).render_as_string(hide_password=False)


def unique(prefix):
    return f"{prefix}_{os.getpid()}_{threading.get_native_id()}"


def test_a_user_who_may_not_write(postgres):
    commit_once = SqlStore(postgres)
    commit(commit_once)
    commit_once.close()
    name = unique("reader")
    url = as_user(postgres, name, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    assert failing(url, lambda store: store.commit([], [ENTRY])) == "E503"
    reader = SqlStore(url)
    assert len(list(reader.records())) == 1
    reader.close()


def test_a_user_who_may_not_lay_tables(postgres):
    assert failing(as_user(postgres, unique("guest"))) == "E503"


def test_a_server_that_only_reads(postgres):
    name = unique("calm")
    grant = f"GRANT ALL ON SCHEMA public TO {name}"
    readonly = f"ALTER ROLE {name} SET default_transaction_read_only = on"
    assert failing(as_user(postgres, name, grant, readonly), commit) == "E503"


def test_a_server_without_room_for_another_connection(postgres):
    name = unique("narrow")
    url = as_user(postgres, name, f"ALTER ROLE {name} CONNECTION LIMIT 1")
    with beside(url):
        assert failing(url) == "E502"


def test_a_server_another_writer_holds(postgres, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    store = SqlStore(postgres)
    with beside(postgres) as other:
        assert store.get(Current, "a") is None
        other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({database._WRITER})")
        with pytest.raises(Unavailable) as told:
            commit(store)
        assert told.value.code_shown == "E502"
        other.rollback()
        commit(store)
    assert store.get(Current, "a").revision == 1
    store.close()


def test_more_readers_than_connections_wait_and_are_told(postgres, monkeypatch):
    store = SqlStore(postgres)
    engine = store._database._opened()
    monkeypatch.setattr(engine.pool, "_timeout", 0.1)
    with contextlib.ExitStack() as held:
        for _ in range(15):
            held.enter_context(engine.connect())
        with pytest.raises(Unavailable) as told:
            store.get(Current, "a")
    assert told.value.code_shown == "E502"
    store.close()


def test_a_server_that_was_started_anew_is_found_again(postgres):
    store = SqlStore(postgres)
    commit(store)
    with beside(postgres) as other:
        gone = other.exec_driver_sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).scalar()
    assert gone == 1
    store.commit([], [ENTRY])
    assert len(list(store.records())) == 2
    store.close()


def test_a_session_that_is_cut_while_it_writes_keeps_nothing(postgres):
    store = SqlStore(postgres)
    commit(store)

    def cut(connection, *_):
        with beside(postgres) as other:
            pid = connection.connection.dbapi_connection.info.backend_pid
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")

    engine = store._database._opened()
    sa.event.listen(engine, "before_cursor_execute", _at_insert(cut))
    with pytest.raises(Unavailable) as told:
        store.commit([], [ENTRY])
    assert told.value.code_shown == "E505"
    store.close()
    assert len(list(store.records())) == 1
    store.close()


def _at_insert(deed):
    def before(connection, _cursor, statement, *_):
        if statement.startswith("INSERT INTO ledger"):
            deed(connection)

    return before


@pytest.mark.parametrize(
    ("state", "words", "code"),
    [
        ("53100", "could not extend file", "E501"),
        ("", "FATAL: sorry, too many clients already", "E502"),
        ("", "database or disk is full", "E501"),
        ("XX000", "internal error", "E505"),
    ],
)
def test_what_a_database_says_has_its_code(state, words, code):
    said = OSError(words)
    said.sqlstate = state
    assert failures.unavailable(said).code_shown == code
