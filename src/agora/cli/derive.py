"""`agora derive`: what some may see of a table is kept apart from what is hidden from them."""

from typing import Annotated

import typer

from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.derived import Derived, Tended, Why
from agora.model.errors import Unusable
from agora.usecases import derive as verbs

app = command("derive", "")
apart = anywhere(verbs.derive)
tended = anywhere(verbs.tended)
_WHY = {
    Why.OFTEN: "read often", Why.RESTRICTED: "the table is restricted", Why.DEMANDED: "asked for",
}  # fmt: skip


@app.command(
    epilog=epilog("agora derive customers.households --for mia --purpose campaign-planning")
)
def derive(
    port: Annotated[
        str, typer.Argument(help="The table: domain.product[.port][@major]; none tends them all.")
    ] = "",
    reader: Annotated[
        str, typer.Option("--for", help="Whose rows and values.", metavar="PERSON")
    ] = "",
    purpose: Purpose = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Keep what somebody may see of a table as files of its own, where nothing is hidden.

    Without a table: make those that were read often, and drop those nobody can be given any more.
    """
    if bool(port) != bool(reader):
        raise Unusable(
            "a table is derived for somebody", code="E033", hint="name both: `PORT --for PERSON`"
        )
    with opened(mesh) as house:
        who = actor(house, as_)
        if port:
            made = apart(house, who, port, reader=reader, purpose=purpose)
            done = Tended(made=(made,), kept=(made,))
        else:
            done = tended(house, who)
    if json:
        give("derived", done)
    else:
        _show(done)


def _show(done: Tended) -> None:
    for each in done.made:
        say(f"{paint('✓', 'green')} {_told(each)} ({_WHY[each.why]})")
    for each in done.dropped:
        say(f"- {_told(each)}: {safe(each.reason)}")
    for port, why in done.unable:
        say(paint(f"! {port}: {safe(why)}", "yellow"))
    say(f"{count(len(done.kept), 'derived table')}, {count(_files(done), 'file')}")


def _files(done: Tended) -> int:
    return sum(len(each.files) for each in done.kept)


def _told(table: Derived) -> str:
    names = ", ".join(column.name for column in table.columns)
    return f"{table.port} edition {table.release}: {count(table.rows, 'row')} of {safe(names)}"
