"""`agora schema`: the JSON Schemas of our own files."""

import json as encoding
from pathlib import Path
from typing import Annotated, Any

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, say
from agora.cli.asking import Json, command, epilog
from agora.cli.files import leave
from agora.usecases.schema import schemas

app = command("schema", "")


@app.command(epilog=epilog("agora schema -o .schemas"))
def schema(
    name: Annotated[str, typer.Argument(help="A kind of file; without it, all of them.")] = "",
    output: Annotated[
        str, typer.Option("--output", "-o", help="A folder for one file per schema.")
    ] = "",
    json: Json = False,
) -> None:
    """Export the JSON Schemas of the files people write, for editors and other tools."""
    found = schemas(name)
    if output:
        for kind, each in found.items():
            leave(Path(output) / f"{kind}.json", _spelled(each))
            if not json:
                say(f"wrote {output}/{kind}.json")
    if json:
        give("schemas", [{"name": kind, "schema": each} for kind, each in found.items()])
    elif output:
        return
    elif name:
        say(_spelled(found[name]).rstrip("\n"))
    else:
        say(table(["name", "what it describes"], [_row(k, v) for k, v in found.items()]))


def _spelled(schema: dict[str, Any]) -> str:
    return encoding.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _row(kind: str, schema: dict[str, Any]) -> list[str]:
    return [kind, str(schema["description"])]
