"""Objects behind the S3 API: one object, or those that arrive under a prefix; only new ones are fetched.

The platform's own credentials are never used: a build names a key of its own, or says that it needs
none. An endpoint is a place on the network and is checked like one.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from agora.backends.source import payload, reach
from agora.backends.source.around import Around
from agora.backends.source.files import Allowed
from agora.model.errors import Exhausted, Invalid, Unavailable
from agora.model.product import SourceSpec
from agora.model.release import SourcePin
from agora.needs.source import Delivery

OPTIONS: Allowed = {
    "format": str,
    "endpoint": str,
    "region": str,
    "key": str,
    "secret": str,
    "anonymous": str,
    "megabytes": int,
}
MEGABYTES = 10_240
_CHUNK = 8 << 20


class S3Source:
    """A CSV, JSON or Parquet object, or a pattern of objects that arrive one after another."""

    def __init__(self, around: Around) -> None:
        """Secrets are filled in when objects are fetched, and nowhere else."""
        self._around = around

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        found = list(payload.complaints(self._around, spec, OPTIONS))
        if not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+/.+", spec.path):
            found.append("`path` is written as `s3://bucket/key`, with `*` for objects that arrive")
        elif "*" in spec.path[5:].partition("/")[0]:
            found.append("a bucket is named without `*`")
        keyed, open_to_all = spec.option("key") and spec.option("secret"), spec.option("anonymous")
        if bool(keyed) == (open_to_all == "yes"):
            found.append("give `key` and `secret`, or `anonymous: 'yes'`")
        if keyed and "${" not in str(spec.option("secret")):
            found.append("option `secret` is a secret: write `${env:NAME}`")
        return tuple(found)

    def offered(
        self, spec: SourceSpec, _folder: str, scratch: str, known: Sequence[SourcePin]
    ) -> tuple[Delivery, ...]:
        bucket = _Bucket(self._around, spec)
        versions = {(pin.origin, pin.version): pin for pin in known if Path(pin.path).exists()}
        return tuple(
            delivery
            for number, key in enumerate(bucket.keys())
            if (delivery := bucket.fetched(key, f"{scratch}/{spec.name}-{number:05}", versions))
        )

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        return payload.to_parquet(self._around, spec, OPTIONS, landed, folder)


class _Bucket:
    """The objects of one description."""

    def __init__(self, around: Around, spec: SourceSpec) -> None:
        from pyarrow import fs

        self._spec, self._around = spec, around
        self._files = fs.S3FileSystem(**self._address(), **self._access())

    def keys(self) -> Iterator[str]:
        """The objects, by name; a single one is not looked for."""
        path = self._spec.path.removeprefix("s3://")
        if not self._spec.arriving:
            yield path
            return
        from pyarrow import fs

        base, pattern = path.partition("*")[0].rpartition("/")[0], _pattern(path)
        look = fs.FileSelector(base, recursive=True, allow_not_found=False)
        try:
            found = self._files.get_file_info(look)
        except OSError as problem:
            raise self._told(problem, base) from None
        names = (each.path for each in found if each.type is fs.FileType.File)
        yield from sorted(name for name in names if pattern.fullmatch(name))

    def fetched(
        self, key: str, place: str, known: dict[tuple[str, str], SourcePin]
    ) -> Delivery | None:
        """The object as a file; one that is known and unchanged is not fetched again."""
        origin = f"s3://{key}"
        try:
            with self._files.open_input_file(key) as source:
                version = _version(source)
                pin = known.get((origin, version))
                if pin is not None:
                    again = Delivery(path=pin.path, origin=origin, version=version)
                    return None if self._spec.arriving else again
                path = place + payload.ENDINGS[payload.format_of(self._spec)]
                self._copy(source, path)
            with self._files.open_input_file(key) as source:
                changed = _version(source) != version
        except OSError as problem:
            raise self._told(problem, key) from None
        if changed:
            raise Unavailable(
                f"source `{self._spec.name}`: `{origin}` was replaced while it was read",
                code="E366",
                hint="run again",
            )
        return Delivery(path=path, origin=origin, version=version)

    def _copy(self, source: Any, path: str) -> None:
        most = self._spec.option("megabytes")
        limit = (most if isinstance(most, int) else MEGABYTES) << 20
        if source.size() > limit:
            raise Exhausted(
                f"source `{self._spec.name}`: the object is larger than {limit >> 20:,} megabytes",
                code="E362",
                hint="raise its option `megabytes` if that is right",
            )
        if not source.size():
            raise Invalid(f"source `{self._spec.name}`: the object is empty", code="E331")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        with Path(path).open("wb") as file:
            while chunk := source.read(_CHUNK):
                file.write(chunk)

    def _address(self) -> dict[str, Any]:
        """Region and endpoint; an endpoint must lead to where sources may go."""
        found: dict[str, Any] = {"region": str(self._spec.option("region") or "us-east-1")}
        endpoint = self._spec.option("endpoint")
        if not endpoint:
            return found
        parts = urlsplit(self._around.secret(str(endpoint)).reveal())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Invalid(
                f"source `{self._spec.name}`: its endpoint is no address",
                code="E363",
                hint="write it as `https://host:port`",
            )
        port = parts.port or (443 if parts.scheme == "https" else 80)
        reach.address(self._spec.name, parts.hostname, port, self._around.private)
        return found | {
            "endpoint_override": f"{parts.hostname}:{port}",
            "scheme": parts.scheme,
            "force_virtual_addressing": False,
        }

    def _access(self) -> dict[str, Any]:
        limits = {"connect_timeout": 10.0, "request_timeout": 60.0}
        if self._spec.option("anonymous"):
            return {"anonymous": True, **limits}
        key, secret = (
            self._around.secret(str(self._spec.option(name))).reveal() for name in ("key", "secret")
        )
        return {"access_key": key, "secret_key": secret, **limits}

    def _told(self, problem: OSError, key: str) -> Unavailable:
        """The library's words name hosts and keys, so only their kind is told."""
        words = str(problem)
        name = self._spec.name
        if (
            isinstance(problem, FileNotFoundError)
            or "NO_SUCH" in words
            or "does not exist" in words
        ):
            return Unavailable(
                f"source `{name}`: there is nothing at `s3://{key}`",
                code="E303",
                hint="check the bucket and the key in its `path`",
            )
        if "ACCESS_DENIED" in words or "403" in words or "INVALID_ACCESS_KEY" in words:
            return Unavailable(
                f"source `{name}`: its server lets nobody in",
                code="E365",
                hint="check the options `key` and `secret`, and what they may read",
            )
        return Unavailable(
            f"source `{name}`: its server does not answer",
            code="E361",
            hint="is it running, and its address right?",
        )


def _version(source: Any) -> str:
    """What tells two states of an object apart: its ETag and its size."""
    told = source.metadata() or {}
    tag = told.get(b"ETag", told.get("ETag", b""))
    text = tag.decode() if isinstance(tag, bytes) else str(tag)
    return f"{text.strip(chr(34))}/{source.size()}"


def _pattern(path: str) -> "re.Pattern[str]":
    """`*` stands for anything within a folder, `**/` for any folders."""
    parts = re.split(r"(\*\*/|\*)", path)
    words = {"**/": "(?:[^/]+/)*", "*": "[^/]*"}
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts))
