"""Suspecting: columns of a file whose values look as if they were about people."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from agora.model.draft import SheetColumn
from agora.model.types import quoted

LOOKS = {
    "e-mail addresses": r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}",
    "phone numbers": r"\+\d{8,15}"
    r"|\+\d{1,3}(?:[ /-]{1,3}\(?\d{1,8}\)?){1,5}"
    r"|\(?0\d{2,4}\)?(?:[ /-]{1,3}\d{2,8}){1,4}"
    r"|\(?\d{3}\)?(?:[ -]\d{3,4}){2}",
    "bank account numbers": r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}",
}
NAMED = {
    "name", "first_name", "last_name", "surname", "full_name", "birthday", "date_of_birth", "born",
    "address", "street", "phone", "mobile", "email", "e_mail", "mail", "gender", "salary", "iban",
}  # fmt: skip
_SHARE = 0.5


def scan(relation: str, columns: Sequence[str]) -> str:
    """SQL that counts, for each column, its values and how many of them look like each kind."""
    parts = ["count(*) as n"]
    for place, column in enumerate(columns):
        text = f"trim(cast({quoted(column)} as varchar))"
        parts.append(f"count({text}) as v{place}")
        for number, pattern in enumerate(LOOKS.values()):
            found = f"count(*) filter (regexp_full_match({text}, '{pattern}'))"
            parts.append(f"{found} as c{place}_{number}")
    return f"select {', '.join(parts)} from {quoted(relation)}"


def suspicion(counts: Mapping[str, object], place: int, name: str, *, text: bool) -> str:
    """Why the column at this place may be about people, in words; empty where nothing says so.

    Only the values of a `text` can look like something: days and amounts are what they are.
    """
    values = int(str(counts[f"v{place}"])) if text else 0
    for number, words in enumerate(LOOKS):
        found = int(str(counts[f"c{place}_{number}"]))
        if values and found / values >= _SHARE:
            return f"{found * 100 // values} % look like {words}"
    return "its name says so" if name.lower() in NAMED else ""


def unanswered(
    columns: Sequence[SheetColumn], classified: Collection[str]
) -> Iterator[SheetColumn]:
    """Every suspected column that is neither called sensitive nor said to be harmless, and why."""
    for each in columns:
        if each.hint and each.tag not in classified and not each.reason.strip():
            yield each


def harmless(columns: Sequence[SheetColumn], classified: Collection[str]) -> tuple[str, ...]:
    """What somebody answers for: the suspected columns they call harmless, each with their reason."""
    return tuple(
        f"{each.name}: {each.reason.strip()}"
        for each in columns
        if each.hint and each.tag not in classified and each.reason.strip()
    )
