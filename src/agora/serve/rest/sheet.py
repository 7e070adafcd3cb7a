"""Sheet over REST: a file becomes a product in steps the server keeps, and the next file its next edition."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from agora.model.draft import SheetColumn, SheetDraft
from agora.model.errors import Unusable
from agora.needs.site import Site
from agora.serve.rest.asking import At, By, Within
from agora.serve.rest.fields import Body, Line, Prose
from agora.serve.rest.problems import documented
from agora.serve.rest.products import Word
from agora.serve.rest.wire import model_of, wired
from agora.usecases import errands
from agora.usecases import sheet as verbs
from agora.usecases.making.sheets import types

router = APIRouter(tags=["make"])
DRAFT: Any = model_of(SheetDraft, without=frozenset({"aside", "owner"}))
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def content(request: Request) -> bytes:
    """The file as it was sent."""
    return await request.body()


Content = Annotated[bytes, Depends(content)]
Named = Annotated[str, Query(max_length=200, description="What the file is called.", examples=["targets.csv"])]  # fmt: skip

Spelt = Annotated[str | None, Query(max_length=20, description="Which letters its bytes are; by default it is found out.", examples=["cp1252"])]  # fmt: skip


class Drafted(BaseModel):
    """The draft, and the first rows of its file; `telling` shows whether its letters were guessed right."""

    draft: DRAFT
    first: list[dict[str, Any]]
    telling: list[str] = []


class Saying(Body):
    """What a column of the file is called, and holds; what is left out stays as it was found."""

    origin: Line
    name: Line | None = None
    type: Line | None = None
    description: Line | None = None
    tag: Line | None = None
    key: bool | None = None
    reason: Line | None = None


class Confirming(Body):
    """Columns that are to be otherwise than they were found."""

    columns: Annotated[list[Saying], Field(max_length=2_000)] = []


class Naming(Body):
    """The words others find it by."""

    title: Line
    summary: Line
    domain: Line
    product: Line
    row: Line = ""
    terms: Prose = ""


class Looked(BaseModel):
    """What stands against publishing it, and the files that would be written."""

    problems: list[str]
    files: list[str]


class Written(BaseModel):
    """The product whose files are there now; its run has begun, and `Location` says how it stands."""

    product: str
    files: list[str]
    commit: str = ""


@router.put("/draft", response_model=DRAFT, responses=documented(), openapi_extra=FILE, summary="Bring a file")  # fmt: skip
def bring(house: Within, who: By, file: Named, given: Content, encoding: Spelt = None) -> Any:
    """A clean sheet or CSV; it is the caller's draft, in the place of the one they had."""
    return wired(verbs.begin(house, who, file, given, encoding))


@router.get("/draft", responses=documented(404), summary="The caller's draft")
def draft(house: Within, who: By) -> Drafted:
    """Every column as it was found or confirmed, and the first rows."""
    found = verbs.open_again(house, who)
    return Drafted(draft=wired(found.draft), first=wired(found.first), telling=list(found.telling))


@router.put("/draft/columns", response_model=DRAFT, responses=documented(404), summary="Confirm its columns")  # fmt: skip
def confirm(house: Within, who: By, body: Confirming) -> Any:
    """Names, types, what is sensitive and what is the key; columns that are not named stay."""
    return wired(verbs.columns(house, who, _said(verbs.find(house, who).columns, body.columns)))


@router.put("/draft/label", response_model=DRAFT, responses=documented(404, 409), summary="Say what it is")  # fmt: skip
def label(house: Within, who: By, body: Naming) -> Any:
    """Title, summary, and the domain it belongs to."""
    return wired(verbs.label(house, who, **body.model_dump()))


@router.get("/draft/check", responses=documented(404, 409), summary="What stands against publishing it")  # fmt: skip
def check(house: Within, who: By) -> Looked:
    """Nothing is written."""
    found = verbs.look(house, who)
    return Looked(problems=list(found.problems), files=list(found.files))


@router.post("/draft/publish", status_code=202, responses=documented(404, 409), summary="Make it a product")  # fmt: skip
def publish(house: Within, who: By, at: At, response: Response) -> Written:
    """Its files are written and committed in the caller's name, and its first run begins."""
    made = verbs.write(house, who)
    at.reread()
    return begun(at, who, made, response)


@router.put("/products/{domain}/{product}/file", status_code=202, responses=documented(404, 409), openapi_extra=FILE, summary="Bring its next file")  # fmt: skip
def next_file(
    house: Within,
    who: By,
    at: At,
    response: Response,
    domain: Word,
    product: Word,
    file: Named,
    given: Content,
) -> Written:
    """It takes the place of the one before, and a run makes an edition of it."""
    made = verbs.next_file(house, who, f"{domain}.{product}", file, given)
    return begun(at, who, made, response)


def begun(at: Site, who: By, made: verbs.Written, response: Response) -> Written:
    """A run of what was written has begun."""
    errands.begin(at.house(), who, str(made.name), now=at.now())
    response.headers["location"] = f"/api/v1/products/{made.name.domain}/{made.name.product}/runs/latest"  # fmt: skip
    return Written(product=str(made.name), files=list(made.files), commit=made.commit)


def _said(found: Sequence[SheetColumn], said: Sequence[Saying]) -> list[SheetColumn]:
    """The columns as they are, but for what was said of them."""
    by_origin = {each.origin: each for each in said}
    return [_column(each, by_origin.get(each.origin)) for each in found]


def _column(found: SheetColumn, said: Saying | None) -> SheetColumn:
    if said is None:
        return found
    told = said.model_dump(exclude_none=True)
    if wanted := told.pop("type", ""):
        known = {of.sql.lower(): of for of in types(found.type)}
        if wanted.lower() not in known:
            raise Unusable(
                f"`{found.origin}` cannot be `{wanted}`",
                code="E782",
                hint=f"use {', '.join(f'`{each}`' for each in known)}",
            )
        told["type"] = known[wanted.lower()]
    return replace(found, **told)
