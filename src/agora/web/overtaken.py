"""Overtaken: what somebody faster has kept, beside what was typed; nothing of either is lost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agora.model.people import Actor
from agora.model.saved import Parameter
from agora.needs.house import House
from agora.usecases import chart, saved
from agora.web.visit import Visit
from agora.workshop.charts import read
from agora.workshop.shelves import laid

SHELVES = {
    "kind": "Drawn as", "x": "Along the bottom", "y": "Upwards", "colour": "Told apart by colour",
    "aggregate": "Put together by", "per": "Per period", "trend": "Trend of whole periods",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """Who was faster, which revision is theirs, and what theirs says where it differs."""

    by: str
    revision: int
    differs: tuple[tuple[str, str], ...]


def query(house: House, who: Actor, name: str, typed: Mapping[str, object]) -> Overtaken:
    """The saved query as it stands now, beside this form; raises Missing."""
    kept = saved.find(house, who, name)
    now, mine = kept.query, typed["parameters"]
    asked = {each.name: _asked(each) for each in mine} if isinstance(mine, tuple) else {}
    words = (
        ("Title", now.title, str(typed["title"])),
        ("Description", now.description, str(typed["description"])),
        ("What for", now.purpose, str(typed["purpose"])),
        ("SQL", now.sql, str(typed["sql"])),
        *((f"${p.name}", _asked(p), asked.get(p.name, "")) for p in now.parameters),
    )
    return Overtaken(by=now.changed_by, revision=kept.revision, differs=_differing(words))


def drawing(house: House, who: Actor, name: str, typed: Mapping[str, str], title: str) -> Overtaken:
    """The chart as it stands now, beside this form; raises Missing."""
    shown = chart.find(house, who, name)
    now = laid(read(shown.chart.spec))
    words = (
        ("Title", shown.chart.title, title),
        *((label, now[shelf], typed[shelf]) for shelf, label in SHELVES.items()),
    )
    return Overtaken(by=shown.chart.changed_by, revision=shown.revision, differs=_differing(words))


def begun(visit: Visit, shown: chart.Shown | None) -> str:
    """Which revision a form began with, also after it was drawn again or loaded anew."""
    sent = visit.text("revision") or visit.query.get("revision", "")
    return sent or (str(shown.revision) if shown else "")


def _differing(words: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, now) for label, now, typed in words if _plain(now) != _plain(typed))


def _plain(text: str) -> str:
    """The text as it was before a form's line ends."""
    return text.replace("\r\n", "\n").strip()


def _asked(parameter: Parameter) -> str:
    parts = [parameter.kind.value]
    parts += [f"called {parameter.title}"] if parameter.title else []
    parts += [f"{parameter.default} unless given"] if parameter.default is not None else []
    parts += [f"one of {', '.join(parameter.choices)}"] if parameter.choices else []
    return ", ".join(parts)
