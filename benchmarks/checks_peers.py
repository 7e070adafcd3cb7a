"""The 26 rules of checks_tpch.py over TPC-H lineitem and orders: Agora beside three other tools.

Each tool is one whole process from its own locked environment, which reads the rules and the Parquet
files, counts, and concludes: Agora and datacontract-cli from an ODCS contract, pandera on polars and
Great Expectations on DuckDB from the same list in their own words. Sides take turns; the first round
warms bytecode and caches and is not counted. Before that, all four count the failing rows of a small
copy in which every rule but one is broken, and must agree rule by rule; on the clean data all must
find nothing.

    python benchmarks/checks_peers.py --scale 1
"""

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from checks_tpch import contracts, data
from peers.watching import PEERS, Used, synced, watched

from agora.model.contract import Column, Contract

TOOLS = ("pandera", "datacontract", "expectations")
LOGICAL = {"BIGINT": "integer", "INTEGER": "integer", "DATE": "date", "VARCHAR": "string"}
RULES = 26
EVERY = 500
"""In the broken copy, each rule has one row in so many that breaks it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folder", default="", help="keep and reuse the data here")
    parser.add_argument("--count", default="", help="only this: Agora counts the files there")
    asked = parser.parse_args()
    if asked.count:
        print(json.dumps(counted(Path(asked.count))))
        return
    commands = {"agora": [sys.executable, __file__, "--count"]}
    for tool in TOOLS:
        commands[tool] = [str(synced(tool) / "python"), str(PEERS / tool / "check.py")]
    with tempfile.TemporaryDirectory() as scratch:
        folder, small = Path(asked.folder or scratch), Path(scratch) / "small"
        data(folder, asked.scale)
        small.mkdir()
        data(small, 0.01)
        break_rules(small)
        write_rules(folder)
        write_rules(small)
        broken = agreed({n: watched([*c, str(small)]) for n, c in commands.items()}, broken=True)
        runs: dict[str, list[Used]] = {name: [] for name in commands}
        for number in range(asked.repeats + 1):
            for name, command in commands.items():
                used = watched([*command, str(folder)])
                agreed({name: used}, broken=False)
                runs[name] += [used] if number else []
    report(runs)
    print(f"all count the same {broken} failing rows of a broken copy, rule by rule, and none here")


def counted(folder: Path) -> dict[str, int]:
    """What Agora counts, from the contracts' files to its conclusions."""
    import duckdb

    from agora.model.names import PortName, PortVersion, ProductName
    from agora.quality.conclude import conclude
    from agora.quality.plans import plan
    from agora.spec import contracts as odcs
    from agora.spec import references, texts
    from agora.spec.builds import Parts

    read = [
        texts.read(name, (folder / name).read_bytes(), None)
        for name in ("lineitem.odcs.yaml", "orders.odcs.yaml")
    ]
    nothing = texts.Text(file="")
    parts = Parts(
        name=ProductName("tpch", "tpch"), folder="", product=nothing, build=nothing,
        contracts=tuple((text, odcs.contract(text)) for text in read), steps={},
    )  # fmt: skip
    (resolved,) = references.resolved([parts])
    assert not any(text.findings for text in read), [text.findings for text in read]
    con = duckdb.connect(config={"preserve_insertion_order": "false"})
    for table in ("lineitem", "orders"):
        con.execute(f"create view {table} as from read_parquet('{folder}/{table}.parquet')")
    others = {c.id: c.table for _, c in resolved.contracts}
    counts = {}
    for _, contract in resolved.contracts:
        port = PortVersion(PortName("tpch", "tpch", contract.table), 1)
        made = plan(contract, port, relation=contract.table, others=others, classified=frozenset())
        answers = {}
        for scan in made.scans:
            result = con.execute(scan.sql)
            names = [each[0] for each in result.description]
            answers[scan.id] = tuple(
                dict(zip(names, row, strict=True)) for row in result.fetchall()
            )
        for result in conclude(made, answers, {}):
            assert result.outcome in ("pass", "fail"), result
            kind, _, name = result.check.partition(":")
            if kind.endswith("-options"):
                name, kind = kind.removesuffix("-options"), "options"
            rule = f"{contract.table}.{name}.{kind}" if name else f"{contract.table}.{kind}"
            counts[rule] = int(result.value)
    return counts


def agreed(said: dict[str, Used], *, broken: bool) -> int:
    """How many rows fail; every tool said so of every rule."""
    counts = {}
    for tool, used in said.items():
        told = json.loads(used.said.splitlines()[-1])
        counts[tool] = {k: int(v) for k, v in told.items() if not k.endswith((".types", ".rows"))}
        assert len(counts[tool]) == RULES - 1, (tool, sorted(counts[tool]))
    first, *others = counts.values()
    for tool, other in zip(list(counts)[1:], others, strict=True):
        differ = {k: (v, other.get(k)) for k, v in first.items() if other.get(k) != v}
        assert not differ, (tool, differ)
    assert all(first.values()) if broken else not any(first.values()), first
    return sum(first.values())


def report(runs: dict[str, list[Used]]) -> None:
    ours = statistics.median(one.cpu for one in runs["agora"])
    print(f"{'tool':14} {'CPU s':>7} {'wall s':>7} {'peak MB':>8} {'agora / it (CPU)':>17}")
    for name, each in runs.items():
        cpu, wall = (
            statistics.median(getattr(one, key) for one in each) for key in ("cpu", "wall")
        )
        peak = max(one.peak for one in each)
        print(f"{name:14} {cpu:7.2f} {wall:7.2f} {peak:8.0f} {ours / cpu:17.2f}")


