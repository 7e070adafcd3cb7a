"""Scorecard: the figures made of what was counted, over the products somebody may know."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from agora.model.mesh import Mesh
from agora.model.people import PrincipalKind
from agora.model.product import Lifecycle, Product
from agora.model.scorecard import Book, Cost, Figure, Goal, Scorecard, Use

UNUSED = timedelta(days=90)
COLUMNS = 3
"""Tables of fewer columns are not called alike."""


FIGURES = (
    Figure(
        key="search",
        title="Search to first row",
        unit="seconds",
        counted="from a submitted search to the end of the same person's next answer with rows: the median",
        events=("searched", "query-closed"),
    ),
    Figure(
        key="decision",
        title="Request to decision",
        unit="seconds",
        counted="from asking to the answer: the median",
        events=("requested", "approved", "request-refused"),
    ),
    Figure(
        key="policy",
        title="Decided by policy",
        unit="share",
        counted="of all decided requests, those settled at once by what was agreed before",
        events=("requested", "approved", "request-refused"),
    ),
    Figure(
        key="publishing",
        title="Idea to published product",
        unit="seconds",
        counted="from the first try (made in the browser, or a first run) to the first edition: the median",
        events=("product-made", "run-started", "released"),
    ),
    Figure(
        key="reuse",
        title="Read by other domains",
        unit="share",
        counted="of all products, those that somebody of another domain has read",
        events=("query-opened", "build-read"),
    ),
    Figure(
        key="inputs",
        title="Made of other products",
        unit="products",
        counted="products whose inputs are products",
        events=("build-read",),
    ),
    Figure(
        key="joins",
        title="Joins across domains",
        unit="times",
        counted="pairs of products of different domains in one statement",
        events=("query-opened",),
        across=True,
    ),
    Figure(
        key="explained",
        title="Refusals explained",
        unit="share",
        counted="of all refusals, those that named the rule; a text that cannot be read is none",
        events=("query-refused", "denied"),
    ),
    Figure(
        key="agents",
        title="Reads by agents",
        unit="times",
        counted="products read by agents that act for somebody, once a statement",
        events=("query-opened",),
        kind="agent",
    ),
)


def scorecard(
    mesh: Mesh,
    book: Book,
    known: Collection[Product],
    *,
    named: Callable[[str], bool],
    everything: bool,
    domain: str = "",
    now: datetime,
) -> Scorecard:
    """How the mesh works; readers are named where `named` says so of the product they read.

    Of one `domain` it is about its products alone. With `everything` also what is of no product counts, such as refusals of names that are not there.
    """
    chosen = [product for product in known if domain in ("", product.name.domain)]
    whole = everything and not domain
    own = _Over(mesh, book, chosen, everything=whole)
    own.joins = _joins(book, known, domain)
    return Scorecard(
        figures=tuple(own.figures()),
        costs=_costs(own.uses, named),
        goals=_goals(mesh, chosen, whole=whole),
        unused=tuple(own.unused(now)),
        alike=_alike(known, domain),
        deprecated=tuple(_deprecated(chosen)),
        place=book.place,
    )


class _Over:
    """A book as far as it is about products somebody may know."""

    def __init__(
        self, mesh: Mesh, book: Book, known: Collection[Product], *, everything: bool
    ) -> None:
        self.known = known
        names = {str(product.name) for product in known}
        seen = names | ({""} if everything else set())
        self.uses = _by_product(book.uses, names)
        self.joins = 0
        self.waits = [wait for wait in book.waits if wait.product in seen]
        self.tells = [tell for tell in book.tells if tell.product in seen]
        readers = {use.reader: mesh.principal(use.reader) for use in self.uses}
        self.agents = {n for n, p in readers.items() if p and p.kind is PrincipalKind.AGENT}
        self._domains = {n: p.domains for n, p in readers.items() if p}

    def elsewhere(self, use: Cost) -> bool:
        """True for a reader of another domain."""
        domains = self._domains.get(use.reader)
        return domains is not None and use.product.partition(".")[0] not in domains

    def told(self, what: str) -> int:
        """How often this happened."""
        return sum(tell.times for tell in self.tells if tell.what == what)

    def usual(self, what: str) -> int | None:
        """The median of the waits, in seconds."""
        found = [wait.seconds for wait in self.waits if wait.what == what]
        return round(median(found)) if found else None

    def figures(self) -> Iterator[Figure]:
        """Every number, each with what proves it."""
        reused = {use.product for use in self.uses if self.elsewhere(use)}
        values = {
            "search": self.usual("search"),
            "decision": self.usual("decision"),
            "policy": share(self.told("policy"), self.told("decided")),
            "publishing": self.usual("publishing"),
            "reuse": share(len(reused), len(self.known)),
            "inputs": sum(bool(product.inputs) for product in self.known),
            "joins": self.joins,
            "explained": share(self.told("explained"), self.told("refused")),
            "agents": sum(use.reads for use in self.uses if use.reader in self.agents),
        }
        return (replace(figure, value=values[figure.key]) for figure in FIGURES)

    def unused(self, now: datetime) -> Iterator[str]:
        """The products nobody of another domain has read for so long."""
        used = {
            u.product for u in self.uses if self.elsewhere(u) and u.last and now - u.last < UNUSED
        }
        return (str(product.name) for product in self.known if str(product.name) not in used)


def share(part: int, whole: int) -> int | None:
    """Of a hundred; None of nothing."""
    return round(100 * part / whole) if whole else None


def _joins(book: Book, known: Collection[Product], domain: str) -> int:
    """How often two products somebody may know were read together, one of this domain."""
    names = {str(product.name) for product in known}
    return sum(
        each.times
        for each in book.joined
        if {each.one, each.other} <= names
        and domain in ("", each.one.partition(".")[0], each.other.partition(".")[0])
    )


def _by_product(uses: Collection[Use], names: Collection[str]) -> list[Cost]:
    """What each of these products was read, also by statements that read others beside it."""
    found: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        for name in use.products:
            if name in names:
                found.setdefault((name, use.reader), []).append(use)
    return [_cost(*key, together) for key, together in found.items()]


def _costs(uses: Collection[Cost], named: Callable[[str], bool]) -> tuple[Cost, ...]:
    """The dearest first; those whose readers may not be named are one line a product."""
    lines: dict[tuple[str, str], list[Cost]] = {}
    for use in uses:
        lines.setdefault((use.product, use.reader if named(use.product) else ""), []).append(use)
    costs = (_cost(*key, found) for key, found in lines.items())
    return tuple(sorted(costs, key=lambda c: (-c.millis, -c.rows, -c.reads, c.product, c.reader)))


def _cost(product: str, reader: str, uses: Collection[Use] | Collection[Cost]) -> Cost:
    return Cost(
        product=product,
        reader=reader,
        reads=sum(use.reads for use in uses),
        rows=sum(use.rows for use in uses),
        millis=sum(use.millis for use in uses),
        last=max((use.last for use in uses if use.last), default=None),
    )


def _deprecated(known: Collection[Product]) -> Iterator[str]:
    """Whole products, else the versions of their tables that are on their way out."""
    for product in known:
        if product.status is Lifecycle.DEPRECATED:
            yield str(product.name)
        else:
            yield from (
                str(p.version) for p in product.ports if p.contract.status == Lifecycle.DEPRECATED
            )


def _goals(mesh: Mesh, known: Collection[Product], *, whole: bool) -> tuple[Goal, ...]:
    serving = {product.name.domain for product in known}
    return tuple(
        Goal(
            goal=goal,
            domain=domain.id,
            products=tuple(str(p.name) for p in known if p.name.domain == domain.id),
        )
        for domain in mesh.domains
        for goal in domain.goals
        if whole or domain.id in serving
    )


def _alike(known: Collection[Product], domain: str) -> tuple[tuple[str, ...], ...]:
    """Tables of different products that have the very same columns."""
    found: dict[frozenset[str], dict[str, str]] = {}
    for product in known:
        for port in product.ports:
            names = frozenset(column.name for column in port.contract.columns)
            if len(names) >= COLUMNS:
                found.setdefault(names, {}).setdefault(str(product.name), str(port.version))
    groups = (tables for tables in found.values() if len(tables) > 1)
    return tuple(
        tuple(tables.values())
        for tables in groups
        if not domain or any(name.startswith(f"{domain}.") for name in tables)
    )
