"""Govern over REST: the rules that bind people here, and what they leave of a table for somebody."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from agora.model.decision import Decision
from agora.model.policy import Effect, Policy, Purpose, Tag, Target, Who
from agora.serve.rest.asking import By, Within
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import rules as verbs
from agora.usecases.explain import explain

router = APIRouter(tags=["govern"])
DECISIONS = listing(model_of(Decision))
BOUND: Any = model_of(Who)
ABOUT: Any = model_of(Target)
PURPOSE: Any = model_of(Purpose)
TAG: Any = model_of(Tag)
Person = Annotated[str, Query(max_length=100, description="Who it is about; else the caller.")]


class Rule(BaseModel):
    """A rule: what it is about, whom it binds and spares, and what it does.

    `does` is `deny`, `permit`, `rows`, `mask`, `expires` or `physical`; `how` says which rows or
    which mask, or until when.
    """

    name: str
    title: str
    domain: str = ""
    about: ABOUT
    binds: BOUND
    spares: list[BOUND] = []
    does: str
    how: str = ""
    file: str = ""


class Bound(BaseModel):
    """Company rules, rules of domains, and the words they use."""

    company: list[Rule]
    domains: list[Rule]
    purposes: list[PURPOSE]
    tags: list[TAG]


@router.get("/rules", responses=documented(), summary="The rules that bind people here")
def rules(house: Within, who: By) -> Bound:
    """Company rules, and those of the domains the caller may know of."""
    found = verbs.rules(house, who)
    return Bound(
        company=[told(each) for each in found.company],
        domains=[told(each) for each in found.domains],
        purposes=wired(found.purposes),
        tags=wired(found.tags),
    )


@router.get("/domains/{domain}/rules", response_model=listing(Rule), responses=documented(404), summary="The rules of a domain")  # fmt: skip
def of_domain(house: Within, who: By, domain: Word, paged: Paged) -> Any:
    """Those its own people made; company rules bind there as well."""
    return paged.page(told(each).model_dump() for each in verbs.of_domain(house, who, domain))


@router.get("/explain", response_model=DECISIONS, responses=documented(404), summary="What somebody would see of a table")  # fmt: skip
def explained(
    house: Within,
    who: By,
    paged: Paged,
    table: Annotated[str, Query(max_length=200, examples=["sales.weekly-sales"])],
    person: Person = "",
) -> Any:
    """Column by column, and why; about others for its owners and for those who oversee the mesh."""
    asker = verbs.reader(house, who, table, person, who.purpose)
    return paged.page(explain(house, asker, table, told=who.principal))


def told(policy: Policy) -> Rule:
    """A rule as it goes over the wire."""
    does, how = next(_does(policy.effect, policy.rows_text))
    return Rule(
        name=policy.name,
        title=policy.title or policy.id,
        domain=policy.domain,
        about=wired(policy.applies_to),
        binds=wired(policy.who),
        spares=wired(policy.unless),
        does=does,
        how=how,
        file=policy.file,
    )


def _does(effect: Effect, rows: str) -> Iterator[tuple[str, str]]:
    """What a rule does: exactly one of these is set."""
    if effect.mask is not None:
        yield "mask", effect.mask.kind.name.lower()
    if effect.rows is not None:
        yield "rows", rows
    if effect.expires is not None:
        yield "expires", effect.expires.isoformat()
    if effect.physical:
        yield "physical", ""
    yield ("deny" if effect.deny else "permit"), ""
