"""Opening a database: its address is filled in here, used here, and told nobody."""

from pathlib import Path
from typing import Any

from agora.backends.source.around import Around
from agora.backends.source.databases.reading import Database
from agora.backends.source.files import inside
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

KINDS = ("sqlite", "postgresql", "mysql", "mariadb")


def complaints(spec: SourceSpec) -> tuple[str, ...]:
    """What is wrong with the address as it is written, before any secret is filled in."""
    url = spec.option("url")
    if not isinstance(url, str) or not url:
        return ("option `url` is missing",)
    if url.startswith("${"):
        return ()
    kind = url.partition(":")[0].partition("+")[0]
    if kind not in KINDS:
        return (f"option `url` begins with one of {', '.join(f'`{each}:`' for each in KINDS)}",)
    if kind == "sqlite":
        return ()
    before, at, _ = url.partition("://")[2].rpartition("@")
    if not at or ":" not in before:
        return (
            "option `url` names no user and password: write `kind://user:${env:SECRET}@host/name`",
        )
    if "${" not in before.partition(":")[2]:
        return ("a password stands in the text: write `${env:NAME}` instead",)
    return ()


def opened(around: Around, spec: SourceSpec, folder: str) -> Database:
    """A read-only transaction on the database; raises Unavailable, or Invalid for a bad address."""
    from agora.backends.source.databases.mysql import Mysql
    from agora.backends.source.databases.postgres import Postgres
    from agora.backends.source.databases.sqlite import Sqlite

    written = str(spec.option("url") or "")
    place = f"the database of source `{spec.name}`"
    url = _parsed(spec, around.secret(written).reveal())
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        return Sqlite(_file(spec, written, str(url.database or ""), folder), place)
    if kind not in KINDS or not url.host:
        raise _meaningless(spec)
    if kind == "postgresql":
        return Postgres(_arguments(url.set(drivername="postgresql+psycopg")), place)
    return Mysql(_arguments(url.set(drivername="mysql+pymysql")), place)


def _arguments(url: Any) -> dict[str, Any]:
    found: dict[str, Any] = url.get_dialect()().create_connect_args(url)[1]
    return {"password": "", **found}


def _parsed(spec: SourceSpec, text: str) -> Any:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise _meaningless(spec) from None


def _file(spec: SourceSpec, written: str, path: str, folder: str) -> Path:
    """A file beside the product; only an address that is a secret may lead elsewhere."""
    if written.startswith("${"):
        return Path(folder, path)
    return Path(inside(SourceSpec(name=spec.name, type=spec.type, path=path), folder))


def _meaningless(spec: SourceSpec) -> Invalid:
    return Invalid(
        f"source `{spec.name}`: its `url` is no address of a database",
        code="E350",
        hint="write `sqlite:///file.db`, `postgresql://user:${env:SECRET}@host/name` or `mysql://…`",
    )