def rules_of(contract: Contract) -> list[dict]:
    """The rules of one contract, each in words of its own that the other tools translate."""
    table = contract.table
    made = [("rows", "", [], None, "")] if contract.rules else []
    for column in contract.columns:
        if column.required or column.key_position:
            made.append(("required", column.name, [column.name], None, ""))
        made += [(*rule, column.type.sql.lower()) for rule in _limits(column)]
    made.append(("key", "", list(contract.key), None, ""))
    made += [
        ("reference", link.columns[0], [link.columns[0]], [link.to, link.to_columns[0]], "")
        for link in contract.relationships
    ]
    return [
        {
            "id": f"{table}.{name}.{kind}" if name else f"{table}.{kind}",
            "table": table, "kind": kind, "columns": columns, "value": value, "type": type_,
        }
        for kind, name, columns, value, type_ in made
    ]  # fmt: skip


def _limits(column: Column):
    limits = column.limits
    if limits.options:
        yield "options", column.name, [column.name], list(limits.options)
    for kind, value in (
        ("minimum", limits.minimum),
        ("maximum", limits.maximum),
        ("max-length", limits.max_length),
        ("pattern", limits.pattern or None),
    ):
        if value is not None:
            yield (
                kind,
                column.name,
                [column.name],
                value if isinstance(value, (str, int)) else float(value),
            )


def write_rules(folder: Path) -> None:
    """The rules lie beside the data: as a list, as one contract per table, as one contract."""
    both = contracts()
    rules = [rule for contract in both for rule in rules_of(contract)]
    assert len(rules) == RULES, len(rules)
    (folder / "rules.json").write_text(json.dumps(rules))
    for contract in both:
        _write(folder / f"{contract.table}.odcs.yaml", contract.table, [contract], {})
    path = str(folder / "{model}.parquet")
    local = {"server": "local", "type": "local", "path": path, "format": "parquet"}
    _write(folder / "tpch.odcs.yaml", "tpch", both, {"servers": [local]})


def _write(file: Path, name: str, tables, more: dict) -> None:
    head = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": name, "version": "1.0.0",
        "name": name, "status": "active",
    }  # fmt: skip
    schema = [_object(contract) for contract in tables]
    file.write_text(json.dumps(head | more | {"schema": schema}, indent=1))


def _object(contract: Contract) -> dict:
    links = {link.columns[0]: link for link in contract.relationships}
    made = {
        "name": contract.table, "logicalType": "object", "physicalType": "table",
        "properties": [_property(c, links.get(c.name)) for c in contract.columns],
    }  # fmt: skip
    if contract.rules:
        made["quality"] = [{"id": "rows", "metric": "rowCount", "mustBeGreaterThan": 0}]
    return made


def _property(column: Column, link) -> dict:
    made: dict = {
        "name": column.name,
        "logicalType": LOGICAL.get(column.type.sql, "number"),
        "physicalType": column.type.sql,
    }
    if column.required:
        made["required"] = True
    if column.key_position:
        made |= {"primaryKey": True, "primaryKeyPosition": column.key_position}
    options = {}
    for kind, _, _, value in _limits(column):
        if kind == "options":
            arguments = {"validValues": value}
            made["quality"] = [
                {
                    "id": f"{column.name}-options",
                    "metric": "invalidValues",
                    "arguments": arguments,
                    "mustBe": 0,
                }
            ]
        else:
            options["maxLength" if kind == "max-length" else kind] = value
    if options:
        made["logicalTypeOptions"] = options
    if link is not None:
        made["relationships"] = [{"to": f"{link.to}.{link.to_columns[0]}"}]
    return made


def break_rules(folder: Path) -> None:
    """Every rule but the count of rows is broken by some rows, each by rows of its own."""
    import duckdb

    con = duckdb.connect()
    for contract in contracts():
        table = contract.table
        con.execute(f"create table {table} as from read_parquet('{folder}/{table}.parquet')")
        sets: dict[str, list[str]] = {}
        for place, rule in enumerate(rules_of(contract)):
            for name, bad in _bad(rule).items():
                turn = f"place = {place * 2 + 2}" if bad == "null" and table == "orders" else (
                    f"place % {EVERY} = {place * 2 + 2}"
                )  # fmt: skip
                sets.setdefault(name, []).append(f"when {turn} then {bad}")
        columns = ", ".join(
            f"cast(case {' '.join(whens)} else {name} end as {contract.column(name).type.sql}) as {name}"
            for name, whens in sets.items()
        )
        ordered = f"select *, row_number() over (order by {', '.join(contract.key)}) as place from {table}"
        con.execute(
            f"copy (select * exclude place replace ({columns}) from ({ordered})) to '{folder}/{table}.parquet'"
        )


def _bad(rule: dict) -> dict[str, str]:
    """What breaks a rule in a row; the row before an even place is left whole."""
    kind, columns, value = rule["kind"], rule["columns"], rule["value"]
    if kind == "key":
        return {name: f"lag({name}) over (order by place)" for name in columns}
    if kind == "required":
        extra = {"l_linenumber": "place + 1000000"} if columns == ["l_orderkey"] else {}
        return {columns[0]: "null"} | extra
    words = {
        "rows": {},
        "reference": "-place",
        "minimum": "date '1991-12-31'" if rule["type"] == "date" else f"{value} - 1",
        "maximum": f"{value} + 1",
        "options": "'?'",
        "max-length": f"repeat('x', {value} + 1)" if kind == "max-length" else "",
        "pattern": "'9-LAST'",
    }[kind]
    return {columns[0]: words} if words else {}


if __name__ == "__main__":
    main()
