"""`agora search`: find products, and ask for what there is not."""

from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import count, give, say
from agora.cli.asking import As, Json, MeshFolder, actor, command, epilog, opened
from agora.cli.asking import words as listed
from agora.cli.reaching import anywhere
from agora.usecases import search as verbs
from agora.usecases import wish as wishing
from agora.usecases.search import Hits

app = command("search", "")
find = anywhere(verbs.search)
settle = anywhere(wishing.settle)
wish = anywhere(wishing.wish)
wishes = anywhere(wishing.wishes)
Many = list[str] | None


@app.command(epilog=epilog("agora search weekly sales --domain sales --access open"))
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words on the label; none lists everything.")
    ] = None,
    domain: Annotated[Many, typer.Option("--domain", help="Only of these domains.")] = None,
    tag: Annotated[Many, typer.Option("--tag", help="Only with one of these tags.")] = None,
    access: Annotated[
        Many, typer.Option("--access", help="Only what is open, pending or on-request for you.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 100,
    wanted: Annotated[
        str, typer.Option("--wish", help="Ask for data that nobody offers, in your own words.")
    ] = "",
    reason: Annotated[
        str, typer.Option("--reason", help="What you need it for, or how a wish was settled.")
    ] = "",
    all_wishes: Annotated[
        bool, typer.Option("--wishes", help="List what is wished for, as far as you may know.")
    ] = False,
    settled: Annotated[
        str, typer.Option("--settle", help="This wish is answered, or taken back.")
    ] = "",
    as_: As = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Find products by names, titles, descriptions, tags, columns, glossary and README."""
    with opened(mesh) as house:
        who = actor(house, as_)
        if wanted:
            return _told(json, "wish", wish(house, who, wanted, reason))
        if settled:
            return _told(json, "wish", settle(house, who, settled, reason))
        if all_wishes:
            return _told(json, "wishes", *wishes(house, who))
        chosen = {"domain": listed(domain), "tag": listed(tag), "access": listed(access)}
        found = find(house, who, " ".join(words or ()), where=chosen, limit=limit)
    if json:
        return give("hits", found)
    return _shown(found)


def _told(json: bool, kind: str, *found: object) -> None:
    if json:
        return give(kind, found[0] if kind == "wish" else found)
    if not found:
        return say("nothing is wished for")
    shown = [[getattr(w, field) for field in ("id", "state", "wished_by", "words")] for w in found]
    return say(table(["wish", "state", "by", "looking for"], shown, whole=(0,), wrap=True))


def _shown(found: Hits) -> None:
    if not found.hits:
        say("nothing fits; try fewer words, or ask for it with --wish")
        if found.did_you_mean:
            say(f"Did you mean: agora search {found.did_you_mean}")
        return
    rows = [
        [str(h.product.name), h.product.title, h.access.replace("-", " "), ", ".join(h.matched)]
        for h in found.hits
    ]
    say(table(["product", "title", "access", "found in"], rows, whole=(0,), wrap=True))
    shown = count(found.total, "product")
    some = f"{len(found.hits)} of {shown}" if len(found.hits) < found.total else shown
    say(f"({some}) Next: agora show {found.hits[0].product.name}")
