"""Packing: what a browser gets is squeezed, for browsers that say they can open it (gzip)."""

import gzip
import io
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LEAST = 1000
"""Bytes below which packing wins nothing."""
WORTH = (".css", ".js", ".svg")


def takes_gzip(accepts: str) -> bool:
    """Whether an `Accept-Encoding` allows gzip."""
    offered = {part.split(";")[0].strip(): part for part in accepts.lower().split(",")}
    part = offered.get("gzip", offered.get("*", ""))
    return bool(part) and "q=0" not in part.replace(" ", "").replace("q=0.", "")


def packed_page(html: bytes) -> bytes:
    """A page, packed. How long it is tells nobody what stands in it: the header is of random length.

    Without that, somebody who watches the wire could guess a form's secret word by the length of pages
    that repeat what they made the person ask (the attack is known as BREACH).
    """
    packed = io.BytesIO()
    noise = secrets.token_hex(1 + secrets.randbelow(50))
    with gzip.GzipFile(noise, "wb", 6, packed, mtime=0) as file:
        file.write(html)
    return packed.getvalue()


def packed_file(path: str, changed: float) -> bytes | None:
    """A static file, packed once; None for what is packed already (fonts, pictures)."""
    return _packed(path, changed) if path.endswith(WORTH) else None


@lru_cache(maxsize=64)
def _packed(path: str, changed: float) -> bytes:  # noqa: ARG001 (another moment, another file)
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


def packed_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """These headers for something packed; caches keep it apart from what is not."""
    return {**headers, "content-encoding": "gzip", "vary": "accept-encoding"}
