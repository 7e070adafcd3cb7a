"""A mesh elsewhere as one object: find, read, ask and query, as the person whose token it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from agora.client.calls import Calls
from agora.client.shown import Listing, Sheet
from agora.client.table import Answer
from agora.model.errors import Unusable


def connect(
    url: str, token: str, *, purpose: str = "", transport: httpx.BaseTransport | None = None
) -> "Connection":
    """The mesh at this address, as the principal of the token sees it.

    `purpose` is what its data are used for unless a question says otherwise. Raises Unavailable when
    nobody answers there, Denied when the token opens nothing.
    """
    found = Connection(Calls(url, token, transport=transport), purpose)
    try:
        found.me()
    except BaseException:
        found.close()
        raise
    return found


class Connection:
    """A mesh on a server; close it, or use it in a `with`."""

    def __init__(self, calls: Calls, purpose: str = "") -> None:
        """Ask over these calls."""
        self._calls, self._purpose = calls, purpose

    def __repr__(self) -> str:
        return f"<Agora at {self._calls.url}>"

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """No connection is kept any more."""
        self._calls.close()

    def me(self) -> Sheet:
        """Who one is here, and what the token allows."""
        return Sheet("Me", self._calls.get("/me"))

    def list(self) -> Listing:
        """Every product one may know of."""
        return Listing("Products", tuple(self._calls.every("/products")))

    def search(self, words: str, **facets: str | Sequence[str]) -> Listing:
        """Products that fit the words, best first; facets such as `domain="sales"` narrow them."""
        return Listing("Products", tuple(self._calls.every("/search", q=words, **facets)))

    def show(self, product: str) -> Sheet:
        """The label of a product, `domain.product`."""
        return Sheet(product, self._calls.get(_path(product), **self._used_for("")))

    def explain(self, product: str, *, purpose: str = "") -> Listing:
        """What one sees of each table and why."""
        asked = self._used_for(purpose)
        return Listing(product, tuple(self._calls.every(f"{_path(product)}/explain", **asked)))

    def query(self, sql: str, *, purpose: str = "", editions: Sequence[str] = ()) -> Answer:
        """The rows of one SELECT, fetched when they are taken."""
        asked = {"sql": sql, "format": "arrow", "editions": list(editions)}
        return Answer(self._calls, {**asked, **self._used_for(purpose)})

    def request(
        self,
        table: str,
        *,
        purpose: str,
        reason: str,
        columns: Sequence[str] = (),
        until: datetime | None = None,
        consumer: str = "",
        accept_terms: bool = False,
    ) -> Sheet:
        """The owners have a request to answer. Raises Missing, Denied with reasons."""
        body = {
            "tables": [{"table": table, "columns": list(columns)}],
            "purpose": purpose,
            "reason": reason,
            "until": until.isoformat() if until else None,
            "consumer": consumer,
            "accept_terms": accept_terms,
        }
        return Sheet("Request", self._calls.send("POST", "/requests", body)[0]["request"])

    def requests(self) -> Listing:
        """What one has asked for, newest first."""
        return Listing("Requests", tuple(self._calls.every("/requests")))

    def answer(self, request: str, *, approve: bool, words: str = "") -> Sheet:
        """The request is answered; an approval is the access from this moment on."""
        body = {"approve": approve, "words": words}
        return Sheet(
            "Request", self._calls.send("POST", f"/requests/{request}/answer", body)["request"]
        )

    def agreements(self) -> Listing:
        """What one may use, newest first."""
        return Listing("Agreements", tuple(self._calls.every("/agreements")))

    def _used_for(self, purpose: str) -> Mapping[str, Any]:
        wanted = purpose or self._purpose
        return {"purpose": wanted} if wanted else {}


def _path(product: str) -> str:
    domain, dot, rest = product.partition(".")
    if not dot or not all(each and each.replace("-", "").isalnum() for each in (domain, rest)):
        raise Unusable(
            f"`{product}` is no product's name", code="E724", hint="write it as `domain.product`"
        )
    return f"/products/{domain}/{rest}"
