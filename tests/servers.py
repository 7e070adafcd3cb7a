"""Real servers for tests: PostgreSQL and MariaDB from Debian's packages, each on a socket of its own.

Ask for the fixture `postgres` or `mariadb`: each call gives the SQLAlchemy URL of a new, empty
database. A server that is not installed makes its tests skip on a laptop and fail under CI=true.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pymysql
import pytest

from tests.absence import absent

PASSWORD = "s3cret-and-never-printed"
USER = "agora"
STARTS_IN = 60.0


@dataclass(frozen=True)
class Server:
    """A running database server; `databases` makes a new one and gives its URL."""

    port: int
    scheme: str
    create: Callable[[str], None]

    def database(self) -> str:
        """The URL of a new, empty database."""
        name = f"t_{secrets.token_hex(6)}"
        self.create(name)
        return f"{self.scheme}://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{name}"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server with an empty cluster that is gone afterwards."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs = found[-1] if found else _beside("initdb")
    if programs is None:
        absent("PostgreSQL is not installed: apt-get install postgresql")
    with _folder("postgres") as folder:
        secret = folder / "password"
        secret.write_text(PASSWORD)
        os.chmod(secret, 0o644)
        data, port = folder / "data", free_port()
        _done(
            [
                programs / "initdb", "-D", data, "-U", USER, "--auth=scram-sha-256",
                f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8",
                "--locale-provider=icu", "--icu-locale=en-US", "--no-sync",
            ],
            "postgres",
        )  # fmt: skip
        address = {
            "host": "127.0.0.1", "port": port, "user": USER, "password": PASSWORD,
            "dbname": "postgres",
        }  # fmt: skip

        def create(name: str) -> None:
            with psycopg.connect(**address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")

        command = [
            programs / "postgres", "-D", data, "-k", folder, "-p", str(port),
            "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=100",
        ]  # fmt: skip
        ready = lambda: psycopg.connect(**address).close()  # noqa: E731 (two words long)
        with _running(command, "postgres", folder, ready):
            yield Server(port, "postgresql", create)


@contextlib.contextmanager
def mariadb_server() -> Iterator[Server]:
    """A MariaDB server with empty tables that is gone afterwards."""
    installer, program = shutil.which("mariadb-install-db"), _beside("mariadbd")
    if installer is None or program is None:
        absent("MariaDB is not installed: apt-get install mariadb-server")
    with _folder("mysql") as folder:
        data, port, socket_path = folder / "data", free_port(), str(folder / "s")
        # a server that starts clears away the temporary tables it finds in its folder, also others'
        own = f"--tmpdir={folder}"
        _done(
            [
                installer, "--no-defaults", f"--datadir={data}", "--skip-test-db", own,
                "--auth-root-authentication-method=normal",
            ],
            "mysql",
        )  # fmt: skip
        command = [
            program / "mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket_path}",
            f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}", own,
            "--innodb-flush-log-at-trx-commit=0",
        ]  # fmt: skip

        def execute(*statements: str) -> None:
            if not Path(socket_path).exists():  # PyMySQL would leave a socket open
                raise pymysql.OperationalError("it does not listen yet")
            with contextlib.closing(
                pymysql.connect(unix_socket=socket_path, user="root")
            ) as connection, connection.cursor() as cursor:  # fmt: skip
                for statement in statements:
                    cursor.execute(statement)

        def create(name: str) -> None:
            execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")

        with _running(command, "mysql", folder, lambda: execute("SELECT 1")):
            execute(
                f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
                f"CREATE USER {USER}@'localhost' IDENTIFIED BY '{PASSWORD}'",
                f"GRANT ALL ON *.* TO {USER}@'127.0.0.1'",
                f"GRANT ALL ON *.* TO {USER}@'localhost'",
            )
            yield Server(port, "mysql+pymysql", create)


@pytest.fixture(scope="session")
def postgres_session() -> Iterator[Server]:
    """One PostgreSQL server for the whole session (of each test process)."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres(postgres_session: Server) -> str:
    """The URL of a new, empty PostgreSQL database."""
    return postgres_session.database()


@pytest.fixture(scope="session")
def mariadb_session() -> Iterator[Server]:
    """One MariaDB server for the whole session (of each test process)."""
    with mariadb_server() as server:
        yield server


@pytest.fixture
def mariadb(mariadb_session: Server) -> str:
    """The URL of a new, empty MariaDB database."""
    return mariadb_session.database()


def _beside(program: str) -> Path | None:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/bin")
    return Path(found).parent if found else None


@contextlib.contextmanager
def _folder(owner: str) -> Iterator[Path]:
    """A short path (sockets allow a hundred letters) that the server's user owns."""
    folder = Path(tempfile.mkdtemp(prefix="agora-db-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            user = pwd.getpwnam(owner)
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(owner: str, command: list[object]) -> list[str]:
    """Servers refuse to run as root, so root lends them their own user."""
    lent = [
        "setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups", "--pdeathsig=KILL",
    ]  # fmt: skip
    return [*(lent if os.geteuid() == 0 else ()), *map(str, command)]


def _done(command: list[object], owner: str) -> None:
    made = subprocess.run(_as(owner, command), check=False, capture_output=True, cwd="/")
    assert made.returncode == 0, made.stderr.decode()[-2000:] + made.stdout.decode()[-2000:]


@contextlib.contextmanager
def _running(
    command: list[object], owner: str, folder: Path, ready: Callable[[], object]
) -> Iterator[None]:
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(_as(owner, command), stdout=written, stderr=written, cwd="/")
    try:
        _wait(process, log, ready)
        yield
    finally:
        process.send_signal(signal.SIGQUIT if owner == "postgres" else signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], object]) -> None:
    end = time.monotonic() + STARTS_IN
    while True:
        try:
            ready()
        except (psycopg.OperationalError, pymysql.OperationalError):
            said = log.read_text(errors="replace")[-2000:]
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.1)
        else:
            return
