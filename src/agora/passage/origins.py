"""Origins: which columns of other tables an edition's columns tell of, all the way up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from agora.governance.inherited import follows
from agora.model.lineage import ColumnLineage, How, PortLineage
from agora.model.names import PortVersion
from agora.model.onward import Origin
from agora.model.release import InputPin, Release, Snapshot
from agora.needs.house import House
from agora.passage import keys

Origins = Mapping[str, tuple[Origin, ...]]


def origins(house: House, release: Release | None, port: PortVersion) -> Origins:
    """For each column of this edition every column further up that its values tell of.

    Nothing where no mask of this mesh asks for it. What no lineage is kept of tells of everything
    that was read for it.
    """
    if release is None or not any(follows(rule) for rule in house.mesh.policies):
        return {}
    return _Ascent(house).of(release, port)


@dataclass(frozen=True, slots=True)
class _Ascent:
    """One way up, on which no edition is looked at twice."""

    house: House
    seen: dict[tuple[PortVersion, int], Origins] = field(default_factory=dict)

    def of(self, release: Release, port: PortVersion) -> Origins:
        """The origins of this edition's columns."""
        snapshot = release.snapshot(port)
        if snapshot is None:
            return {}
        above = {pin.port: self._read(pin) for pin in release.inputs}
        kept = self.house.store.get(ColumnLineage, keys.run(release.product, release.run))
        traced = kept.noun.port(port) if kept else None
        return {
            column.name: tuple(dict.fromkeys(_told(traced, column.name, above)))
            for column in snapshot.columns
        }

    def _read(self, pin: InputPin) -> Origins:
        """For each column of what was read: itself, and everything further up."""
        place = (pin.port, pin.release)
        if place not in self.seen:
            kept = self.house.store.get(Release, keys.release(pin.port.port.of, pin.release))
            snapshot = kept.noun.snapshot(pin.port) if kept else None
            further = self.of(kept.noun, pin.port) if kept else {}
            self.seen[place] = _with_itself(snapshot, further) if snapshot else {}
        return self.seen[place]


def _with_itself(snapshot: Snapshot, further: Origins) -> Origins:
    return {
        column.name: (
            Origin(port=snapshot.port, column=column.name, labels=column.labels, whole=True),
            *further.get(column.name, ()),
        )
        for column in snapshot.columns
    }


def _told(
    traced: PortLineage | None, name: str, above: Mapping[PortVersion, Origins]
) -> Iterator[Origin]:
    if traced is None:
        everything = (
            one for columns in above.values() for came in columns.values() for one in came
        )
        yield from (replace(one, whole=False) for one in everything)
        return
    for edge in traced.origins(name):
        columns = above.get(edge.origin.port, {}) if edge.origin.port and edge.carries else {}
        for one in columns.get(edge.origin.column, ()):
            yield one if edge.how is How.IDENTITY else replace(one, whole=False)
