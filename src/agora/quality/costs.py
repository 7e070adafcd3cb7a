"""Costs: what reading and storing takes, by domain, by product and by who reads."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from agora.model.mesh import Mesh
from agora.model.operating import Costs, Room, Spent
from agora.model.scorecard import Book, Use

Names = tuple[str, ...]


def costs(mesh: Mesh, book: Book, rooms: Collection[Room], *, domain: str = "") -> Costs:
    """Every statement and every byte stands in one line of each list, the dearest first.

    Of one `domain` are the statements that read something of it, with what they read beside.
    """
    uses = [use for use in book.uses if not domain or domain in _domains(use.products)]
    sizes = {_named(room): room.size for room in rooms}
    stored = {names: size for names, size in sizes.items() if domain in ("", *_domains(names))}
    return Costs(
        domains=_lines(((_domains(use.products), use) for use in uses), _by_domain(stored)),
        products=_lines(((use.products, use) for use in uses), stored),
        readers=tuple(
            _of(mesh, each) for each in _lines((((use.reader,), use) for use in uses), {})
        ),
        total=_spent((), uses, sum(stored.values())),
        place=book.place,
    )


def _named(room: Room) -> Names:
    return (str(room.product),) if room.product else ()


def _domains(products: Names) -> Names:
    return tuple(sorted({name.partition(".")[0] for name in products}))


def _by_domain(stored: dict[Names, int]) -> dict[Names, int]:
    found: dict[Names, int] = {}
    for names, size in stored.items():
        found[_domains(names)] = found.get(_domains(names), 0) + size
    return found


def _lines(uses: Iterable[tuple[Names, Use]], stored: dict[Names, int]) -> tuple[Spent, ...]:
    """One line for all that has the same names; what is stored and never read has one too."""
    found: dict[Names, list[Use]] = {names: [] for names in stored}
    for names, use in uses:
        found.setdefault(names, []).append(use)
    lines = (_spent(names, each, stored.get(names, 0)) for names, each in found.items())
    return tuple(sorted(lines, key=lambda c: (-c.millis, -c.size, -c.rows, -c.reads, c.names)))


def _spent(names: Names, uses: Collection[Use], size: int) -> Spent:
    return Spent(
        names=names,
        reads=sum(use.reads for use in uses),
        rows=sum(use.rows for use in uses),
        millis=sum(use.millis for use in uses),
        size=size,
        last=_newest(uses),
    )


def _newest(uses: Collection[Use]) -> datetime | None:
    return max((use.last for use in uses if use.last), default=None)


def _of(mesh: Mesh, spent: Spent) -> Spent:
    """The line of a reader with the domains they are of, where the directory knows them."""
    reader = mesh.principal(spent.names[0])
    return replace(spent, domains=reader.domains) if reader else spent
