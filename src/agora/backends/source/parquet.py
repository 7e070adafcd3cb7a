"""Parquet files, read as they are."""

from agora.backends.source.files import Allowed, FileSource, inside, named, unfit
from agora.model.errors import Invalid
from agora.model.product import SourceSpec

OPTIONS: Allowed = {}


class ParquetSource(FileSource):
    """A Parquet file beside the product."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        return unfit(spec, OPTIONS)

    def locate(self, spec: SourceSpec, folder: str) -> str:
        return inside(spec, folder)

    def to_parquet(self, spec: SourceSpec, landed: str, _folder: str) -> tuple[str, ...]:
        named(spec, readable(spec, landed))
        return (landed,)


def readable(spec: SourceSpec, path: str) -> list[str]:
    """The column names of a Parquet file; raises Invalid when it is broken or something else."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        schema = parquet.read_schema(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise Invalid(
            f"source `{spec.name}`: `{spec.path}` is no whole Parquet file",
            code="E335",
            hint="was it copied completely? export it again",
        ) from problem
    names: list[str] = schema.names
    return names
