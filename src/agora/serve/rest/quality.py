"""Quality over REST: what a product promises, whether it holds now, and how it was kept."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from agora.model.checks import CheckResult
from agora.model.label import TrackRecord
from agora.quality.labels.editions import EditionHealth
from agora.serve.rest.asking import By, Within
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import model_of, wired
from agora.usecases.history import history
from agora.usecases.show import show

router = APIRouter(tags=["products"])
LAST = 30
CHECK: Any = model_of(CheckResult)
RECORD: Any = model_of(TrackRecord)
EDITION: Any = model_of(EditionHealth)


class Quality(BaseModel):
    """The checks of the edition that is served, the last 90 days of each service level, and trends."""

    edition: int | None = None
    checks: list[CHECK]
    levels: list[RECORD]
    editions: list[EDITION]


@router.get("/products/{domain}/{product}/quality", responses=documented(404), summary="What it promises, and whether it holds")  # fmt: skip
def quality(house: Within, who: By, domain: Word, product: Word) -> Quality:
    """Numbers and examples only as far as the caller may see the rows."""
    shown = show(house, who, f"{domain}.{product}")
    editions = history(house, who, f"{domain}.{product}").editions
    return Quality(
        edition=shown.release.number if shown.release else None,
        checks=wired(shown.release.results) if shown.release else [],
        levels=wired(shown.records),
        editions=wired(editions[-LAST:]),
    )
