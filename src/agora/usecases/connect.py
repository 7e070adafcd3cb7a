"""Connect: how somebody has the rows of a table in a tool of their own."""

from agora.model.people import Actor
from agora.needs.house import House
from agora.passage.knowing import find_port
from agora.workshop.snippets import Snippet, snippets


def connect(house: House, who: Actor, table: str, url: str) -> tuple[Snippet, ...]:
    """What to paste into each tool, for the purpose this person named; `url` is where we serve.

    Raises Missing.
    """
    _, port = find_port(house, who.principal, table)
    return snippets(port.name, url, who.purpose)
