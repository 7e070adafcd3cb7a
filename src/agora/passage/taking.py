"""Taking: a SQL text becomes bytes in the form of somebody's own tool, as far as they may see its rows."""

from collections.abc import Sequence

from agora.model.people import Actor
from agora.needs.house import House
from agora.needs.outlet import Export
from agora.passage.heads import heads
from agora.passage.leaving import About, Leaving
from agora.passage.reading import read


def taken(
    house: House,
    who: Actor,
    sql: str,
    *,
    form: str,
    name: str = "rows",
    editions: Sequence[str] = (),
) -> Export:
    """The rows of this SELECT leave piece by piece; whoever takes the pieces closes them.

    Raises what reading raises, and Exhausted when the form cannot hold the rows.
    """
    outlet = house.outlets.pick(form)
    reading = read(house, who, sql, editions)
    about = About(
        subject=", ".join(str(each.port) for each in reading.decisions),
        purpose=next((each.purpose for each in reading.decisions if each.purpose), ""),
        statement=reading.statement,
    )
    return Export(
        form=outlet.form,
        name=f"{name}{outlet.form.suffix}",
        pieces=Leaving(house, who, outlet, reading.answer, about),
        decisions=reading.decisions,
        columns=heads(sql, reading),
    )
