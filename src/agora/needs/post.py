"""The need for a post office: letters and calls leave the house; whatever comes back is a word of ours."""

from typing import Protocol

from agora.model.notice import Call, Letter


class Post(Protocol):
    """Sends what people are told outside the page; each method has done it, or raises."""

    def judge(self, url: str) -> None:
        """An address may be called as a webhook; raises Invalid for none, Denied for one inside."""
        ...

    def mail(self, letter: Letter) -> None:
        """The mail server has taken the letter.

        Raises Unavailable when it may go later, Invalid when it never will.
        """
        ...

    def call(self, call: Call) -> None:
        """The webhook has taken the call (a 2xx answer); nothing it says is kept but its status.

        Raises Unavailable when it may go later, Denied for an address inside, Invalid for none.
        """
        ...
