"""A mesh of one product with two ports that are filled from one source: twins that never differ."""

from pathlib import Path

from agora.model.names import ProductName
from agora.spec import scaffold

ROWS = 2_000
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: twins-{port}
name: {port}
version: 1.0.0
status: active
schema:
  - name: {port}
    logicalType: object
    physicalType: table
    quality:
      - {{id: whole, metric: rowCount, mustBe: {rows}}}
    properties:
      - {{name: id, logicalType: integer, primaryKey: true, required: true}}
      - {{name: generation, logicalType: integer, required: true}}
"""
PRODUCT = """\
apiVersion: v1.0.0
kind: DataProduct
id: twins
name: twins
version: 1.0.0
status: active
outputPorts:
  - {name: left, version: 1.0.0, contractId: twins-left}
  - {name: right, version: 1.0.0, contractId: twins-right}
"""
BUILD = """\
agora: 1
kind: build
product_kind: source-aligned
sources:
  - {name: raw, type: csv, path: rows.csv}
steps:
  - {file: steps/slowly.sql}
outputs:
  - {port: left, from: slowly}
  - {port: right, from: slowly}
"""
# Both ports read the step, so it is kept as a table; the second scan makes building take a while.
STEP = """\
select id, generation
from raw
where (select sum(i % 7) from range(10000000) as r(i)) > 0
"""
POLICY = """\
agora: 1
kind: policy
id: own-people
title: Own people read
who: {owning_domain: true}
effect: {permit: true}
tests:
  - {as: olga, port: lab.twins.left, allowed: true}
"""
DOMAIN = """\
agora: 1
kind: domain
id: lab
title: Lab
team: data-team
owners: [olga]
"""


def make(root: Path) -> None:
    """The mesh lies in this folder, with its first generation of rows."""
    files = {
        path: text for path, text in scaffold.mesh("crash", "olga").items() if "mask" not in path
    }
    root.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    mesh = (root / "agora.yaml").read_text().replace("domains: []", "domains: [lab]")
    (root / "agora.yaml").write_text(mesh + "limits: {memory: 256MB}\n")
    folder = root / "lab" / "twins"
    (folder / "contracts").mkdir(parents=True)
    (folder / "steps").mkdir()
    (folder / "steps" / "slowly.sql").write_text(STEP)
    (root / "lab" / "policies").mkdir()
    (root / "lab" / "domain.yaml").write_text(DOMAIN)
    (root / "lab" / "policies" / "own-people.yaml").write_text(POLICY)
    (folder / "twins.odps.yaml").write_text(PRODUCT)
    (folder / "build.yaml").write_text(BUILD)
    for port in ("left", "right"):
        text = CONTRACT.format(port=port, rows=ROWS)
        (folder / "contracts" / f"{port}.v1.odcs.yaml").write_text(text)
    deliver(root, 1)


def deliver(root: Path, generation: int) -> None:
    """A new delivery: every row carries its generation."""
    lines = [f"{row},{generation}" for row in range(ROWS)]
    path = root / "lab" / "twins" / "rows.csv"
    path.write_text("id,generation\n" + "\n".join(lines) + "\n")


NAME = ProductName("lab", "twins")
