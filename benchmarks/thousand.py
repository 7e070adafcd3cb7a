"""Checking and planning a mesh of a thousand products, beside `dbt parse` on the same graph.

Both sides get the same generated graph: 1,000 SQL models, each over two earlier ones, with the same
columns, keys and not-null promises. CPU seconds of whole processes: first everything, then after one
contract has changed.

    python benchmarks/thousand.py --products 1000
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agora.spec import scaffold

DBT = Path(__file__).parent / "peers" / "dbt"
COLUMNS = ("id", "amount", "region", "day")
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
    properties:
      - {name: id, logicalType: integer, primaryKey: true, required: true}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(12,2)", required: true}
      - {name: region, logicalType: string}
      - {name: day, logicalType: date}
"""
MODEL = """\
select a.id, a.amount + b.amount as amount, a.region, b.day
from FIRST as a
join SECOND as b on b.id = a.id
"""
ROOT = "select cast(id as integer) as id, amount, region, day from raw\n"
DOMAINS = 20


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--products", type=int, default=1000)
    given = arguments.parse_args()
    subprocess.run([_uv(), "sync", "--frozen", "--quiet", "--project", str(DBT)], check=True)
    with tempfile.TemporaryDirectory() as folder:
        mesh, dbt = Path(folder) / "mesh", Path(folder) / "dbt"
        graph = _graph(given.products)
        _mesh(mesh, graph)
        _dbt(dbt, graph)
        agora = str(Path(sys.executable).with_name("agora"))
        parse = [str(DBT / ".venv" / "bin" / "dbt"), "--quiet", "parse", "--project-dir", str(dbt),
                 "--profiles-dir", str(dbt), "--target-path", str(dbt / "target")]  # fmt: skip
        figures = {"agora check": _cpu([agora, "check", "--mesh", str(mesh)])}
        figures["dbt parse"] = _cpu(parse)
        _change(
            mesh / "d0" / "p000" / "contracts" / "p000.v1.odcs.yaml", dbt / "models" / "p000.yml"
        )
        plan = [agora, "plan", "--against", "HEAD", "--mesh", str(mesh)]
        figures["agora check, one change"] = _cpu([agora, "check", "--mesh", str(mesh)])
        figures["agora plan, one change"] = _cpu(plan)
        figures["dbt parse, one change"] = _cpu(parse)
    for words, seconds in figures.items():
        print(f"  {words:26} {seconds:6.2f} CPU s")
    cold = figures["agora check"] / figures["dbt parse"]
    warm = figures["agora plan, one change"] / figures["dbt parse, one change"]
    print(
        f"check {cold:.2f} x dbt parse cold; plan after one change {warm:.2f} x dbt parse (goal < 1)"
    )


def _graph(products: int) -> dict[str, tuple[str, ...]]:
    dice = random.Random(7)
    names = [f"p{number:03}" for number in range(products)]
    return {
        name: tuple(sorted(dice.sample(names[max(0, place - 50) : place], 2))) if place > 2 else ()
        for place, name in enumerate(names)
    }


def _domain(name: str) -> str:
    return f"d{int(name[1:]) % DOMAINS}"


def _mesh(root: Path, graph: dict[str, tuple[str, ...]]) -> None:
    files = {p: t for p, t in scaffold.mesh("thousand", "olga").items() if "mask" not in p}
    listed = ", ".join(f"d{number}" for number in range(DOMAINS))
    files["agora.yaml"] = files["agora.yaml"].replace(
        b"domains: []", f"domains: [{listed}]".encode()
    )
    for number in range(DOMAINS):
        files[f"d{number}/domain.yaml"] = (
            f"agora: 1\nkind: domain\nid: d{number}\ntitle: D\nteam: data-team\nowners: [olga]\n"
        ).encode()
    for name, parents in graph.items():
        files |= {
            f"{_domain(name)}/{name}/{p}": t.encode() for p, t in _product(name, parents).items()
        }
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    git = ["git", "-C", str(root), "-c", "user.name=b", "-c", "user.email=b@example.org"]
    for step in (["init", "-q"], ["add", "."], ["commit", "-qm", "a thousand products"]):
        subprocess.run([*git, *step], check=True, capture_output=True)


def _product(name: str, parents: tuple[str, ...]) -> dict[str, str]:
    inputs = "".join(f"  - {{name: {p}, version: 1.0.0, contractId: {p}}}\n" for p in parents)
    odps = (
        f"apiVersion: v1.0.0\nkind: DataProduct\nid: {name}\nname: {name}\nversion: 1.0.0\n"
        f"status: active\n{'inputPorts:' if parents else ''}\n{inputs}outputPorts:\n"
        f"  - {{name: {name}, version: 1.0.0, contractId: {name}}}\n"
    )
    read = "".join(f"  - {{name: {p}, purpose: reporting}}\n" for p in parents)
    source = "sources: [{name: raw, type: csv, path: raw.csv}]\n"
    build = (
        "agora: 1\nkind: build\nproduct_kind: aggregate\n"
        f"{'inputs:' + chr(10) + read if parents else source}"
        f"steps: [{{file: steps/made.sql}}]\noutputs: [{{port: {name}, from: made}}]\n"
    )
    step = MODEL.replace("FIRST", parents[0]).replace("SECOND", parents[1]) if parents else ROOT
    return {
        f"{name}.odps.yaml": odps,
        "build.yaml": build,
        "steps/made.sql": step,
        f"contracts/{name}.v1.odcs.yaml": CONTRACT.replace("NAME", name),
    }


def _dbt(root: Path, graph: dict[str, tuple[str, ...]]) -> None:
    (root / "models").mkdir(parents=True)
    (root / "dbt_project.yml").write_text(
        "name: thousand\nversion: '1.0'\nprofile: thousand\nmodel-paths: [models]\n"
        "flags: {send_anonymous_usage_stats: false}\n"
    )
    (root / "profiles.yml").write_text(
        "thousand:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: ':memory:'}\n"
    )
    for name, parents in graph.items():
        if parents:
            first, second = (f"{{{{ ref('{p}') }}}}" for p in parents)
            sql = MODEL.replace("FIRST", first).replace("SECOND", second)
        else:
            sql = "select 1 as id, cast(1 as decimal(12,2)) as amount, 'x' as region, current_date as day"
        (root / "models" / f"{name}.sql").write_text(sql)
        columns = "".join(
            f"      - name: {column}\n"
            + ("        data_tests: [not_null]\n" if column in ("id", "amount") else "")
            for column in COLUMNS
        )
        (root / "models" / f"{name}.yml").write_text(
            f"version: 2\nmodels:\n  - name: {name}\n    columns:\n{columns}"
        )


def _change(contract: Path, model: Path) -> None:
    """One column is gone on both sides."""
    contract.write_text(
        contract.read_text().replace("      - {name: region, logicalType: string}\n", "")
    )
    model.write_text(model.read_text().replace("      - name: region\n", ""))
    later = time.time() + 2
    os.utime(model, (later, later))


def _cpu(command: list[str]) -> float:
    before = os.times()
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)
    return sum(after[2:4]) - sum(before[2:4])


def _uv() -> str:
    local = Path(__file__).parents[1] / ".uv" / "bin" / "uv"
    return str(local) if local.exists() else "uv"


if __name__ == "__main__":
    main()
