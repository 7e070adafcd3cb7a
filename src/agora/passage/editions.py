"""Editions: the release somebody asks for, by its number or by a day on which it was current."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agora.model.errors import AgoraError, Missing, Unusable
from agora.model.names import PortVersion, ProductName
from agora.model.product import Product
from agora.model.release import Release
from agora.needs.house import House
from agora.passage import keys

_TOLD = 8
LOST = frozenset({"E511", "E239"})
"""What it comes to when files are gone: they cannot be opened, or a scan of them stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which edition of which product is asked for; `every` holds for those not named."""

    every: str = ""
    named: Mapping[str, str] = field(default_factory=dict)

    def of(self, product: ProductName) -> str:
        """The edition asked for of one product; empty for the current one."""
        return self.named.get(str(product), self.every)


def wanted(words: Sequence[str]) -> Wanted:
    """What `12`, `2017-12-25` and `sales.weekly-sales=12` ask for; raises Unusable."""
    every, named = "", {}
    for word in words:
        product, equals, edition = word.strip().rpartition("=")
        if not _means(edition):
            raise _no_edition(word)
        if equals:
            named[product.strip()] = edition
        elif every:
            raise Unusable(
                "two editions are asked for of the same tables",
                code="E467",
                hint=f"say of which product: `--edition sales.weekly-sales={edition}`",
            )
        else:
            every = edition
    return Wanted(every=every, named=named)


def fitting(asked: Wanted, products: Iterable[ProductName]) -> None:
    """Each edition is of a product that is read, a bare number of the only one; raises Unusable."""
    read = sorted({str(product) for product in products})
    stranger = next((name for name in asked.named if name not in read), "")
    if stranger:
        raise Unusable(
            f"an edition of `{stranger}` is asked for, which is not read",
            code="E467",
            hint=f"read are {', '.join(f'`{name}`' for name in read) or 'no products'}",
        )
    left = [name for name in read if name not in asked.named]
    if asked.every.isdigit() and len(left) > 1:
        raise Unusable(
            f"edition {asked.every} of which product?",
            code="E467",
            hint=" ".join(f"`--edition {name}={asked.every}`" for name in left),
        )


def edition(house: House, product: Product, word: str) -> Release | None:
    """The release this word names, None for no word; raises Missing when it is not there any more."""
    if not word:
        return None
    if word.isdigit():
        kept = house.store.get(Release, keys.release(product.name, int(word)))
        found = kept.noun if kept else None
    else:
        at = _moment(word)
        found = max(
            (made for made in releases(house, product.name) if made.released_at < at),
            key=lambda made: made.number,
            default=None,
        )
    if found is None:
        raise Missing(
            f"`{product.name}` has no edition `{word}`",
            code="E460",
            hint=_there(house, product.name),
        )
    return there(house, found)


def one(house: House, product: Product, word: str) -> Release | None:
    """The same for a single product, whose own name may stand before the number."""
    asked = wanted((word,) if word else ())
    fitting(asked, (product.name,))
    return edition(house, product, asked.of(product.name))


def there(house: House, made: Release) -> Release:
    """The release, whose rows are kept; raises Missing when they are not."""
    if made.expired_at is not None:
        raise no_longer(house, made)
    return made


def no_longer(house: House, made: Release) -> Missing:
    """What is said of an edition whose rows are gone."""
    return Missing(
        f"edition {made.number} of `{made.product}` is no longer kept",
        code="E461",
        hint=_there(house, made.product),
    )


def held_by(made: Release, port: PortVersion) -> None:
    """The edition has this version of the port; raises Missing for one from before it was offered."""
    if made.snapshot(port) is None:
        ports = ", ".join(f"`{each.port}`" for each in made.snapshots)
        raise Missing(
            f"edition {made.number} of `{made.product}` has no `{port}`",
            code="E460",
            hint=f"it has {ports}",
        )


def vanished(house: House, read: Iterable[Release], problem: AgoraError) -> AgoraError:
    """The problem, or that an edition that was being read is no longer kept."""
    if problem.code_shown in LOST:
        for made in read:
            now = house.store.get(Release, keys.release(made.product, made.number))
            if now is not None and now.noun.expired_at is not None:
                return no_longer(house, now.noun)
    return problem


def releases(house: House, product: ProductName) -> tuple[Release, ...]:
    """Every release of a product in order, those whose rows are gone too."""
    return tuple(kept.noun for kept in house.store.find(Release, keys.releases_of(product)))


def _there(house: House, product: ProductName) -> str:
    left = [made for made in releases(house, product) if made.expired_at is None]
    if not left:
        return f"nothing is released yet; `agora run {product}` makes the first edition"
    told = ", ".join(f"{m.number} ({m.released_at:%Y-%m-%d})" for m in left[-_TOLD:])
    more = f", and {len(left) - _TOLD} before" if len(left) > _TOLD else ""
    return f"there are {told}{more}"


def _means(word: str) -> bool:
    if word.isdecimal() and word.isascii():
        return int(word) > 0
    try:
        datetime.fromisoformat(word)
    except ValueError:
        return False
    return True


def _moment(word: str) -> datetime:
    """The moment behind the one that is named: the end of a day, else just after the time."""
    found = datetime.fromisoformat(word)
    short = len(word) <= len("2017-12-25")
    at = found + (timedelta(days=1) if short else timedelta(microseconds=1))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _no_edition(word: str) -> Unusable:
    return Unusable(
        f"`{word}` is no edition",
        code="E463",
        hint="write its number, a day as 2017-12-25, or sales.weekly-sales=12",
    )
