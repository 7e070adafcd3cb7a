"""What every command can be asked: which mesh, as whom, for what purpose, and in which form."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
import typer._click as click

from agora.cli.errors import near
from agora.cli.helped import Helped
from agora.cli.openings import Openings, SignedIn
from agora.cli.reaching import Place
from agora.cli.watching import Watch
from agora.model.errors import Missing, Unusable
from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.progress import Progress

As = Annotated[
    str,
    typer.Option("--as", help="Whose rights count; by default the operator's.", metavar="PERSON"),
]
Purpose = Annotated[
    str, typer.Option("--purpose", help="What the data is used for.", metavar="PURPOSE")
]
Json = Annotated[bool, typer.Option("--json", help="Give the result as JSON.")]
MeshFolder = Annotated[
    str, typer.Option("--mesh", help="The mesh's folder; by default this one.", metavar="FOLDER")
]


class App(typer.Typer):
    """An app whose commands say their help in our words."""

    def command(self, name: str | None = None, **said: Any) -> Any:
        """A command like any other, with our help."""
        return super().command(name, **{"cls": Helped, **said})


def command(name: str, example: str) -> typer.Typer:
    """An app of one command, with an example under its help."""
    return App(
        name=name,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        epilog=f"Example: {example}",
    )


def epilog(example: str) -> str:
    """The example line of a command's help."""
    return f"Example: {example}"


def openings() -> Openings:
    """The ways to open things that were handed to this command line."""
    found: Openings | None = click.globals.get_current_context().find_object(Openings)
    assert found is not None, "the command line was started without its openings"
    return found


def root(folder: str) -> Path:
    """The mesh folder that was named, or the one this is inside of."""
    named = folder or os.environ.get("AGORA_MESH", "")
    return Path(named) if named else openings().find(Path.cwd())


def server(folder: str) -> SignedIn | None:
    """The server to work against; None where a mesh that lies here was named, or nobody signed in."""
    if folder or openings().environment.get("AGORA_MESH", ""):
        return None
    return openings().servers.current()


@contextmanager
def opened(folder: str, watch: Watch | None = None) -> Iterator[Place]:
    """The mesh, here or on the server signed in at, closed again whatever happens."""
    if (found := server(folder)) is not None:
        with closing(openings().servers.open(found)) as there:
            if watch is not None:
                watch.away(found.url)
            yield there
        return
    with opened_here(folder, watch) as house:
        yield house


@contextmanager
def opened_here(folder: str, progress: Progress | None = None) -> Iterator[House]:
    """The mesh that lies here, closed again whatever happens."""
    house = openings().house(root(folder), progress)
    try:
        yield house
    finally:
        house.readers.close()
        house.store.close()
        house.index.close()


def actor(house: Place, name: str, purpose: str = "") -> Actor:
    """Who acts: the named person with the operator behind them, or the operator.

    On a server it is whose token it is, and nobody else: `--as` may only say so.
    """
    if not isinstance(house, House):
        own = house.actor(purpose)
        if name not in ("", own.principal.id):
            raise Unusable(
                f"on a server the token says who acts, and it is that of `{own.principal.id}`",
                code="E770",
                hint="leave out `--as`; `agora login` signs somebody else in",
            )
        return own
    wanted = name or house.mesh.operator
    if not wanted:
        raise Unusable(
            "nobody is acting", code="E017", hint="say who with `--as`, or set `operator`"
        )
    principal = house.mesh.principal(wanted)
    if principal is None:
        known = [p.id for p in house.mesh.principals]
        raise Missing(f"there is no `{wanted}`", code="E018", hint=near(wanted, known))
    return Actor(principal=principal, operator=house.mesh.operator, purpose=purpose)


def last_moment(text: str) -> datetime | None:
    """A day or time somebody typed as an end, in UTC, a day with all its hours; None for no text."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unusable(f"`{text}` is no day", code="E019", hint="write it as 2018-06-30") from None
    if "T" not in text and ":" not in text:
        found = datetime.combine(found.date(), time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def words(values: Any) -> tuple[str, ...]:
    """Names given one by one or with commas between them."""
    return tuple(
        word.strip() for value in values or () for word in value.split(",") if word.strip()
    )


def columns_of(values: Sequence[str] | None) -> tuple[str, ...]:
    """The columns somebody names, none where they name none; an empty list is no way to say all."""
    found = words(values)
    if values is not None and not found:
        raise Unusable(
            "`--columns` names no column", code="E002", hint="leave it out to mean every column"
        )
    return found
