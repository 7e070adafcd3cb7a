"""Building every demo product: Agora beside dbt-duckdb over the same files with the same SQL.

The demo mesh is laid out and its whole year delivered at once; from the same mesh a dbt project is
written: every step an ephemeral model with the step's own text, every output port a model with the
contract's types, twice: as an `external` Parquet file, which other tools can read as they can read
Agora's, and as a `table` in a DuckDB file, dbt's own way. Two comparisons: with the contracts'
checks (dbt: one data test per promise, built in where dbt has it), and with contracts that promise
types only. Agora has no way to leave out landing, labels, lineage, and the ledger; dbt does none.

Sides take turns, each in fresh processes; the first round warms bytecode, caches and dbt's parsed
project and is not counted. All products of both sides must agree in rows and in a sum over every
column's hashes.

    python benchmarks/transforms_dbt.py --repeats 3
"""

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from peers.watching import Used, synced, watched
from ruamel.yaml import YAML

from agora.app.demo import deliveries
from agora.app.demo.lay import lay
from agora.app.demo.play import _settle
from agora.app.demo.script import WISHES
from agora.app.house import close_house, open_house
from agora.backends.engine.duckdb.facts import facts
from agora.backends.source.registry import InstalledSources
from agora.model.contract import Metric, Operator, Severity
from agora.model.names import PortVersion, fold
from agora.model.people import Actor
from agora.model.product import OutputPort, Product
from agora.needs.house import House
from agora.passage.ruling import current_release
from agora.quality.checks import Check
from agora.quality.plans import plan
from agora.quality.promises import TYPES
from agora.usecases.order import in_order

AGORA = str(Path(sys.executable).with_name("agora"))
PROJECT = {
    "name": "demo",
    "version": "1.0",
    "profile": "demo",
    "model-paths": ["models"],
    "macro-paths": ["macros"],
    "flags": {
        "send_anonymous_usage_stats": False,
        "require_generic_test_arguments_property": True,
    },
}
TESTS = """\
{% test holds(model, condition) %}
select * from {{ model }} as source where {{ condition }}
{% endtest %}

{% test named_once(model, columns) %}
select {{ columns | join(', ') }} from {{ model }}
group by {{ columns | join(', ') }} having count(*) > 1
{% endtest %}

{% test asked(model, query) %}
select * from ({{ query | replace('{object}', model | string) }}) as asked(value) where value <> 0
{% endtest %}

{% test measured(model, value, operator, threshold) %}
select * from (select {{ value }} as value from {{ model }})
where not value {{ operator }} {{ threshold }}
{% endtest %}
"""
SIGNS = {
    Operator.GREATER_THAN: ">",
    Operator.LESS_OR_EQUAL_TO: "<=",
    Operator.LESS_THAN: "<",
}
PROMISES = ("required", "primaryKey", "primaryKeyPosition", "logicalTypeOptions", "quality")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--repeats", type=int, default=3)
    repeats = asked.parse_args().repeats
    dbt = str(synced("dbt") / "dbt")
    with tempfile.TemporaryDirectory() as folder:
        for checked in (False, True):
            print("transforms and tests" if checked else "transforms only")
            compare(Path(folder) / str(checked), dbt, repeats, checked=checked)


def compare(root: Path, dbt: str, repeats: int, *, checked: bool) -> None:
    """Agora and both kinds of dbt project have built everything; the table is printed."""
    mesh = root / "mesh"
    make_mesh(mesh, checked=checked)
    commands = {"agora": [AGORA, "run", "--all", "--again", "--anew", "--mesh", str(mesh)]}
    watched([AGORA, "run", "--all", "--mesh", str(mesh)])
    house = open_house(mesh, dict(os.environ))
    sides = [Side(kind=kind, folder=root / kind, tested=checked) for kind in ("external", "table")]
    for side in sides:
        tests = side.write(house)
        at = ["--project-dir", str(side.folder), "--profiles-dir", str(side.folder)]
        commands[f"dbt {side.kind}"] = [dbt, "--quiet", "build" if checked else "run", *at]
    runs: dict[str, list[Used]] = {name: [] for name in commands}
    for number in range(repeats + 1):
        for name, command in commands.items():
            used = watched(command)
            runs[name] += [used] if number else []
    rows = sum(same(house, side) for side in sides) // len(sides)
    close_house(house)
    told(runs)
    print(f"  the same {rows:,} rows on every side, {tests} dbt tests\n")


def told(runs: dict[str, list[Used]]) -> None:
    middle = {
        name: [statistics.median(getattr(one, key) for one in each) for key in ("cpu", "wall")]
        + [max(one.peak for one in each)]
        for name, each in runs.items()
    }
    print(f"  {'side':14} {'CPU s':>7} {'wall s':>7} {'peak MB':>8} {'agora / it (CPU)':>17}")
    for name, (cpu, wall, peak) in middle.items():
        print(f"  {name:14} {cpu:7.2f} {wall:7.2f} {peak:8.0f} {middle['agora'][0] / cpu:17.2f}")


