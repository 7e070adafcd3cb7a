"""Fields: what paths and bodies are made of, each with its bounds."""

from typing import Annotated

from fastapi import Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Id = Annotated[str, Path(pattern="^[A-Za-z0-9_:.-]+$", max_length=80)]
TableName = Annotated[
    str,
    Path(
        pattern="^[a-z][a-z0-9.@-]*$",
        max_length=200,
        description="`port`, `port@2` or `domain.product.port`.",
    ),
]
Line = Annotated[str, Field(max_length=300)]
Prose = Annotated[str, Field(max_length=10_000)]
Sql = Annotated[
    str, Field(max_length=100_000, examples=["select * from sales.weekly_sales limit 5"])
]
Names = Annotated[list[Line], Field(max_length=1_000)]
Until = Annotated[AwareDatetime | None, Field(examples=["2018-06-30T23:59:59Z"])]
Values = Annotated[dict[str, Line], Field(max_length=100)]
Purpose = Annotated[str, Field(max_length=100, examples=["reporting"])]


class Body(BaseModel):
    """What is sent; a field nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Spoken(Body):
    """Words that go with a deed."""

    words: Prose = ""
