"""The mesh's own file and its domains."""

import re
from decimal import Decimal
from typing import Any

from agora.model.mesh import Bounds, Contact, Domain, PostOffice, Smtp
from agora.spec.shape import check_own
from agora.spec.texts import Text, texts

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([kKMGT]?)(i?)B?\Z")
_POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def domain(text: Text, folder: str) -> Domain | None:
    """The domain of one file, which must bear its folder's name."""
    if not check_own(text, "domain"):
        return None
    name = folder.rpartition("/")[2]
    if text.get("id") != name:
        text.report("E121", ("id",), f"the domain `{text.get('id')}` lies in the folder `{name}`")
        return None
    storage = text.get("storage") or {}
    contacts = text.get("contacts") or ()
    return Domain(
        id=name,
        title=str(text.get("title") or ""),
        purpose=str(text.get("purpose") or ""),
        goals=texts(text.get("goals")),
        team=str(text.get("team")),
        owners=texts(text.get("owners")),
        publishers=texts(text.get("publishers")),
        contacts=tuple(Contact(channel=c["channel"], address=c["address"]) for c in contacts),
        location=str(storage.get("location") or ""),
        quota=str(storage.get("quota") or ""),
        folder=folder,
    )


def bounds(node: dict[str, Any] | None) -> Bounds:
    """The limits of a query as `agora.yaml` gives them, the rest by default."""
    given = node or {}
    standard = Bounds()
    return Bounds(
        memory=size(given["memory"]) if "memory" in given else standard.memory,
        seconds=given.get("seconds", standard.seconds),
        rows=given.get("rows", standard.rows),
        threads=given.get("threads", standard.threads),
        fetched=size(given["fetched"]) if "fetched" in given else standard.fetched,
        kept=size(given["kept"]) if "kept" in given else standard.kept,
        results=size(given["results"]) if "results" in given else standard.results,
    )


def post(text: Text) -> PostOffice:
    """How people are told besides the page, as `agora.yaml` says; by default not at all."""
    given = text.get("post", "smtp")
    standard = Smtp(host="")
    server = (
        Smtp(
            host=str(given["host"]),
            port=int(given.get("port", standard.port)),
            user=str(given.get("user") or ""),
            password=str(given.get("password") or ""),
            sender=str(given["from"]),
            tls=str(given.get("tls", standard.tls)),
        )
        if given
        else None
    )
    return PostOffice(
        smtp=server,
        site=str(text.get("post", "site") or ""),
        private=texts(text.get("post", "private")),
    )


def size(value: int | str) -> int:
    """A size such as `512MB` or `1GiB` in bytes; the shape has been checked before."""
    if isinstance(value, int):
        return value
    found = _SIZE.match(value)
    if found is None:
        raise ValueError(value)
    number, unit, binary = found.groups()
    return int(Decimal(number) * (1024 if binary else 1000) ** _POWERS[unit])