def make_mesh(root: Path, *, checked: bool) -> None:
    """The demo mesh with its whole year delivered and its wishes answered; nothing has run."""
    lay(root)
    if not checked:
        for file in root.rglob("*.odcs.yaml"):
            _promise_types_only(file)
    house = open_house(root, dict(os.environ))
    for wish in WISHES:
        _settle(house, wish)
    close_house(house)
    list(deliveries.deliver(root, deliveries.editions(0)))


def _promise_types_only(file: Path) -> None:
    yaml = YAML()
    contract = yaml.load(file.read_text())
    table = contract["schema"][0]
    for node in (table, *table["properties"]):
        for word in (*PROMISES, "relationships"):
            node.pop(word, None)
    with file.open("w") as out:
        yaml.dump(contract, out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One dbt project: what its ports become, where it lies, and whether it has tests."""

    kind: str
    folder: Path
    tested: bool

    def file(self, port: PortVersion) -> Path:
        return self.folder / "out" / f"{_model(port)}.parquet"

    def write(self, house: House) -> int:
        """The project lies in its folder; gives how many tests it has."""
        for name in ("models", "macros", "out", "raw"):
            (self.folder / name).mkdir(parents=True)
        database = {"type": "duckdb", "path": str(self.folder / "demo.duckdb"), "threads": 2}
        profile = {"target": "dev", "outputs": {"dev": database}}
        (self.folder / "profiles.yml").write_text(json.dumps({"demo": profile}))
        (self.folder / "dbt_project.yml").write_text(json.dumps(PROJECT))
        (self.folder / "macros" / "tests.sql").write_text(TESTS)
        sources, described = [], []
        for name in in_order(house, Actor(principal=house.mesh.principal(house.mesh.operator))):
            product = house.mesh.product(name)
            sources += [self._source(house, product, spec) for spec in product.build.sources]
            self._steps(product)
            described += [self._port(house, product, port) for port in product.ports]
        self._yml("sources", {"sources": [{"name": "raw", "schema": "main", "tables": sources}]})
        self._yml("ports", {"models": described})
        return sum(
            len(node.get("data_tests", []))
            for model in described
            for node in (model, *model["columns"])
        )

    def _yml(self, name: str, value: dict) -> None:
        (self.folder / "models" / f"{name}.yml").write_text(json.dumps({"version": 2} | value))

    def _model(self, name: str, sql: str) -> None:
        (self.folder / "models" / f"{name}.sql").write_text(sql)

    def _source(self, house: House, product: Product, spec) -> dict:
        """The very files Agora reads; the workbook, which DuckDB cannot read, as a Parquet copy."""
        kind = InstalledSources().pick(spec.type)
        home = Path(house.folder.root) / product.folder
        paths = sorted(home.glob(spec.path)) if "*" in spec.path else [kind.locate(spec, str(home))]
        raw = str(self.folder / "raw")
        files = [made for path in paths for made in kind.to_parquet(spec, str(path), raw)]
        return {
            "name": _name(product, spec.name),
            "config": {"meta": {"external_location": f"read_parquet({files})"}},
        }

    def _steps(self, product: Product) -> None:
        """Every step as an ephemeral model: dbt puts it into the port's one statement."""
        con = duckdb.connect()
        for step in product.build.steps:
            read = {use.table.lower() for use in facts(con, step.sql).tables}
            self._model(_name(product, step.name), _imports(product, read) + step.sql)

    def _port(self, house: House, product: Product, port: OutputPort) -> dict:
        """The port as a model with its contract's types; its description with its tests."""
        contract, model = port.contract, _model(port.version)
        output = next(each for each in product.build.outputs if each.port == port.version)
        columns = ", ".join(
            f'cast("{column.name}" as {column.type.sql}) as "{column.name}"'
            for column in contract.columns
        )
        made = {"materialized": self.kind}
        if self.kind == "external":
            made |= {"location": str(self.file(port.version)), "options": {"compression": "zstd"}}
        made_of = fold(output.source)
        text = _imports(product, {made_of}, ephemeral=False)
        self._model(model, f"{text}select {columns} from {made_of}{_once(house, port)}")
        described = {"name": model, "config": made, "columns": []}
        if self.tested:
            described |= _tests(house, product, port)
        return described


def _name(product: Product, name: str) -> str:
    return f"{fold(str(product.name).replace('.', '__'))}__{fold(name)}"


def _model(port: PortVersion) -> str:
    return f"port_{fold(str(port.port).replace('.', '__'))}"


def _imports(product: Product, read: set[str], *, ephemeral: bool = True) -> str:
    """What a text reads, as dbt projects bring it in: one CTE per reference."""
    known = {fold(i.alias): f"ref('{_model(i.port)}')" for i in product.inputs}
    known |= {
        fold(s.name): f"source('raw', '{_name(product, s.name)}')" for s in product.build.sources
    }
    known |= {fold(s.name): f"ref('{_name(product, s.name)}')" for s in product.build.steps}
    ctes = ", ".join(f"{n} as (select * from {{{{ {known[n]} }}}})" for n in sorted(read))
    head = "{{ config(materialized='ephemeral') }}\n" if ephemeral else ""
    return f"{head}with {ctes}\n"


def _once(house: House, port: OutputPort) -> str:
    """Agora puts rows aside that break a promise of severity quarantine; dbt does so in the model."""
    aside = [c for c in _checks(house, port, {}) if c.severity is Severity.QUARANTINE]
    keys = [", ".join(check.repeats) for check in aside]
    return "".join(f" qualify row_number() over (partition by {key}) = 1" for key in keys)


def _checks(house: House, port: OutputPort, others: dict[str, str]) -> tuple[Check, ...]:
    made = plan(
        port.contract, port.version, relation="model", others=others,
        classified=house.mesh.classified(),
    )  # fmt: skip
    return tuple(c for c in made.checks if c.id != TYPES and not c.skip)


def _tests(house: House, product: Product, port: OutputPort) -> dict:
    """One dbt test per promise that Agora counts; types hold by the cast on both sides."""
    others = {}
    for each in product.ports:
        named = f"ref('{_model(each.version)}')"
        others |= {each.contract.table: named, each.contract.id: named}
    for each in product.inputs:
        others[house.mesh.port(each.port).contract.id] = f"ref('{_model(each.port)}')"
    columns: dict[str, list] = {}
    table: list = []
    for check in _ranges(_checks(house, port, others)):
        column, kind, arguments = _test(port, check)
        test = {
            "name": f"{_model(port.version)}_{re.sub('[^a-z0-9]+', '_', check.id.lower())}",
            "arguments": arguments,
            "config": {"severity": "warn" if check.severity is Severity.WARN else "error"},
        }
        (columns.setdefault(column, []) if column else table).append({kind: test})
    return {
        "data_tests": table,
        "columns": [{"name": name, "data_tests": tests} for name, tests in columns.items()],
    }


def _ranges(checks: tuple[Check, ...]) -> Iterator[Check]:
    """Both bounds of a column as one test, as everybody writes them in dbt; one scan less."""
    lower = {f"maximum:{c.columns[0]}": c for c in checks if c.id.startswith("minimum:")}
    lower |= {f"max-length:{c.columns[0]}": c for c in checks if c.id.startswith("min-length:")}
    there = {check.id for check in checks}
    both = {c.id for upper, c in lower.items() if upper in there}
    for check in checks:
        if check.id in lower:
            yield replace(check, broken=f"{lower[check.id].broken} or {check.broken}")
        elif check.id not in both:
            yield check


def _test(port: OutputPort, check: Check) -> tuple[str, str, dict]:
    """The column it stands at, if any, the test (built in where dbt has it), its arguments."""
    rule = check.rule
    if check.id.startswith("required:"):
        return check.columns[0], "not_null", {}
    if check.repeats:
        one = len(check.repeats) == 1
        named = {} if one else {"columns": list(check.repeats)}
        return (check.repeats[0], "unique", {}) if one else ("", "named_once", named)
    if check.target:
        (found,) = (r for r in port.contract.relationships if r.columns == check.columns)
        to = {"to": check.target, "field": found.to_columns[0]}
        return check.columns[0], "relationships", to
    if rule is None:
        return "", "holds", {"condition": check.broken}
    if rule.query:
        return "", "asked", {"query": rule.query}
    if rule.metric is Metric.INVALID_VALUES:
        return rule.column, "accepted_values", {"values": list(rule.valid)}
    value = f"100.0 * count_if({check.broken}) / count(*)" if rule.percent else check.value
    bound = {"operator": SIGNS[rule.operator], "threshold": str(rule.threshold[0])}
    return "", "measured", {"value": value} | bound


def same(house: House, side: Side) -> int:
    """How many rows all products have; both sides have the same ones."""
    con = duckdb.connect()
    total = 0
    if side.kind == "table":
        con.execute(f"attach '{side.folder / 'demo.duckdb'}' as theirs (read_only)")
    for product in house.mesh.products:
        release = current_release(house, product)
        for port in product.ports:
            ours = [f.path.removeprefix("file://") for f in release.snapshot(port.version).files]
            theirs = (
                f"read_parquet('{side.file(port.version)}')"
                if side.kind == "external"
                else f"theirs.main.{_model(port.version)}"
            )
            sums = ["count(*)"] + [
                f'sum(hash(cast("{c.name}" as {c.type.sql})))' for c in port.contract.columns
            ]
            counted = [
                con.execute(f"select {', '.join(sums)} from {relation}").fetchone()
                for relation in (f"read_parquet({ours})", theirs)
            ]
            assert counted[0] == counted[1], f"{port.version}: {counted}"
            total += counted[0][0]
    return total


if __name__ == "__main__":
    main()
