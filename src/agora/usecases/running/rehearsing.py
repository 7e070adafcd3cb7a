"""Rehearsing: a run up to its checks, unseen and thrown away; only counts come out of it."""

import re
from collections.abc import Iterable, Iterator, Mapping

from agora.governance.sql import judge_step, judge_text
from agora.model.checks import CheckResult
from agora.model.contract import Contract, QualityRule, RuleKind
from agora.model.differences import Difference, Rehearsal
from agora.model.errors import AgoraError
from agora.model.names import fold
from agora.model.people import Actor
from agora.model.product import LoadMode, Output, OutputPort, Product
from agora.model.release import Release, ReleasedColumn
from agora.model.types import Type, quoted
from agora.needs.engine import Bench
from agora.needs.house import House
from agora.passage.building import read_entry
from agora.quality import differences
from agora.quality.checks import SHARED, CheckPlan, Scan
from agora.quality.conclude import conclude
from agora.quality.plans import plan
from agora.quality.quarantine import split
from agora.usecases.running import building, landing, stepping
from agora.workshop.increments import Growth

_PLACEHOLDER = re.compile(r"\{\w+\}")
_NESTED = 1_000
Answers = dict[str, tuple[Mapping[str, object], ...]]


def rehearse(house: House, who: Actor, product: Product, standing: Release | None) -> Rehearsal:
    """What a run would change in the rows of each port; why not, when it would not get that far."""
    grown = [output for output in product.build.outputs if output.load]
    if any(output.load and output.load.mode is not LoadMode.APPEND for output in grown):
        words = "it is loaded by deliveries that replace rows; `agora run` shows what they change"
        return Rehearsal(product=product.name, unable=words)
    run = house.new_id("rehearsal")
    try:
        return _rehearsed(house, who, product, standing, house.lake.scratch(run))
    except AgoraError as problem:
        return Rehearsal(product=product.name, unable=problem.sentence, fails=True)
    finally:
        house.lake.discard(run, ())


def _rehearsed(
    house: House, who: Actor, product: Product, standing: Release | None, scratch: str
) -> Rehearsal:
    pins = landing.pin(house, product, standing, scratch)
    if pins.inputs:
        house.store.commit((), (read_entry(house, who, product, pins.inputs),))
    whole = Growth(anew="it is rehearsed")
    raw, governed = landing.relations(house, product, pins, whole, scratch)
    released = [f.path for s in (standing.snapshots if standing else ()) for f in s.files]
    folders = {o.port: f"{scratch}/{o.port.table}" for o in product.build.outputs}
    with house.benches.open(
        raw,
        governed,
        writable=tuple(folders.values()),
        scratch=scratch,
        bounds=house.mesh.bounds,
        readable=released,
    ) as bench:
        stepping.steps(house, product, bench)
        for output in product.build.outputs:
            _write(product, bench, output, folders[output.port])
        return _counted(house, product, bench, standing)


def _write(product: Product, bench: Bench, output: Output, folder: str) -> None:
    """The port's rows as its contract promises them, under field ids of their own."""
    port = product.port(output.port)
    assert port is not None, "a build that fills a port nobody offers is not opened (E128)"
    columns = tuple(
        ReleasedColumn(
            name=c.name,
            type=c.type,
            field_id=number,
            nested=tuple(number * _NESTED + n for n, _ in enumerate(_inner(c.type))),
        )
        for number, c in enumerate(port.contract.columns, 1)
    )
    written = bench.write(building.filled(output, columns), columns, folder, "part")
    bench.attach(_relation(port), written.files, columns)


def _inner(of: Type) -> Iterator[Type]:
    """Every type inside a nested one, outer before inner."""
    for each in (of.element,) if of.element else tuple(kind for _, kind in of.fields):
        yield each
        yield from _inner(each)


def _counted(house: House, product: Product, bench: Bench, standing: Release | None) -> Rehearsal:
    others = _others(house, product)
    results: list[CheckResult] = []
    found: list[Difference] = []
    aside = 0
    for port in product.ports:
        made = plan(
            port.contract,
            port.version,
            relation=_relation(port),
            others=others,
            classified=house.mesh.classified(),
        )
        told = _results(bench, port.contract, made)
        parts = split(made, told)
        rows = parts.good if parts else f"SELECT * FROM {quoted(_relation(port))}"  # noqa: S608
        if parts:
            aside += int(str(bench.rows(f"SELECT count(*) AS n FROM ({parts.bad})")[0]["n"]))  # noqa: S608
        results += told
        found += _difference(bench, port, standing, rows)
    return Rehearsal(
        product=product.name, differences=tuple(found), results=tuple(results), aside=aside
    )


def _difference(
    bench: Bench, port: OutputPort, standing: Release | None, rows: str
) -> tuple[Difference, ...]:
    snapshot = standing.snapshot(port.version) if standing else None
    if snapshot is None:
        return ()
    bench.attach(f"released_{port.version.table}", snapshot.files, snapshot.columns)
    before = {c.name: c.type.sql for c in snapshot.columns}
    after = {c.name: c.type.sql for c in port.contract.columns}
    key = differences.shared_key(port.contract.key, before, after)
    old = f"SELECT * FROM {quoted(f'released_{port.version.table}')}"  # noqa: S608
    counts = bench.rows(differences.statement(old, rows, before, after, key))[0]
    return (differences.difference(port.version, counts, before, after, key),)


def _results(bench: Bench, contract: Contract, made: CheckPlan) -> tuple[CheckResult, ...]:
    """Every promise counted; examples of broken ones are not fetched."""
    refused = {rule.id: words for rule in contract.rules if (words := _refused(bench, rule))}
    answers, errors = _ask(bench, [scan for scan in made.scans if scan.id not in refused])
    if SHARED in errors:
        singles, problems = _ask(bench, made.singles)
        answers, errors = answers | singles, errors | problems
    return conclude(made, answers, errors | refused)


def _refused(bench: Bench, rule: QualityRule) -> str:
    """Why the SQL of a contract's rule may not run, judged as a run judges it."""
    if rule.kind is not RuleKind.SQL:
        return ""
    text = _PLACEHOLDER.sub("placeholder", rule.query)
    reasons = judge_text(text) or judge_step(bench.facts(text))
    return reasons[0].sentence if reasons else ""


def _ask(bench: Bench, scans: Iterable[Scan]) -> tuple[Answers, dict[str, str]]:
    answers: Answers = {}
    errors: dict[str, str] = {}
    for scan in scans:
        try:
            answers[scan.id] = bench.rows(scan.sql)
        except AgoraError as problem:
            errors[scan.id] = problem.sentence
    return answers, errors


def _others(house: House, product: Product) -> dict[str, str]:
    """What references may point at: the product's own ports, and its inputs."""
    found: dict[str, str] = {}
    for port in product.ports:
        found |= {port.contract.table: _relation(port), port.contract.id: _relation(port)}
    for each in product.inputs:
        promised = house.mesh.port(each.port)
        if promised is not None:
            found |= {promised.contract.id: fold(each.alias)}
    return found


def _relation(port: OutputPort) -> str:
    return f"checked_{port.version.table}"
