"""What editions are tried with: a mesh of deliveries, opened once for a block, asked as olga."""

import contextlib
from collections.abc import Iterator

from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.model.release import Release
from agora.needs.house import House
from agora.usecases.query import query
from tests.journeys.deliveries import Deliveries


@contextlib.contextmanager
def opened(mesh: Deliveries, name: str = "olga") -> Iterator[tuple[House, Actor]]:
    """The mesh's house, and somebody in it."""
    house = open_house(mesh.root, {})
    try:
        principal = house.mesh.principal(name)
        assert principal is not None
        yield house, Actor(principal=principal, operator="olga")
    finally:
        close_house(house)


def rows_of(house: House, who: Actor, *editions: str, table: str = "lab.sales"):
    """Every row of a table in these editions, in order."""
    answer = query(house, who, f"select * from {table} order by all", editions=editions).answer
    with contextlib.closing(answer):
        return [tuple(row.values()) for batch in answer for row in batch.to_pylist()]


def rows(mesh: Deliveries, *editions: str, table: str = "lab.sales"):
    """The same from a house of its own."""
    with opened(mesh) as (house, who):
        return rows_of(house, who, *editions, table=table)


def releases(mesh: Deliveries, product: str = "lab.sales") -> list[Release]:
    """Every release row, in order."""
    with opened(mesh) as (house, _):
        return [kept.noun for kept in house.store.find(Release, f"{product}/")]


def weeks(mesh: Deliveries, count: int, *, start: int = 1) -> None:
    """So many weeks are delivered and released, one row and one edition each."""
    for week in range(start, start + count):
        mesh.deliver(f"w{week:03}", [(week, week, 10 * week)])
        mesh.run()
