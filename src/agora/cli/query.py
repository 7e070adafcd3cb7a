"""`agora query`: SQL over products, as somebody who may."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from agora.cli.answers.results import masks, notices
from agora.cli.answers.rows import LINES, TABLE, chosen, take, write
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.errors import Unavailable, Unusable
from agora.usecases import download
from agora.usecases import query as verbs

app = command("query", "")
leave = anywhere(download.download)
ask = anywhere(verbs.query)


@app.command(
    epilog=epilog(
        'agora query "select * from sales.weekly_sales limit 5" --as fay --purpose reporting'
    )
)
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; `-` reads it from standard input.")] = "",
    file: Annotated[str, typer.Option("--file", help="Read the SELECT from this file.")] = "",
    as_: As = "",
    purpose: Purpose = "",
    edition: Annotated[
        list[str] | None,
        typer.Option(
            "--edition", help="An earlier edition: its number, a day, or domain.product=12."
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="table, csv, json, ndjson, parquet, arrow or xlsx (1,048,575 rows)."
        ),
    ] = "",
    output: Annotated[
        str, typer.Option("-o", "--output", help="Write the rows to this file.")
    ] = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Ask products with SQL: name them as `domain.product`, with `_` for `-`."""
    text = statement(sql, file)
    with opened(mesh) as house:
        wanted = chosen(house.outlets, LINES if json else form, output)
        who, asked = actor(house, as_, purpose), edition or ()
        if wanted != TABLE:
            export = leave(house, who, form=wanted, sql=text, editions=asked)
            notices(export.decisions)
            take(export, output)
            masks(export.columns)
            return
        queried = ask(house, who, text, editions=asked)
        notices(queried.decisions)
        try:
            write(queried.answer)
            masks(queried.columns)
        finally:
            queried.answer.close()


def statement(sql: str, file: str) -> str:
    """The text somebody gave, in a file or on standard input; raises Unavailable or Unusable."""
    if file:
        try:
            return Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            raise Unavailable(f"`{file}` cannot be read", code="E025") from None
    if sql == "-":
        return sys.stdin.read()
    if not sql:
        raise Unusable(
            "there is no statement", code="E026", hint="give one SELECT, `-`, or `--file`"
        )
    return sql
