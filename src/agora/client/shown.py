"""Shown: what a server tells, readable at a prompt and in a notebook; everything is escaped."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_COLUMNS = 8
_LINES = 50
_WIDE = 80


class Sheet(Mapping[str, Any]):
    """One thing with its fields."""

    def __init__(self, title: str, fields: Mapping[str, Any]) -> None:
        """These are its fields."""
        self.title, self._fields = title, fields

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return "\n".join(f"{name}: {_short(value)}" for name, value in self.items())

    def _repr_html_(self) -> str:
        return grid((self.title, ""), list(self.items()))


class Listing(Sequence[Mapping[str, Any]]):
    """Several things of one kind."""

    def __init__(self, title: str, items: Sequence[Mapping[str, Any]]) -> None:
        """These are they."""
        self.title, self._items = title, items

    def __getitem__(self, place: Any) -> Any:
        return self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        lines = ["  ".join(_short(each.get(name)) for name in self._names) for each in self._items]
        return "\n".join(lines) or f"no {self.title.lower()}"

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(self._items[0])[:_COLUMNS] if self._items else ()

    def _repr_html_(self) -> str:
        rows = [[each.get(name) for name in self._names] for each in self._items[:_LINES]]
        return grid(self._names, rows, f"{self.title}: {len(self):,}")


def grid(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    caption: str = "",
    notes: Sequence[str] = (),
) -> str:
    """A table in HTML, with notes below it, without a word that is not escaped."""
    top = "".join(f'<th scope="col">{escape(str(head))}</th>' for head in heads)
    lines = "".join(
        f"<tr>{''.join(f'<td>{escape(_short(value))}</td>' for value in row)}</tr>" for row in rows
    )
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    below = "".join(f"<p>{escape(note)}</p>" for note in notes)
    return f"<table>{told}<thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>{below}"


def _short(value: object) -> str:
    if isinstance(value, list | tuple):
        plain = all(not isinstance(each, list | dict) for each in value)
        text = ", ".join(map(str, value)) if plain else f"{len(value)}"
    elif isinstance(value, dict):
        text = ", ".join(value)
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"
