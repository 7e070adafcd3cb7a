"""Files from elsewhere: once they are here, they are read as the files they are."""

from collections.abc import Sequence
from dataclasses import replace

from agora.backends.source.around import Around
from agora.backends.source.files import Allowed, strange
from agora.model.product import SourceSpec

FORMATS = ("csv", "json", "parquet")
ENDINGS = {"csv": ".csv", "json": ".json", "parquet": ".parquet"}


def format_of(spec: SourceSpec) -> str:
    """What kind of file is fetched: the option `format`, else what the path ends with."""
    said = spec.option("format")
    if isinstance(said, str):
        return said
    name = spec.path.partition("?")[0].lower()
    kinds = {"csv": "csv", "json": "json", "ndjson": "json", "jsonl": "json", "parquet": "parquet"}
    return kinds.get(name.rpartition(".")[2], "")


def inner(spec: SourceSpec, own: Allowed) -> SourceSpec:
    """The fetched file as its own kind of source, with the options that are not about fetching."""
    rest = tuple((name, value) for name, value in spec.options if name not in own)
    return replace(spec, type=format_of(spec), options=rest)


def complaints(around: Around, spec: SourceSpec, own: Allowed) -> tuple[str, ...]:
    """What is wrong with the format, and with the options of either kind."""
    if format_of(spec) not in FORMATS:
        kinds = ", ".join(f"`{kind}`" for kind in FORMATS)
        return (f"option `format` is one of {kinds}",)
    mine = replace(spec, options=tuple(each for each in spec.options if each[0] in own))
    return (*strange(mine, own), *around.pick(format_of(spec)).check(inner(spec, own)))


def to_parquet(
    around: Around, spec: SourceSpec, own: Allowed, landed: str, folder: str
) -> tuple[str, ...]:
    """The rows of a fetched file, as its own kind of source reads them."""
    return around.pick(format_of(spec)).to_parquet(inner(spec, own), landed, folder)


def listed(value: object) -> Sequence[str]:
    """An option that is one text or several."""
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, tuple) else ()
