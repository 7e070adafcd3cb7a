"""A mesh of one product that grows by deliveries, and a second one that reads it by partition."""

import csv
from pathlib import Path

from agora.app.house import close_house, open_house
from agora.model.people import Actor
from agora.spec import scaffold
from agora.usecases.query import query
from agora.usecases.run import Ran, run

DOMAIN = """\
agora: 1
kind: domain
id: lab
title: Lab
team: data-team
owners: [olga]
"""
POLICY = """\
agora: 1
kind: policy
id: own-people
title: Own people read
who: {owning_domain: true}
effect: {permit: true}
tests:
  - {as: olga, port: lab.sales, allowed: true}
"""
PRODUCT = """\
apiVersion: v1.0.0
kind: DataProduct
id: NAME
name: NAME
version: 1.0.0
status: active
INPUTSoutputPorts:
  - {name: NAME, version: 1.0.0, contractId: NAME}
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: NAME
name: NAME
version: 1.0.0
status: active
schema:
  - name: NAME
    logicalType: object
    physicalType: table
    quality: [{id: some, metric: rowCount, mustBeGreaterOrEqualTo: 0}]
    properties:
"""
SALES = """\
      - {name: week, logicalType: integer, required: true}
      - {name: id, logicalType: integer, KEY}
      - {name: amount, logicalType: integer}
"""
WEEKLY = """\
      - {name: week, logicalType: integer, primaryKey: true, required: true, relationships: [{to: sales.week}]}
      - {name: amount, logicalType: integer, physicalType: bigint}
      - {name: lines, logicalType: integer, physicalType: bigint}
"""
SALES_BUILD = """\
agora: 1
kind: build
product_kind: source-aligned
sources: [{name: raw, type: csv, path: deliveries/*.csv}]
outputs: [{port: sales, from: raw, load: LOAD}]
"""
WEEKLY_BUILD = """\
agora: 1
kind: build
product_kind: aggregate
inputs: [{name: sales, purpose: reporting}]
steps: [{file: steps/weekly.sql}]
outputs: [{port: weekly, from: weekly, load: {mode: replace, by: [week], of: sales}}]
"""
STEP = """\
select week, cast(sum(amount) as bigint) as amount, count(*) as lines from sales group by week
"""
INPUTS = "inputPorts: [{name: sales, version: 1.0.0, contractId: sales}]\n"


class Deliveries:
    """A mesh in a folder, to which rows `(week, id, amount)` are delivered."""

    def __init__(self, root: Path, load: str, *, key: str = "required: true") -> None:
        self.root = root
        root.mkdir(parents=True)
        texts = {p: t for p, t in scaffold.mesh("growing", "olga").items() if "mask" not in p}
        for path, content in texts.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        mesh = (root / "agora.yaml").read_text().replace("domains: []", "domains: [lab]")
        (root / "agora.yaml").write_text(mesh)
        sales = {
            "build.yaml": SALES_BUILD.replace("LOAD", load),
            "sales.odps.yaml": PRODUCT.replace("NAME", "sales").replace("INPUTS", ""),
            "contracts/sales.v1.odcs.yaml": CONTRACT.replace("NAME", "sales")
            + SALES.replace("KEY", key),
        }
        weekly = {
            "build.yaml": WEEKLY_BUILD,
            "weekly.odps.yaml": PRODUCT.replace("NAME", "weekly").replace("INPUTS", INPUTS),
            "contracts/weekly.v1.odcs.yaml": CONTRACT.replace("NAME", "weekly") + WEEKLY,
            "steps/weekly.sql": STEP,
        }
        files = {"domain.yaml": DOMAIN, "policies/own-people.yaml": POLICY}
        files |= {f"sales/{path}": text for path, text in sales.items()}
        files |= {f"weekly/{path}": text for path, text in weekly.items()}
        for path, text in files.items():
            (root / "lab" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "lab" / path).write_text(text)
        self.folder.mkdir()

    @property
    def folder(self) -> Path:
        return self.root / "lab" / "sales" / "deliveries"

    def deliver(self, name: str, rows: list[tuple[int, int, int]]) -> None:
        with (self.folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("week", "id", "amount"), *rows])

    def run(self, *, anew: bool = False, product: str = "lab.sales") -> Ran:
        house = open_house(self.root, {})
        try:
            return run(house, self._olga(house), product, anew=anew)
        finally:
            close_house(house)

    def rows(self, table: str = "lab.sales") -> list[tuple[int, ...]]:
        house = open_house(self.root, {})
        try:
            answer = query(house, self._olga(house), f"select * from {table} order by all").answer
            found = [tuple(row.values()) for batch in answer for row in batch.to_pylist()]
            answer.close()
            return found
        finally:
            close_house(house)

    def _olga(self, house) -> Actor:
        principal = house.mesh.principal("olga")
        assert principal is not None
        return Actor(principal=principal, operator="olga")
