"""Search: what somebody may know of, narrowed by facets, and ranked by match, use and health."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agora.model.errors import Unusable
from agora.model.mesh import Mesh
from agora.model.names import ProductName
from agora.model.people import Actor
from agora.model.product import Product
from agora.model.search import (
    CLOSED,
    FACETS,
    FIELDS,
    Access,
    Answered,
    Facet,
    Fresh,
    Listed,
    Quality,
    Question,
    Sort,
    Value,
)
from agora.model.words import Mark, Term, marks, said, terms
from agora.needs.house import House
from agora.passage.finding import answered
from agora.passage.indexing import indexed
from agora.passage.listing import texts

MANY = 5_000
"""A market of more products is not indexed while somebody waits."""
MOST_WORDS, MOST_LETTERS = 32, 500
MOST_HITS = 500
_LAST = 1 << 31
_AROUND = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where words were found: the field, a piece of its text, and the places in that piece."""

    field: str
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A product that fits: `matched` names the fields that hold the words, `found` shows them."""

    product: Product
    access: Access
    quality: Quality
    fresh: Fresh
    matched: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A page of hits, best first, of `total`; `unfiltered` fit the words without any facet.

    `did_you_mean` is the asking with other words, when nothing fits these and something fits those.
    While a huge market is being indexed there are no hits yet, but what is `named` like the words.
    """

    words: str
    total: int
    unfiltered: int
    offset: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    did_you_mean: str = ""
    indexing: bool = False
    named: tuple[Product, ...] = ()

    @property
    def products(self) -> tuple[Product, ...]:
        """What was found, as far as it is known by now."""
        return self.named or tuple(hit.product for hit in self.hits)


def search(
    house: House,
    who: Actor,
    words: str = "",
    *,
    where: Mapping[str, Sequence[str]] | None = None,
    sort: str = Sort.MATCH,
    limit: int = 20,
    offset: int = 0,
    patient: bool = True,
) -> Hits:
    """What this person may know of that holds all the words, and one chosen value of each facet.

    The last word may be just begun; words in quotes stand side by side. Who is not `patient` does not
    wait until a huge market is indexed. Raises Unusable for facets and values that mean nothing, and
    Unavailable when the index cannot be used.
    """
    question = _question(words, where or {}, sort, limit, offset)
    if not patient and _unindexed(house):
        return _meanwhile(house.mesh, who, words, question)
    found = answered(house, who, question)
    return Hits(
        words=words,
        total=found.total,
        unfiltered=found.unfiltered,
        offset=question.offset,
        hits=tuple(_hit(house.mesh, each, question.terms) for each in found.listed),
        facets=tuple(_titled(house.mesh, facet) for facet in found.facets),
        did_you_mean=_instead(question.terms, found),
    )


def ready(house: House) -> None:
    """The index says what the files and the ledger say now, before anybody asks. Raises Unavailable."""
    indexed(house)


def _unindexed(house: House) -> bool:
    """Whether it would take long to answer: the index is of other files, or there is none yet."""
    return len(house.mesh.products) > MANY and house.index.standing().mesh != house.mesh.hash


def _meanwhile(mesh: Mesh, who: Actor, words: str, question: Question) -> Hits:
    """What the files alone tell: products whose name and title hold the words, in the domains chosen."""
    chosen = dict(question.where)
    domains = chosen.pop("domain", ())
    named = [
        product
        for product in (mesh.products if not chosen else ())
        if (not domains or product.name.domain in domains)
        and (product.listed or product.name.domain in who.principal.domains)
        and all(said(f"{product.name} {product.title}", term) for term in question.terms)
    ]
    page = named[question.offset : question.offset + question.limit]
    return Hits(
        words=words,
        total=len(named),
        unfiltered=len(named),
        offset=question.offset,
        hits=(),
        facets=(),
        indexing=True,
        named=tuple(page),
    )


def _question(
    words: str, where: Mapping[str, Sequence[str]], sort: str, limit: int, offset: int
) -> Question:
    wanted = terms(words)
    if len(words) > MOST_LETTERS or sum(len(term.words) for term in wanted) > MOST_WORDS:
        hint = f"use at most {MOST_WORDS} words and {MOST_LETTERS} letters"
        raise Unusable("too many words for one search", code="E672", hint=hint)
    for name, values in where.items():
        known = CLOSED.get(name, tuple(values))
        if name not in FACETS:
            _unknown(name, "facet", FACETS)
        for value in values:
            if value not in known:
                _unknown(value, f"value of `{name}`", known)
    if sort not in tuple(Sort):
        _unknown(sort, "order", tuple(Sort))
    return Question(
        terms=wanted,
        where=tuple((name, tuple(values)) for name, values in where.items() if values),
        sort=Sort(sort),
        limit=min(max(limit, 0), MOST_HITS),
        offset=min(max(offset, 0), _LAST),
    )


def _unknown(word: str, what: str, known: Sequence[str]) -> None:
    raise Unusable(f"`{word}` is no {what}", code="E673", hint=f"use one of {', '.join(known)}")


def _hit(mesh: Mesh, listed: Listed, wanted: tuple[Term, ...]) -> Hit:
    product = mesh.product(ProductName.parse(listed.name))
    assert product is not None, "the index is of this mesh"
    found = [
        _found(field, text, places)
        for field, text in zip(FIELDS, texts(mesh, product), strict=True)
        if (places := marks(text, wanted))
    ]
    return Hit(
        product=product,
        access=listed.access,
        quality=listed.quality,
        fresh=listed.fresh,
        matched=tuple(each.field for each in found),
        found=tuple(found),
    )


def _found(field: str, text: str, places: tuple[Mark, ...]) -> Found:
    """A piece of the text around the first place, with every place in it."""
    start = max(0, places[0].start - _AROUND)
    end = max(places[0].end, start + 3 * _AROUND)
    return Found(
        field=field,
        text=text[start:end],
        marks=tuple(
            Mark(start=place.start - start, end=place.end - start)
            for place in places
            if place.end <= end
        ),
    )


def _titled(mesh: Mesh, facet: Facet) -> Facet:
    """The facet with what people call its values; what is not met here has no name to be told."""
    if facet.name == "domain":
        titles = {each.id: each.title for each in mesh.domains}
    elif facet.name == "tag":
        titles = {each.id: each.title for each in mesh.tags}
    else:
        return facet
    return Facet(
        name=facet.name,
        values=tuple(
            Value(
                value=each.value,
                title=titles.get(each.value, "") if each.count else "",
                count=each.count,
                chosen=each.chosen,
            )
            for each in facet.values
        ),
    )


def _instead(wanted: tuple[Term, ...], answered: Answered) -> str:
    """The asking as somebody would type it, with the other words."""
    if not answered.instead:
        return ""
    other = dict(answered.instead)
    typed = [(term, " ".join(other.get(word, word) for word in term.words)) for term in wanted]
    return " ".join(f'"{text}"' if len(term.words) > 1 else text for term, text in typed)
