"""Charts: drawings that people keep and share; whoever looks at one sees their own rows in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agora.governance.saved import may_edit
from agora.model.chart import Chart, Drawing, Scale
from agora.model.drawn import Drawn
from agora.model.errors import Missing
from agora.model.people import Actor
from agora.model.saved import Audience, Parameter, SavedQuery, Sharing
from agora.needs.house import House
from agora.needs.store import Kept
from agora.passage.drawing import drawn, shelves
from agora.passage.saved import Cabinet, acting, bound, read_through
from agora.workshop.charts import read, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A chart as one person meets it: its revision to name when changing it, and their rights.

    It is `wider` than its query where it is shared with somebody who does not see the query, and so
    cannot draw it; only its owner is told.
    """

    chart: Chart
    revision: int
    may_edit: bool = False
    owns: bool = False
    wider: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a chart is of: a saved `query`, or an `sql` of its own with its `parameters`."""

    query: str = ""
    sql: str = ""
    parameters: tuple[Parameter, ...] = ()


def save(
    house: House,
    who: Actor,
    *,
    title: str,
    spec: str | Drawing,
    of: Words,
    values: Mapping[str, str] | None = None,
    description: str = "",
    purpose: str = "",
    audience: Audience = Audience.NOBODY,
    named: Sequence[str] = (),
    editors: Sequence[str] = (),
) -> Shown:
    """The chart is kept, as this person's own. Raises Invalid, Refused or Missing."""
    now = house.now()
    tables = _tables(house, who, of)
    noun = Chart(
        id=house.new_id("cht"),
        title=title.strip(),
        spec=_spec(spec),
        sharing=Sharing.of(who.principal.id, audience, named, editors),
        description=description,
        query=of.query,
        sql=of.sql,
        parameters=of.parameters,
        values=tuple(sorted((values or {}).items())),
        purpose=purpose,
        tables=tables,
        created_at=now,
        changed_at=now,
        changed_by=who.principal.id,
    )
    _text(house, who, noun, {})
    return _met(who, _cabinet(house, who).keep(noun, 0))


def edit(
    house: House,
    who: Actor,
    name: str,
    revision: int = 0,
    *,
    title: str | None = None,
    spec: str | Drawing | None = None,
    description: str | None = None,
    values: Mapping[str, str] | None = None,
) -> Shown:
    """What is given stands in place of the old. Raises Missing, Denied, Invalid, Conflict."""
    cabinet = _cabinet(house, who)
    kept = cabinet.to_change(name, revision)
    old = kept.noun
    noun = replace(
        old,
        title=old.title if title is None else title.strip(),
        spec=old.spec if spec is None else _spec(spec),
        description=old.description if description is None else description,
        values=old.values if values is None else tuple(sorted(values.items())),
    )
    return _met(who, cabinet.keep(noun, kept.revision))


def share(
    house: House,
    who: Actor,
    name: str,
    revision: int = 0,
    *,
    audience: Audience,
    named: Sequence[str] = (),
    editors: Sequence[str] = (),
) -> Shown:
    """The chart is shared like this from now on; a chart of a saved query only with who sees that.

    Raises Missing, Denied, Invalid, Conflict.
    """
    cabinet = _cabinet(house, who)
    return _met(who, cabinet.share(name, revision, audience, named, editors))


def remove(house: House, who: Actor, name: str, revision: int = 0) -> Shown:
    """The chart is gone for everybody. Raises Missing, Denied, Conflict."""
    return _met(who, _cabinet(house, who).remove(name, revision))


def find(house: House, who: Actor, name: str) -> Shown:
    """The chart of that id, without any rows. Raises Missing."""
    found = _met(who, _cabinet(house, who).get(name))
    return replace(found, wider=found.owns and _wider(house, found.chart))


def seen(house: House, who: Actor) -> tuple[Shown, ...]:
    """Every chart this person sees, their own and what others share, the newest first."""
    return tuple(_met(who, kept) for kept in _cabinet(house, who).all())


def draw(house: House, who: Actor, name: str, values: Mapping[str, str] | None = None) -> Drawn:
    """The chart over this person's own rows, now. Raises Missing, and what a query raises."""
    chart = _cabinet(house, who).get(name).noun
    sql = _text(house, who, chart, values or {})
    return drawn(house, acting(who, chart.purpose), read(chart.spec), sql)


def preview(
    house: House,
    who: Actor,
    *,
    spec: str | Drawing,
    of: Words,
    values: Mapping[str, str] | None = None,
) -> Drawn:
    """The chart before anything of it is kept. Raises Invalid, Missing, and what a query raises."""
    text, parameters = _words(house, who, of)
    sql = bound(house, who, text, parameters, dict(values or {}))
    return drawn(house, who, read(_spec(spec)), sql)


def columns(
    house: House, who: Actor, of: Words, values: Mapping[str, str] | None = None
) -> tuple[tuple[str, Scale], ...]:
    """What can be laid on a chart of this query: its columns, each with what its values are."""
    text, parameters = _words(house, who, of)
    return shelves(house, who, bound(house, who, text, parameters, dict(values or {})))


def _cabinet(house: House, who: Actor) -> Cabinet[Chart]:
    return Cabinet(house, who, Chart)


def _met(who: Actor, kept: Kept[Chart]) -> Shown:
    sharing = kept.noun.sharing
    return Shown(
        chart=kept.noun,
        revision=kept.revision,
        may_edit=may_edit(sharing, who.principal),
        owns=who.principal.id == sharing.owner,
    )


def _spec(spec: str | Drawing) -> str:
    """One spelling of what can be drawn, whoever wrote it; raises Invalid."""
    return written(read(spec if isinstance(spec, str) else written(spec)))


def _words(house: House, who: Actor, of: Words) -> tuple[str, tuple[Parameter, ...]]:
    """The text of a chart; that of a saved query only for who sees the query."""
    if not of.query:
        return of.sql, of.parameters
    query = Cabinet(house, who, SavedQuery).get(of.query).noun
    return query.sql, query.parameters


def _wider(house: House, chart: Chart) -> bool:
    """True when the chart is shared with somebody with whom its query is not."""
    kept = house.store.get(SavedQuery, chart.query) if chart.query else None
    if kept is None or kept.noun.sharing.audience is Audience.READERS:
        return False
    query, shared = kept.noun.sharing, chart.sharing
    see = {query.owner, *query.named, *query.editors}
    return shared.audience is Audience.READERS or not see.issuperset(
        (*shared.named, *shared.editors)
    )


def _tables(house: House, who: Actor, of: Words) -> tuple[str, ...]:
    text, parameters = _words(house, who, of)
    return read_through(house, who, text, parameters)


def _text(house: House, who: Actor, chart: Chart, values: Mapping[str, str]) -> str:
    of = Words(query=chart.query, sql=chart.sql, parameters=chart.parameters)
    try:
        text, parameters = _words(house, who, of)
    except Missing as gone:
        raise Missing(
            "the query behind this chart is not shared with you, or was removed",
            code=gone.code_shown,
            hint="remove the chart, and draw it of another query"
            if who.principal.id == chart.sharing.owner
            else f"ask `{chart.sharing.owner}`, whose chart it is",
        ) from None
    return bound(house, who, text, parameters, {**dict(chart.values), **values})
