"""Download: the rows of a statement or a table leave in the form of somebody's own tool."""

from collections.abc import Sequence

from agora.model.errors import Unusable
from agora.model.people import Actor
from agora.model.types import quoted
from agora.needs.house import House
from agora.needs.outlet import Export
from agora.passage.knowing import find_port
from agora.passage.taking import taken


def download(
    house: House,
    who: Actor,
    *,
    form: str,
    sql: str = "",
    table: str = "",
    editions: Sequence[str] = (),
) -> Export:
    """The rows leave piece by piece in this form, recorded before the first and after the last.

    Of a statement, or of all a reader sees of one `table` (`domain.product[.port][@major]`). Whoever
    takes the pieces closes them. Raises what a query raises, and Exhausted when the form cannot hold
    the rows, all before the first piece.
    """
    name = "rows"
    if table:
        _, port = find_port(house, who.principal, table)
        name = f"{port.name}"
        sql = f"select * from {quoted(port.name.schema)}.{quoted(port.version.table)}"  # noqa: S608
    if not sql.strip():
        raise Unusable(
            "there is no statement", code="E026", hint="give one SELECT, or name a table"
        )
    return taken(house, who, sql, form=form, name=name, editions=editions)
