"""Imports: what others wrote of their data becomes products of this mesh, still without rows."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agora.governance import policies
from agora.governance.rights import may_found, may_run
from agora.model.errors import Conflict, Denied, Invalid, Missing, Unusable
from agora.model.findings import Finding, Weight
from agora.model.names import ProductName, is_kebab
from agora.model.people import Actor
from agora.needs.house import House
from agora.spec.founding import founded
from agora.spec.imports.drafts import Found
from agora.spec.imports.folders import Laid, laid
from agora.spec.imports.formats import CATALOG, TEXTS, form_of
from agora.spec.imports.spelling import kebab
from agora.spec.mesh import read
from agora.spec.texts import read as values
from agora.usecases.making import writing

READERS = {form: f"agora.spec.imports.{form}" for form in TEXTS} | {
    "odps": "agora.spec.imports.odcs"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file somebody gave: its name, and what is in it."""

    file: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was written, and everything there is to say about it: lost parts, and findings in it."""

    products: tuple[str, ...]
    files: tuple[str, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        """True when every product can be used as it is."""
        return all(finding.weight is not Weight.ERROR for finding in self.findings)


def adopt(
    house: House,
    who: Actor,
    name: str,
    given: Sequence[Given],
    environment: Mapping[str, str],
    *,
    form: str = "",
    dialect: str = "",
    only: Sequence[str] = (),
    purpose: str = "",
) -> Imported:
    """The files' tables are products of the domain, or ports of the product, that `name` names.

    Nothing is overwritten. `only` picks tables, `purpose` says what input ports are used for.
    Raises Unusable, Invalid (a file cannot be read, with every finding), Missing, Conflict, Denied.
    """
    domain, product = _named(name)
    found = _chosen(_read(given, form, dialect), only)
    made = _laid(domain, product, found, given[0].file, purpose)
    _allowed(house, who, made)
    files = {path: content for each in made for path, content in each.files.items()}
    fresh = house.mesh.domain(domain) is None
    before = house.folder.texts()
    listing = longer = before[writing.LISTING]
    if fresh:
        area = founded(listing, made[0].name, who.principal)
        files |= area.files
        longer = area.listing
    words = f"Import {', '.join(str(each.name) for each in made)}"
    commit = writing.laid(house, who, files, words, listing=(listing, longer))
    for each in made:
        writing.recorded(house, who, each.name, commit, tuple(sorted(each.files)))
    lost = (*found.findings, *(finding for each in made for finding in each.findings))
    return Imported(
        products=tuple(str(each.name) for each in made),
        files=tuple(sorted(files)),
        findings=(*lost, *_news(before, house.folder.texts(), environment)),
    )


def _named(name: str) -> tuple[str, str]:
    domain, _, product = name.replace("/", ".").partition(".")
    if not is_kebab(domain) or (product and not is_kebab(product)):
        raise Unusable(
            f"`{name}` names neither a domain nor a product",
            code="E014",
            hint="write `domain` or `domain.product`, in lower-case words joined by hyphens",
        )
    return domain, product


def _read(given: Sequence[Given], form: str, dialect: str) -> Found:
    found = Found()
    catalogs = [each for each in given if form_of(each.file, each.content) == CATALOG]
    for each in (each for each in given if each not in catalogs):
        word = form or form_of(each.file, each.content)
        if word not in READERS:
            names = ", ".join(f"`{name}`" for name in TEXTS)
            words = (
                f"there is no format `{word}`"
                if word
                else f"whose words `{each.file}` is in is not clear"
            )
            code = "E041" if word else "E044"
            raise Unusable(words, code=code, hint=f"say `--format` with one of {names}")
        reader: Any = importlib.import_module(READERS[word])
        more = {"catalogs": [c.content for c in catalogs]} if word == "dbt" and catalogs else {}
        found = found.joined(reader.read(each.file, each.content, dialect=dialect, **more))
    if not found.usable:
        wrong = [finding for finding in found.findings if finding.weight is Weight.ERROR]
        names = ", ".join(f"`{each.file}`" for each in given)
        raise Invalid(
            f"{names} cannot be imported; nothing was written", code="E042", findings=wrong
        )
    return found


def _chosen(found: Found, only: Sequence[str]) -> Found:
    tables = {draft.table for draft in found.drafts}
    strange = [name for name in only if name not in tables]
    if strange or not (found.drafts or found.product):
        words = f"there is no table `{strange[0]}` in it" if strange else "it describes no table"
        hint = f"there are {', '.join(f'`{t}`' for t in sorted(tables)[:12])}" if tables else ""
        raise Missing(words, code="E045", hint=hint)
    return replace(found, drafts=tuple(d for d in found.drafts if not only or d.table in only))


def _laid(domain: str, product: str, found: Found, file: str, purpose: str) -> list[Laid]:
    """One product of that name, or one for every table."""
    if product or found.product:
        named = product or kebab(
            str(values("", found.product.encode(), None).get("name")), "product"
        )
        return [laid(ProductName(domain, named), found, file=file, purpose=purpose)]
    made = {}
    for draft in found.drafts:
        name = ProductName(domain, kebab(draft.table))
        if name in made:
            raise Conflict(f"two tables would be called `{name}`", code="E046")
        made[name] = laid(name, replace(found, drafts=(draft,)), file=file, beside=found.drafts)
    return list(made.values())


def _allowed(house: House, who: Actor, made: Sequence[Laid]) -> None:
    domain = made[0].name.domain
    if house.mesh.domain(domain) is None and house.folder.exists(f"{domain}/domain.yaml"):
        words = f"the domain `{domain}` cannot be read"
        raise Invalid(words, code="E100", hint="`agora check` shows every finding")
    if house.mesh.domain(domain) is None and (reasons := may_found(house.mesh, who)):
        raise Denied.because(reasons)
    for each in made:
        if house.folder.exists(f"{each.name.domain}/{each.name.product}"):
            raise Conflict(
                f"`{each.name}` exists already", code="E013", hint=f"agora show {each.name}"
            )
        reasons = may_run(house.mesh, each.name, who.principal)
        if reasons and house.mesh.domain(each.name.domain) is not None:
            raise Denied.because(reasons)


def _news(
    before: Mapping[str, bytes], after: Mapping[str, bytes], environment: Mapping[str, str]
) -> list[Finding]:
    """What `agora check` finds now and did not find before, in these files and elsewhere."""
    known = set(_findings(before, environment))
    return [finding for finding in _findings(after, environment) if finding not in known]


def _findings(texts: Mapping[str, bytes], environment: Mapping[str, str]) -> list[Finding]:
    reading = read(texts, environment)
    return [*reading.findings, *(policies.check(reading.mesh) if reading.mesh else ())]
