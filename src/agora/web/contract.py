"""Contract: what each table promises, in words and as the file that everybody's tools read."""

from agora.usecases.exports import export
from agora.usecases.show import show
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.product import frame, name_of
from agora.web.visit import Visit


def contract(visit: Visit) -> Page:
    """The promise of every table of the product."""
    shown = show(visit.house, visit.who, name_of(visit))
    values = frame(visit, shown, "contract") | {
        "ports": shown.product.ports,
        "texts": [
            (str(port.version), _text(visit, str(port.version))) for port in shown.product.ports
        ],
    }
    return Page(template="product/contract.html", values=values)


def _text(visit: Visit, port: str) -> str:
    return export(visit.house, visit.who, port).text


ROUTES = (get("/products/{domain}/{product}/contract", contract),)
