"""Quality: every promise of a product, whether it holds now, and how it was kept."""

from agora.model.checks import CheckResult, Outcome
from agora.model.label import BROKEN, KEPT, TrackRecord
from agora.usecases.history import history
from agora.usecases.show import show
from agora.web.answers import Page
from agora.web.paths import get
from agora.web.product import frame, name_of
from agora.web.templates import number
from agora.web.visit import Visit

KINDS = {
    Outcome.PASS: ("ok", "holds"), Outcome.WARN: ("warn", "does not hold, told only"),
    Outcome.FAIL: ("bad", "does not hold"), Outcome.ERROR: ("bad", "could not be counted"),
    Outcome.SKIP: ("", "not counted"),
}  # fmt: skip
DAYS = {KEPT: "kept", BROKEN: "broken"}


def quality(visit: Visit) -> Page:
    """The checks of the current edition, and the last 90 days of each service level."""
    shown = show(visit.house, visit.who, name_of(visit))
    results = shown.release.results if shown.release else ()
    editions = history(visit.house, visit.who, name_of(visit)).editions
    told = [each for each in editions if each.port == editions[-1].port][-30:] if editions else []
    values = frame(visit, shown, "quality") | {
        "levels": [_level(record) for record in shown.records],
        "checks": [_check(each) for each in sorted(results, key=_order)],
        "shares": [round(100 * each.held / each.checks) if each.checks else 100 for each in told],
        "editions": told,
        "run": shown.run,
    }
    return Page(template="product/quality.html", values=values)


def _order(result: CheckResult) -> int:
    return (Outcome.FAIL, Outcome.ERROR, Outcome.WARN, Outcome.PASS, Outcome.SKIP).index(
        result.outcome
    )


def _check(result: CheckResult) -> dict[str, object]:
    kind, word = KINDS[result.outcome]
    failing = (
        f"{number(result.failing)} of {number(result.rows)} rows"
        if result.failing and result.rows
        else ""
    )
    return {
        "sentence": result.sentence,
        "port": str(result.port),
        "kind": kind,
        "word": word,
        "failing": failing,
        "detail": result.detail,
    }


def _level(record: TrackRecord) -> dict[str, object]:
    return {
        "level": record.level,
        "port": str(record.port),
        "sentence": record.sentence,
        "judged": record.kept + record.broken > 0,
        "states": [DAYS.get(letter, "none") for letter in record.days],
        "summary": f"{record.level}: kept on {record.kept} days, broken on {record.broken}",
    }


ROUTES = (get("/products/{domain}/{product}/quality", quality),)
