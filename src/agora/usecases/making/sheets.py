"""Sheets: the file somebody brings, opened where nothing but its own bytes is within reach."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from agora.model.draft import SheetColumn, SheetDraft
from agora.model.errors import Exhausted, Invalid, Unusable
from agora.model.mesh import Mesh
from agora.model.product import SourceSpec
from agora.model.relation import RawFile
from agora.model.types import Kind, Type, quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.spec.scaffold import sql_names
from agora.usecases.running.inferring import typed
from agora.workshop import letters, suspecting

RAW = "raw"
LARGEST = 50 << 20
PREVIEW = 20
KINDS = {"csv": "csv", "tsv": "csv", "xlsx": "sheet", "ods": "sheet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a file holds: its columns as proposed, how many rows, and the first of them as text."""

    columns: tuple[SheetColumn, ...]
    rows: int
    first: tuple[Mapping[str, object], ...]


def source(file: str, size: int, delimiter: str = "", encoding: str = "") -> SourceSpec:
    """How a file of this name is read; raises Unusable for another kind, Exhausted for a huge one.

    A `delimiter` is named where it is not the one that the kind of file is called after, and an
    `encoding` where it is not UTF-8.
    """
    suffix = file.rpartition(".")[2].lower()
    if suffix not in KINDS:
        kinds = ", ".join(f".{each}" for each in KINDS)
        raise Unusable(
            f"`{file}` is no kind of file that can be read", code="E015", hint=f"use {kinds}"
        )
    if size > LARGEST:
        raise Exhausted(
            f"`{file}` is larger than {LARGEST >> 20} MB",
            code="E751",
            hint="let an engineer load it from where it lies",
        )
    between = delimiter or ("\t" if suffix == "tsv" else "")
    named = (("delimiter", between), ("encoding", encoding))
    options = tuple((name, value) for name, value in named if value)
    return SourceSpec(name=RAW, type=KINDS[suffix], path=f"data.{suffix}", options=options)


def written_in(file: str, content: bytes, encoding: str | None) -> str:
    """The letters of a CSV file, as somebody says or as its bytes show; raises Invalid for wrong ones."""
    if encoding is not None and encoding not in letters.KNOWN:
        known = ", ".join(f"`{each}`" for each in letters.KNOWN if each)
        raise Invalid(f"there is no encoding `{encoding}`", code="E337", hint=f"use {known}")
    if KINDS.get(file.rpartition(".")[2].lower()) != "csv":
        return ""
    if encoding is None:
        return letters.encoded(content)
    if not letters.readable(content, encoding):
        words = f"`{file}` is not written in {encoding or 'UTF-8'}"
        raise Invalid(words, code="E337", hint="read it as something else")
    return encoding


def telling(house: House, draft: SheetDraft) -> tuple[str, ...]:
    """Values that show whether a draft's letters were guessed right; none where its bytes say them."""
    if letters.certain(draft.encoding):
        return ()
    content = house.folder.from_aside(draft.aside)
    return letters.telling(content, draft.encoding, draft.delimiter)


def alike(spec: SourceSpec, file: str, content: bytes) -> None:
    """The next file is in the letters of the one before, or would be read as others: raises Unusable."""
    before, now = _letters(spec), written_in(file, content, None)
    guessed = not letters.certain(before) and not letters.certain(now)
    plain = content.isascii() and letters.UTF16 not in (before, now)
    if spec.type != "csv" or before not in letters.KNOWN or before == now or guessed or plain:
        return
    raise Unusable(
        f"`{file}` is written in {now or 'UTF-8'}, the file before in {before or 'UTF-8'}",
        code="E756",
        hint="save it alike",
    )


def _letters(spec: SourceSpec) -> str:
    declared = str(spec.option("encoding") or "").lower()
    return "" if declared in ("utf-8", "utf8", "utf-8-sig") else declared


def delimited(file: str, content: bytes, encoding: str = "") -> str:
    """What parts the values of a CSV file where no comma does: spreadsheets of half of Europe write `;`."""
    first = letters.first_line(content, encoding)
    if not file.lower().endswith(".csv") or "," in first:
        return ""
    return next((each for each in (";", "\t") if each in first), "")


