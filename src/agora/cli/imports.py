"""`agora import`: products from what others wrote of their data."""

from collections.abc import Mapping
from typing import Annotated

import typer

from agora.cli import errors
from agora.cli.answers.terminal import give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened, openings, words
from agora.cli.files import read
from agora.cli.reaching import Place, anywhere
from agora.model.errors import Unusable
from agora.needs.house import House
from agora.spec.imports.formats import form_of
from agora.usecases import imports as verbs
from agora.usecases import new
from agora.usecases.imports import Given, Imported
from agora.usecases.new import Created

app = command("import", "")
adopt = anywhere(verbs.adopt)
make = anywhere(new.new)


@app.command("import", epilog=epilog("agora import sales --from schema.sql --dialect postgres"))
def imports(
    name: Annotated[str, typer.Argument(help="A domain, or one product: domain.product.")],
    origin: Annotated[
        list[str] | None,
        typer.Option("--from", help="A file; several for an ODPS file and its contracts."),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="odcs, odps, dcs, dbt or ddl; by default as the file looks.",
            metavar="FORMAT",
        ),
    ] = "",
    dialect: Annotated[str, typer.Option("--dialect", help="Of the SQL, such as postgres.")] = "",
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Tables to take; by default all.")
    ] = None,
    purpose: Annotated[
        str, typer.Option("--purpose", help="What the input ports of an ODPS file are used for.")
    ] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> int:
    """Make products from contracts, products, models, tables or rows that others wrote."""
    given = [Given(file=each, content=read(each)) for each in origin or ()]
    if not given:
        raise Unusable("no file is named", code="E048", hint="name one with `--from`")
    with opened(mesh) as house:
        who = actor(house, as_)
        if not form and form_of(given[0].file, given[0].content) == "data":
            made = make(house, who, name, origin=given[0].file, content=given[0].content)
            return _created(made, json=json)
        found = adopt(
            house, who, name, given, openings().environment,
            form=form, dialect=dialect, only=words(only), purpose=purpose,
        )  # fmt: skip
        return _imported(found, _texts(house), json=json)


def _texts(house: Place) -> Mapping[str, bytes]:
    """The lines that findings point at, where they lie here."""
    return house.folder.texts() if isinstance(house, House) else {}


def _imported(found: Imported, texts: Mapping[str, bytes], *, json: bool) -> int:
    if json:
        give("imported", found)
        return 0 if found.holds else 1
    for file in found.files:
        say(f"wrote {file}")
    errors.findings(found.findings, texts)
    if found.holds:
        say(f"Next: put the data where build.yaml says, then agora run {' '.join(found.products)}")
    else:
        say("Next: mend what is found, then agora check")
    return 0 if found.holds else 1


def _created(made: Created, *, json: bool) -> int:
    if json:
        give("created", made)
    else:
        for file in made.files:
            say(f"wrote {file}")
    return 0
