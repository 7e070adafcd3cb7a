"""A mesh elsewhere as the house of a terminal: its verbs are called over the API."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from agora.client.calls import Calls, broken_off, told
from agora.client.table import Reader
from agora.model import verbs as words
from agora.model.documents import from_hint
from agora.model.frames import unframed
from agora.model.people import Actor, Principal, PrincipalKind

if TYPE_CHECKING:
    import pyarrow as pa


class Elsewhere:
    """Calls verbs on a server as whoever its token is of."""

    def __init__(self, calls: Calls, outlets: Any) -> None:
        """Nothing is called yet; `outlets` are the forms rows are written in at this end."""
        self._calls, self.outlets = calls, outlets

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._calls.url

    def close(self) -> None:
        """No connection is kept any more."""
        self._calls.close()

    def actor(self, purpose: str = "") -> Actor:
        """Whose token it is. Raises Denied and Unavailable."""
        with _read_as_ours(self.url):
            found = self._calls.get("/me")
            own = Principal(
                id=found["id"],
                kind=PrincipalKind(found["kind"]),
                name=found["name"],
                teams=tuple(found["teams"]),
                roles=tuple(found["roles"]),
                domains=tuple(found["domains"]),
                acts_for=found["acts_for"],
            )
        return Actor(principal=own, purpose=purpose)

    def call(
        self,
        verb: Callable[..., Any],
        who: Actor,
        said: Sequence[object],
        named: Mapping[str, object],
    ) -> Any:
        """What the verb answers there; raises what it raises there, and Unavailable."""
        path, body = f"/verbs/{words.name_of(verb)}", words.said(verb, said, named)
        if words.items_of(verb) is None and words.stream_of(verb) is None:
            with _read_as_ours(self.url):
                return words.understood(verb, self._calls.say(path, body, **_for(who)))
        stream = Stream(self._calls, path, body, _for(who))
        items = words.items_of(verb)
        if items is not None:
            return self._items(items, stream)
        bytes_leave = words.stream_of(verb) == "pieces"
        with _read_as_ours(self.url):
            return words.understood(verb, stream.head, stream if bytes_leave else Rows(stream))

    def _items(self, hint: object, stream: "Stream") -> Iterator[Any]:
        for piece in stream:
            with _read_as_ours(self.url):
                found = from_hint(hint, json.loads(piece))
            yield found


@contextmanager
def _read_as_ours(url: str) -> Iterator[None]:
    """An answer that lacks what ours have is one of a server that speaks otherwise."""
    with broken_off(url):
        try:
            yield
        except (KeyError, TypeError, AttributeError) as cause:
            raise ValueError(url) from cause


def _for(who: Actor) -> dict[str, str]:
    return {"purpose": who.purpose} if who.purpose else {}


class Stream:
    """The pieces of an answer while they arrive; `rows` is how many there were, once all have come."""

    def __init__(
        self, calls: Calls, path: str, body: Mapping[str, Any], asked: Mapping[str, str]
    ) -> None:
        """The answer has begun. Raises what the server refuses with."""
        self.rows = 0
        self._url = calls.url
        self._held = ExitStack()
        answer = self._held.enter_context(calls.streamed(path, body, **asked))
        self._pieces = unframed(answer.iter_bytes())
        with broken_off(self._url):
            self.head: Any = json.loads(next(self._pieces))

    def __iter__(self) -> Iterator[bytes]:
        with broken_off(self._url):
            for piece in self._pieces:
                if not piece:
                    self._ended(json.loads(next(self._pieces)))
                    return
                yield piece
            raise EOFError(self.rows)

    def close(self) -> None:
        """Nothing more is read; the work over there stops."""
        self._held.close()

    def _ended(self, how: Mapping[str, Any]) -> None:
        self.close()
        if "code" in how:
            raise told(how)
        self.rows = how.get("rows", 0)


class Rows:
    """Rows that arrive as Arrow, in batches."""

    def __init__(self, stream: Stream) -> None:
        """Read what the rows are called and of which types they are."""
        import pyarrow as pa  # noqa: PLC0415 (most commands read no rows)

        self._stream = stream
        self._batches = pa.ipc.open_stream(Reader(iter(stream)))

    @property
    def schema(self) -> "pa.Schema":
        """Names and types."""
        return self._batches.schema

    def __iter__(self) -> "Iterator[pa.RecordBatch]":
        return iter(self._batches)

    def close(self) -> None:
        """Nothing more is read; the work over there stops."""
        self._stream.close()
