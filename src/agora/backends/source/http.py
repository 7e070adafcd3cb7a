"""Files on the web: streamed to disk under limits, from addresses that may be reached.

Whoever writes a build chooses the address, and the platform goes there: so every hop is looked up,
checked and connected to at the very address that was checked, proxies and netrc files of the
platform are not used, and credentials stay with the host they were written for.
"""

import hashlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from agora.backends.extras import library
from agora.backends.source import payload, reach
from agora.backends.source.around import Around
from agora.backends.source.files import Allowed
from agora.model.errors import AgoraError, Broken, Exhausted, Invalid, Unavailable
from agora.model.product import SourceSpec
from agora.model.release import SourcePin
from agora.needs.source import Delivery

OPTIONS: Allowed = {
    "format": str,
    "header_name": str,
    "header_value": str,
    "sha256": str,
    "megabytes": int,
    "seconds": int,
}
HOPS, MEGABYTES, SECONDS = 5, 10_240, 1800
_CHUNK = 1 << 20
_SHUT, _GONE, _SAME, _FINE = {401, 403, 407}, {404, 410}, 304, 200
_MOVED = {301, 302, 303, 307, 308}


class HttpSource:
    """A CSV, JSON or Parquet file behind an `https://` or `http://` address."""

    def __init__(self, around: Around) -> None:
        """Secrets are filled in when the file is fetched, and nowhere else."""
        self._around = around

    def check(self, spec: SourceSpec) -> tuple[str, ...]:
        found = list(payload.complaints(self._around, spec, OPTIONS))
        if not spec.path.startswith(("https://", "http://", "${")):
            found.append("`path` is an address that begins with `https://`")
        if "@" in urlsplit(spec.path.partition("${")[0]).netloc:
            found.append("a password stands in the address: use the option `header_value`")
        if spec.arriving:
            found.append("`path` names one file; files that arrive need a list, such as `s3` has")
        if spec.option("header_value") and "${" not in str(spec.option("header_value")):
            found.append("option `header_value` is a secret: write `${env:NAME}`")
        return tuple(found)

    def offered(
        self, spec: SourceSpec, _folder: str, scratch: str, known: Sequence[SourcePin]
    ) -> tuple[Delivery, ...]:
        before = known[-1] if known else None
        if before is not None and not Path(before.path).exists():
            before = None
        ending = payload.ENDINGS[payload.format_of(spec)]
        path = Path(scratch) / f"{spec.name}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        fetch = _Fetch(self._around, spec)
        version = fetch.to(path, before.version if before and before.origin == spec.path else "")
        if version is None and before is not None:
            return (Delivery(path=before.path, origin=spec.path, version=before.version),)
        return (Delivery(path=str(path), origin=spec.path, version=version or ""),)

    def to_parquet(self, spec: SourceSpec, landed: str, folder: str) -> tuple[str, ...]:
        return payload.to_parquet(self._around, spec, OPTIONS, landed, folder)


