"""Help: the way through, the words that are used here, and what every code means."""

from collections import Counter

from agora.model import codes as errors
from agora.model.errors import Missing
from agora.spec import codes as findings
from agora.usecases.domain import domains
from agora.usecases.rules import rules
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.visit import Visit

WORDS = (
    ("Product", "Data that a domain offers to others, with a promise about it. It holds one or more tables."),
    ("Domain", "An area of the business with a team that owns its data and answers for it."),
    ("Table", "What you query. A product with one table bears the same name."),
    ("Edition", "The rows of a product as they were published together, such as Monday's edition."),
    ("Version", "What a table promises. A change that would break somebody gets a new version beside the old one."),
    ("Promise", "What the owners say of a table: columns, rules that hold, how fresh it is. Agora counts whether it holds."),
    ("Label", "What you see of a product before you use it: owner, freshness, promises, size, terms and cost."),
    ("Purpose", "What you use data for. You ask for it, and your approval holds for it."),
    ("Request", "You ask the owners for a table, for a purpose. They approve, narrow, ask back, or refuse with a reason."),
    ("Agreement", "An approved request. It is the access: it begins at once and ends on its day, or when it is ended."),
    ("Company rule", "A rule for the whole mesh. No domain can weaken it."),
    ("Why masked", "A rule hides a value from you. The page names the rule and whose it is."),
    ("Activity", "The record of everything that happened, refusals too. Nobody can change it unnoticed."),
    ("Quarantine", "Rows that a check kept out, with the reason."),
)  # fmt: skip


def index(visit: Visit) -> Page:
    """The way through, the words, and where to go on."""
    del visit
    return Page(template="help/help.html", values={"words": WORDS})


def glossary(visit: Visit) -> Page:
    """What this mesh means by its own words, and where each of them is used."""
    found = rules(visit.house, visit.who)
    areas = domains(visit.house, visit.who)
    shelves = tuple(product for area in areas for product in area.products)
    used = Counter(tag for product in shelves for tag in product.every_tag())
    asked = Counter(name for p in shelves for name in {each.purpose for each in p.inputs})
    values = {
        "words": WORDS,
        "areas": areas,
        "purposes": [(each, asked[each.id]) for each in found.purposes],
        "tags": [(each, used[each.id]) for each in found.tags],
    }
    return Page(template="help/glossary.html", values=values)


def code(visit: Visit) -> Page:
    """What one code means and what to do."""
    name = visit.path["code"]
    found = errors.CODES.get(name) or findings.CODES.get(name)
    if found is None:
        raise Missing("there is no such code", code="E027", hint="check the spelling")
    return Page(
        template="help/code.html", values={"code": name, "meaning": found[0], "do": found[1]}
    )


ROUTES = (
    get("/help", index, anyone=True),
    get("/help/glossary", glossary),
    get("/help/errors/{code}", code, anyone=True),
)
