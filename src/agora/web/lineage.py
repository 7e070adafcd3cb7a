"""Lineage: what a product was made of and what is made of it, drawn by the server, and as a list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from agora.model.decision import ColumnView
from agora.model.errors import AgoraError
from agora.model.lineage import ColumnName
from agora.model.names import ProductName
from agora.usecases.lineage import Told, lineage
from agora.usecases.show import show
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.product import frame, name_of
from agora.web.tables import seen
from agora.web.visit import Visit
from agora.workshop.lineage.impact import Branch

HOPS, MOST = 2, 60
WIDTH, HEIGHT, ACROSS, DOWN, EDGE = 250, 52, 90, 18, 12
Box = dict[str, Any]
UNKNOWN = "something you may not know of"


@dataclass
class Picture:
    """Names by how far they are from the middle (-2 … 2), and who feeds whom."""

    places: dict[str, int] = field(default_factory=dict)
    edges: set[tuple[str, str]] = field(default_factory=set)

    def add(self, start: str, branches: Iterable[Branch], step: int, hop: int = 1) -> None:
        """What is behind a name, as far as is drawn."""
        for branch in branches:
            name = _product(branch.column)
            if name != start:
                if name not in self.places and len(self.places) >= MOST:
                    continue
                self.places.setdefault(name, step * hop)
                self.edges.add((name, start) if step < 0 else (start, name))
            if hop < HOPS or name == start:
                self.add(name, branch.branches, step, hop + (name != start))


def page(visit: Visit) -> Page:
    """The lineage of every table of the product; with `column`, of that column."""
    shown = show(visit.house, visit.who, name_of(visit))
    column = visit.query.get("column", "")
    told, problem = [], None
    try:
        wanted = [column] if column else [str(port.version) for port in shown.product.ports]
        for name in wanted:
            told += list(lineage(visit.house, visit.who, name))
    except AgoraError as found:
        problem = found
    views = {
        (str(decision.port), view.name): view
        for decision in shown.decisions
        if decision.allowed
        for view in decision.columns
    }
    values = frame(visit, shown, "lineage") | {
        "graph": drawn(visit, str(shown.product.name), told) if told else None,
        "columns": [
            _column(each, views.get((each.column.relation, each.column.column)))
            for each in told
            if each.column.column
        ],
        "column": column,
        "problem": problem,
        "guessed": any(each.conservative for each in told),
    }
    return Page(template="product/lineage.html", values=values)


def drawn(visit: Visit, start: str, told: Iterable[Told]) -> dict[str, object]:
    """The picture: a column of boxes for each hop, what feeds it to the left."""
    picture = Picture({start: 0})
    for each in told:
        picture.add(start, each.up, -1)
        picture.add(start, each.down, 1)
    levels = sorted(set(picture.places.values()))
    boxes: dict[str, Box] = {}
    for across, level in enumerate(levels):
        names = sorted(name for name, at in picture.places.items() if at == level)
        for down, name in enumerate(names):
            x, y = EDGE + across * (WIDTH + ACROSS), EDGE + down * (HEIGHT + DOWN)
            boxes[name] = {"x": x, "y": y, "w": WIDTH, "h": HEIGHT} | _box(visit, name, start)
    tallest = max(sum(at == level for at in picture.places.values()) for level in levels)
    return {
        "width": 2 * EDGE + len(levels) * (WIDTH + ACROSS) - ACROSS,
        "height": 2 * EDGE + tallest * (HEIGHT + DOWN) - DOWN,
        "nodes": list(boxes.values()),
        "edges": [_edge(boxes[a], boxes[b]) for a, b in sorted(picture.edges) if a in boxes and b in boxes],
    }  # fmt: skip


def _box(visit: Visit, name: str, start: str) -> dict[str, object]:
    here = name == start
    if "/" in name or name == UNKNOWN:
        return {"title": name.partition("/")[2] or name, "sub": "source" if "/" in name else ""}
    product = visit.house.mesh.product(ProductName.parse(name))
    domain, _, word = name.partition(".")
    title = product.title if product and product.title else name
    return {
        "title": title,
        "sub": name,
        "here": here,
        "href": f"/products/{domain}/{word}{'' if here else '/lineage'}",
    }


def _edge(one: Box, other: Box) -> dict[str, float]:
    return {
        "x1": one["x"] + WIDTH,
        "y1": one["y"] + HEIGHT / 2,
        "x2": other["x"],
        "y2": other["y"] + HEIGHT / 2,
    }


def _product(column: ColumnName | None) -> str:
    if column is None:
        return UNKNOWN
    return str(column.product) if column.port else column.relation


def _column(told: Told, view: ColumnView | None) -> dict[str, object]:
    """One column with its tree, and how this reader sees it, whichever rule says so."""
    return seen(view) | {
        "name": told.column.column,
        "full": str(told.column),
        "up": list(_flat(told.up)),
        "down": list(_flat(told.down)),
    }


def _flat(branches: Iterable[Branch], depth: int = 0) -> Iterator[dict[str, object]]:
    """A tree as lines, each with how deep it stands."""
    for branch in branches:
        how = ", ".join(each.value for each in branch.how)
        yield {"name": str(branch.column) if branch.column else UNKNOWN, "how": how, "depth": depth}
        yield from _flat(branch.branches, depth + 1)


ROUTES = (get("/products/{domain}/{product}/lineage", page),)
