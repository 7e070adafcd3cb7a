"""Great Expectations asks DuckDB about views of Parquet files; the counts of its rules, as JSON."""

import json
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
MISSING = """\
select {columns} from {{batch}} anti join {table} on {columns} = {key} where {columns} is not null
"""
UNLIKE = """\
select {column} from {{batch}} where not regexp_matches({column}, '{pattern}')
"""


class Dialect(StrEnum):
    """Whose results Great Expectations would read after giving the connection back, emptied."""

    DUCKDB = "duckdb"


engine._PERSISTED_CONNECTION_DIALECTS += tuple(Dialect)  # noqa: SLF001 - there is no setting for it


def main(folder: Path) -> None:
    rules = json.loads((folder / "rules.json").read_text())
    database = folder / "expectations.duckdb"
    database.unlink(missing_ok=True)
    tables = sorted({rule["table"] for rule in rules})
    with duckdb.connect(str(database)) as con:
        for table in tables:
            con.execute(f"create view {table} as from read_parquet('{folder}/{table}.parquet')")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql("tpch", connection_string=f"duckdb:///{database}")
    counted = {}
    for table in tables:
        own = [rule for rule in rules if rule["table"] == table]
        batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("")
        suite = gx.ExpectationSuite(name=table, expectations=[_expectation(rule) for rule in own])
        found = batch.get_batch().validate(suite, result_format=COUNTS_ONLY)
        for result in found.results:
            rule = result.expectation_config.meta["rule"]
            assert result.result, (rule, result.exception_info)
            counted[rule] = _count(result)
            if rule.endswith(".key"):
                counted[rule] //= 2  # both rows of a key that stands twice are counted
    print(json.dumps(counted))


def _count(result) -> int:
    told = result.result
    if "unexpected_count" in told:
        return told["unexpected_count"]
    if result.expectation_config.type == "unexpected_rows_expectation":
        return int(told["observed_value"])
    return 0 if result.success else 1


def _expectation(rule: dict):
    kind, value, meta = rule["kind"], rule["value"], {"rule": rule["id"]}
    if kind == "rows":
        return gxe.ExpectTableRowCountToBeBetween(min_value=1, meta=meta)
    if kind == "key" and len(rule["columns"]) > 1:
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=rule["columns"], meta=meta)
    column = rule["columns"][0]
    if kind == "reference":
        query = MISSING.format(columns=column, table=value[0], key=value[1])
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta)
    if kind == "pattern":  # its own expectation of patterns knows no DuckDB
        query = UNLIKE.format(column=column, pattern=value)
        return gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, meta=meta)
    if rule["type"] == "date" and kind == "minimum":
        value = date.fromisoformat(value)
    made = {
        "required": (gxe.ExpectColumnValuesToNotBeNull, {}),
        "key": (gxe.ExpectColumnValuesToBeUnique, {}),
        "minimum": (gxe.ExpectColumnValuesToBeBetween, {"min_value": value}),
        "maximum": (gxe.ExpectColumnValuesToBeBetween, {"max_value": value}),
        "options": (gxe.ExpectColumnValuesToBeInSet, {"value_set": value}),
        "max-length": (gxe.ExpectColumnValueLengthsToBeBetween, {"max_value": value}),
    }
    kind_of, words = made[kind]
    return kind_of(column=column, meta=meta, **words)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
