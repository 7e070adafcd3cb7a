"""Sheet: a file somebody brings becomes a product, step by step; the steps are kept for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.rights import may_run
from agora.model.draft import Draft, DraftColumn, DraftStep, SheetColumn, SheetDraft
from agora.model.errors import Denied, Invalid, Missing, Unusable
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import SourceSpec
from agora.needs.house import House
from agora.needs.store import Kept, Put
from agora.passage.knowing import find_product
from agora.spec.scaffold import selected
from agora.usecases.making import sheets, writing
from agora.workshop import suspecting


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A draft and the first rows of its file, as text.

    `telling` are values that show whether its letters were guessed right; none where they are certain.
    """

    draft: SheetDraft
    first: tuple[Mapping[str, object], ...]
    telling: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What would be written, and what stands against it, each as a sentence."""

    draft: SheetDraft
    problems: tuple[str, ...]
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The product whose files are there now, and the commit where there is version control."""

    name: ProductName
    files: tuple[str, ...]
    commit: str = ""


def begin(
    house: House, who: Actor, file: str, content: bytes, encoding: str | None = None
) -> SheetDraft:
    """The file is this person's draft, instead of the one they had.

    Without an `encoding` its bytes say what its letters are; where they do not, it is a guess to look at.
    Raises Unusable, Exhausted, Invalid with what is wrong in the file, Denied for who publishes nowhere.
    """
    domains = writing.domains(house.mesh, who)
    if not domains:
        raise Denied(
            "you publish for no domain", code="E419", hint="an owner of a domain can name you"
        )
    name = file.replace("\\", "/").rpartition("/")[2]
    written = sheets.written_in(name, content, encoding)
    delimiter = sheets.delimited(name, content, written)
    spec = sheets.source(name, len(content), delimiter, written)
    aside = f"{house.new_id('sheet')}/{spec.path}"
    found = sheets.opened(house, spec, house.folder.aside(aside, content))
    stem = "-".join(_words(name.rpartition(".")[0]))
    draft = SheetDraft(
        owner=who.principal.id,
        file=name[:200],
        kind=spec.path.rpartition(".")[2],
        aside=aside,
        columns=found.columns,
        rows=found.rows,
        title=stem.replace("-", " ").capitalize(),
        domain=domains[0],
        product=stem,
        changed_at=house.now(),
        delimiter=delimiter,
        encoding=written,
    )
    kept = house.store.get(SheetDraft, who.principal.id)
    return _keep(house, draft, kept.revision if kept else 0)


def find(house: House, who: Actor) -> SheetDraft:
    """The draft this person has; raises Missing."""
    return _kept(house, who).noun


def standing(house: House, who: Actor) -> SheetDraft | None:
    """The draft this person has, or None."""
    kept = house.store.get(SheetDraft, who.principal.id)
    return kept.noun if kept and kept.noun.aside else None


def open_again(house: House, who: Actor) -> Opened:
    """The draft with the first rows of its file. Raises Missing, Unavailable."""
    draft = find(house, who)
    found = sheets.opened(house, _spec(draft), _path(house, draft))
    return Opened(draft=draft, first=found.first, telling=sheets.telling(house, draft))


def spell(house: House, who: Actor, encoding: str) -> SheetDraft:
    """The draft's file is read in other letters, its columns as if it were new. Raises Missing, Invalid."""
    draft = find(house, who)
    return begin(house, who, draft.file, house.folder.from_aside(draft.aside), encoding)


def columns(house: House, who: Actor, given: Sequence[SheetColumn]) -> SheetDraft:
    """The columns are called, typed and tagged like this; those of the file stay. Raises Missing, Invalid.

    What looks as if it were about people is called sensitive, or it is said why it is not.
    """
    kept = _kept(house, who)
    names = [each.name for each in given]
    for name in names:
        if not name.isidentifier() or not name.isascii() or name != name.lower():
            raise Invalid(
                f"`{name}` cannot name a column",
                code="E754",
                hint="use lower-case letters, digits and _",
            )
    if len(set(names)) < len(names):
        raise Invalid("two columns have the same name", code="E754", hint="rename one of them")
    tags = {"", *(tag.id for tag in house.mesh.tags)}
    by_origin = {each.origin: each for each in given if each.tag in tags}
    made = tuple(
        replace(by_origin.get(each.origin, each), hint=each.hint) for each in kept.noun.columns
    )
    _answered(house, made)
    on = DraftStep.LABEL if kept.noun.step is DraftStep.COLUMNS else kept.noun.step
    draft = replace(kept.noun, columns=made, step=on, changed_at=house.now())
    return _keep(house, draft, kept.revision)


def label(
    house: House,
    who: Actor,
    *,
    title: str,
    summary: str,
    domain: str,
    product: str,
    row: str = "",
    terms: str = "",
) -> SheetDraft:
    """The draft bears these words. Raises Missing, Unusable, Denied, Conflict, Invalid."""
    kept = _kept(house, who)
    draft = replace(
        kept.noun, title=title, summary=summary, domain=domain, product=product, row=row,
        terms=terms, changed_at=house.now(),
    )  # fmt: skip
    _keep(house, draft, kept.revision)
    writing.named(house, who, f"{domain}.{product}")
    writing.labelled(title, summary)
    return _keep(house, replace(draft, step=DraftStep.CHECK), kept.revision + 1)


