"""Data files that a Python package brings along."""

from importlib.metadata import PackageNotFoundError
from importlib.util import find_spec
from pathlib import Path

from agora.backends.source.files import Allowed, FileSource, named, placed, unfit
from agora.backends.source.parquet import readable
from agora.model.errors import Invalid, Unavailable
from agora.model.product import SourceSpec

OPTIONS: Allowed = {"package": str}


class PackageSource(FileSource):
    """A Parquet file inside an installed package; the package's own code never runs."""

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        if not spec.option("package"):
            return ("option `package` is missing", *unfit(spec, OPTIONS))
        return unfit(spec, OPTIONS)

    def locate(self, spec: SourceSpec, _folder: str) -> str:
        package = str(spec.option("package"))
        root = _root(package)
        if root is None:
            raise Unavailable(
                f"source `{spec.name}` needs the package `{package}`",
                code="E304",
                hint=f"pip install {package.replace('_', '-')}",
            )
        path = placed(spec, root)
        if not path.is_relative_to(root.resolve()):
            raise Invalid(f"source `{spec.name}`: `{spec.path}` leaves the package", code="E330")
        if not path.is_file():
            raise Unavailable(
                f"source `{spec.name}`: `{package}` has no file `{spec.path}`",
                code="E303",
                hint="is another version of it installed?",
            )
        return str(path)

    def to_parquet(self, spec: SourceSpec, landed: str, _folder: str) -> tuple[str, ...]:
        named(spec, readable(spec, landed))
        return (landed,)


def _root(package: str) -> Path | None:
    """Where a top-level package lies, found without importing it."""
    if not package.isidentifier():
        return None
    try:
        found = find_spec(package)
    except (ImportError, ValueError, PackageNotFoundError):
        return None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None
