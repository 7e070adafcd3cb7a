"""Writing: the files of a new product, judged like any others and committed in a person's name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from agora.governance import policies
from agora.governance.rights import may_run
from agora.model.draft import Draft
from agora.model.errors import Conflict, Denied, Invalid, Missing, Unusable
from agora.model.findings import Finding, Weight
from agora.model.ledger import Event
from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.needs.folder import Author
from agora.needs.house import House
from agora.passage.recording import refused
from agora.spec import making
from agora.spec.mesh import read

SUFFIXES = (".yaml", ".sql", ".md")
LISTING = "agora.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A draft whose files hold: the files, and the house as it will be with the product in it."""

    draft: Draft
    files: Mapping[str, bytes]
    house: House


def named(house: House, who: Actor, text: str) -> ProductName:
    """The name of a product that this person may make and that is not there yet.

    Raises Unusable, Missing for a domain nobody founded, Denied, Conflict.
    """
    try:
        name = ProductName.parse(text)
    except ValueError:
        raise Unusable(
            f"`{text}` cannot name a product",
            code="E014",
            hint="write `domain.product`, in lower-case words joined by hyphens",
        ) from None
    if house.mesh.domain(name.domain) is None:
        mine = ", ".join(f"`{each}`" for each in domains(house.mesh, who)) or "none"
        raise Missing(
            f"there is no domain `{name.domain}`", code="E750", hint=f"you may publish for: {mine}"
        )
    if reasons := may_run(house.mesh, name, who.principal):
        problem = Denied.because(reasons)
        refused(house, who, str(name), "", problem, event=Event.DENIED)
        raise problem
    if house.folder.exists(f"{name.domain}/{name.product}"):
        raise Conflict(f"`{name}` exists already", code="E013", hint="choose another name")
    return name


def domains(mesh: Mesh, who: Actor) -> tuple[str, ...]:
    """The domains this person may publish for."""
    found = (each.id for each in mesh.domains)
    return tuple(
        name for name in found if not may_run(mesh, ProductName(name, name), who.principal)
    )


def labelled(title: str, summary: str) -> None:
    """A product has a title and says in one line what it is good for; raises Invalid."""
    for word, text, most in (("title", title, 80), ("summary", summary, 300)):
        if not text.strip():
            raise Invalid(f"the product has no {word}", code="E746", hint="others find it by it")
        if len(text) > most or not text.isprintable():
            raise Invalid(
                f"the {word} is longer than {most} letters, or more than one line", code="E746"
            )


def foreseen(house: House, draft: Draft, more: Mapping[str, bytes] | None = None) -> Foreseen:
    """The product as its files would be read; nothing is written.

    `more` are its data. Raises Invalid with every finding that the new files bring.
    """
    files = making.files(draft)
    before = house.folder.texts()
    after = {**before, **files}
    known, found = set(_errors(before)), _errors(after)
    if news := [each for each in found if each not in known]:
        raise Invalid(
            f"`{draft.name}` would not be valid: {news[0].sentence}",
            code="E747",
            findings=news,
            hint=news[0].hint,
        )
    mesh = read(after, {}).mesh
    product = mesh.product(draft.name) if mesh else None
    service = mesh.principal(draft.name.service) if mesh else None
    assert product is not None, "a product without findings is read"
    assert service is not None, "every product has its service"
    own = house.mesh
    grown = replace(own, products=(*own.products, product), principals=(*own.principals, service))
    return Foreseen(draft=draft, files={**files, **(more or {})}, house=replace(house, mesh=grown))


def _errors(texts: Mapping[str, bytes]) -> list[Finding]:
    reading = read(texts, {})
    found = [*reading.findings, *(policies.check(reading.mesh) if reading.mesh else ())]
    return [each for each in found if each.weight is Weight.ERROR]


def written(
    house: House, who: Actor, found: Foreseen, words: str, harmless: tuple[str, ...] = ()
) -> str:
    """The files are there and committed in this person's name; the ledger knows. Names the commit.

    `harmless` are suspected columns with the reasons why they are not about people.
    Raises Conflict when somebody was faster, Unavailable; then nothing is written.
    """
    name = found.draft.name
    commit = house.folder.keep(found.files, author=author(house, who), words=words)
    recorded(house, who, name, commit, tuple(found.files), harmless)
    return commit


def laid(
    house: House,
    who: Actor,
    files: Mapping[str, bytes],
    words: str,
    *,
    listing: tuple[bytes, bytes] = (b"", b""),
) -> str:
    """New files are there; names the commit, if there is one.

    `listing` is `agora.yaml` as it was read and as it is with a new domain in its list.

    Who sits at a terminal beside the mesh commits them when they are ready. What comes from elsewhere
    is committed in its sender's name, for nobody else would. Raises Conflict, also when they would put
    in doubt what others offer, and Unavailable.
    """
    before, after = listing
    more = {LISTING: after} if after != before else {}
    _demand_harmless(house.folder.texts(), {**files, **more})
    if not who.operator:
        own = author(house, who)
        replacing = dict.fromkeys(more, before)
        return house.folder.keep({**files, **more}, author=own, words=words, replacing=replacing)
    house.folder.write(files)
    for path, content in more.items():
        house.folder.replace(path, content)
    return ""


def _demand_harmless(texts: Mapping[str, bytes], files: Mapping[str, bytes]) -> None:
    """Nothing that stands is in doubt because of these files; what is new may still be unfinished."""
    more = {path: content for path, content in files.items() if path.endswith(SUFFIXES)}
    after = read({**texts, **more}, {})
    own = {".".join(path.split("/")[:2]) for path in files}
    founded = {path.split("/")[0] for path in files if path.endswith("/domain.yaml")}
    harmed = sorted(set(after.broken) - set(read(texts, {}).broken) - own - founded)
    if harmed:
        why = next((f for f in after.findings if _lies_in(f.file, harmed[0])), None)
        raise Conflict(
            f"`{harmed[0]}` would be in doubt, and off the market"
            + (f": {why.sentence}" if why else ""),
            code="E808",
            hint="choose another name; nothing was written",
        )


def _lies_in(file: str, name: str) -> bool:
    return file.startswith(f"{name.replace('.', '/')}/")


def recorded(
    house: House,
    who: Actor,
    name: ProductName,
    commit: str,
    files: tuple[str, ...],
    harmless: tuple[str, ...] = (),
) -> None:
    """The ledger knows who wrote which files of a product, and what they answer for in them."""
    said = (("harmless", harmless),) if harmless else ()
    entry = house.entry(
        who,
        Event.MADE,
        subject=str(name),
        facts=(("files", files), ("commit", commit), *said),
    )
    house.store.commit((), (entry,))


def author(house: House, who: Actor) -> Author:
    """In whose name version control keeps a change."""
    own = who.principal
    return Author(name=own.name or own.id, email=own.email or f"{own.id}@{house.mesh.name}")
