"""Lifecycle: from when on a version of a port is not used any more, and what stands beside it.

A contract that is deprecated may name its last day (`endOfLife`, else `endOfSupport`). Until then it
answers with a word of warning; from then on, or once it is retired, it answers nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agora.model.mesh import Mesh
from agora.model.names import PortVersion, ProductName
from agora.model.product import Lifecycle, OutputPort
from agora.model.reasons import Reason

NOTICE = timedelta(days=30)
"""How long before its last day those who depend on a version are told at the least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Where a port version stands: its status, its last day, and the version to use instead."""

    status: str
    ends: datetime | None = None
    instead: PortVersion | None = None

    def over(self, now: datetime) -> bool:
        """True when nobody is answered any more."""
        ended = self.ends is not None and now >= self.ends
        return self.status == Lifecycle.RETIRED or ended

    @property
    def leaving(self) -> bool:
        """True when it should not be begun with any more."""
        return self.status in (Lifecycle.DEPRECATED, Lifecycle.RETIRED) or self.ends is not None


def life(mesh: Mesh, version: PortVersion) -> Life | None:
    """Where this version stands in the mesh; None when there is no such port."""
    port = mesh.port(version)
    if port is None:
        return None
    others = [other for other in mesh.versions(version.port) if other.version != version]
    active = [
        other.version
        for other in others
        if other.contract.status == Lifecycle.ACTIVE and other.contract.major > version.major
    ]
    instead = active[0] if active else None
    return Life(status=port.contract.status, ends=port.contract.ends, instead=instead)


def still_read(
    mesh: Mesh, now: datetime | None
) -> tuple[tuple[OutputPort, tuple[ProductName, ...]], ...]:
    """Versions that are retired although products read them and no announced last day has passed."""
    found = []
    for _, port in mesh.ports():
        ends = port.contract.ends
        passed = ends is not None and now is not None and now >= ends
        readers = tuple(p.name for p in mesh.products for i in p.inputs if i.port == port.version)
        if port.contract.status == Lifecycle.RETIRED and readers and not passed:
            found.append((port, tuple(dict.fromkeys(readers))))
    return tuple(found)


def over(version: PortVersion, found: Life, now: datetime) -> Reason | None:
    """Why this version answers nobody any more, or None while it does."""
    if not found.over(now):
        return None
    since = f" since {found.ends:%Y-%m-%d}" if found.ends and now >= found.ends else ""
    return Reason(
        code="E455",
        sentence=f"`{version}` is retired{since}",
        rule=f"{version.port.domain}/lifecycle",
        owner=version.port.domain,
        hint=_instead(found, "its owners know what to use instead"),
    )


def notice(version: PortVersion, found: Life, now: datetime) -> Reason | None:
    """What a reader of a version on its way out is told, or None."""
    if not found.leaving or found.over(now):
        return None
    until = f" and answers until {found.ends:%Y-%m-%d}" if found.ends else ""
    return Reason(
        code="E456",
        sentence=f"`{version}` is deprecated{until}",
        rule=f"{version.port.domain}/lifecycle",
        owner=version.port.domain,
        hint=_instead(found, "ask its owners what to use instead"),
    )


def begun(version: PortVersion, found: Life, now: datetime) -> Reason | None:
    """Why nobody asks for this version any more: it is over, or a newer one stands beside it."""
    told = over(version, found, now)
    if told is not None:
        return told
    if not found.leaving or found.instead is None:
        return None
    return Reason(
        code="E444",
        sentence=f"`{version}` is deprecated and not begun with any more",
        rule=f"{version.port.domain}/lifecycle",
        owner=version.port.domain,
        hint=f"ask for `{found.instead}`",
    )


def _instead(found: Life, otherwise: str) -> str:
    return f"use `{found.instead}` instead" if found.instead else otherwise
