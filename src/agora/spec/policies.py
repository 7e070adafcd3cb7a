"""Policies, purposes and tags from their files."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from agora.model.policy import (
    Effect,
    Layer,
    Mask,
    MaskKind,
    Policy,
    PolicyTrial,
    Purpose,
    Tag,
    Target,
    Who,
)
from agora.spec.expressions import Unreadable, parse
from agora.spec.shape import check_own
from agora.spec.texts import Text, texts

_MASKS = {"null-value": MaskKind.NULL, "hidden": MaskKind.HIDDEN}


def policy(text: Text, domain: str = "") -> Policy | None:
    """The rule of one file: a guardrail, or with a domain that domain's own."""
    if not check_own(text, "policy" if domain else "guardrail"):
        return None
    target = text.get("applies_to") or {}
    return Policy(
        id=str(text.get("id")),
        layer=Layer.DOMAIN if domain else Layer.GUARDRAIL,
        domain=domain,
        title=str(text.get("title") or ""),
        applies_to=Target(
            domains=texts(target.get("domains")),
            ports=texts(target.get("ports")),
            columns=texts(target.get("columns")),
            tags=texts(target.get("tags")),
        ),
        who=_who(text.get("who") or {}),
        unless=tuple(_who(node) for node in text.get("unless") or ()),
        effect=_effect(text),
        rows_text=str(text.get("effect", "rows") or ""),
        trials=tuple(_trial(text, n, node) for n, node in enumerate(text.get("tests") or ())),
        file=text.file,
    )


def all_purposes(read: Sequence[Text]) -> tuple[Purpose, ...]:
    """Every purpose of the guardrails; one that stands twice is noted."""
    return tuple(
        Purpose(
            id=node["id"],
            title=str(node.get("title") or ""),
            description=str(node.get("description") or ""),
        )
        for node in _words(read, "purposes")
    )


def all_tags(read: Sequence[Text]) -> tuple[Tag, ...]:
    """Every tag of the guardrails; one that stands twice is noted."""
    return tuple(
        Tag(
            id=node["id"],
            title=str(node.get("title") or ""),
            description=str(node.get("description") or ""),
            classified=bool(node.get("classified")),
        )
        for node in _words(read, "tags")
    )


def _words(read: Sequence[Text], kind: str) -> Iterator[dict[str, Any]]:
    seen: dict[str, str] = {}
    for text in read:
        if text.get("kind") != kind or not check_own(text, kind):
            continue
        for place, node in enumerate(text.get(kind)):
            if node["id"] in seen:
                words = f"`{node['id']}` stands in `{seen[node['id']]}` already"
                text.report("E124", (kind, place, "id"), words)
            seen.setdefault(node["id"], text.file)
            yield node


def moment(text: Text, path: tuple[str | int, ...]) -> datetime | None:
    """The time a value means, in UTC unless it names a zone; a finding for what is none."""
    value = text.get(*path)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        text.report("E129", path, f"`{value}` is no time")
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _who(node: dict[str, Any]) -> Who:
    return Who(
        people=texts(node.get("people")),
        teams=texts(node.get("teams")),
        roles=texts(node.get("roles")),
        kinds=texts(node.get("kinds")),
        purposes=texts(node.get("purposes")),
        owning_domain=node.get("owning_domain"),
    )


def _effect(text: Text) -> Effect:
    node = text.get("effect")
    if "rows" in node:
        return _rows(text, str(node["rows"]))
    if "mask" in node:
        return Effect(mask=_mask(node["mask"]))
    if "expires" in node:
        return Effect(expires=moment(text, ("effect", "expires")))
    if "isolation" in node:
        return Effect(physical=True)
    return Effect(deny=bool(node.get("deny")), permit=bool(node.get("permit")))


def _rows(text: Text, rule: str) -> Effect:
    try:
        return Effect(rows=parse(rule))
    except Unreadable as problem:
        where = f"at letter {problem.position + 1}"
        text.report("E150", ("effect", "rows"), f"`{rule}`, {where}: {problem}")
        return Effect(deny=True)


def _mask(node: Any) -> Mask:
    if isinstance(node, str):
        return Mask(kind=_MASKS[node])
    if "constant" in node:
        value = node["constant"]
        spelled = ("true" if value else "false") if isinstance(value, bool) else str(value)
        return Mask(kind=MaskKind.CONSTANT, constant=spelled)
    partial = node["partial"]
    return Mask(kind=MaskKind.PARTIAL, first=partial.get("first", 0), last=partial.get("last", 0))


def _trial(text: Text, place: int, node: dict[str, Any]) -> PolicyTrial:
    sees = node.get("sees") or {}
    return PolicyTrial(
        who=str(node["as"]),
        port=str(node["port"]),
        purpose=str(node.get("purpose") or ""),
        allowed=node.get("allowed"),
        sees=tuple((name, str(mask)) for name, mask in sees.items()),
        line=text.place(("tests", place))[0],
    )
