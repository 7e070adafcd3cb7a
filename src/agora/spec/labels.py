"""What only people can tell of a label: units, time zones, periods, and how much a reference matters.

ODCS has no place of its own for these, except `logicalTypeOptions.defaultTimezone`; the others are
`customProperties` of a column or relationship, which every other tool keeps.
"""

from typing import Any

from agora.model.contract import Severity
from agora.spec.quality import SEVERITIES
from agora.spec.texts import Path, Text


def stated(node: dict[str, Any], name: str) -> str:
    """The custom property of that name, or nothing."""
    for each in node.get("customProperties") or ():
        if each.get("property") == name:
            return "" if each.get("value") is None else str(each["value"])
    return ""


def zone(node: dict[str, Any]) -> str:
    """The time zone a timestamp without one is in; what ODCS assumes by itself is not a statement."""
    return str((node.get("logicalTypeOptions") or {}).get("defaultTimezone") or "")


def severity(text: Text, link: Path) -> Severity:
    """What a reference that leads nowhere does; it blocks unless the contract says otherwise."""
    word = stated(text.get(*link), "severity")
    if word and word.lower() not in SEVERITIES:
        text.report("E145", link, f"`{word}` is no severity")
    return SEVERITIES.get(word.lower(), Severity.BLOCK)
