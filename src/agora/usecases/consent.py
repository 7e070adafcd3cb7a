"""Consent: those whom a change would break accept it, so that it may be released."""

from collections.abc import Sequence
from dataclasses import dataclass

from agora.governance.publishing import Publication
from agora.model.changes import Consent, Dependent
from agora.model.errors import Denied, Missing
from agora.model.ledger import Entry, Event
from agora.model.names import PortVersion
from agora.model.people import Actor
from agora.model.reasons import Reason
from agora.needs.house import House
from agora.needs.store import Put
from agora.passage import keys
from agora.passage.knowing import find_port
from agora.passage.recording import refused
from agora.passage.ruling import current_release
from agora.usecases.running.depending import publications


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """What was accepted for whom, and who still has not."""

    port: PortVersion
    consents: tuple[Consent, ...]
    waiting: tuple[str, ...] = ()


def consent(house: House, who: Actor, port: str, *, consumers: Sequence[str] = ()) -> Consented:
    """The change of this port, exactly as it stands in the files, is accepted for these consumers.

    Without names, for everybody this person may speak for; what was accepted before stays as it was.
    Raises Missing, or Denied with reasons.
    """
    product, offered = find_port(house, who.principal, port)
    standing = current_release(house, product)
    found = publications(house, product, standing) if standing else ()
    change = next((each for each in found if each.port == offered.version), None)
    open_ = [each for each in change.dependents if each.stands_against] if change else []
    if change is None or not open_:
        raise Missing(
            f"no change of `{offered.version}` waits for a consent",
            code="E448",
            hint=f"`agora plan {product.name}` shows what changes, and for whom",
        )
    chosen = _chosen(house, who, change, consumers)
    contract = offered.contract.hash
    given = [_given(house, who, offered.version, contract, each) for each in chosen]
    fresh = [noun for noun, each in zip(given, chosen, strict=True) if not each.consented]
    entries = [_entry(house, who, each) for each in fresh]
    house.store.commit([Put(key=keys.consent(each), noun=each) for each in fresh], entries)
    waiting = tuple(each.name for each in open_ if each not in chosen)
    return Consented(port=offered.version, consents=tuple(given), waiting=waiting)


def _given(house: House, who: Actor, port: PortVersion, contract: str, of: Dependent) -> Consent:
    """The consent of this one now, or the one that was given before."""
    now = Consent(
        port=port,
        contract=contract,
        consumer=of.name,
        given_by=who.principal.id,
        given_at=house.now(),
    )
    before = house.store.get(Consent, keys.consent(now)) if of.consented else None
    return before.noun if before else now


def _chosen(
    house: House,
    who: Actor,
    change: Publication,
    consumers: Sequence[str],
) -> tuple[Dependent, ...]:
    """The dependents that are meant, each of whom is asked and this person may speak for."""
    asked = [each for each in change.dependents if each.asked]
    own = tuple(each for each in asked if who.principal.id in each.speakers)
    chosen = own if not consumers else tuple(each for each in own if each.name in consumers)
    strange = [name for name in consumers if name not in {each.name for each in chosen}]
    if chosen and not strange:
        return chosen
    speakers = sorted({name for each in asked if not each.consented for name in each.speakers})
    sentence = (
        f"`{who.principal.id}` may not consent for `{strange[0]}`"
        if strange
        else f"`{who.principal.id}` does not depend on what changes in `{change.port}`"
    )
    reason = Reason(
        code="E449",
        sentence=sentence,
        rule=f"{change.port}/consent",
        owner=change.port.port.domain,
        hint="those who may are " + ", ".join(f"`{name}`" for name in speakers),
    )
    problem = Denied(sentence, code=reason.code, reasons=(reason,), hint=reason.hint)
    refused(house, who, str(change.port), "", problem, event=Event.DENIED)
    raise problem


def _entry(house: House, who: Actor, given: Consent) -> Entry:
    return house.entry(
        who,
        Event.CONSENTED,
        subject=str(given.port),
        facts=(("consumer", given.consumer), ("contract", given.contract)),
    )
