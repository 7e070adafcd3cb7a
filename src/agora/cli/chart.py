"""`agora chart`: charts that were kept, drawn as their numbers, everybody from their own rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from agora.cli.answers.tables import table
from agora.cli.answers.terminal import give, paint, safe, say
from agora.cli.asking import As, Json, MeshFolder, Purpose, actor, command, epilog, opened, words
from agora.cli.query import statement
from agora.cli.reaching import Place, anywhere
from agora.cli.saved import Readers, Values, With, audience, given, shared_with
from agora.model.chart import Drawing
from agora.model.drawn import Drawn
from agora.model.errors import Unavailable, Unusable
from agora.model.people import Actor
from agora.model.saved import Audience
from agora.usecases import chart as verbs
from agora.usecases.chart import Shown, Words
from agora.workshop.charts import built

app = command("chart", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Everything that was typed."""

    name: str
    sql: str
    spec: str
    kind: str
    title: str
    trend: bool
    form: Mapping[str, str]
    values: Mapping[str, str]
    purpose: str
    audience: Audience
    named: tuple[str, ...]
    as_json: bool

    @property
    def made_anew(self) -> bool:
        """True where something is to be drawn that is not kept yet."""
        return bool(self.kind or self.spec)

    @property
    def of(self) -> Words:
        """What it is a chart of: the saved query that is named, or a SELECT."""
        return Words(query=self.name, sql="" if self.name else statement(self.sql, ""))


class Action(StrEnum):
    """What can be done with charts."""

    LIST = "list"
    DRAW = "draw"
    SAVE = "save"
    SHARE = "share"
    REMOVE = "remove"


Wanted = Annotated[Action, typer.Argument(help="list, draw, save, share or remove.")]
Name = Annotated[
    str, typer.Argument(help="Which chart; or the saved query that one is made of, with --kind.")
]
Sql = Annotated[str, typer.Option("--sql", help="Make it of this SELECT.")]
Kind = Annotated[str, typer.Option("--kind", help="bar, line, scatter or heat-map.")]
X = Annotated[str, typer.Option("--x", help="The column along the bottom.")]
Y = Annotated[str, typer.Option("--y", help="The column that is measured; without one, rows are.")]
Colour = Annotated[str, typer.Option("--colour", help="The column told apart by colour.")]
How = Annotated[
    str, typer.Option("--aggregate", help="sum, mean, median, min, max, count or distinct.")
]
Per = Annotated[
    str, typer.Option("--per", help="year, yearquarter, yearmonth, yearweek or yearmonthdate.")
]
Trend = Annotated[bool, typer.Option("--trend", help="Draw the trend of whole periods.")]
Spec = Annotated[str, typer.Option("--spec", help="A file of Vega-Lite instead of a form.")]
Title = Annotated[str, typer.Option("--title", help="What it shows, in a few words.")]


@app.command(
    epilog=epilog(
        'agora chart draw --sql "select * from sales.weekly_sales" --kind line --x week --y sales'
    )
)
def chart(
    action: Wanted = Action.LIST,
    name: Name = "",
    sql: Sql = "",
    kind: Kind = "",
    x: X = "",
    y: Y = "",
    colour: Colour = "",
    aggregate: How = "",
    per: Per = "",
    trend: Trend = False,
    spec: Spec = "",
    title: Title = "",
    values: Values = None,
    with_: With = None,
    readers: Readers = False,
    as_: As = "",
    purpose: Purpose = "",
    mesh: MeshFolder = "",
    json: Json = False,
) -> None:
    """Draw charts, keep and share them: whoever looks at one sees their own rows in it."""
    asked = Asked(
        name=name, sql=sql, spec=spec, kind=kind, title=title, trend=trend,
        form={"x": x, "y": y, "colour": colour, "aggregate": aggregate, "unit": per},
        values=given(values or ()), purpose=purpose, named=words(with_),
        audience=audience(words(with_), readers=readers), as_json=json,
    )  # fmt: skip
    with opened(mesh) as house:
        _DEEDS[action](house, actor(house, as_, purpose), asked)


def _list(house: Place, who: Actor, asked: Asked) -> None:
    found = anywhere(verbs.seen)(house, who)
    if asked.as_json:
        give("charts", found)
        return
    if not found:
        say("no charts here; `agora chart save` keeps one")
        return
    rows = [
        [
            each.chart.id,
            each.chart.title,
            each.chart.sharing.owner,
            f"{each.chart.changed_at:%Y-%m-%d}",
        ]
        for each in found
    ]
    say(table(["chart", "title", "of", "changed"], rows, whole=(0,)))


def _draw(house: Place, who: Actor, asked: Asked) -> None:
    if not asked.made_anew:
        _told(anywhere(verbs.draw)(house, who, asked.name, asked.values), as_json=asked.as_json)
        return
    spec, of = _meant(house, who, asked), asked.of
    found = anywhere(verbs.preview)(house, who, spec=spec, of=of, values=asked.values)
    _told(found, as_json=asked.as_json)


def _save(house: Place, who: Actor, asked: Asked) -> None:
    made = anywhere(verbs.save)(
        house,
        who,
        title=asked.title,
        spec=_meant(house, who, asked),
        of=asked.of,
        values=asked.values,
        purpose=asked.purpose,
        audience=asked.audience,
        named=asked.named,
    )
    _one(made, as_json=asked.as_json)


def _share(house: Place, who: Actor, asked: Asked) -> None:
    shared = anywhere(verbs.share)(
        house, who, asked.name, audience=asked.audience, named=asked.named
    )
    _one(shared, as_json=asked.as_json)


def _remove(house: Place, who: Actor, asked: Asked) -> None:
    _one(anywhere(verbs.remove)(house, who, asked.name), as_json=asked.as_json)


_DEEDS: Mapping[Action, Callable[[Place, Actor, Asked], None]] = {
    Action.LIST: _list,
    Action.DRAW: _draw,
    Action.SAVE: _save,
    Action.SHARE: _share,
    Action.REMOVE: _remove,
}


def _meant(house: Place, who: Actor, asked: Asked) -> str | Drawing:
    """What is to be drawn: a text of Vega-Lite, or what the options say of the query's columns."""
    if asked.spec:
        try:
            return Path(asked.spec).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            raise Unavailable(f"`{asked.spec}` cannot be read", code="E025") from None
    if not asked.kind:
        raise Unusable(
            "what is it to look like?", code="E002", hint="say `--kind` and `--x`, or `--spec FILE`"
        )
    columns = dict(anywhere(verbs.columns)(house, who, asked.of, asked.values))
    return built(asked.kind, columns, trend=asked.trend, title=asked.title, **asked.form)


def _one(found: Shown, *, as_json: bool) -> None:
    chart = found.chart
    if as_json:
        give("chart", found)
    elif chart.removed_at is not None:
        say(f"{chart.id} is removed")
    else:
        say(f"{chart.id}  {paint(safe(chart.title), 'bold')}")
        say(f"{shared_with(chart.sharing)}, revision {found.revision}")
        say(f"Next: agora chart draw {chart.id}")


def _told(found: Drawn, *, as_json: bool) -> None:
    """The chart in words and numbers: a terminal draws no lines."""
    if as_json:
        give("drawn", found.exact())
        return
    say(safe(found.summary))
    for note in found.notes:
        say(safe(f"  {note.kind.value}: {note.sentence}"))
    rows = [["·" if cell is None else str(cell) for cell in row] for row in found.table]
    right = [heading.kind == "number" for heading in found.headings]
    say(table([heading.title for heading in found.headings], rows, right=right))
