"""References: where the relationships of contracts point, found out when all contracts are read."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from agora.model.contract import Contract, Relationship
from agora.model.findings import Weight
from agora.spec.builds import Parts
from agora.spec.labels import severity
from agora.spec.quality import aliases
from agora.spec.texts import Path, Text

Pair = tuple[Text, Contract]


def resolved(parts: Sequence[Parts]) -> list[Parts]:
    """The parts with every relationship naming the contract it points at; dangling ones are noted."""
    every = [(text, c) for each in parts for text, c in each.contracts if c is not None]
    found = []
    for each in parts:
        own = [(text, c) for text, c in each.contracts if c is not None]
        pairs = tuple(
            (text, c if c is None else _contract((text, c), own, every))
            for text, c in each.contracts
        )
        found.append(replace(each, contracts=pairs))
    return found


def places(text: Text) -> Iterator[tuple[Path, list[str], Any]]:
    """Every relationship of the table: where its `to` stands, its own columns, and what it names."""
    for place, node in enumerate(text.get("schema", 0, "properties") or ()):
        for number, link in enumerate(node.get("relationships") or ()):
            path: Path = ("schema", 0, "properties", place, "relationships", number, "to")
            yield path, [str(node.get("name"))], link["to"]
    for number, link in enumerate(text.get("schema", 0, "relationships") or ()):
        own = link["from"] if isinstance(link["from"], list) else [link["from"]]
        path = ("schema", 0, "relationships", number, "to")
        yield path, [_last(str(each)) for each in own], link["to"]


def _contract(pair: Pair, own: Sequence[Pair], every: Sequence[Pair]) -> Contract:
    text, promise = pair
    words = aliases(text)
    links = []
    for path, columns, to in places(text):
        targets = [str(each) for each in to] if isinstance(to, list) else [str(to)]
        strange = [name for name in columns if name not in words]
        link = None
        if strange:
            text.report("E146", path, f"there is no column `{strange[0]}` to refer from")
        elif len(targets) != len(columns):
            text.report("E146", path, f"{len(columns)} columns cannot refer to {len(targets)}")
        else:
            link = _link(
                text, path, tuple(words[name] for name in columns), targets, (pair, own, every)
            )
        links += [replace(link, severity=severity(text, path[:-1]))] if link else []
    return replace(promise, relationships=tuple(links))


def _link(
    text: Text,
    path: Path,
    columns: tuple[str, ...],
    targets: list[str],
    known: tuple[Pair, Sequence[Pair], Sequence[Pair]],
) -> Relationship | None:
    named = [split(target) for target in targets]
    if len({(file, table) for file, table, _ in named}) != 1:
        text.report("E146", path, "all its columns refer to one and the same table")
        return None
    file, table, _ = named[0]
    names = [column for _, _, column in named]
    if "://" in file:
        return Relationship(columns=columns, to=table, to_columns=tuple(names), contract=file)
    found = _found(file, table, known)
    if not found:
        text.report("E146", path, f"`{targets[0]}` is no table of this mesh")
        return None
    if len(found) > 1:
        _several(text, path, targets[0], found)
        return None
    theirs, target = found[0]
    words = aliases(theirs)
    for name in names:
        if name not in words:
            text.report("E146", path, f"`{table}` has no column `{name}`")
            return None
    elsewhere = target.id if target.id != known[0][1].id else ""
    to_columns = tuple(words[name] for name in names)
    return Relationship(columns=columns, to=target.table, to_columns=to_columns, contract=elsewhere)


def _several(text: Text, path: Path, target: str, found: Sequence[Pair]) -> None:
    """Noted, and the reference is left out: another domain's new table puts nothing here in doubt."""
    begins = [posixpath.relpath(each.file, posixpath.dirname(text.file)) for each, _ in found]
    table = split(target)
    hint = " or ".join(f"`{file}#/schema/{table[1]}/properties/{table[2]}`" for file in begins[:2])
    text.report(
        "E146", path, f"`{target}` is several tables", f"write {hint}", weight=Weight.WARNING
    )


def _found(file: str, table: str, known: tuple[Pair, Sequence[Pair], Sequence[Pair]]) -> list[Pair]:
    """The contracts that may be meant: the nearest that fit, or those of the file that is named."""
    pair, own, every = known
    circles = (
        _named(file, pair, every)
        if file
        else (
            [pair],
            own,
            [each for each in every if _domain(each[0].file) == _domain(pair[0].file)],
            every,
        )
    )
    for circle in circles:
        fitting = [each for each in circle if _is(each, table)]
        if fitting:
            return _newest(fitting)
    return []


def _named(file: str, pair: Pair, every: Sequence[Pair]) -> tuple[Sequence[Pair], ...]:
    """The contract in that very file, seen from this one; else those in files called like it."""
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(pair[0].file), file))
    name = posixpath.basename(file)
    named = [each for each in every if posixpath.basename(each[0].file) == name]
    return [each for each in named if each[0].file == whole], named


def _newest(fitting: Sequence[Pair]) -> list[Pair]:
    """Of several versions of one table the newest that is offered."""
    tables: dict[str, Pair] = {}
    for pair in sorted(fitting, key=lambda each: (each[1].status == "active", each[1].major)):
        tables[posixpath.dirname(pair[0].file)] = pair
    return list(tables.values())


def _domain(file: str) -> str:
    """The folder of the domain a contract's file lies in: `…/domain/product/contracts/file`."""
    return posixpath.dirname(posixpath.dirname(posixpath.dirname(file)))


def _is(pair: Pair, table: str) -> bool:
    text, promise = pair
    return table in {
        promise.table,
        str(text.get("schema", 0, "name")),
        str(text.get("schema", 0, "id")),
    }


def split(target: str) -> tuple[str, str, str]:
    """File, table and column of `table.column`, `schema/table/properties/column`, `file#/schema/…`."""
    file, _, inner = target.rpartition("#")
    inner = inner.strip("/")
    if "/" not in inner:
        table, _, column = inner.rpartition(".")
        return file, table, column
    steps = inner.split("/")
    return file, steps[1] if len(steps) > 1 else "", steps[-1]


def _last(word: str) -> str:
    return word.rpartition("/")[2].rpartition(".")[2]
