"""What file sources share: a place inside the product's folder, options, and calm errors."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agora.backends.source.around import Around
from agora.model.errors import Invalid, Unavailable
from agora.model.product import SourceSpec
from agora.model.release import SourcePin
from agora.needs.source import Delivery

MAX_COLUMNS = 2_000
Allowed = Mapping[str, type | tuple[type, ...]]


class FileSource:
    """A file, or a folder in which files of one kind arrive, each a delivery."""

    def __init__(self, _around: Around | None = None) -> None:
        """A file needs nothing from around it."""

    @abstractmethod
    def locate(self, spec: SourceSpec, folder: str) -> str:
        """The one file the source's path names; raises Unavailable or Invalid."""

    def offered(
        self, spec: SourceSpec, folder: str, _scratch: str, _known: Sequence[SourcePin]
    ) -> tuple[Delivery, ...]:
        paths = arrived(spec, folder) if spec.arriving else (spec.path,)
        return tuple(
            Delivery(path=self.locate(replace(spec, path=path), folder), origin=path)
            for path in paths
        )


def arrived(spec: SourceSpec, folder: str) -> tuple[str, ...]:
    """The files of a folder that fit the pattern, by name; hidden ones are still being written."""
    root = Path(folder).resolve()
    if spec.path.startswith("/") or ".." in Path(spec.path).parts:
        raise _outside(spec)
    found = (path for path in root.glob(spec.path) if path.is_file())
    names = (path.relative_to(root).as_posix() for path in found)
    return tuple(sorted(name for name in names if not Path(name).name.startswith(".")))


def unfit(spec: SourceSpec, allowed: Allowed) -> tuple[str, ...]:
    """What is wrong with a source of files: no path, options that are none, values of the wrong type."""
    found = [] if spec.path else ["`path` is missing"]
    return (*found, *strange(spec, allowed))


def strange(spec: SourceSpec, allowed: Allowed) -> tuple[str, ...]:
    """Options that are none, and values of the wrong type."""
    names = ", ".join(f"`{name}`" for name in sorted(allowed)) or "none"
    found = []
    for name, value in spec.options:
        if name not in allowed:
            found.append(f"there is no option `{name}`; there are {names}")
        elif not isinstance(value, allowed[name]) or isinstance(value, bool):
            found.append(f"option `{name}` cannot be `{value}`")
    return tuple(found)


def inside(spec: SourceSpec, folder: str) -> str:
    """The file the source names, which must lie in the product's folder."""
    root = Path(folder).resolve()
    path = placed(spec, root)
    if not path.is_relative_to(root):
        raise _outside(spec)
    if not path.is_file():
        raise _nowhere(spec)
    if path.stat().st_size == 0:
        raise Invalid(f"source `{spec.name}`: `{spec.path}` is empty", code="E331")
    return str(path)


def placed(spec: SourceSpec, root: Path) -> Path:
    """Where the source's path leads from there; raises Unavailable for one that leads nowhere."""
    try:
        path = (root / spec.path).resolve()
        path.is_file()  # a name that is too long is told here
    except (OSError, ValueError, RuntimeError) as problem:
        raise _nowhere(spec) from problem
    return path


def _outside(spec: SourceSpec) -> Invalid:
    return Invalid(
        f"source `{spec.name}`: `{spec.path}` leaves the product's folder",
        code="E330",
        hint="copy the file next to `build.yaml`, or use another source type",
    )


def _nowhere(spec: SourceSpec) -> Unavailable:
    return Unavailable(
        f"source `{spec.name}`: there is no file `{spec.path[:200]!s}`".replace("\x00", "␀"),
        code="E303",
        hint="paths are relative to the product's folder",
    )


def named(spec: SourceSpec, header: list[str]) -> list[str]:
    """The header as column names; raises Invalid for one that is empty, doubled or too wide."""
    names = [name.strip() for name in header]
    if len(names) > MAX_COLUMNS:
        raise Invalid(
            f"source `{spec.name}` has {len(names):,} columns, more than {MAX_COLUMNS:,}",
            code="E332",
            hint="is it laid out sideways? turn it so that each row is one record",
        )
    if not names:
        raise Invalid(
            f"source `{spec.name}` has no columns",
            code="E336",
            hint="is it empty? else name the row that holds the header with the option `header`",
        )
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise Invalid(
                f"source `{spec.name}`: column {place} has no name",
                code="E333",
                hint="fill in the header",
            )
        if name.lower() in seen:
            raise Invalid(
                f"source `{spec.name}`: the column `{name}` stands twice in the header",
                code="E334",
                hint="rename one of them in the file",
            )
        seen.add(name.lower())
    return names