def look(house: House, who: Actor) -> Looked:
    """Everything that stands against publishing it; nothing is written. Raises what `label` raises."""
    draft = find(house, who)
    name = writing.named(house, who, f"{draft.domain}.{draft.product}")
    writing.labelled(draft.title, draft.summary)
    _answered(house, draft.columns)
    problems = tuple(sheets.misfits(house, _spec(draft), _path(house, draft), draft.columns))
    found = writing.foreseen(house, _draft(draft, name), _data(house, draft, name))
    return Looked(draft=draft, problems=problems, files=tuple(found.files))


def write(house: House, who: Actor) -> Written:
    """The product's files and its data are written and committed in one's name; the draft is gone.

    Raises Invalid for what stands against it, Conflict, Denied, Unavailable; then nothing is written.
    """
    looked = look(house, who)
    if looked.problems:
        raise Invalid(looked.problems[0], code="E755", hint="choose another type, or another file")
    kept = _kept(house, who)
    draft = kept.noun
    name = ProductName(draft.domain, draft.product)
    found = writing.foreseen(house, _draft(draft, name), _data(house, draft, name))
    harmless = suspecting.harmless(draft.columns, house.mesh.classified())
    words = f"Make {draft.title} from {draft.file}"
    commit = writing.written(house, who, found, words, harmless=harmless)
    _keep(house, replace(draft, aside="", changed_at=house.now()), kept.revision)
    return Written(name=name, files=tuple(found.files), commit=commit)


def replaceable(house: House, who: Actor, name: str) -> SourceSpec:
    """The one file a product is made of, when this person may put another in its place.

    Raises Missing, Denied, Unusable.
    """
    product = find_product(house, who.principal, name)
    if reasons := may_run(house.mesh, product.name, who.principal):
        raise Denied.because(reasons)
    files = [s for s in product.build.sources if s.type in sheets.KINDS.values() and not s.arriving]
    parts = files[0].path.split("/") if len(files) == 1 else [""]
    if not all(parts) or ".." in parts:
        raise Unusable(
            f"`{product.name}` is not made of one file", code="E756", hint="change its source"
        )
    return files[0]


def next_file(house: House, who: Actor, name: str, file: str, content: bytes) -> Written:
    """The product's file is this one from now on, committed in one's name; a run makes an edition of it.

    Raises Missing, Denied, Unusable, Exhausted, Invalid for a file that cannot be read.
    """
    spec = replaceable(house, who, name)
    given = sheets.source(file, len(content))
    if given.type != spec.type:
        raise Unusable(
            f"`{file}` is another kind of file than `{spec.path}`",
            code="E756",
            hint="save it alike",
        )
    sheets.alike(spec, file, content)
    product = find_product(house, who.principal, name)
    aside = house.folder.aside(f"{house.new_id('sheet')}/{given.path}", content)
    sheets.opened(house, spec, aside)
    path = f"{product.folder}/{spec.path}"
    words = f"Put {file.rpartition('/')[2]} in the place of {spec.path}"
    author = writing.author(house, who)
    commit = house.folder.keep({path: content}, author=author, words=words, replacing={path: None})
    writing.recorded(house, who, product.name, commit, (path,))
    return Written(name=product.name, files=(path,), commit=commit)


def _answered(house: House, columns: Sequence[SheetColumn]) -> None:
    """Nobody lets pass by oversight what may be about people; raises Invalid."""
    for each in suspecting.unanswered(columns, house.mesh.classified()):
        raise Invalid(
            f"`{each.name}` may be about people ({each.hint}) and is not called sensitive",
            code="E804",
            hint="say what it is, or why it is not about people",
        )


def _words(text: str) -> list[str]:
    plain = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text)
    found = plain.lower().split()[:6]
    return found if found and found[0][0].isalpha() else ["sheet", *found]


def _kept(house: House, who: Actor) -> Kept[SheetDraft]:
    kept = house.store.get(SheetDraft, who.principal.id)
    if kept is None or not kept.noun.aside:
        raise Missing("you have no draft", code="E752", hint="choose a file first")
    return kept


def _keep(house: House, draft: SheetDraft, revision: int) -> SheetDraft:
    house.store.commit((Put(key=draft.owner, noun=draft, revision=revision),), ())
    return draft


def _spec(draft: SheetDraft) -> SourceSpec:
    return sheets.source(f"data.{draft.kind}", 0, draft.delimiter, draft.encoding)


def _path(house: House, draft: SheetDraft) -> str:
    return f"{house.folder.aside_root}/{draft.aside}"


def _data(house: House, draft: SheetDraft, name: ProductName) -> dict[str, bytes]:
    path = f"{name.domain}/{name.product}/{_spec(draft).path}"
    return {path: house.folder.from_aside(draft.aside)}


def _draft(draft: SheetDraft, name: ProductName) -> Draft:
    listed = ",\n".join(selected(each.origin, each.name) for each in draft.columns)
    return Draft(
        name=name,
        title=draft.title.strip(),
        summary=draft.summary.strip(),
        row=draft.row.strip(),
        terms=draft.terms.strip(),
        columns=tuple(
            DraftColumn(
                name=each.name,
                type=each.type,
                description=each.description,
                tags=(each.tag,) if each.tag else (),
                key=each.key,
            )
            for each in draft.columns
        ),
        step=f"select\n{listed}\nfrom {sheets.RAW}",
        source=_spec(draft),
    )
