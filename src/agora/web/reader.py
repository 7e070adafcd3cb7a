"""The reader: numbers, days and moments as their language writes them. The words are English for now."""

from contextvars import ContextVar
from datetime import datetime

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

HOUSE = Locale("en", "GB")
"""How it is written for readers of English, and for those whose language is not known."""
MOST = 200
_READER: ContextVar[Locale] = ContextVar("reader", default=HOUSE)


def reads(accepts: str) -> None:
    """From here on this visit is written for whoever sent this `Accept-Language`."""
    _READER.set(language(accepts))


def language(accepts: str) -> Locale:
    """The language somebody wants most, of those whose way of writing is known."""
    wanted = sorted(
        (_quality(part), -place, part.partition(";")[0].strip())
        for place, part in enumerate(accepts[:MOST].split(","))
    )
    for quality, _, tag in reversed(wanted):
        found = _known(tag) if quality > 0 else None
        if found:
            return HOUSE if found.language == HOUSE.language else found
    return HOUSE


def _quality(part: str) -> float:
    """`de;q=0.8` is wanted by 0.8; what says nothing is wanted by 1."""
    said = part.partition("q=")[2].strip()
    try:
        return float(said) if said else 1.0
    except ValueError:
        return 0.0


def _known(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def tag() -> str:
    """The reader's language as HTML and scripts name it: `de`, `de-CH`."""
    found = _READER.get()
    return "-".join(part for part in (found.language, found.territory) if part)


def decimal(value: float, digits: int | None = None) -> str:
    """`1,234.5`, or `1.234,5`; with `digits` so many behind the point, else as they are."""
    shown = value if digits is None else round(value, digits)
    pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(shown, pattern, locale=_READER.get(), decimal_quantization=False)


def whole(value: int) -> str:
    """`1,469,307`, or `1.469.307`."""
    return format_decimal(value, "#,##0", locale=_READER.get())


def date(value: datetime) -> str:
    """`1 January 2018`, or `01.01.2018`."""
    reader = _READER.get()
    return format_date(value, "long" if reader == HOUSE else "medium", locale=reader)


def clock(value: datetime) -> str:
    """`08:00`, or as the reader writes it; in UTC."""
    return format_time(value, "short", tzinfo=value.tzinfo, locale=_READER.get())
