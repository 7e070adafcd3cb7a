"""datacontract-cli tests one ODCS contract over Parquet files; the counts of its rules, as JSON."""

import json
import sys
from pathlib import Path

from datacontract.data_contract import DataContract

NAMES = {
    "field_required": "required",
    "field_primary_key_required": "required",
    "field_primary_key_unique": "key",
    "primary_key_unique": "key",
    "field_minimum": "minimum",
    "field_maximum": "maximum",
    "field_max_length": "max-length",
    "field_regex": "pattern",
    "field_invalid_values": "options",
    "field_relationships": "reference",
    "row_count": "rows",
}


def main(folder: Path) -> None:
    run = DataContract(data_contract_file=str(folder / "tpch.odcs.yaml"), server="local").test()
    counted = {}
    for check in run.checks:
        if check.type not in NAMES:
            continue
        words = NAMES[check.type]
        about = "" if words in ("key", "rows") else f".{check.field}"
        rule = f"{check.model}{about}.{words}"
        assert rule not in counted, rule
        assert check.result in ("passed", "failed"), (rule, check.result, check.reason)
        counted[rule] = check.diagnostics["value"]
    print(json.dumps(counted))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
