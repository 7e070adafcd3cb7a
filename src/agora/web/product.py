"""Product: the label page."""

from agora.usecases.show import show
from agora.web.answers import Page
from agora.web.visit import Visit, get


def name_of(visit: Visit) -> str:
    """The product a path names."""
    return f"{visit.path['domain']}.{visit.path['product']}"


def product(visit: Visit) -> Page:
    """Everything a shopper sees about a product."""
    shown = show(visit.house, visit.who, name_of(visit))
    return Page(template="product/product.html", values={"shown": shown})


ROUTES = (get("/products/{domain}/{product}", product),)
