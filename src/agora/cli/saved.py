"""`agora saved`: queries that were kept, shared or curated, and their rows for whoever runs one."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from agora.cli.answers.results import notices
from agora.cli.answers.rows import lines, write
from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened, words
from agora.cli.reaching import Place, anywhere
from agora.model.errors import Unusable
from agora.model.people import Actor
from agora.model.saved import Audience, Parameter, Sharing
from agora.usecases import saved as verbs
from agora.usecases.saved import Saved

app = command("saved", "")
With = Annotated[list[str] | None, typer.Option("--with", help="Whom: a person or team:ID.")]
Readers = Annotated[bool, typer.Option("--readers", help="Whoever may read its tables sees it.")]
Editor = Annotated[list[str] | None, typer.Option("--editor", help="Who may change it, too.")]
Revision = Annotated[
    int, typer.Option("--revision", help="Only if nobody changed it since this revision.")
]
Values = Annotated[list[str] | None, typer.Option("--set", help="A parameter's value: NAME=VALUE.")]
Of = Annotated[str, typer.Option("--product", help="List what the owners of a product offer.")]


class Action(StrEnum):
    """What can be done with saved queries."""

    LIST = "list"
    SHOW = "show"
    RUN = "run"
    TEXT = "text"
    SHARE = "share"
    REMOVE = "remove"


Wanted = Annotated[
    Action, typer.Argument(help="list, show, run, text (for `agora query -`), share or remove.")
]
Name = Annotated[
    str, typer.Argument(help="Which one: its id, or domain.product/name of a curated one.")
]


@app.command(epilog=epilog("agora saved run sales.transactions/biggest-stores --as ana"))
def saved(
    action: Wanted = Action.LIST,
    name: Name = "",
    product: Of = "",
    values: Values = None,
    with_: With = None,
    readers: Readers = False,
    editor: Editor = None,
    revision: Revision = 0,
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """See, run and share saved queries: words are shared, rows are those of whoever runs one."""
    if action is not Action.LIST and not name:
        raise Unusable(f"{action.value} which one?", code="E002", hint="`agora saved` lists them")
    with opened(mesh) as house:
        who = actor(house, as_, purpose)
        match action:
            case Action.LIST:
                listed(house, who, product, as_json=json)
            case Action.SHOW:
                told(anywhere(verbs.find)(house, who, name), as_json=json)
            case Action.RUN:
                _run(house, who, name, values or (), as_json=json)
            case Action.TEXT:
                sql = anywhere(verbs.bound)(house, who, name, given(values or ()))
                give("text", sql) if json else say(sql)
            case Action.SHARE:
                whom = audience(words(with_), readers=readers)
                rights = {"named": words(with_), "editors": words(editor)}
                told(
                    anywhere(verbs.share)(house, who, name, revision, audience=whom, **rights),
                    as_json=json,
                )
            case Action.REMOVE:
                told(anywhere(verbs.remove)(house, who, name, revision), as_json=json)


def audience(named: Sequence[str], *, readers: bool) -> Audience:
    """Whom somebody meant: those they named, whoever may read its tables, or nobody."""
    if readers:
        return Audience.READERS
    return Audience.NAMED if named else Audience.NOBODY


def given(pairs: Sequence[str]) -> dict[str, str]:
    """Values typed as NAME=VALUE."""
    for pair in pairs:
        if "=" not in pair:
            raise Unusable(f"`{pair}` gives no value", code="E002", hint="write it as NAME=VALUE")
    return dict(pair.split("=", 1) for pair in pairs)


def told(found: Saved, *, as_json: bool) -> None:
    """One saved query with everything that is said of it."""
    query = found.query
    if as_json:
        give("saved", found)
        return
    if query.removed_at is not None:
        say(f"{query.id} is removed")
        return
    say(f"{query.id}  {paint(safe(query.title), 'bold')}")
    if query.description:
        say(safe(query.description))
    whose = found.product if found.curated else query.sharing.owner
    say(f"of {whose}, {shared_with(query.sharing)}, revision {found.revision}")
    for each in query.parameters:
        say(safe(f"  ${each.name}: {_kind(each)}"))
    say(safe(query.sql.rstrip()))
    say(f"Next: agora saved run {query.id}{_sets(query.parameters)}")


def listed(house: Place, who: Actor, product: str, *, as_json: bool) -> None:
    """Those a product offers, or one's own and those others share."""
    if product:
        found = anywhere(verbs.curated)(house, who, product)
    else:
        found = (*anywhere(verbs.mine)(house, who), *anywhere(verbs.shared)(house, who))
    if as_json:
        give("saved", found)
        return
    if not found:
        say("nothing is saved here; `agora save` keeps a query, `--product` lists curated ones")
        return
    rows = [
        [
            each.query.id,
            each.query.title,
            each.product or each.query.sharing.owner,
            f"{each.query.changed_at:%Y-%m-%d}",
        ]
        for each in found
    ]
    say(table(["query", "title", "of", "changed"], rows, whole=(0,)))


def _run(house: Place, who: Actor, name: str, values: Sequence[str], *, as_json: bool) -> None:
    answered = anywhere(verbs.run)(house, who, name, given(values))
    notices(answered.decisions)
    try:
        if as_json:
            lines(house.outlets, answered.answer)
        else:
            write(answered.answer)
    finally:
        answered.answer.close()


def shared_with(sharing: Sharing) -> str:
    """Who sees it, in words."""
    match sharing.audience:
        case Audience.READERS:
            return "shared with whoever may read its tables"
        case Audience.NAMED:
            return f"shared with {', '.join(sharing.named)}"
    return "shared with nobody"


def _kind(each: Parameter) -> str:
    kind = f"one of {', '.join(each.choices)}" if each.choices else each.kind.value
    return kind if each.default is None else f"{kind}, {each.default} unless said"


def _sets(parameters: Sequence[Parameter]) -> str:
    return "".join(f" --set {each.name}=…" for each in parameters if each.default is None)
