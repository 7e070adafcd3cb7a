"""`agora maintain`: what is no longer kept is removed, and what is kept is proved to be there."""

from datetime import timedelta
from typing import Annotated

import typer

from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.reaching import anywhere
from agora.model.derived import Tended
from agora.model.errors import Unusable
from agora.model.maintenance import Maintained
from agora.usecases import maintain as verbs

app = command("maintain", "")
tidy = anywhere(verbs.maintain)


@app.command(epilog=epilog("agora maintain --all --keep 12 --dry-run"))
def maintain(
    products: Annotated[list[str] | None, typer.Argument(help="Which products.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every product, and what belongs to none.")
    ] = False,
    keep: Annotated[
        int, typer.Option("--keep", help="The newest editions that stay, whatever their age.")
    ] = 0,
    older: Annotated[
        int | None,
        typer.Option("--older-than", help="Only editions older than so many days may go."),
    ] = None,
    grace: Annotated[
        int, typer.Option("--grace", help="Hours before a file that nobody refers to may go.")
    ] = 24,
    dry: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go; nothing does.")
    ] = False,
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Remove what is no longer kept, write small files together, and prove what is left."""
    if bool(products) == every:
        raise Unusable("no product is named", code="E021", hint="name one, or say `--all`")
    with opened(mesh) as house:
        done = tidy(
            house,
            actor(house, as_),
            products or (),
            keep=keep,
            older_than=None if older is None else timedelta(days=older),
            grace=timedelta(hours=grace),
            dry=dry,
        )
    if json:
        give("maintained", done)
    else:
        _show(done)


def _show(done: Maintained) -> None:
    would = "would be " if done.dry else ""
    _compacted(done, would)
    if done.tended is not None:
        _tended(done.tended)
    for product in done.products:
        numbers = [str(e.number) for e in done.expired if e.product == product]
        if numbers:
            say(
                f"{product}: no longer kept {would}{'edition' if len(numbers) == 1 else 'editions'} {', '.join(numbers)}"
            )
    for held in done.held:
        say(
            paint(
                f"{held.edition.product}: edition {held.edition.number} stays: {safe(held.by)}",
                "dim",
            )
        )
    for each in done.removed:
        say(f"{would}removed: {count(each.files, 'file')}, {size(each.size)} {each.cause.value}")
    if not done.removed:
        say("nothing to remove")
    say(f"the lake: {size(done.before)} before, {size(done.after)} after")
    if not done.dry:
        say(f"{paint('✓', 'green')} {count(done.whole, 'file')} of kept editions opened and whole")


def _compacted(done: Maintained, would: str) -> None:
    for each in done.compacted:
        files = f"{count(each.before, 'file')} {would}written as {each.after}"
        say(f"{each.port}: {files}" + (f", edition {each.release}" if each.release else ""))
    for name, why in done.unable:
        say(paint(f"! {name}: its small files stay: {safe(why)}", "yellow"))


def _tended(done: Tended) -> None:
    if done.made or done.dropped:
        say(f"derived tables: {len(done.made)} made, {len(done.dropped)} dropped")
    for port, why in done.unable:
        say(paint(f"! {port}: {safe(why)}", "yellow"))


def size(number: int) -> str:
    """`1.5 MB` of bytes."""
    amount = float(number)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004 (SI units)
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return ""
