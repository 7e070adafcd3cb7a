"""Check results, and what readers are told besides, as lines for people."""

import sys
from collections.abc import Iterator, Sequence

from agora.cli.answers.terminal import paint, safe, tell
from agora.model.checks import CheckResult, Outcome
from agora.model.decision import Decision
from agora.model.policy import MaskKind
from agora.model.result import ResultColumn

_MARKS = {
    Outcome.PASS: ("✓", "green"),
    Outcome.FAIL: ("✗", "red"),
    Outcome.WARN: ("!", "yellow"),
    Outcome.ERROR: ("?", "red"),
    Outcome.SKIP: ("-", "dim"),
}
_WORDS = {
    Outcome.PASS: "hold", Outcome.FAIL: "fail", Outcome.WARN: "warn", Outcome.ERROR: "could not be counted",
    Outcome.SKIP: "not counted",
}  # fmt: skip


def summary(results: Sequence[CheckResult]) -> str:
    """`12 promises hold, 1 warns` in the order of what matters."""
    order = (Outcome.FAIL, Outcome.ERROR, Outcome.WARN, Outcome.PASS, Outcome.SKIP)
    counts = [(outcome, sum(r.outcome is outcome for r in results)) for outcome in order]
    parts = [f"{number} {_WORDS[outcome]}" for outcome, number in counts if number]
    return f"checks: {', '.join(parts)}" if parts else "no checks"


def line(result: CheckResult) -> str:
    """One promise, whether it holds, and what was counted."""
    mark, colour = _MARKS[result.outcome]
    counted = ""
    if result.failing and result.rows is not None:
        counted = f": {result.failing:,} of {result.rows:,} rows break it"
    elif result.outcome in (Outcome.FAIL, Outcome.WARN) and result.value is not None:
        counted = f": counted {result.value:,}"
    detail = f" ({safe(result.detail)})" if result.detail else ""
    return f"{paint(mark, colour)} {safe(result.sentence)}{counted}{detail}"


def broken(results: Sequence[CheckResult]) -> Iterator[str]:
    """Lines for every promise that does not hold, with a few of the rows that break it."""
    for result in results:
        if result.outcome in (Outcome.FAIL, Outcome.WARN, Outcome.ERROR):
            yield f"  {line(result)}"
            for sample in result.samples[:3]:
                values = ", ".join(f"{name}={value}" for name, value in sample.values)
                yield paint(f"      for example {safe(values)}", "dim")


def masks(columns: Sequence[ResultColumn]) -> None:
    """Tell the reader, below the rows, which columns are masked and by which rules."""
    found: dict[tuple[str, ...], list[str]] = {}
    for each in columns:
        if each.mask is not MaskKind.CLEAR:
            why = tuple(dict.fromkeys(f"{r.sentence} ({r.rule})" for r in each.reasons))
            found.setdefault(why, []).append(f"`{each.name}`")
    for why, names in found.items():
        some = f"{names[0]} is" if len(names) == 1 else f"{', '.join(names)} are"
        tell(paint(safe(f"{some} masked: {'; '.join(why)}"), "dim", stream=sys.stderr))


def notices(decisions: Sequence[Decision]) -> None:
    """Tell the reader, beside the rows, what they should know of what they read."""
    for notice in dict.fromkeys(each for d in decisions for each in d.notices):
        label = paint(f"warning[{notice.code}]", "yellow", "bold", stream=sys.stderr)
        tell(f"{label}: {safe(notice.sentence)}")
        tell(f"  = help: {safe(notice.hint)}")
