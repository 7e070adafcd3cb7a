"""Check results as one reader may see them: what was counted, but only values they would see."""

from collections.abc import Sequence
from dataclasses import replace

from agora.model.checks import CheckResult, Sample
from agora.model.decision import Decision
from agora.model.policy import MaskKind


def seen(results: Sequence[CheckResult], decisions: Sequence[Decision]) -> tuple[CheckResult, ...]:
    """The results with the samples this reader may see.

    Counts are part of a product's label and stay. A sample stays only where the reader sees every
    row of the port, and in it only the columns they see clearly: text cannot be filtered by row.
    """
    by_port = {decision.port: decision for decision in decisions}
    return tuple(_seen(result, by_port.get(result.port)) for result in results)


def _seen(result: CheckResult, decision: Decision | None) -> CheckResult:
    if not result.samples:
        return result
    if decision is None or not decision.allowed or decision.rows:
        return replace(result, samples=())
    clear = {c.name for c in decision.columns if c.mask.kind is MaskKind.CLEAR}
    samples = (_clear(sample, clear) for sample in result.samples)
    return replace(result, samples=tuple(sample for sample in samples if sample.values))


def _clear(sample: Sample, clear: set[str]) -> Sample:
    return Sample(values=tuple((name, value) for name, value in sample.values if name in clear))
