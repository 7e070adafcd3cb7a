"""Runs inside the oracle's environment: pairs of contracts in, one verdict a line out.

The contracts are handed over as objects: reading the schema anew for each would take a second.
"""

import json
import logging
import sys

from datacontract.data_contract import DataContract
from open_data_contract_standard.model import OpenDataContractStandard

LEVELS = {"error": "breaking", "warning": "undetermined", "info": "compatible"}


def verdict(before, after):
    old, new = (
        DataContract(
            data_contract=OpenDataContractStandard.from_string(text), inline_references=False
        )
        for text in (before, after)
    )
    levels = {entry.level.value for entry in old.breaking(new).entries}
    return next((LEVELS[each] for each in LEVELS if each in levels), "compatible")


logging.disable(logging.CRITICAL)
for line in sys.stdin:
    sys.stdout.write(json.dumps(verdict(*json.loads(line))) + "\n")
