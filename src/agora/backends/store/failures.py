"""Failures of the database, told with our codes: never its own words, which may hold rows or secrets."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import exc

from agora.model.errors import Unavailable

_STATES = {
    "28": "E516",
    "3D000": "E505",
    "42501": "E503",
    "25006": "E503",
    "53100": "E501",
    "53300": "E502",
    "55P03": "E502",
}
"""PostgreSQL's SQLSTATE, or the class it begins with; source: its manual, appendix A."""

_WORDS = (
    ("E502", ("is locked", "too many clients", "too many connections", "connection slots")),
    ("E516", ("password", "authentication", 'fatal:  role "', "no pg_hba.conf entry")),
    ("E501", ("is full", "no space left")),
    ("E515", ("not a database", "malformed")),
    ("E503", ("readonly", "read-only", "unable to open")),
)
"""What SQLite says, and what PostgreSQL says before a session has begun, which has no SQLSTATE."""

_TOLD = {
    "E501": ("the disk is full", "free some space; nothing was half written"),
    "E502": ("the store is busy", "try again in a moment"),
    "E503": ("the store cannot be written", "check the rights of its folder or its user"),
    "E505": ("the store does not answer", "is its server running, and its address right?"),
    "E515": ("the store is damaged", "put its file back from a backup"),
    "E516": ("the store lets nobody in", "check the user and the password of its address"),
}


def unavailable(problem: Exception) -> Unavailable:
    """The error for a person; only the kind of the database's answer is looked at."""
    code = _code(problem)
    sentence, hint = _TOLD[code]
    return Unavailable(sentence, code=code, hint=hint)


def opened(make: Callable[[], Any], driver: str) -> Any:
    """What `make` makes of an address; raises Unavailable without repeating the address."""
    try:
        return make()
    except ModuleNotFoundError:
        raise Unavailable(
            f"a store on {driver} needs its driver",
            code="E304",
            hint=f"pip install 'agora-mesh[{driver}]'",
        ) from None
    except (exc.ArgumentError, ValueError):
        raise Unavailable(
            "the store's address means nothing",
            code="E517",
            hint="write it as `sqlite:PATH` or `postgresql://USER:PASSWORD@HOST/NAME`",
        ) from None


def _first(problem: BaseException) -> BaseException:
    """What failed first: a full disk ends the transaction, and then ending it fails as well."""
    found, before = problem, problem.__context__
    while before is not None:
        found = before if isinstance(before, exc.DBAPIError) else found
        before = before.__context__
    return found


def _code(problem: BaseException) -> str:
    problem = _first(problem)
    if isinstance(problem, exc.TimeoutError):
        return "E502"
    cause = getattr(problem, "orig", None) or problem
    state = str(getattr(cause, "sqlstate", None) or "")
    for known in (state, state[:2]):
        if known in _STATES:
            return _STATES[known]
    words = str(cause).lower()
    return next((code for code, parts in _WORDS if any(p in words for p in parts)), "E505")
