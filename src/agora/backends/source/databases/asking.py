"""What may be asked of a database: one SELECT that only reads, judged before it is sent."""

from agora.backends.source.around import Around
from agora.model.errors import Invalid

DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


def judged(query: str, dialect: str) -> str:
    """The query without its semicolon; raises Invalid unless it is one SELECT that only reads.

    Comments that a server runs (`/*! … */`) are refused as text: the parser does not see them.
    """
    from sqlglot import exp, parse
    from sqlglot.errors import SqlglotError

    if "/*!" in query or "/*M!" in query:
        raise _refused("holds a comment that the server would run")
    try:
        found = [each for each in parse(query, dialect=dialect) if each is not None]
    except (SqlglotError, RecursionError):
        raise _refused("cannot be read") from None
    if len(found) != 1:
        raise _refused("is not one statement")
    if not isinstance(found[0], exp.Query):
        raise _refused("is no SELECT")
    bad = (exp.DML, exp.DDL, exp.Into, exp.Lock, exp.Command)
    if any(isinstance(node, bad) for node in found[0].walk()):
        raise _refused("does more than read")
    return query.strip().rstrip(";").strip()


def _refused(why: str) -> Invalid:
    return Invalid(
        f"the `query` {why}", code="E353", hint="write one SELECT, without INTO or FOR UPDATE"
    )


def secret(around: Around, text: object) -> str:
    """What an option says with its secrets filled in."""
    return around.secret(str(text)).reveal()
