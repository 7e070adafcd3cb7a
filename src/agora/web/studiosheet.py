"""Sheet to product: a file, its columns, its label, a last look; the server keeps the steps."""

from agora.model.draft import SheetColumn, SheetDraft
from agora.model.errors import AgoraError
from agora.model.types import Kind
from agora.usecases import errands, sheet, studio
from agora.usecases.making.sheets import LARGEST, types
from agora.web.answers import Page, Redirect
from agora.web.hints import beside
from agora.web.paths import get, post
from agora.web.visit import Visit
from agora.workshop.letters import KNOWN

BASE = "/studio/new/upload"
STEPS = (
    ("file", "File", BASE), ("columns", "Columns", f"{BASE}/columns"),
    ("label", "Label", f"{BASE}/label"), ("check", "Check and publish", f"{BASE}/check"),
)  # fmt: skip
KINDS = {
    Kind.BOOLEAN: "yes or no", Kind.INTEGER: "whole number", Kind.BIGINT: "whole number", Kind.DECIMAL: "decimal number",
    Kind.DOUBLE: "decimal number, inexact", Kind.VARCHAR: "text", Kind.DATE: "day", Kind.TIME: "time of day",
    Kind.TIMESTAMP: "day and time", Kind.INSTANT: "day and time, with zone",
}  # fmt: skip
"""What people call the types."""
LETTERS = {
    "": "Unicode (UTF-8)", "utf-16": "Unicode (UTF-16)", "cp1252": "Western Europe, Windows", "cp1250": "Central Europe, Windows",
    "cp1251": "Cyrillic, Windows", "cp1253": "Greek, Windows", "cp1254": "Turkish, Windows", "mac-roman": "Western Europe, Mac",
    "cp850": "Western Europe, DOS", "latin-1": "Western Europe (ISO 8859-1)",
}  # fmt: skip
"""What people call the encodings."""
WRONG = {"E014": "product", "E013": "product", "E750": "domain", "E419": "domain"}
"""Which field of the label an error of this code is about."""


def file(visit: Visit) -> Page:
    """Where a file is chosen, or a draft goes on."""
    return _file(visit)


def bring(visit: Visit) -> Page | Redirect:
    """The file is this person's draft, or the page says what is wrong with it."""
    given = visit.file("file")
    if given is None or not given.filename:
        return _file(visit, "Choose a file first", 422)
    try:
        sheet.begin(visit.house, visit.who, given.filename, given.file.read(LARGEST + 1))
    except AgoraError as problem:
        return _file(visit, beside(problem), problem.status)
    return Redirect(f"{BASE}/columns")


def spell(visit: Visit) -> Page | Redirect:
    """The same file is read in other letters."""
    try:
        sheet.spell(visit.house, visit.who, visit.text("encoding"))
    except AgoraError as problem:
        return _columns(visit, wrong={"encoding": beside(problem)}, status=problem.status)
    return Redirect(f"{BASE}/columns")


def columns(visit: Visit) -> Page:
    """Every column as it was found, to be confirmed or corrected."""
    return _columns(visit)


def confirm(visit: Visit) -> Page | Redirect:
    """The columns are called and typed as the form says."""
    draft = sheet.find(visit.house, visit.who)
    given = [_typed(visit, place, each) for place, each in enumerate(draft.columns)]
    try:
        sheet.columns(visit.house, visit.who, given)
    except AgoraError as problem:
        bad = next((n for n, each in enumerate(given) if f"`{each.name}`" in problem.sentence), 0)
        field = "tag" if problem.code_shown == "E804" else "name"
        return _columns(visit, given, {f"{field}-{bad}": beside(problem)}, problem.status)
    return Redirect(f"{BASE}/label")


def label(visit: Visit) -> Page:
    """The words others find it by."""
    return _label(visit, sheet.find(visit.house, visit.who))


def say(visit: Visit) -> Page | Redirect:
    """The draft bears these words, or the field that is wrong says so."""
    words = {
        name: visit.text(name) for name in ("title", "summary", "domain", "product", "row", "terms")
    }
    try:
        sheet.label(visit.house, visit.who, **words)
    except AgoraError as problem:
        field = WRONG.get(problem.code_shown) or (
            "title" if "title" in problem.sentence else "summary"
        )
        draft = sheet.find(visit.house, visit.who)
        return _label(visit, draft, {field: beside(problem)}, problem.status)
    return Redirect(f"{BASE}/check")


def check(visit: Visit) -> Page:
    """All answers once more, and everything that stands against publishing."""
    return _check(visit)


def publish(visit: Visit) -> Page | Redirect:
    """The files are written, and the product's page says how far the first edition is."""
    title = sheet.find(visit.house, visit.who).title
    try:
        made = sheet.write(visit.house, visit.who)
    except AgoraError as problem:
        return _check(visit, beside(problem), problem.status)
    visit.site.reread()
    errands.begin(visit.site.house(), visit.who, str(made.name), now=visit.site.now())
    return Redirect(f"/studio/{made.name.domain}/{made.name.product}", said=f"{title} is written.")


