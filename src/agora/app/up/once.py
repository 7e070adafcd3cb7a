"""Once: a deed that is sent again with the same `Idempotency-Key` is not done again.

What was answered is kept for a day in a file beside the mesh, so that every worker knows it. Whoever is
at the deed holds a lock on that file, so one that fell at it is known by the lock it left. Answers that
hold a secret are not kept, and streams are not deeds.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.serve.rest.problems import problem

LASTS: Final = 86_400.0
LARGEST, LONGEST = 1 << 20, 200
HEADER = "idempotency-key"
REPLAYED = {"idempotency-replayed": "true"}
STREAMS = ("/query", "/verbs/", "/results")
SECRETS = ("/me/tokens", "/invite", "/hooks", "/reset")
_DEEDS = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered; status 0 while nobody knows it yet, or for ever where whoever did it `fell`.

    `asked` is the digest of the whole call.
    """

    asked: str
    status: int = 0
    fell: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


class Begun:
    """The first call of a key: nobody else makes it, however often it is sent, until it lets go."""

    def __init__(self, file: Path, handle: int, asked: str) -> None:
        """The file is locked by this handle; what is at work is written into it."""
        self._file, self._handle = file, handle
        os.truncate(handle, 0)
        os.pwrite(handle, _written(Answered(asked=asked)), 0)
        os.utime(handle)

    def end(self, answered: Answered) -> None:
        """Whoever asks again is answered so."""
        handle, name = tempfile.mkstemp(dir=self._file.parent)
        with os.fdopen(handle, "wb") as kept:
            kept.write(_written(answered))
        Path(name).replace(self._file)
        self.leave()

    def drop(self) -> None:
        """Nothing was done under this key."""
        self._file.unlink(missing_ok=True)
        self.leave()

    def leave(self) -> None:
        """Nobody is at it any more; what was not ended may have been done or not."""
        os.close(self._handle)


class Memory:
    """Answers by who was given them and under which key, each in a file of its own."""

    def __init__(self, folder: Path) -> None:
        """Keep them in this folder, which is made when it is needed."""
        self._folder = folder

    def begin(self, person: str, key: str, asked: str) -> Begun | Answered:
        """The call begins when it is the first of its key; else what is known of the first one.

        That the first one fell at it is told once: then the key is free.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._folder / hashlib.sha256(f"{person}\0{key}".encode()).hexdigest()
        while True:
            self._forget_when_old(file)
            handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)
            mine = _locked(handle)
            if os.fstat(handle).st_nlink:
                break
            os.close(handle)  # it was answered or dropped in between
        known = _read(handle, asked)
        if mine and known is None:
            return Begun(file, handle, asked)
        known = known or Answered(asked=asked)
        if mine and not known.status and known.asked == asked:
            file.unlink(missing_ok=True)
            known = replace(known, fell=True)
        os.close(handle)
        return known

    def sweep(self) -> int:
        """Answers of more than a day ago are gone; the number of them."""
        files = tuple(self._folder.iterdir()) if self._folder.is_dir() else ()
        return sum(self._forget_when_old(file) for file in files)

    def _forget_when_old(self, file: Path) -> bool:
        with suppress(FileNotFoundError):
            if time.time() - file.stat().st_mtime > LASTS:
                file.unlink()
                return True
        return False


def _locked(handle: int) -> bool:
    """True when the lock is ours; it ends with the process, whatever ends that."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(handle: int, asked: str) -> Answered | None:
    """What the file says; None for one that is new."""
    text = os.pread(handle, os.fstat(handle).st_size, 0)
    try:
        return Answered(**json.loads(text)) if text else None
    except ValueError:
        return Answered(asked=asked)  # it is being written at this moment


def _written(answered: Answered) -> bytes:
    return json.dumps(asdict(answered)).encode()


def memory(root: str | Path) -> Memory:
    """What was answered in every process that serves the mesh in this folder."""
    return Memory(Path(root, ".agora", "once"))


class Once:
    """An application whose deeds can be sent again: 409 while the first is at it, 422 for another."""

    def __init__(self, app: ASGIApp, memory: Memory) -> None:
        """Remember what this application answered."""
        self._app, self._memory = app, memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get(HEADER) if _is_deed(scope) else None
        who = scope.get("state", {}).get("who")
        if key is None or who is None:
            await self._app(scope, receive, send)
            return
        refused = _unkept(scope, key)
        if refused is not None:
            await refused(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        asked = _digest(scope, body)
        found = await run_in_threadpool(self._memory.begin, who.principal.id, key, asked)
        if isinstance(found, Answered):
            await _again(scope, found, asked)(scope, receive, send)
            return
        heard, ended = _Heard(send, asked), found.drop
        try:
            await self._app(scope, _whole(body), heard)
        except asyncio.CancelledError:
            ended = found.leave  # the server ends, and nobody knows how far this came
            raise
        finally:
            if heard.answered is not None:
                ended = partial(found.end, heard.answered)
            await run_in_threadpool(ended)


class _Heard:
    """Sends on what it is sent; `answered` is all of it, of a deed that was done."""

    def __init__(self, send: Send, asked: str) -> None:
        self._send, self._asked = send, asked
        self._begun: Message = {}
        self._body = b""
        self.answered: Answered | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begun = message
        else:
            self._body += message.get("body", b"")[: LARGEST + 1]
        done = 200 <= self._begun["status"] < 300  # noqa: PLR2004
        if not message.get("more_body") and message["type"] == "http.response.body" and done:
            headers = Headers(raw=self._begun["headers"])
            kept = {name: headers[name] for name in ("content-type", "location") if name in headers}
            self.answered = Answered(
                asked=self._asked,
                status=self._begun["status"],
                headers=kept,
                body=self._body.decode("utf-8", "replace"),
            )
        await self._send(message)


def _is_deed(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    path = scope["path"]
    rest = path.removeprefix(_DEEDS)
    return path.startswith(f"{_DEEDS}/") and not rest.startswith(STREAMS)


def _unkept(scope: Scope, key: str) -> Response | None:
    """Why nothing can be kept under this key, or None."""
    request = Request(scope)
    if scope["path"].endswith(SECRETS):
        words = "an answer that holds a secret is not kept, so it cannot be given again"
        return problem(request, 400, words, "E791", hint="leave out `Idempotency-Key`")
    if not key or len(key) > LONGEST or not key.isprintable():
        hint = f"use at most {LONGEST} letters and digits, such as a UUID"
        return problem(request, 400, "this is no key of a deed", "E792", hint=hint)
    return None


def _again(scope: Scope, known: Answered, asked: str) -> Response:
    request = Request(scope)
    if known.asked != asked:
        hint = "use a new key for a new deed"
        return problem(request, 422, "this key was used for another deed", "E793", hint=hint)
    if known.fell:
        hint = "look whether it was done; if it was not, send it again: the key is free now"
        words = "the server fell while it was at the first call with this key"
        return problem(request, 409, words, "E783", hint=hint)
    if not known.status:
        hint = "wait a moment, then send it again"
        words = "the first call with this key has not been answered yet"
        return problem(request, 409, words, "E794", hint=hint)
    return Response(known.body, known.status, {**known.headers, **REPLAYED})


def _digest(scope: Scope, body: bytes) -> str:
    said = (scope["path"].encode(), scope["query_string"], body)
    return hashlib.sha256(b"\0".join(hashlib.sha256(each).digest() for each in said)).hexdigest()


def _whole(body: bytes) -> Receive:
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return {"type": "http.disconnect"}
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received
