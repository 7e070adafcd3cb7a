"""Labels: what a product's page says of owner, freshness, promises, size, terms and cost, never empty."""

from collections.abc import Iterable, Iterator

from agora.model.checks import CheckResult, Outcome
from agora.model.contract import Contract
from agora.model.label import TrackRecord
from agora.model.product import Lifecycle, Product
from agora.model.release import Snapshot
from agora.model.search import Quality
from agora.needs.house import House
from agora.usecases.show import Shown
from agora.web.templates import moment, number, plural, size

Row = dict[str, object]
NOT_SAID = "not said"
HEALTH = {Quality.HOLDS: "healthy", Quality.BROKEN: "at-risk", Quality.UNRELEASED: "quiet"}


def health(product: Product, quality: Quality) -> str:
    """One word for how a product is doing, as its chip shows it wherever it is met."""
    if product.status is Lifecycle.DEPRECATED:
        return "deprecated"
    if product.status is Lifecycle.DRAFT and quality is Quality.UNRELEASED:
        return "draft"
    return HEALTH[quality]


def counted(results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The promises that were counted at all."""
    return tuple(each for each in results if each.outcome is not Outcome.SKIP)


def label_rows(house: House, shown: Shown) -> list[Row]:
    """The label, row by row; what nobody has said is told as such."""
    return [*_who(house, shown), *_how(shown), *_what(shown), *_terms(shown)]


def _who(house: House, shown: Shown) -> Iterator[Row]:
    domain = shown.domain
    owners = [house.mesh.principal(owner) for owner in (domain.owners if domain else ())]
    names = ", ".join(each.name or each.id for each in owners if each) or NOT_SAID
    contacts = ", ".join(each.address for each in (domain.contacts if domain else ()))
    yield {"name": "Owner", "value": names, "note": contacts}
    if domain:
        yield {
            "name": "Domain",
            "value": domain.title or domain.id,
            "href": f"/domains/{domain.id}",
        }


def _how(shown: Shown) -> Iterator[Row]:
    release = shown.release
    if release is None:
        yield {"name": "Refreshed", "value": "nothing is released yet"}
        return
    note = f"edition {release.number}"
    yield {"name": "Refreshed", "value": moment(release.released_at), "note": note}
    yield {"name": "Promises", **promised(shown.records)}
    results = counted(release.results)
    held = sum(each.outcome is Outcome.PASS for each in results)
    yield {
        "name": "Quality",
        "value": f"{held} of {plural(len(results), 'check')} hold" if results else "no checks",
        "href": f"/products/{shown.product.name.domain}/{shown.product.name.product}/quality",
        "kind": "ok" if held == len(results) else "warn",
    }


def promised(records: Iterable[TrackRecord]) -> dict[str, object]:
    """How the service levels were kept over the last 90 days."""
    judged = [each for each in records if each.kept + each.broken]
    days = sum(each.kept + each.broken for each in judged)
    if not days:
        return {"value": "none that time can judge", "note": ""}
    kept = sum(each.kept for each in judged)
    share = 100 * kept // days
    return {
        "value": f"kept on {share} % of days",
        "note": f"of the last {max(each.kept + each.broken for each in judged)}",
        "kind": "ok" if kept == days else "warn",
    }


def _what(shown: Shown) -> Iterator[Row]:
    product = shown.product
    versions = sorted({f"{port.contract.version}" for port in product.ports})
    yield {"name": "Version", "value": ", ".join(versions), "note": product.status.value}
    tags = sorted(
        {tag for port in product.ports for c in port.contract.columns for tag in c.labels}
    )
    yield {"name": "Sensitive", "value": ", ".join(tags) or "nothing tagged"}
    yield {"name": "Size", "value": measured(shown)}
    yield {"name": "Consumers", "value": number(shown.consumers), "note": "with an agreement today"}


def measured(shown: Shown) -> str:
    """Rows and bytes, as far as this person may know them; of several versions those of the newest."""
    if shown.release is None:
        return "nothing yet"
    facts = [shown.release.label(snapshot.port) for snapshot in shown.release.snapshots]
    if any(each is None or each.rows is None for each in facts):
        return "told to those who may read it"
    newest = {each.port.port: each for each in sorted(shown.release.snapshots, key=_major)}
    rows = sum(snapshot.rows for snapshot in newest.values())
    total = sum(file.size for snapshot in newest.values() for file in snapshot.files)
    return f"{plural(rows, 'row')}, {size(total)}" if total else plural(rows, "row")


def _major(snapshot: Snapshot) -> int:
    return snapshot.port.major


def _terms(shown: Shown) -> Iterator[Row]:
    contracts = [port.contract for port in shown.product.ports]
    terms = next((each.terms for each in contracts if each.terms), "")
    yield {"name": "Terms", "value": terms or "none beyond the rules of the mesh"}
    yield {"name": "Cost", "value": _price(contracts)}


def _price(contracts: list[Contract]) -> str:
    price = next((each.price for each in contracts if each.price), None)
    if price is None or price.amount is None:
        return "free of charge"
    unit = f" per {price.unit}" if price.unit else ""
    return f"{price.amount} {price.currency}{unit}"