def next_file(visit: Visit) -> Page | Redirect:
    """The next file stands in the place of the old one, and an edition is being made of it."""
    name = f"{visit.path['domain']}.{visit.path['product']}"
    here = f"/studio/{visit.path['domain']}/{visit.path['product']}"
    given = visit.file("file")
    if given is None or not given.filename:
        return Redirect(here, said="Choose a file first.")
    sheet.next_file(visit.house, visit.who, name, given.filename, given.file.read(LARGEST + 1))
    errands.begin(visit.house, visit.who, name, now=visit.site.now())
    return Redirect(here, said="The file stands in its place.")


def steps(here: str) -> list[dict[str, str]]:
    """The way through, with where one is."""
    places = [name for name, _, _ in STEPS]
    at = places.index(here)
    states = ["done" if place < at else "later" for place in range(len(STEPS))]
    states[at] = "current"
    return [
        {"title": title, "href": href if states[n] == "done" else "", "state": states[n]}
        for n, (_, title, href) in enumerate(STEPS)
    ]


def _file(visit: Visit, wrong: str = "", status: int = 200) -> Page:
    values = {
        "steps": steps("file"),
        "draft": sheet.standing(visit.house, visit.who),
        "domains": studio.domains(visit.house, visit.who),
        "wrong": wrong,
        "errors": [{"id": "file", "text": wrong}] if wrong else [],
        "most": LARGEST >> 20,
    }
    return Page(template="studio/file.html", values=values, status=status)


def _columns(
    visit: Visit,
    given: list[SheetColumn] | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Page:
    found = sheet.open_again(visit.house, visit.who)
    tags = [("", "Not sensitive"), *((t.id, t.title or t.id) for t in visit.house.mesh.tags)]
    shown = [
        {
            "column": each,
            "types": [(of.sql, KINDS.get(of.kind, of.sql.lower())) for of in types(each.type)],
            "first": [str(row[each.origin]) for row in found.first if row[each.origin] is not None][
                :3
            ],
        }
        for each in given or found.draft.columns
    ]
    values = {
        "steps": steps("columns"),
        "draft": found.draft,
        "shown": shown,
        "tags": tags,
        "telling": found.telling,
        "encodings": [(each, LETTERS.get(each, each)) for each in KNOWN],
        "wrong": wrong or {},
        "errors": [{"id": key, "text": text} for key, text in (wrong or {}).items()],
    }
    return Page(template="studio/columns.html", values=values, status=status)


def _label(
    visit: Visit, draft: SheetDraft, wrong: dict[str, str] | None = None, status: int = 200
) -> Page:
    values = {
        "steps": steps("label"),
        "draft": draft,
        "domains": [(name, name) for name in studio.domains(visit.house, visit.who)],
        "wrong": wrong or {},
        "errors": [{"id": key, "text": text} for key, text in (wrong or {}).items()],
    }
    return Page(template="studio/label.html", values=values, status=status)


def _check(visit: Visit, wrong: str = "", status: int = 200) -> Page:
    draft = sheet.find(visit.house, visit.who)
    files: tuple[str, ...] = ()
    problems: tuple[str, ...] = (wrong,) if wrong else ()
    try:
        looked = sheet.look(visit.house, visit.who)
        files, problems = looked.files, problems or looked.problems
    except AgoraError as problem:
        problems = problems or (beside(problem),)
    values = {
        "steps": steps("check"),
        "draft": draft,
        "problems": problems,
        "files": files,
        "errors": [{"id": "publish", "text": text} for text in problems],
    }
    return Page(template="studio/check.html", values=values, status=status)


def _typed(visit: Visit, place: int, each: SheetColumn) -> SheetColumn:
    chosen = {of.sql: of for of in types(each.type)}.get(visit.text(f"type-{place}"))
    return SheetColumn(
        origin=each.origin,
        name=visit.text(f"name-{place}"),
        type=chosen or each.type,
        description=visit.text(f"about-{place}"),
        tag=visit.text(f"tag-{place}"),
        key=visit.text(f"key-{place}") == "yes",
        hint=each.hint,
        reason=visit.text(f"reason-{place}"),
    )


ROUTES = (
    get(BASE, file),
    post(BASE, bring),
    get(f"{BASE}/columns", columns),
    post(f"{BASE}/columns", confirm),
    post(f"{BASE}/letters", spell),
    get(f"{BASE}/label", label),
    post(f"{BASE}/label", say),
    get(f"{BASE}/check", check),
    post(f"{BASE}/check", publish),
    post("/studio/{domain}/{product}/file", next_file),
)
