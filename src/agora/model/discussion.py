"""What people say about a product: questions and answers, ratings, and how much there is of it.

Texts are Markdown as somebody wrote it, kept raw; showing it safely is the page's work. Every
revision stays in the store's history: nothing that was said is lost by an edit or by hiding it.
"""

from dataclasses import dataclass
from datetime import datetime

from agora.model.names import ProductName


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Somebody asks about a product; `accepted` is the answer that settled it, `answers` how many.

    A hidden one is shown to nobody but its author, with who hid it and why.
    """

    id: str
    product: ProductName
    author: str
    at: datetime
    text: str
    edited_by: str = ""
    edited_at: datetime | None = None
    accepted: str = ""
    hidden_by: str = ""
    hidden_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Somebody answers a question; `of_owner` when they own the product, and so speak for it."""

    id: str
    product: ProductName
    question: str
    author: str
    of_owner: bool
    at: datetime
    text: str
    edited_by: str = ""
    edited_at: datetime | None = None
    hidden_by: str = ""
    hidden_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One person's stars for one product, 1 to 5, with words; `withdrawn` ones count nowhere."""

    product: ProductName
    author: str
    at: datetime
    stars: int
    words: str = ""
    withdrawn: bool = False
    hidden_by: str = ""
    hidden_why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How much is said about a product: kept beside it, so that a list of products needs one look.

    `open` are the questions nobody has answered yet, `stars` the sum over all ratings.
    """

    product: ProductName
    questions: int = 0
    open: int = 0
    ratings: int = 0
    stars: int = 0

    @property
    def mean(self) -> float | None:
        """The stars a product has on average, or None before the first rating."""
        return self.stars / self.ratings if self.ratings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody has read a product to the end at least once; `at` is the first time."""

    product: ProductName
    person: str
    at: datetime