def opened(house: House, spec: SourceSpec, path: str) -> Opened:
    """The file's columns with the types all of their values can be, and what may be about people.

    Raises Invalid with the place where the file is not as it should be.
    """
    with bench(house, spec, path) as work:
        types = typed(work, RAW)
        names = [name for name, _ in types]
        counts = work.rows(suspecting.scan(RAW, names))[0]
        first = work.rows(_preview(names))
    rows = int(str(counts["n"]))
    if not rows:
        raise Invalid(
            "the file holds no rows", code="E753", hint="the first line is taken for the header"
        )
    tag = classified(house.mesh)
    columns = []
    for place, (new, (old, of)) in enumerate(
        zip(sql_names(letters.plain(name) for name in names), types, strict=True)
    ):
        hint = suspecting.suspicion(counts, place, new, text=of.kind is Kind.VARCHAR)
        columns.append(
            SheetColumn(origin=old, name=new, type=of, hint=hint, tag=tag if hint else "")
        )
    return Opened(columns=tuple(columns), rows=rows, first=first)


def misfits(
    house: House, spec: SourceSpec, path: str, columns: Sequence[SheetColumn]
) -> Iterator[str]:
    """Every promise that the file itself breaks, as a sentence."""
    keys = [quoted(each.origin) for each in columns if each.key]
    parts = ["count(*) as n"]
    for place, each in enumerate(columns):
        own = quoted(each.origin)
        parts.append(f"count({own}) - count(try_cast({own} as {each.type.sql})) as m{place}")
        parts.append(f"count(*) filter ({own} is null) as e{place}")
    if keys:
        parts.append(f"count(distinct ({', '.join(keys)})) as k")
    with bench(house, spec, path) as work:
        found = work.rows(f"select {', '.join(parts)} from {RAW}")[0]  # noqa: S608 (every name is quoted)
    for place, each in enumerate(columns):
        if wrong := int(str(found[f"m{place}"])):
            are = "value of `{}` is" if wrong == 1 else "values of `{}` are"
            yield f"{wrong:,} {are.format(each.name)} no `{each.type.sql.lower()}`"
        if each.key and (empty := int(str(found[f"e{place}"]))):
            yield f"`{each.name}` is to tell rows apart, but is empty in {empty:,} of them"
    if keys and (same := int(str(found["n"])) - int(str(found["k"]))):
        named = ", ".join(f"`{each.name}`" for each in columns if each.key)
        have = "row has" if same == 1 else "rows have"
        yield f"{same:,} {have} a {named} that another row has, too"


@contextmanager
def bench(house: House, spec: SourceSpec, path: str) -> Iterator[Bench]:
    """The file as a relation of an engine of its own, which is gone afterwards."""
    run = house.new_id("draft")
    scratch = house.lake.scratch(run)
    try:
        files = house.sources.pick(spec.type).to_parquet(spec, path, scratch)
        raw = RawFile(name=RAW, files=files)
        with house.benches.open(
            (raw,), (), writable=(), scratch=scratch, bounds=house.mesh.bounds, readable=()
        ) as work:
            yield work
    finally:
        house.lake.discard(run, ())


def classified(mesh: Mesh) -> str:
    """The tag for what is about people: `personal`, else the first that classifies."""
    tags = sorted(mesh.classified())
    return "personal" if "personal" in tags else next(iter(tags), "")


def types(of: Type) -> tuple[Type, ...]:
    """What a column may be promised as: what was found, and text."""
    text = Type(kind=Kind.VARCHAR)
    wider = {
        Kind.INTEGER: (Type(kind=Kind.BIGINT), Type(kind=Kind.DECIMAL, precision=18, scale=2)),
        Kind.BIGINT: (Type(kind=Kind.DECIMAL, precision=18, scale=2),),
        Kind.DATE: (Type(kind=Kind.TIMESTAMP),),
    }
    return tuple(dict.fromkeys((of, *wider.get(of.kind, ()), text)))


def _preview(names: Sequence[str]) -> str:
    listed = ", ".join(f"cast({quoted(name)} as varchar) as {quoted(name)}" for name in names)
    return f"select {listed} from {RAW} limit {PREVIEW}"  # noqa: S608 (every name is quoted)
