"""Govern: the rules that bind people here, in sentences, and what they leave of a table for somebody."""

from agora.model.decision import Decision
from agora.model.errors import AgoraError
from agora.model.people import Actor
from agora.model.policy import MaskKind, Policy, Who
from agora.usecases.explain import explain
from agora.usecases.rules import askable, reader
from agora.usecases.rules import rules as binding
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.tables import SEEN, seen
from agora.web.templates import day
from agora.web.visit import Visit


def rules(visit: Visit) -> Page:
    """Company rules and domain rules, with the words they use."""
    found = binding(visit.house, visit.who)
    values = {
        "company": [told(each) for each in found.company],
        "domain": [told(each) for each in found.domains],
        "purposes": found.purposes,
        "tags": found.tags,
    }
    return Page(template="govern/rules.html", values=values)


def told(policy: Policy) -> dict[str, object]:
    """A rule in sentences: what it is about, whom it binds and spares, and what it does."""
    about = policy.applies_to
    parts = [
        ("columns and tables tagged", about.tags),
        ("tables", about.ports),
        ("columns", about.columns),
        ("domains", about.domains),
    ]
    return {
        "name": policy.name,
        "title": policy.title or policy.id,
        "about": "; ".join(f"{word} {', '.join(names)}" for word, names in parts if names) or "everything",
        "binds": persons(policy.who) or "everybody",
        "spares": [persons(each) for each in policy.unless],
        "does": does(policy),
        "file": policy.file,
    }  # fmt: skip


def does(policy: Policy) -> str:
    """The effect of a rule, in words."""
    effect = policy.effect
    if effect.mask is not None:
        word = SEEN[effect.mask.kind]
        return f"the column is seen {word}" if effect.mask.kind is not MaskKind.NULL else "the values are empty"  # fmt: skip
    if effect.rows is not None:
        return f"only rows where {policy.rows_text}"
    if effect.expires is not None:
        return f"access ends on {day(effect.expires)}"
    if effect.physical:
        return "what is hidden is not even in the files a reader's engine opens"
    return "reading is forbidden" if effect.deny else "reading is allowed"


def persons(who: Who) -> str:
    """A selection of readers, in words."""
    parts = [
        ("", who.people), ("teams", who.teams), ("roles", who.roles), ("kinds", who.kinds),
        ("for", who.purposes),
    ]  # fmt: skip
    words = [f"{word} {', '.join(names)}".strip() for word, names in parts if names]
    if who.owning_domain is not None:
        words.append(
            "the owning domain's own people" if who.owning_domain else "people of other domains"
        )
    return "; ".join(words)


def explained(visit: Visit) -> Page:
    """What one person would see of one table, column by column, and why."""
    mesh, own = visit.house.mesh, visit.who.principal
    table, purpose = visit.query.get("table", ""), visit.query.get("purpose", "")
    asker, problem = Actor(principal=own, operator=own.id, purpose=purpose), None
    decisions: tuple[Decision, ...] = ()
    if table:
        try:
            asker = reader(visit.house, visit.who, table, visit.query.get("person", ""), purpose)
            decisions = explain(visit.house, asker, table, told=own)
        except AgoraError as raised:
            problem = raised
    about = askable(visit.house, visit.who, table)
    values = {
        "people": [(each.id, each.name or each.id) for each in about.people],
        "tables": [(str(each), str(each)) for each in about.tables],
        "purposes": [("", "No purpose")] + [(p.id, p.title or p.id) for p in mesh.purposes],
        "person": asker.principal,
        "table": table,
        "purpose": purpose,
        "decisions": [
            {
                "decision": each,
                "columns": [{"name": view.name, **seen(view)} for view in each.columns],
            }
            for each in decisions
        ],
        "problem": problem,
        "oversees": about.others,
    }
    return Page(template="govern/explain.html", values=values, status=problem.status if problem else 200)  # fmt: skip


ROUTES = (get("/govern", rules), get("/govern/explain", explained))
