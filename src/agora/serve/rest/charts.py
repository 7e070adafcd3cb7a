"""Charts over REST: kept drawings of what queries answer."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from agora.model.drawn import Drawn
from agora.serve.rest.asking import By, Within
from agora.serve.rest.fields import Body, Id, Line, Prose, Purpose, Values
from agora.serve.rest.paging import Paged
from agora.serve.rest.problems import documented
from agora.serve.rest.saved import Asked, Revision, Sharing, asked
from agora.serve.rest.wire import listing, model_of, wired
from agora.usecases import chart as verb

router = APIRouter(tags=["saved"])
CHART = model_of(verb.Shown, name="KeptChart")
DRAWN = model_of(Drawn)
Spec = Annotated[str, Field(max_length=20_000, description="Vega-Lite, as far as Agora draws it.")]


class Drawing(Body):
    """What is drawn: of a saved `query` or a text `sql`, with these values."""

    spec: Spec
    query: Line = ""
    sql: Annotated[str, Field(max_length=100_000)] = ""
    parameters: Annotated[list[Asked], Field(max_length=50)] = []
    values: Values = {}

    def words(self) -> verb.Words:
        """The same as a verb takes it."""
        return verb.Words(query=self.query, sql=self.sql, parameters=asked(self.parameters))


class Keeping(Drawing, Sharing):
    """A chart to keep."""

    title: Line
    description: Prose = ""
    purpose: Purpose = ""


class Editing(Body):
    """What is different; what is left out stays."""

    title: Line | None = None
    spec: Spec | None = None
    description: Prose | None = None
    values: Values | None = None


@router.get("/charts", response_model=listing(CHART), responses=documented(), summary="Charts the caller may see")  # fmt: skip
def seen(house: Within, who: By, paged: Paged) -> Any:
    """Their own and shared ones."""
    return paged.page(verb.seen(house, who))


@router.post("/charts", status_code=201, response_model=CHART, responses=documented(404, 409), summary="Keep a chart")  # fmt: skip
def keep(house: Within, who: By, body: Keeping) -> Any:
    """It is the caller's own."""
    return wired(
        verb.save(
            house,
            who,
            title=body.title,
            spec=body.spec,
            of=body.words(),
            values=body.values,
            description=body.description,
            purpose=body.purpose,
            audience=body.audience,
            named=body.named,
            editors=body.editors,
        )
    )


@router.post("/charts/preview", response_model=DRAWN, responses=documented(404), summary="Draw without keeping")  # fmt: skip
def preview(house: Within, who: By, body: Drawing) -> Any:
    """The rows the caller may see, as a drawing and as a table."""
    return wired(verb.preview(house, who, spec=body.spec, of=body.words(), values=body.values))


@router.get("/charts/{chart}", response_model=CHART, responses=documented(404), summary="One chart")
def one(house: Within, who: By, chart: Id) -> Any:
    """Its words; whoever draws it sees what they may."""
    return wired(verb.find(house, who, chart))


@router.get("/charts/{chart}/drawn", response_model=DRAWN, responses=documented(404), summary="Draw it")  # fmt: skip
def drawn(house: Within, who: By, chart: Id) -> Any:
    """The rows the caller may see, as a drawing and as a table."""
    return wired(verb.draw(house, who, chart))


@router.patch("/charts/{chart}", response_model=CHART, responses=documented(404, 409), summary="Change it")  # fmt: skip
def edit(house: Within, who: By, chart: Id, body: Editing, revision: Revision = 0) -> Any:
    """With a `revision` only if nobody was faster."""
    return wired(
        verb.edit(
            house,
            who,
            chart,
            revision,
            title=body.title,
            spec=body.spec,
            description=body.description,
            values=body.values,
        )
    )


@router.put("/charts/{chart}/sharing", response_model=CHART, responses=documented(404, 409), summary="Share it")  # fmt: skip
def share(house: Within, who: By, chart: Id, body: Sharing, revision: Revision = 0) -> Any:
    """Whoever draws it sees what they may."""
    return wired(
        verb.share(
            house,
            who,
            chart,
            revision,
            audience=body.audience,
            named=body.named,
            editors=body.editors,
        )
    )


@router.delete("/charts/{chart}", response_model=CHART, responses=documented(404, 409), summary="Remove it")  # fmt: skip
def remove(house: Within, who: By, chart: Id, revision: Revision = 0) -> Any:
    """It is gone for everybody."""
    return wired(verb.remove(house, who, chart, revision))
