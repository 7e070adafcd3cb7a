"""A market search over 100,000 generated products beside bare FTS5 queries on the same index.

The products are nouns, and are listed, indexed and searched as those of any mesh. A search is the
whole verb: what this reader may know of and read, the facets with their counts, use and health in
the ranking, places of the words, names and titles. Three floors ask the same file of the same words,
each for more than the last: for the best 20 numbers by bm25; for these with their texts and the words
marked in them, which is a page; and for the page with six of our eight facets counted by SQL.
All take turns, question by question; each is asked when it is new to everybody, and at once again,
as by somebody who chooses a facet or turns the page. Times are CPU times of this thread.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from agora.backends.index.database import expression
from agora.backends.index.fts import FtsIndex
from agora.backends.index.matches import BM25
from agora.backends.store.sql import SqlStore
from agora.model.access import Agreement
from agora.model.contract import Column, Contract, ServiceLevel
from agora.model.ledger import Entry, Event
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortName, ProductName
from agora.model.people import Actor, Principal, PrincipalKind, Team
from agora.model.policy import Effect, Layer, Policy, Purpose, Tag, Who
from agora.model.product import OutputPort, Product, ProductKind
from agora.model.release import Current, Release
from agora.model.search import FIELDS
from agora.model.types import parse_type
from agora.model.words import terms
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.usecases.search import search

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SYLLABLES = [first + then for first in "bcdfghklmnprstvz" for then in "aeiou"]
KINDS = tuple(ProductKind)


class Words:
    """A vocabulary in which few words are met all the time and most hardly ever."""

    def __init__(self, size: int, chance: random.Random) -> None:
        self.chance = chance
        made: dict[str, None] = {}
        while len(made) < size:
            made["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
        self.words = list(made)
        self.weights = [1 / (place + 20) for place in range(size)]
        self.stock: list[str] = []

    def some(self, least: int, most: int) -> list[str]:
        if len(self.stock) < most:
            self.stock += self.chance.choices(self.words, weights=self.weights, k=100_000)
        count = self.chance.randint(least, most)
        return [self.stock.pop() for _ in range(count)]


def product(number: int, vocabulary: Words, chance: random.Random) -> Product:
    """One product with a contract of some columns, a README and a few tags."""
    domain = f"domain-{chance.randrange(50)}"
    name = f"{'-'.join(vocabulary.some(1, 3))}-{number}"
    columns = tuple(
        Column(
            name="_".join(vocabulary.some(1, 2)) + f"_{place}",
            type=parse_type("VARCHAR"),
            description=" ".join(vocabulary.some(0, 6)),
        )
        for place in range(chance.randint(3, 12))
    )
    contract = Contract(
        id=name,
        version="1.0.0",
        status="active",
        table=name,
        columns=columns,
        description=" ".join(vocabulary.some(4, 12)),
        service_levels=(ServiceLevel(property="frequency", value=str(chance.randint(1, 40))),),
    )
    return Product(
        name=ProductName(domain, name),
        id=name,
        kind=chance.choice(KINDS),
        title=" ".join(vocabulary.some(3, 6)).title(),
        summary=" ".join(vocabulary.some(5, 15)),
        tags=tuple(sorted({f"tag-{int(chance.random() ** 2 * 60)}" for _ in range(2)})),
        listed=chance.random() > 0.1,
        ports=(OutputPort(name=PortName(domain, name, name), contract=contract),),
        readme=" ".join(vocabulary.some(20, 120)),
    )


def mesh(count: int, chance: random.Random) -> tuple[Mesh, Words]:
    """Fifty domains, each of which lets its own people read what it offers."""
    vocabulary = Words(20_000, chance)
    names = [f"domain-{n}" for n in range(50)]
    reader = Principal(
        id="ana", kind=PrincipalKind.PERSON, teams=("team-1",), domains=("domain-1",)
    )
    found = Mesh(
        name="large",
        at=NOW,
        hash=f"large-{count}",
        domains=tuple(Domain(id=n, title=n.title(), owners=("olga",)) for n in names),
        principals=(reader,),
        teams=(Team(id="team-1"),),
        purposes=(Purpose(id="reporting", title="Reporting"),),
        tags=tuple(Tag(id=f"tag-{n}", title=f"Tag {n}") for n in range(60)),
        policies=tuple(
            Policy(
                id="own-people",
                layer=Layer.DOMAIN,
                domain=n,
                who=Who(owning_domain=True),
                effect=Effect(permit=True),
            )
            for n in names
        ),
        products=tuple(product(n, vocabulary, chance) for n in range(count)),
    )
    return found, vocabulary


def happened(store: SqlStore, found: Mesh, chance: random.Random) -> None:
    """One product in five is released, some are read often, and the reader has 500 agreements."""
    for start in range(0, len(found.products), 5_000):
        puts, entries = [], []
        for each in found.products[start : start + 5_000]:
            if chance.random() < 0.8:
                continue
            at = NOW - chance.random() ** 2 * 60 * DAY
            made = Release(
                product=each.name,
                number=1,
                parent=0,
                run="run",
                released_at=at,
                fingerprint="",
                code_hash="",
                contracts=(),
                snapshots=(),
            )
            puts.append(Put(key=keys.release(each.name, 1), noun=made))
            puts.append(Put(key=str(each.name), noun=Current(product=each.name, number=1)))
            entries.append(Entry(event=Event.RELEASED, at=at, who="olga", subject=str(each.name)))
            for _ in range(int(chance.paretovariate(1)) - 1 if chance.random() < 0.2 else 0):
                port = str(each.ports[0].version)
                entries.append(Entry(event=Event.QUERY_OPENED, at=at, who="olga", subject=port))
                if len(entries) > 20_000:
                    break
        store.commit(puts, entries)
    agreed = [
        Agreement(
            id=f"agr-{n}",
            port=each.ports[0].version,
            consumer="ana",
            purpose="reporting",
            starts=NOW - DAY,
            approved_by="olga",
        )
        for n, each in enumerate(chance.sample(found.products, 500))
    ]
    store.commit([Put(key=keys.agreement(a), noun=a) for a in agreed], ())


def questions(vocabulary: Words, count: int, chance: random.Random) -> list[tuple[str, dict]]:
    """Words as they are typed: begun, whole, two and three; one in four narrowed by a facet."""
    asked = []
    for _ in range(count):
        words = vocabulary.some(1, 3)
        words[-1] = words[-1][: chance.randint(3, len(words[-1]))]
        where = {} if chance.random() < 0.75 else {"domain": [f"domain-{chance.randrange(50)}"]}
        asked.append((" ".join(words), where))
    return asked


def at(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=300)
    arguments = parser.parse_args()
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        found, vocabulary = mesh(arguments.products, chance)
        store = SqlStore(f"sqlite:{folder}/agora.db")
        happened(store, found, chance)
        print(
            f"{arguments.products:,} products made in {time.process_time() - begun:.1f} CPU s",
            flush=True,
        )
        index = FtsIndex(Path(folder) / "index.db")
        absent = cast("Any", None)
        house = House(
            **dict.fromkeys(House.__dataclass_fields__, absent)
            | {"mesh": found, "store": store, "index": index, "now": lambda: NOW}
        )
        who = Actor(principal=found.principals[0])
        begun = time.process_time()
        search(house, who, "zz")
        print(f"indexed and searched for the first time in {time.process_time() - begun:.1f} CPU s")
        size = (Path(folder) / "index.db").stat().st_size
        print(f"the index takes {size / 1e6:.0f} MB")
        asked = questions(vocabulary, arguments.queries * 2, chance)
        measure(house, who, Path(folder) / "index.db", asked)
        index.close()
        store.close()


def measure(house: House, who: Actor, file: Path, asked: list[tuple[str, dict]]) -> None:
    """Other questions first, so that nothing is new but the words; then every question twice."""
    others, asked = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    bare = sqlite3.connect(file, isolation_level=None)
    bare.execute("PRAGMA cache_size = -65536")
    bare.execute("CREATE TEMP TABLE fits (id INTEGER PRIMARY KEY)")
    floors = {"20 numbers": numbers, "page": page, "page, facets": counted}
    totals = []
    first: dict[str, list[float]] = {name: [] for name in (*floors, "market search")}
    again: dict[str, list[float]] = {name: [] for name in first}
    for number, (words, where) in enumerate((*others, *asked)):
        for times in (first, again):
            for name, floor in floors.items():
                begun = time.thread_time()
                floor(bare, expression(terms(words)))
                times[name].append(time.thread_time() - begun)
            begun = time.thread_time()
            hits = search(house, who, words, where=where)
            times["market search"].append(time.thread_time() - begun)
            if number < len(others):
                for each in times.values():
                    each.clear()
        totals.append(hits.unfiltered)
    told("asked for the first time", first)
    told("asked again", again)
    print(f"found {statistics.median(totals):.0f} in the middle, {max(totals)} at most")
    bare.close()


def told(title: str, times: dict[str, list[float]]) -> None:
    ours = times["market search"]
    print(f"{len(ours)} questions, {title}")
    for name, each in times.items():
        ratio = [at(ours, share) / at(each, share) for share in (0.5, 0.95)]
        print(
            f"  {name:14} p50 {at(each, 0.5) * 1000:6.1f} ms   p95 {at(each, 0.95) * 1000:6.1f} ms   ours / it:"
            f" p50 {ratio[0]:5.2f}   p95 {ratio[1]:5.2f}   of the sums {sum(ours) / sum(each):5.2f}"
        )


_FOUND = "FROM listed_words WHERE listed_words MATCH ?"
_BEST = f"{_FOUND} ORDER BY {BM25} LIMIT 20"
_MARKED = ", ".join(f"highlight(listed_words, {n}, '[', ']')" for n in range(len(FIELDS)))
_AGE = (
    f"CASE {' '.join(f'WHEN at > {(NOW - n * DAY).timestamp()} THEN {n}' for n in (1, 7, 30))} END"
)
_COUNTS = [
    f"SELECT {value}, count(*) FROM fits JOIN product USING (id) {joined} GROUP BY 1"
    for value, joined in (
        ("domain", ""),
        ("kind", ""),
        ("state", ""),
        ("each.value", ", json_each(tags) each"),
        ("each.value", ", json_each(formats) each"),
        (_AGE, "LEFT JOIN released USING (name)"),
    )
]


def numbers(bare: sqlite3.Connection, words: str) -> None:
    bare.execute(f"SELECT rowid {_BEST}", (words,)).fetchall()


def page(bare: sqlite3.Connection, words: str) -> None:
    bare.execute(f"SELECT rowid, {_MARKED} {_BEST}", (words,)).fetchall()


def counted(bare: sqlite3.Connection, words: str) -> None:
    page(bare, words)
    bare.execute("DELETE FROM fits")
    bare.execute(f"INSERT INTO fits SELECT rowid {_FOUND}", (words,))
    for count in _COUNTS:
        bare.execute(count).fetchall()


if __name__ == "__main__":
    main()
