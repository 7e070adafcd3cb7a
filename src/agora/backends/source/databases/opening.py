"""Opening a database: its address is filled in here, used here, and told nobody."""

from pathlib import Path

from agora.backends.databases import address
from agora.backends.databases.reading import Database
from agora.backends.source.around import Around
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
    found = address.complaint(url)
    return (f"option `url` {found}",) if found else ()


def opened(around: Around, spec: SourceSpec, folder: str) -> Database:
    """A read-only transaction on the database; raises Unavailable, or Invalid for a bad address."""
    from agora.backends.databases.mysql import Mysql
    from agora.backends.databases.postgres import Postgres
    from agora.backends.databases.sqlite import Sqlite

    written = str(spec.option("url") or "")
    place = f"the database of source `{spec.name}`"
    url = address.parsed(around.secret(written).reveal())
    if url is None:
        raise _meaningless(spec)
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        return Sqlite(_file(spec, written, str(url.database or ""), folder), place)
    if kind not in KINDS or not url.host:
        raise _meaningless(spec)
    if kind == "postgresql":
        return Postgres(address.arguments(url, "postgresql+psycopg"), place)
    return Mysql(address.arguments(url, "mysql+pymysql"), place)


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
