"""Patterns: what contracts write as ECMA-262 regular expressions, as the engine (RE2) reads them.

A pattern occurs somewhere in the value unless it anchors itself, as in JSON Schema. RE2 has no
looking ahead or behind and no references back; a pattern that uses them is said to be uncountable,
never silently kept or broken.
"""

import re

from agora.model.types import Kind, Type
from agora.quality.sql import literal

_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_GROUP = "[0-9A-Fa-f]{1,4}"


def _shortened(before: int) -> str:
    """An IPv6 address with `::` after so many groups; at most seven groups stand in all."""
    head = f"{_GROUP}(:{_GROUP}){{{before - 1}}}" if before else ""
    most = 7 - before
    tails = [f"{_GROUP}(:{_GROUP}){{0,{most - 1}}}"] if most else []
    tails += [f"({_GROUP}:){{0,{most - 2}}}{_IPV4}"] if most > 1 else []
    return f"{head}::({'|'.join(tails)})?"


_IPV4 = rf"({_OCTET}\.){{3}}{_OCTET}"
_IPV6 = "|".join(
    [f"({_GROUP}:){{7}}{_GROUP}", f"({_GROUP}:){{6}}{_IPV4}", *(_shortened(n) for n in range(8))]
)
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_DAY = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
FORMATS = {
    "email": r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$",
    "uuid": r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$",
    "ipv4": f"^{_IPV4}$",
    "ipv6": rf"^({_IPV6})$",
    "hostname": rf"^{_LABEL}(\.{_LABEL})*$",
    "date": rf"^{_DAY}$",
    "time": rf"^{_CLOCK}{_ZONE}?$",
    "date-time": rf"^{_DAY}[Tt]{_CLOCK}{_ZONE}$",
    "byte": r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}
_TOKEN = re.compile(
    r"(?P<class>\[\^?(?:\\.|[^\]\\])*\])|(?P<look>\(\?<?[=!])|(?P<back>\\[1-9]|\\k<)"
    r"|\(\?<(?P<name>\w+)>|\\u\{(?P<long>[0-9A-Fa-f]+)\}|\\u(?P<short>[0-9A-Fa-f]{4})|\\.|.",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\u\{([0-9A-Fa-f]+)\}|\\u([0-9A-Fa-f]{4})|(\\.)", re.DOTALL)


def problem(pattern: str) -> str:
    """Why this pattern cannot be counted here, or an empty text."""
    kinds = {token.lastgroup for token in _TOKEN.finditer(pattern)}
    if "look" in kinds:
        return f"the pattern `{pattern}` looks ahead or behind, which is not supported"
    if "back" in kinds:
        return f"the pattern `{pattern}` refers back to a group, which is not supported"
    return ""


def unmatched(value: str, pattern: str, of: Type) -> str:
    """True for a value in which the pattern does not occur; NULL for NULL."""
    text = value if of.kind is Kind.VARCHAR else f"CAST({value} AS VARCHAR)"
    return f"NOT regexp_matches({text}, {literal(_TOKEN.sub(_told, pattern))})"


def _told(token: re.Match[str]) -> str:
    if token["class"]:
        return _ESCAPE.sub(_point, token["class"])
    if token["name"]:
        return f"(?P<{token['name']}>"
    code = token["long"] or token["short"]
    return f"\\x{{{code}}}" if code else token[0]


def _point(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return f"\\x{{{code}}}" if code else found[0]