class _Fetch:
    """One file, fetched hop by hop until it is there."""

    def __init__(self, around: Around, spec: SourceSpec) -> None:
        self._httpx = library("httpx", "http", "an HTTP source")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses
        self._around, self._spec = around, spec
        self._url = around.secret(spec.path).reveal()
        self._until = time.monotonic() + _number(spec, "seconds", SECONDS)

    def to(self, path: Path, version: str) -> str | None:
        """The file lies at this path, or is the one that is known (None); give its version."""
        first = url = self._url
        try:
            for _ in range(HOPS + 1):
                with self._opened(url, first, version) as answer:
                    if answer.status_code in _MOVED:
                        url = self._next(url, answer.headers.get("location", ""))
                        continue
                    if answer.status_code == _SAME and version:
                        return None
                    self._demand(answer.status_code)
                    self._keep(answer, path)
                    return str(answer.headers.get("etag", ""))
        except AgoraError:
            raise
        except (self._httpx.HTTPError, self._httpx.InvalidURL, OSError, ValueError):
            raise self._silent() from None
        raise self._wrong(f"it leads on more than {HOPS} times")

    def _opened(self, url: str, first: str, version: str) -> Any:
        """A connection to the address that was checked, under the name that was asked for."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._wrong("it is no address that begins with `https://`")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (
            parts.hostname.encode("idna").decode()
            if not parts.hostname.isascii()
            else parts.hostname
        )
        at = reach.address(self._spec.name, host, port, self._around.private)
        client = self._httpx.Client(
            trust_env=False, follow_redirects=False, timeout=self._httpx.Timeout(30, connect=10)
        )
        target = self._httpx.URL(url).copy_with(host=at, port=port, username=None, password=None)
        named = f"[{host}]" if ":" in host else host
        headers = {"Host": named if parts.port is None else f"{named}:{port}"}
        headers |= {"Accept-Encoding": "identity", "User-Agent": "agora"}
        headers |= {"If-None-Match": version} if version else {}
        headers |= self._credentials() if _origin(url) == _origin(first) else {}
        return _Answer(client, target, headers, {"sni_hostname": host})

    def _credentials(self) -> Mapping[str, str]:
        value = self._spec.option("header_value")
        if not value:
            return {}
        shown = self._around.secret(str(value)).reveal()
        return {str(self._spec.option("header_name") or "Authorization"): shown}

    def _next(self, url: str, location: str) -> str:
        found = urljoin(url, location)
        if urlsplit(url).scheme == "https" and urlsplit(found).scheme != "https":
            raise self._wrong("it leads from `https://` to something else")
        return found

    def _demand(self, status: int) -> None:
        name = self._spec.name
        if status in _SHUT:
            raise Unavailable(
                f"source `{name}`: its server lets nobody in ({status})",
                code="E365",
                hint="check the option `header_value`",
            )
        if status in _GONE:
            raise Unavailable(
                f"source `{name}`: there is no such file ({status})",
                code="E303",
                hint="check its `path`",
            )
        if status != _FINE:
            raise self._silent(f" ({status})")

    def _keep(self, answer: Any, path: Path) -> None:
        digest, size = hashlib.sha256(), 0
        most = _number(self._spec, "megabytes", MEGABYTES) << 20
        with path.open("wb") as file:
            for chunk in answer.chunks():
                size += len(chunk)
                if size > most or time.monotonic() > self._until:
                    raise self._too_much(size > most)
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise Invalid(f"source `{self._spec.name}`: the file is empty", code="E331")
        wanted = str(self._spec.option("sha256") or "").lower()
        if wanted and wanted != digest.hexdigest():
            raise Broken(
                f"source `{self._spec.name}`: the file is not the one of the option `sha256`",
                code="E364",
                hint="find out why it was changed before you write the new one down",
            )

    def _too_much(self, large: bool) -> Exhausted:  # noqa: FBT001 (one of two words)
        what = "larger than" if large else "slower than"
        option = "megabytes" if large else "seconds"
        most = _number(self._spec, option, MEGABYTES if large else SECONDS)
        return Exhausted(
            f"source `{self._spec.name}`: the file is {what} {most:,} {option}",
            code="E362",
            hint=f"raise its option `{option}` if that is right",
        )

    def _wrong(self, why: str) -> Invalid:
        return Invalid(
            f"source `{self._spec.name}`: its address cannot be followed: {why}",
            code="E363",
            hint="write the address the file has in the end",
        )

    def _silent(self, more: str = "") -> Unavailable:
        return Unavailable(
            f"source `{self._spec.name}`: its server does not answer{more}",
            code="E361",
            hint="is it running, and its address right?",
        )


class _Answer:
    """A streaming answer; leaving it closes the connection."""

    def __init__(self, client: Any, url: Any, headers: Mapping[str, str], more: Any) -> None:
        self._client = client
        self._request = client.build_request("GET", url, headers=headers, extensions=more)

    def __enter__(self) -> "_Answer":
        self._answer = self._client.send(self._request, stream=True)
        self.status_code, self.headers = self._answer.status_code, self._answer.headers
        return self

    def __exit__(self, *_problem: object) -> None:
        self._answer.close()
        self._client.close()

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they come, unpacked where the server packed them all the same."""
        yield from self._answer.iter_bytes(_CHUNK)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _number(spec: SourceSpec, option: str, otherwise: int) -> int:
    value = spec.option(option)
    return value if isinstance(value, int) else otherwise
