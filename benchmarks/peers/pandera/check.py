"""pandera checks polars frames of the columns that have rules; the counts of its rules, as JSON."""

import json
import sys
from pathlib import Path

import pandera.polars as pa
import polars as pl

CHECKS = {
    "minimum": lambda of: pa.Check.ge(of["value"]),
    "maximum": lambda of: pa.Check.le(of["value"]),
    "options": lambda of: pa.Check.isin(of["value"]),
    "max-length": lambda of: pa.Check.str_length(max_value=of["value"]),
    "pattern": lambda of: pa.Check.str_contains(of["value"]),
}


def main(folder: Path) -> None:
    rules = json.loads((folder / "rules.json").read_text())
    frames = {
        table: pl.read_parquet(
            folder / f"{table}.parquet",
            columns=sorted({c for r in rules if r["table"] == table for c in r["columns"]}),
        )
        for table in {rule["table"] for rule in rules}
    }
    counted = {}
    for table, frame in frames.items():
        own = [rule for rule in rules if rule["table"] == table]
        counted |= _counts(own, _failures(_schema(own, frames), frame))
    print(json.dumps(counted))


def _failures(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> list:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as broken:
        return broken.schema_errors
    return []


def _schema(own: list[dict], frames: dict[str, pl.DataFrame]) -> pa.DataFrameSchema:
    columns: dict[str, dict] = {
        name: {"checks": [], "nullable": True} for rule in own for name in rule["columns"]
    }
    key, rows = [], []
    for rule in own:
        name = rule["columns"][0] if rule["columns"] else ""
        if rule["kind"] == "required":
            columns[name]["nullable"] = False
        elif rule["kind"] == "key":
            key = rule["columns"]
        elif rule["kind"] == "rows":
            rows = [pa.Check(_filled, name=rule["id"])]
        else:
            columns[name]["checks"].append(_check(rule, frames))
    made = {name: pa.Column(**words) for name, words in columns.items()}
    return pa.DataFrameSchema(made, checks=rows, unique=key)


def _filled(data: pa.PolarsData) -> bool:
    return data.lazyframe.select(pl.len()).collect().item() > 0


def _check(rule: dict, frames: dict[str, pl.DataFrame]) -> pa.Check:
    if rule["kind"] == "reference":
        known = frames[rule["value"][0]][rule["value"][1]]
        return pa.Check(
            lambda data: data.lazyframe.select(pl.col(data.key).is_in(known.implode())),
            name=rule["id"],
        )
    of = dict(rule)
    if rule["type"] == "date":
        of["value"] = pl.Series([rule["value"]]).str.to_date().item()
    check = CHECKS[rule["kind"]](of)
    check.name = rule["id"]
    return check


def _counts(own: list[dict], failures: list) -> dict[str, int]:
    counts = dict.fromkeys((rule["id"] for rule in own), 0)
    key = next(rule for rule in own if rule["kind"] == "key")
    for failure in failures:
        if failure.reason_code.name == "SERIES_CONTAINS_NULLS":
            rule = f"{key['table']}.{failure.schema.name}.required"
        elif failure.reason_code.name == "DUPLICATES":
            rule = key["id"]
        else:
            rule = failure.check.name
        cases = failure.failure_cases
        counts[rule] += len(cases.collect() if isinstance(cases, pl.LazyFrame) else cases)
    counts[key["id"]] //= 2  # pandera counts both rows of a key that stands twice
    return counts


if __name__ == "__main__":
    main(Path(sys.argv[1]))
