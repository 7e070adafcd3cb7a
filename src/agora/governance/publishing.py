"""Publishing: what of a changed contract may be released, and whose consent it waits for.

A change that breaks those who depend on a version ships as a new major version beside the old one,
or with the consent of each of them. Where nobody depends, it may pass. A version is retired when
nobody depends on it, or after a last day that was announced in time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agora.governance.lifecycle import NOTICE
from agora.model.changes import Change, Consent, Dependent
from agora.model.contract import Contract
from agora.model.mesh import Mesh
from agora.model.names import PortVersion
from agora.model.people import PrincipalKind
from agora.model.product import Lifecycle
from agora.model.reasons import Reason

STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One port version that would be released anew: what it promised, what it would promise.

    `after` is None when the port would be gone. `dependents` are those whom the breaking changes
    concern, or everybody when the version would be retired or gets a last day.
    """

    port: PortVersion
    before: Contract
    after: Contract | None
    changes: tuple[Change, ...] = ()
    dependents: tuple[Dependent, ...] = ()

    @property
    def retires(self) -> bool:
        """True when the version answers nobody any more from then on."""
        if self.after is None:
            return True
        ended = self.after.status == Lifecycle.RETIRED
        return ended and self.before.status != Lifecycle.RETIRED

    @property
    def announces(self) -> datetime | None:
        """The last day that is named for the first time, or sooner than before."""
        after = self.after.ends if self.after else None
        before = self.before.ends
        return after if after and (before is None or after < before) else None

    @property
    def broken(self) -> tuple[Change, ...]:
        """The changes that break somebody; retiring is judged by itself."""
        return tuple(c for c in self.changes if c.breaks and c.path != STATUS)

    @property
    def concerns_all(self) -> bool:
        """True when everybody who depends on the version is concerned, whatever they use of it."""
        whole = any(not change.columns for change in self.broken)
        return self.retires or self.announces is not None or whole

    @property
    def columns(self) -> frozenset[str]:
        """The columns that breaking changes touch."""
        return frozenset(name for change in self.broken for name in change.columns)


def judge(publication: Publication, now: datetime) -> tuple[Reason, ...]:
    """Why this may not be released, one reason for each who stands against it; empty when it may."""
    against = [each for each in publication.dependents if each.stands_against]
    if not against:
        return ()
    if publication.retires:
        ends = publication.before.ends
        passed = ends is not None and now >= ends
        return () if passed else tuple(_reasons(publication, against, "E446", _RETIRING))
    announced = publication.announces
    if announced is not None and announced - now < NOTICE:
        hint = f"name a last day at least {NOTICE.days} days ahead"
        return tuple(_reasons(publication, against, "E447", hint))
    if publication.broken:
        return tuple(
            _reasons(publication, against, "E445", _BREAKING.format(port=publication.port))
        )
    return ()


_RETIRING = "deprecate it with a last day (`endOfLife`) first, and retire it after that day"
_BREAKING = (
    "offer a new major version beside this one and give this one a last day, keep the old promise, "
    "or get the consent of each: `agora consent {port} --as …`"
)


def _reasons(
    publication: Publication, against: Sequence[Dependent], code: str, hint: str
) -> Iterator[Reason]:
    for each in against:
        speakers = ", ".join(f"`{name}`" for name in each.speakers) or "nobody"
        yield Reason(
            code=code,
            sentence=f"{_said(each)} has not consented ({speakers} may)",
            rule=f"{publication.port}/{each.how.value}",
            owner=publication.port.port.domain,
            hint=hint,
        )


def _said(dependent: Dependent) -> str:
    named = ", ".join(f"`{name}`" for name in dependent.columns)
    return f"`{dependent.name}` uses {named} and" if named else f"`{dependent.name}`"


def asked(
    mesh: Mesh, contract: str, found: Iterable[Dependent], consents: Iterable[Consent]
) -> tuple[Dependent, ...]:
    """The dependents with who may speak for them, and whether they consented to this contract."""
    given = {(c.port, c.consumer) for c in consents if c.contract == contract}
    return tuple(
        replace(
            each,
            speakers=speakers(mesh, each.name) if each.asked else (),
            consented=(each.port, each.name) in given,
        )
        for each in found
    )


def speakers(mesh: Mesh, consumer: str) -> tuple[str, ...]:
    """Who may consent for a consumer: themselves, their person, their team, their domain's owners."""
    product = next((p for p in mesh.products if consumer in (str(p.name), p.name.service)), None)
    if product is not None:
        domain = mesh.domain(product.name.domain)
        return domain.owners if domain else ()
    if consumer.startswith("team:"):
        return _members(mesh, {consumer.removeprefix("team:")})
    principal = mesh.principal(consumer)
    if principal is None:
        return ()
    match principal.kind:
        case PrincipalKind.AGENT:
            return (principal.acts_for,)
        case PrincipalKind.SERVICE:
            return _members(mesh, set(principal.teams))
    return (principal.id,)


def _members(mesh: Mesh, teams: set[str]) -> tuple[str, ...]:
    people = (p for p in mesh.principals if p.kind is PrincipalKind.PERSON)
    return tuple(p.id for p in people if teams & set(p.teams))
