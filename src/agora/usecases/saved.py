"""Saved: queries that people keep, share and run again, each with their own rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.saved import may_edit
from agora.model.decision import Decision
from agora.model.errors import AgoraError, Missing
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.result import Result
from agora.model.saved import Audience, Parameter, SavedQuery, Sharing
from agora.needs.engine import Answer
from agora.needs.house import House
from agora.needs.outlet import Export
from agora.needs.store import Kept
from agora.passage import results
from agora.passage.knowing import find_product, known
from agora.passage.reading import read
from agora.passage.saved import Cabinet, acting, read_through
from agora.passage.saved import bound as with_values
from agora.passage.taking import taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved query as one person meets it: its revision to name when changing it, and their rights.

    One that is `curated` stands in the product's own folder and is changed there; `product` says
    which it belongs to.
    """

    query: SavedQuery
    revision: int = 0
    may_edit: bool = False
    owns: bool = False
    curated: bool = False
    product: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """What a saved query answers to this person: the text as it was run, and their own rows."""

    sql: str
    answer: Answer
    decisions: tuple[Decision, ...]


def save(
    house: House,
    who: Actor,
    *,
    title: str,
    sql: str,
    description: str = "",
    parameters: Sequence[Parameter] = (),
    purpose: str = "",
    audience: Audience = Audience.NOBODY,
    named: Sequence[str] = (),
    editors: Sequence[str] = (),
) -> Saved:
    """The query is kept, as this person's own. Raises Refused, Invalid or Missing."""
    now = house.now()
    noun = SavedQuery(
        id=house.new_id("qry"),
        title=title.strip(),
        sql=sql,
        sharing=Sharing.of(who.principal.id, audience, named, editors),
        description=description,
        parameters=tuple(parameters),
        purpose=purpose,
        tables=read_through(house, who, sql, parameters),
        created_at=now,
        changed_at=now,
        changed_by=who.principal.id,
    )
    return _met(who, _cabinet(house, who).keep(noun, 0))


def edit(
    house: House,
    who: Actor,
    name: str,
    revision: int = 0,
    *,
    title: str | None = None,
    sql: str | None = None,
    description: str | None = None,
    parameters: Sequence[Parameter] | None = None,
    purpose: str | None = None,
) -> Saved:
    """The words given stand in place of the old ones. Raises Missing, Denied, Invalid, Refused.

    Raises Conflict when somebody changed it since `revision`; it carries what stands there now.
    """
    cabinet = _cabinet(house, who)
    kept = cabinet.to_change(name, revision)
    old = kept.noun
    text = old.sql if sql is None else sql
    asked = old.parameters if parameters is None else tuple(parameters)
    noun = replace(
        old,
        title=old.title if title is None else title.strip(),
        sql=text,
        description=old.description if description is None else description,
        parameters=asked,
        purpose=old.purpose if purpose is None else purpose,
        tables=read_through(house, who, text, asked),
    )
    return _met(who, cabinet.keep(noun, kept.revision))


def share(
    house: House,
    who: Actor,
    name: str,
    revision: int = 0,
    *,
    audience: Audience,
    named: Sequence[str] = (),
    editors: Sequence[str] = (),
) -> Saved:
    """The words are shared like this from now on, by their owner; rows never are.

    Raises Missing, Denied, Invalid, Conflict.
    """
    cabinet = _cabinet(house, who)
    return _met(who, cabinet.share(name, revision, audience, named, editors))


def remove(house: House, who: Actor, name: str, revision: int = 0) -> Saved:
    """The query is gone for everybody. Raises Missing, Denied, Conflict."""
    return _met(who, _cabinet(house, who).remove(name, revision))


def find(house: House, who: Actor, name: str) -> Saved:
    """The saved or curated query of that name (`qry-…`, `domain.product/name`); raises Missing."""
    product, slash, file = name.partition("/")
    if not slash:
        return _met(who, _cabinet(house, who).get(name))
    found = (each for each in curated(house, who, product) if each.query.id.endswith(f"/{file}"))
    for each in found:
        return each
    raise Missing(f"there is no saved query `{name}`", code="E690")


def mine(house: House, who: Actor) -> tuple[Saved, ...]:
    """The queries this person keeps, the newest first."""
    return tuple(each for each in _all(house, who) if each.owns)


def shared(house: House, who: Actor) -> tuple[Saved, ...]:
    """The queries of others that this person sees, the newest first."""
    return tuple(each for each in _all(house, who) if not each.owns)


def curated(house: House, who: Actor, product: str) -> tuple[Saved, ...]:
    """The queries its owners offer with a product, as far as one may know their tables."""
    return tuple(_curated(house, who, find_product(house, who.principal, product)))


def offered(house: House, who: Actor) -> tuple[tuple[Product, Saved], ...]:
    """Every query that owners offer, each with its product, as far as one may know their tables."""
    products = known(house, who.principal)
    return tuple((each, query) for each in products for query in _curated(house, who, each))


def bound(house: House, who: Actor, name: str, values: Mapping[str, str]) -> str:
    """The text of a saved query with these values in it; nothing is read. Raises Missing, Invalid."""
    query = find(house, who, name).query
    return with_values(house, who, query.sql, query.parameters, dict(values))


def run(house: House, who: Actor, name: str, values: Mapping[str, str]) -> Rerun:
    """Whoever runs it has the rows they may see. Raises what a query raises, Missing and Invalid."""
    asker, sql = _asked(house, who, name, values)
    reading = read(house, asker, sql)
    return Rerun(sql=sql, answer=reading.answer, decisions=reading.decisions)


def start(house: House, who: Actor, name: str, values: Mapping[str, str]) -> Result:
    """It runs beside whatever else happens; what goes wrong with its rows is found in its result.

    Raises Missing, Invalid, and Exhausted when too many of this reader run already.
    """
    return results.run(house, *_asked(house, who, name, values))


def export(house: House, who: Actor, name: str, values: Mapping[str, str], *, form: str) -> Export:
    """The rows that whoever runs it may see leave in this form. Raises what `run` and forms raise."""
    return taken(house, *_asked(house, who, name, values), form=form)


def _asked(house: House, who: Actor, name: str, values: Mapping[str, str]) -> tuple[Actor, str]:
    """Who asks, for the purpose it was kept with unless they name one, and the text to be read."""
    query = find(house, who, name).query
    sql = with_values(house, who, query.sql, query.parameters, dict(values))
    return acting(who, query.purpose), sql


def _cabinet(house: House, who: Actor) -> Cabinet[SavedQuery]:
    return Cabinet(house, who, SavedQuery)


def _all(house: House, who: Actor) -> Iterator[Saved]:
    return (_met(who, kept) for kept in _cabinet(house, who).all())


def _met(who: Actor, kept: Kept[SavedQuery]) -> Saved:
    sharing = kept.noun.sharing
    return Saved(
        query=kept.noun,
        revision=kept.revision,
        may_edit=may_edit(sharing, who.principal),
        owns=who.principal.id == sharing.owner,
    )


def _curated(house: House, who: Actor, product: Product) -> Iterator[Saved]:
    for name, sql in product.queries:
        try:
            tables = read_through(house, who, sql, ())
        except AgoraError:
            continue  # one that cannot be run, or that names what this person may not know of
        noun = SavedQuery(
            id=f"{product.name}/{name}",
            title=name.replace("-", " ").capitalize(),
            sql=sql,
            sharing=Sharing(owner=product.name.domain, audience=Audience.READERS),
            tables=tables,
            created_at=house.now(),
            changed_at=house.now(),
            changed_by=product.name.domain,
        )
        yield Saved(query=noun, curated=True, product=str(product.name))
