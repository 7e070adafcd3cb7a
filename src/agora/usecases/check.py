"""Check: everything that is wrong in the files of a mesh, all at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from agora.governance import lifecycle, policies
from agora.governance.rights import belongs, oversees
from agora.model.findings import Finding, Weight
from agora.model.mesh import Mesh
from agora.model.people import Actor
from agora.needs.folder import Folder
from agora.needs.house import House
from agora.needs.source import Sources
from agora.passage.knowing import known
from agora.spec import texts as words
from agora.spec.mesh import read
from agora.workshop.lineage.tags import forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The mesh as far as it can be read, every finding, and the names of what is left out."""

    mesh: Mesh | None
    findings: tuple[Finding, ...]
    broken: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """True when no finding is an error."""
        return all(finding.weight is not Weight.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is wrong in the files, as far as somebody may know, and how many products there are."""

    findings: tuple[Finding, ...]
    products: int


def judged(house: House, who: Actor, *, environment: Mapping[str, str], now: datetime) -> Judged:
    """The findings in the files of one's own domains; all of them for those who oversee the mesh."""
    checked = check(house.folder, house.sources, environment, now=now)
    mesh = checked.mesh or house.mesh
    every = oversees(mesh, who.principal)
    own = tuple(f"{each.id}/" for each in mesh.domains if belongs(each, who.principal))
    return Judged(
        findings=tuple(f for f in checked.findings if every or f.file.startswith(own)),
        products=len(mesh.products if every else known(house, who.principal)),
    )


def check(
    folder: Folder,
    sources: Sources,
    environment: Mapping[str, str],
    *,
    now: datetime | None = None,
) -> Checked:
    """Every text has been read and judged: shape, meaning, policies, source options.

    `now` tells which announced last days have passed; a mesh with its own clock knows better.
    """
    texts = folder.texts()
    reading = read(texts, environment)
    findings = [*reading.findings]
    if reading.mesh is not None:
        findings += policies.check(reading.mesh)
        findings += _sources(reading.mesh, sources)
        findings += forgotten_tags(reading.mesh, texts)
        findings += retired(reading.mesh, texts, reading.mesh.at or now)
    ordered = sorted(findings, key=lambda f: (f.file, f.line, f.column, f.code))
    return Checked(mesh=reading.mesh, findings=tuple(ordered), broken=reading.broken)


def forgotten_tags(mesh: Mesh, texts: Mapping[str, bytes]) -> list[Finding]:
    """A warning for every label that comes along to a column and that its contract leaves out."""
    found = []
    for each in forgotten(mesh):
        port = mesh.port(each.port)
        contract = port.contract if port else None
        if contract is None or contract.file not in texts:
            continue
        place = [column.name for column in contract.columns].index(each.column)
        text = words.read(contract.file, texts[contract.file], None)
        text.report(
            "E159",
            ("schema", 0, "properties", place),
            f"`{each.column}` comes from `{each.origin}`, which bears `{each.label}`",
            weight=Weight.WARNING,
        )
        found += text.findings[-1:]
    return found


def retired(mesh: Mesh, texts: Mapping[str, bytes], now: datetime | None) -> list[Finding]:
    """An error for every version that is retired before its last day while a product reads it."""
    found = []
    for port, readers in lifecycle.still_read(mesh, now):
        text = words.read(port.contract.file, texts[port.contract.file], None)
        named = ", ".join(f"`{name}`" for name in readers)
        text.report("E171", ("status",), f"`{port.version}` is retired, but {named} still reads it")
        found += text.findings[-1:]
    return found


def _sources(mesh: Mesh, sources: Sources) -> list[Finding]:
    found = []
    for product in mesh.products:
        for spec in product.build.sources:
            place = f"{product.folder}/build.yaml"
            if spec.type not in sources.kinds():
                kinds = ", ".join(f"`{kind}`" for kind in sources.kinds())
                found.append(
                    _finding(
                        place,
                        "E301",
                        f"there is no source type `{spec.type}`",
                        f"use one of {kinds}",
                    )
                )
                continue
            complaints = sources.pick(spec.type).check(spec)
            found += [
                _finding(place, "E302", f"source `{spec.name}`: {words}", "")
                for words in complaints
            ]
    return found


def _finding(file: str, code: str, sentence: str, hint: str) -> Finding:
    return Finding(file=file, line=1, column=1, code=code, sentence=sentence, hint=hint)
