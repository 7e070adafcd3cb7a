"""New: a first product, from a file or from a small example, that passes every check."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.governance.rights import may_found, may_run
from agora.model.errors import Conflict, Denied, Unusable
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import SourceSpec
from agora.model.types import Type
from agora.needs.house import House
from agora.spec import scaffold
from agora.spec.founding import founded
from agora.usecases.making import sheets, writing
from agora.usecases.running.inferring import typed

KINDS = {
    "csv": "csv", "tsv": "csv", "parquet": "parquet", "json": "json", "ndjson": "json", "jsonl": "json",
    "xlsx": "sheet", "ods": "sheet", "xls": "sheet",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The files that were written, relative to the mesh folder."""

    files: tuple[str, ...]


def new(
    house: House,
    who: Actor,
    name: str,
    *,
    origin: str = "",
    content: bytes = b"",
    options: Sequence[tuple[str, str | int]] = (),
) -> Created:
    """The product's folder holds its files; a domain that is not there yet comes with it.

    `origin` is the name of a data file and `content` its bytes, read with these `options` of its
    source; without them a small example is used. Raises Unusable for a bad name or file, Conflict when it exists, Denied.
    """
    product = _named(name)
    mesh = house.mesh
    if house.folder.exists(f"{product.domain}/{product.product}"):
        raise Conflict(f"`{product}` exists already", code="E013", hint=f"agora show {product}")
    fresh = mesh.domain(product.domain) is None
    reasons = may_found(mesh, who) if fresh else may_run(mesh, product, who.principal)
    if reasons:
        raise Denied.because(reasons)
    file = origin or f"{product.product}.csv"
    source = _source(file, options)
    if wrong := house.sources.pick(source.type).check(source):
        raise Unusable(wrong[0], code="E034", hint="`agora check` knows the same options")
    data = {f"{product.domain}/{product.product}/{source.path}": content or scaffold.EXAMPLE}
    columns = _columns(house, source, content) if origin else scaffold.EXAMPLE_COLUMNS
    known = {tag.id for tag in mesh.tags}
    personal = scaffold.EXAMPLE_PERSONAL if not origin and "personal" in known else ()
    files = data | scaffold.product(product, columns=columns, source=source, personal=personal)
    listing = longer = house.folder.text(writing.LISTING)
    if fresh:
        domain = founded(listing, product, who.principal)
        files |= domain.files
        longer = domain.listing
    commit = writing.laid(house, who, files, f"Begin {product}", listing=(listing, longer))
    writing.recorded(house, who, product, commit, tuple(sorted(files)))
    return Created(files=tuple(sorted(files)))


def _named(name: str) -> ProductName:
    try:
        return ProductName.parse(name.replace("/", "."))
    except ValueError:
        raise Unusable(
            f"`{name}` cannot name a product",
            code="E014",
            hint="write `domain.product`, in lower-case words joined by hyphens",
        ) from None


def _source(file: str, given: Sequence[tuple[str, str | int]]) -> SourceSpec:
    base = file.rpartition("/")[2]
    kind = KINDS.get(base.rpartition(".")[2].lower())
    if kind is None:
        kinds = ", ".join(f".{suffix}" for suffix in KINDS)
        raise Unusable(
            f"`{base}` is no kind of file that can be read", code="E015", hint=f"use {kinds}"
        )
    usual = {"delimiter": "\t"} if base.lower().endswith(".tsv") else {}
    options = tuple({**usual, **dict(given)}.items())
    return SourceSpec(name="raw", type=kind, path=base, options=options)


def _columns(house: House, source: SourceSpec, content: bytes) -> Sequence[tuple[str, Type]]:
    """Names from the file; types as Parquet says them, or as the text of every value can be read."""
    suffix = source.path.rpartition(".")[2]
    aside = f"new/{house.new_id('new')}.{suffix}"
    path = house.folder.aside(aside, content)
    try:
        with sheets.bench(house, source, path) as bench:
            return typed(bench, sheets.RAW)
    finally:
        house.folder.drop_aside(aside)
