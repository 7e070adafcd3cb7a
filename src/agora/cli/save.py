"""`agora save`: keep a query, or change one that is kept."""

import re
from typing import Annotated

import typer

from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened, words
from agora.cli.query import statement
from agora.cli.reaching import anywhere
from agora.cli.saved import Editor, Readers, Revision, With, audience, told
from agora.model.errors import Unusable
from agora.model.saved import Parameter, ParameterKind
from agora.usecases import saved as verbs

app = command("save", "")
_SPELLED = re.compile(r"(\w+)(?::([a-z]+)(?:\(([^)]*)\))?)?(=.*)?\Z", re.DOTALL)

Name = Annotated[
    str, typer.Argument(help="The one to change; without it, a new one is kept as your own.")
]
Title = Annotated[str, typer.Option("--title", help="What it tells, in a few words.")]
Sql = Annotated[str, typer.Option("--sql", help="One SELECT; `$week` in it is a parameter.")]
File = Annotated[str, typer.Option("--file", help="Read the SELECT from this file.")]
Description = Annotated[str, typer.Option("--description", help="What to know about it.")]
Asked = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        help="NAME[:KIND][=DEFAULT], KIND being text, number, date or choice(A,B).",
    ),
]


@app.command(
    epilog=epilog(
        "agora save --title 'A week' --sql 'select * from sales.weekly_sales where week = $week'"
        " --parameter week:number=1 --with team:sales"
    )
)
def save(
    name: Name = "",
    title: Title = "",
    sql: Sql = "",
    file: File = "",
    description: Description = "",
    parameter: Asked = None,
    with_: With = None,
    readers: Readers = False,
    editor: Editor = None,
    revision: Revision = 0,
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Keep a query and share its words; `$name` in it is asked for whenever it is run."""
    asked = None if parameter is None else tuple(spelled(each) for each in parameter)
    with opened(mesh) as house:
        who = actor(house, as_, purpose)
        if name:
            found = anywhere(verbs.edit)(
                house, who, name, revision, title=title or None, description=description or None,
                sql=statement(sql, file) if sql or file else None,
                parameters=asked, purpose=purpose or None,
            )  # fmt: skip
        else:
            found = anywhere(verbs.save)(
                house, who, title=title, description=description, sql=statement(sql, file),
                parameters=asked or (), purpose=purpose, named=words(with_),
                audience=audience(words(with_), readers=readers), editors=words(editor),
            )  # fmt: skip
    told(found, as_json=json)


def spelled(text: str) -> Parameter:
    """A parameter as it is typed: `week:number=1`, `region:choice(north,south)`, `name`."""
    found = _SPELLED.match(text)
    kinds = [kind.value for kind in ParameterKind]
    if found is None or (found[2] or "text") not in kinds:
        raise Unusable(
            f"`{text}` is no parameter", code="E002", hint=f"KIND is one of {', '.join(kinds)}"
        )
    choices = words([found[3]]) if found[3] else ()
    return Parameter(
        name=found[1],
        kind=ParameterKind(found[2] or "text"),
        default=found[4][1:] if found[4] else None,
        choices=choices,
    )
