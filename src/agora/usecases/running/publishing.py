"""Publishing: before anything is built, what would be promised has to be allowed."""

from agora.governance.publishing import judge
from agora.model.errors import Denied
from agora.model.product import Product
from agora.needs.house import House
from agora.passage.ruling import current_release
from agora.usecases.running.depending import publications


def demand(house: House, product: Product) -> None:
    """The product's contracts may be released, or Denied says who stands against it."""
    standing = current_release(house, product)
    found = publications(house, product, standing) if standing else ()
    for each in found:
        reasons = judge(each, house.now())
        if reasons:
            broken = "; ".join(change.sentence for change in each.broken[:3])
            what = broken or ("it would be retired" if each.retires else "its last day is too soon")
            raise Denied(
                f"`{each.port}` may not be released like this: {what}",
                reasons=reasons,
                hint=reasons[0].hint,
                code=reasons[0].code,
            )
