"""Instructions: what each of them does with the columns and rows of a draft."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from agora.model.recipe import (
    Cast,
    Deduplicate,
    DropColumns,
    DropRows,
    Fill,
    Keep,
    MapValues,
    Otherwise,
    PutAside,
    Rename,
    Split,
    Trim,
    Unpivot,
)
from agora.model.types import quoted
from agora.workshop.recipes import conditions
from agora.workshop.recipes.casting import TEXT, cast
from agora.workshop.recipes.conditions import text
from agora.workshop.recipes.drafts import Draft
from agora.workshop.recipes.filling import filling

SPACE = "".join(
    map(chr, [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C)])
) + "".join(map(chr, [0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF]))
"""What `trim` takes away: the white space of Unicode and two signs nobody sees."""


def _as_text(draft: Draft, name: str) -> str:
    return quoted(name) if draft.columns[name] == TEXT else f"CAST({quoted(name)} AS {TEXT})"


def _trim(draft: Draft, deed: Trim) -> None:
    wanted = draft.find(deed.columns) or ([] if deed.columns else list(draft.columns))
    texts = [name for name in wanted if draft.columns[name] == TEXT]
    for name in [name for name in wanted if deed.columns and name not in texts]:
        draft.problem("E315", f"`{name}` is no text that could be trimmed")
    draft.then({name: f"trim({quoted(name)}, {text(SPACE)})" for name in texts})


def _rename(draft: Draft, deed: Rename) -> None:
    found = {old: new for old, new in deed.names if draft.find([old])}
    new = {draft.names[old.lower()]: name for old, name in found.items()}
    draft.fresh(new.values(), [name for name in draft.columns if name not in new])
    old = {new.get(name, name): name for name in draft.columns}
    columns = {new.get(name, name): of for name, of in draft.columns.items()}
    draft.then({name: quoted(before) for name, before in old.items()}, columns)


def _cast(draft: Draft, deed: Cast) -> None:
    changed: dict[str, str] = {}
    columns, reasons = dict(draft.columns), []
    for each in deed.columns:
        for name in draft.find([each.column]):
            changed[name], misfits = cast(each, quoted(name), draft.columns[name])
            columns[name] = each.to.sql
            form = f" in the form `{each.format}`" if each.format else ""
            words = f"is no {each.to.sql}{form}"
            reasons.append(draft.misfit(name, words, misfits, each.otherwise))
    draft.then(changed, columns, reasons=reasons)


def _map(draft: Draft, deed: MapValues) -> None:
    for name in draft.find([deed.column]):
        value = _as_text(draft, name)
        cases = " ".join(
            f"WHEN {text(old)} THEN {'NULL' if new is None else text(new)}"
            for old, new in deed.values
        )
        rest = value if deed.otherwise is Otherwise.KEEP else "NULL"
        listed = ", ".join(text(old) for old, _ in deed.values)
        misfits = f"({value} NOT IN ({listed}))"
        reason = draft.misfit(
            name, "is none of the values that are mapped", misfits, deed.otherwise
        )
        case = f"CASE {value} {cases} ELSE CAST({rest} AS {TEXT}) END"
        draft.then({name: case}, {**draft.columns, name: TEXT}, reasons=[reason])


def _fill(draft: Draft, deed: Fill) -> None:
    changed = {}
    for wanted, value in deed.values:
        for name in draft.find([wanted]):
            of = draft.columns[name]
            filled = filling(value, of)
            if filled is None:
                draft.problem("E315", f"`{value}` cannot fill `{name}`, which is {of}")
            changed[name] = f"coalesce({quoted(name)}, {filled or 'NULL'})"
    draft.then(changed)


def _split(draft: Draft, deed: Split) -> None:
    for name in draft.find([deed.column]):
        draft.fresh(deed.into, [each for each in draft.columns if each != name])
        parts = f"string_split({_as_text(draft, name)}, {text(deed.by)})"
        most = len(deed.into)
        more = f"(len({parts}) > {most})"
        made = {new: f"{parts}[{place}]" for place, new in enumerate(deed.into, start=1)}
        if deed.otherwise is Otherwise.KEEP:
            rest = f"array_to_string({parts}[{most}:], {text(deed.by)})"
            made[deed.into[-1]] = f"CASE WHEN {more} THEN {rest} ELSE {parts}[{most}] END"
        else:
            made = {new: f"CASE WHEN NOT {more} THEN {part} END" for new, part in made.items()}
        words = f"has more than {most} parts"
        reason = draft.misfit(name, words, more, deed.otherwise)
        columns: dict[str, str] = {}
        for each, of in draft.columns.items():
            columns |= dict.fromkeys(deed.into, TEXT) if each == name else {each: of}
        draft.then(made, columns, reasons=[reason])


def _unpivot(draft: Draft, deed: Unpivot) -> None:
    turned, kept = draft.find(deed.columns), draft.find(deed.keep)
    if not deed.keep:
        kept = [name for name in draft.columns if name not in turned]
    types = {draft.columns[name] for name in turned}
    if len(types) > 1:
        listed = " and ".join(sorted(types))
        draft.problem("E315", f"the columns to unpivot are {listed}", "cast them to one type first")
    if not draft.fresh([deed.name, deed.value], kept) or not turned:
        return
    columns = {name: draft.columns[name] for name in kept}
    columns |= {deed.name: TEXT, deed.value: min(types)}
    into = f"{quoted(deed.value)} FOR {quoted(deed.name)} IN ({_listed(turned)})"
    draft.then({}, columns, clause=f" UNPIVOT INCLUDE NULLS ({into})")


def _deduplicate(draft: Draft, deed: Deduplicate) -> None:
    key, order = draft.find(deed.key), draft.find(deed.order)
    turn = "DESC NULLS LAST" if deed.keep is Keep.LAST else "ASC NULLS FIRST"
    every = [*order, *(name for name in draft.columns if name not in order)]
    within = [*map(quoted, key), *([f"{quoted(draft.reason)} IS NULL"] if draft.reason else [])]
    ordered = ", ".join(f"{quoted(name)} {turn}" for name in every)
    first = f"row_number() OVER (PARTITION BY {', '.join(within)} ORDER BY {ordered}) = 1"
    apart = [f"{quoted(name)} IS NULL" for name in key]
    apart += [f"{quoted(draft.reason)} IS NOT NULL"] if draft.reason else []
    if key:
        draft.then({}, clause=f" QUALIFY {' OR '.join([*apart, first])}")


def _drop_columns(draft: Draft, deed: DropColumns) -> None:
    gone = draft.find(deed.columns)
    left = {name: of for name, of in draft.columns.items() if name not in gone}
    if not left:
        draft.problem("E315", "no column would be left")
        return
    draft.then({}, left)


def _drop_rows(draft: Draft, deed: DropRows) -> None:
    aside = f" OR {quoted(draft.reason)} IS NOT NULL" if draft.reason else ""
    draft.then({}, clause=f" WHERE NOT {_true(draft, deed)}{aside}")


def _put_aside(draft: Draft, deed: PutAside) -> None:
    draft.then({}, reasons=[f"WHEN {_true(draft, deed)} THEN {text(deed.reason)}"])


def _true(draft: Draft, deed: DropRows | PutAside) -> str:
    """The condition, false where it is neither; columns it cannot look at are noted."""
    draft.find(dict.fromkeys(conditions.columns(deed.where)))
    types = {name.lower(): of for name, of in draft.columns.items()}
    for name in dict.fromkeys(conditions.uncast(deed.where, types)):
        draft.problem("E315", f"`{name}` is text here", "cast it before it is compared")
    return f"coalesce({conditions.sql(deed.where, draft.names)}, FALSE)"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


WRITERS: Mapping[type, Callable[[Draft, Any], None]] = {
    Trim: _trim,
    Rename: _rename,
    Cast: _cast,
    MapValues: _map,
    Fill: _fill,
    Split: _split,
    Unpivot: _unpivot,
    Deduplicate: _deduplicate,
    DropColumns: _drop_columns,
    DropRows: _drop_rows,
    PutAside: _put_aside,
}
"""How each kind of instruction is written."""
