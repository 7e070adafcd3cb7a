"""Agreeing: which right a reader has to a port, if any: one agreement, or the owners' permit."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.governance.ground import GOVERNANCE, Ground
from agora.governance.matching import permits
from agora.model.access import Agreement
from agora.model.names import PortVersion
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason
from agora.model.release import ReleasedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right to read for one purpose: the agreement it comes from, none for a permit.

    An agent's own agreement stands behind its person's and can only narrow it.
    """

    purpose: str
    agreements: tuple[Agreement, ...] = ()

    @property
    def agreement(self) -> Agreement | None:
        """The agreement that gives the right."""
        return self.agreements[0] if self.agreements else None


def consumers(reader: Principal) -> frozenset[str]:
    """The names an agreement may bear for somebody: their own and their teams'."""
    return frozenset({reader.id, *(f"team:{team}" for team in reader.teams)})


def standing(
    agreements: Sequence[Agreement], port: PortVersion, reader: Principal
) -> tuple[Agreement, ...]:
    """Every agreement, ended ones too, that names this reader or one of their teams."""
    return tuple(a for a in agreements if a.port == port and a.consumer in consumers(reader))


def right(
    ground: Ground,
    readers: Sequence[Principal],
    port: PortVersion,
    purpose: str,
    active: Sequence[Agreement],
    ended: Sequence[Agreement],
) -> Right | Reason:
    """The one right that fits, or why there is none; `active` and `ended` are the reader's own."""
    fitting = [a for a in active if not purpose or a.purpose == purpose]
    purposes = sorted({a.purpose for a in fitting})
    if len(purposes) == 1:
        newest = max(fitting, key=lambda a: (a.starts, a.id))
        return _known(ground, Right(purpose=newest.purpose, agreements=(newest,)))
    domain = port.port.domain
    if any(permits(rule, readers, purpose, domain) for rule in ground.rules):
        return Right(purpose=purpose)
    return _choose(purposes) if purposes else _none(port, readers[0], purpose, active, ended)


def narrowed(
    found: Right, agent: Principal, agreements: Sequence[Agreement], port: PortVersion
) -> Right:
    """The right with the agent's own agreement for the same purpose behind it, if it has one."""
    if agent.kind is not PrincipalKind.AGENT or not found.agreements:
        return found
    own = [
        a for a in agreements if (a.port, a.consumer, a.purpose) == (port, agent.id, found.purpose)
    ]
    newest = sorted(own, key=lambda a: (a.starts, a.id))[-1:]
    return Right(purpose=found.purpose, agreements=(*found.agreements, *newest))


def leaves_out(agreement: Agreement, column: ReleasedColumn) -> Reason | None:
    """Why an agreement hides a column, or None when it covers it."""
    if not agreement.columns or column.name in agreement.columns:
        return None
    return Reason(
        code="E400",
        sentence="the agreement leaves this column out",
        rule=f"agreement/{agreement.id}",
        owner=agreement.port.port.domain,
    )


def other_edition(agreements: Sequence[Agreement], purpose: str) -> Reason | None:
    """Why an agreement on one edition lets nobody read another, when there is such a one."""
    held = [a for a in agreements if a.edition and (not purpose or a.purpose == purpose)]
    if not held:
        return None
    newest = max(held, key=lambda a: (a.starts, a.id))
    return Reason(
        code="E462",
        sentence=f"your agreement is on edition {newest.edition}",
        rule=f"agreement/{newest.id}",
        owner=newest.port.port.domain,
        hint=f"read that one, or: agora request {newest.port}",
    )


def unknown_purpose(purpose: str) -> Reason:
    """Why nothing may be read for a purpose that nobody has defined."""
    return Reason(
        code="E411",
        sentence=f"there is no purpose `{purpose}`",
        rule="guardrail/purposes",
        owner=GOVERNANCE,
    )


def _known(ground: Ground, found: Right) -> Right | Reason:
    return found if found.purpose in ground.purposes else unknown_purpose(found.purpose)


def _choose(purposes: Sequence[str]) -> Reason:
    names = ", ".join(f"`{purpose}`" for purpose in purposes)
    return Reason(
        code="E410",
        sentence=f"you may read it for more than one purpose: {names}",
        rule="guardrail/one-purpose",
        owner=GOVERNANCE,
        hint="say which one with `--purpose`",
    )


def _none(
    port: PortVersion,
    reader: Principal,
    purpose: str,
    active: Sequence[Agreement],
    ended: Sequence[Agreement],
) -> Reason:
    code, sentence = "E403", "there is no agreement that lets you"
    if active:
        names = ", ".join(f"`{p}`" for p in sorted({a.purpose for a in active}))
        sentence = f"purpose `{purpose}` is not agreed; yours: {names}"
    elif ended:
        code, sentence = "E441", "your agreement has ended"
    return Reason(
        code=code,
        sentence=sentence,
        rule=f"{port.port.domain}/agreements",
        owner=port.port.domain,
        hint=f"agora request {port} --purpose {purpose or '…'} --reason … --as {reader.id}",
    )
