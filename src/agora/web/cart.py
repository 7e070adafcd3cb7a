"""Cart: several tables asked for at once, for one purpose."""

from agora.model.errors import AgoraError
from agora.usecases import cart as carts
from agora.usecases.agreeing.asking import Wish
from agora.usecases.agreeing.foreseeing import Foresight
from agora.web.answers import Page, Redirect
from agora.web.called import people, table
from agora.web.paths import get, post
from agora.web.request import common, field_of, foreseen, last_moment, mistakes, told_by
from agora.web.visit import Visit


def show(visit: Visit) -> Page:
    """What lies in the cart, and what will come of sending it."""
    there = carts.cart(visit.house, visit.who)
    foresight = None
    if there.items and there.purpose:
        try:
            foresight = carts.foresee_cart(visit.house, visit.who)
        except AgoraError as problem:
            return _page(visit, {"purpose": problem.sentence}, None)
    return _page(visit, {}, foresight)


def _page(visit: Visit, wrong: dict[str, str], foresight: Foresight | None) -> Page:
    there = carts.cart(visit.house, visit.who)
    shared = common(visit, wrong)
    if visit.request.method == "GET":
        shared |= {
            "purpose": there.purpose,
            "reason": there.reason,
            "onward": there.onward,
            "consumer": there.consumer or visit.who.principal.id,
            "until": there.until.date().isoformat() if there.until else shared["until"],
        }
    lying = [{"title": table(visit, item.port), "item": item} for item in there.items]
    values = {"lying": lying, **shared, **foreseen(visit, foresight)}
    return Page(template="cart/cart.html", values=values, status=422 if wrong else 200)


def add(visit: Visit) -> Redirect:
    """One table more lies in the cart."""
    carts.add(visit.house, visit.who, visit.text("port"))
    return Redirect("/cart", said=f"{visit.text('port')} is in your cart.")


def remove(visit: Visit) -> Redirect:
    """One table less."""
    carts.remove(visit.house, visit.who, visit.text("port"))
    return Redirect("/cart", said="Taken out.")


def send(visit: Visit) -> Page | Redirect:
    """Everything in the cart is asked for, or the form comes back with what is missing."""
    there = carts.cart(visit.house, visit.who)
    wish = Wish(
        ports=tuple((str(item.port), item.columns) for item in there.items),
        purpose=visit.text("purpose"),
        reason=visit.text("reason"),
        until=last_moment(visit.text("until")),
    )
    wrong, foresight = dict(mistakes(visit, wish)), None
    try:
        carts.draft(
            visit.house,
            visit.who,
            purpose=wish.purpose,
            reason=wish.reason,
            consumer=visit.text("consumer"),
            until=wish.until,
            onward=visit.texts("onward"),
        )
        foresight = carts.foresee_cart(visit.house, visit.who) if wish.purpose else None
        if wrong or visit.text("look"):
            return _page(visit, {} if visit.text("look") else wrong, foresight)
        asked = carts.send(
            visit.house,
            visit.who,
            accept_terms=visit.text("accept_terms") == "yes",
            seen=visit.text("seen"),
        )
    except AgoraError as problem:
        return _page(visit, {field_of(problem): told_by(problem)}, foresight)
    names = sorted({name for each in asked for name in each.deciders})
    return Redirect("/requests?of=mine", said=f"Sent. {people(visit, names)} will decide.")


ROUTES = (
    get("/cart", show),
    post("/cart", send),
    post("/cart/add", add),
    post("/cart/remove", remove),
)
