"""Labelling: what the final snapshots tell is counted on the run's own bench, before they are released."""

from agora.model.label import Label
from agora.model.product import Product
from agora.model.progress import Phase
from agora.model.release import Run, Snapshot
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.quality.labels.conclude import conclude
from agora.quality.labels.plans import LabelPlan, candidates
from agora.usecases.running import counting
from agora.workshop.increments import Growth, all_of


def labels(
    house: House, product: Product, bench: Bench, run: Run, growth: Growth
) -> tuple[Label, ...]:
    """One label per snapshot; what cannot be counted is left out with the reason, and stops nothing."""
    for snapshot in run.snapshots:
        bench.attach(_relation(snapshot), snapshot.files, snapshot.columns)
    plans = [plan for each in run.snapshots if (plan := _plan(house, product, each, growth))]
    return tuple(_label(house, product, bench, run, plan) for plan in plans)


def _label(house: House, product: Product, bench: Bench, run: Run, plan: LabelPlan) -> Label:
    house.progress.phase(product.name, Phase.CHECK, f"label of {plan.port}")
    answers, errors = counting.ask(bench, plan.scans)
    keys, problems = counting.ask(bench, candidates(plan, answers))
    return conclude(plan, answers | keys, errors | problems, run.results, house.now())


def _plan(house: House, product: Product, snapshot: Snapshot, growth: Growth) -> LabelPlan | None:
    port = product.port(snapshot.port)
    if port is None:
        return None
    return LabelPlan(
        port=port.version,
        relation=_relation(snapshot),
        contract=port.contract,
        others=_others(house, product, growth),
        ports={each.contract.id: each.version for _, each in house.mesh.ports()},
        classified=house.mesh.classified(),
    )


def _relation(snapshot: Snapshot) -> str:
    return f"labelled_{snapshot.port.table}"


def _others(house: House, product: Product, growth: Growth) -> dict[str, str]:
    """What offered joins may lead to: the run's own ports, and inputs under their agreements."""
    found = {
        each.contract.id: f"labelled_{each.version.table}"
        for each in product.ports
        if any(output.port == each.version for output in product.build.outputs)
    }
    for each in product.inputs:
        promised = house.mesh.port(each.port)
        if promised is not None:
            found[promised.contract.id] = all_of(growth, each.alias)
    return found
