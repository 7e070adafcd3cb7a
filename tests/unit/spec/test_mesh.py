"""Whatever the texts hold, reading them ends with findings, never with an exception."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agora.governance import policies
from agora.model.findings import Weight
from agora.spec.mesh import read
from agora.spec.texts import read as read_text

MARKET = Path(__file__).parents[2] / "meshes" / "market"
TEXTS = {
    p.relative_to(MARKET).as_posix(): p.read_bytes()
    for p in MARKET.rglob("*")
    if p.suffix in {".yaml", ".sql", ".md"}
}
YAMLS = sorted(file for file in TEXTS if file.endswith(".yaml"))
STRANGE = [
    None, True, 0, -1, 10**30, 1.5, "", " ", "x", "a.b", "a/b#c", "#/", "sales", "date", "v1", "2018",
    [], {}, [None], [[]], [{}], {"x": None}, ["sales", "sales"], [1, "x"], {"id": "x"}, "${NOBODY}",
    "${env:X}", "*", "(", "[a-z", "DECIMAL(99)", "INTEGER[]", "\u0000".encode().decode(), "é", "x" * 300,
]  # fmt: skip


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from places(inner, (*path, place))


def put(value, path, new):
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        if new is ... and not rest:
            return {k: v for k, v in value.items() if k != step}
        return {k: put(v, rest, new) if k == step else v for k, v in value.items()}
    if new is ... and not rest:
        return value[:step] + value[step + 1 :]
    return [put(v, rest, new) if n == step else v for n, v in enumerate(value)]


def judged(texts, environment=None):
    reading = read(texts, environment or {})
    if reading.mesh is not None:
        policies.check(reading.mesh)
        assert not {p.name.domain for p in reading.mesh.products} - {
            d.id for d in reading.mesh.domains
        }
        offered = {port.version for p in reading.mesh.products for port in p.ports}
        assert {i.port for p in reading.mesh.products for i in p.inputs} <= offered
    if not any(f.weight is Weight.ERROR for f in reading.findings):
        assert reading.mesh is not None
        assert reading.broken == ()
    return reading


@pytest.mark.parametrize("seed", [*range(60), 10081])
def test_strange_values_anywhere_end_in_findings(seed):
    dice = random.Random(seed)
    file = dice.choice(YAMLS)
    value = YAML(typ="safe", pure=True).load(TEXTS[file])
    for _ in range(dice.randint(1, 3)):
        path = dice.choice(list(places(value)))
        value = put(value, path, dice.choice([*STRANGE, ...])) if path else value
    text = json.dumps(value, default=str)
    judged(TEXTS | {file: text.encode()})


@pytest.mark.parametrize("seed", range(40))
def test_torn_files_end_in_findings(seed):
    dice = random.Random(seed)
    file = dice.choice(sorted(TEXTS))
    content = bytearray(TEXTS[file])
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(len(content))
        match dice.randrange(4):
            case 0:
                del content[place:]
                content = content or bytearray(b" ")
            case 1:
                content[place] = dice.randrange(256)
            case 2:
                content[place:place] = bytes(
                    dice.choices(b"[]{}:-&*!|>'\"#%@`\t\n ?,\x00\xff", k=3)
                )
            case _:
                end = min(len(content), place + 40)
                content[place:place] = content[place:end]
    judged(TEXTS | {file: bytes(content)})


@pytest.mark.parametrize("file", sorted(TEXTS))
def test_any_file_may_be_missing(file):
    judged({name: content for name, content in TEXTS.items() if name != file})


def test_no_files_at_all():
    reading = read({}, {})
    assert reading.mesh is None
    assert [finding.code for finding in reading.findings] == ["E109", "E109"]


@settings(max_examples=200)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1")))
def test_any_text_is_read_or_told_about(text):
    found = read_text("x.yaml", text.encode("utf-8", "surrogatepass"), {})
    assert found.value is not None or not found.fine


def test_layout_and_remarks_change_no_contract():
    file = "sales/transactions/contracts/transactions.v1.odcs.yaml"
    value = YAML(typ="safe", pure=True).load(TEXTS[file])
    turned = dict(reversed(list(value.items())))
    other = ("# another layout\n" + json.dumps(turned, indent=3)).encode()
    first, second = read(TEXTS, {}).mesh, read(TEXTS | {file: other}, {}).mesh
    assert hash_of(first) == hash_of(second)
    assert first.hash != second.hash
    changed = TEXTS[file].replace(b"maximum: 53", b"maximum: 52")
    assert hash_of(read(TEXTS | {file: changed}, {}).mesh) != hash_of(first)


def hash_of(mesh):
    return (
        next(p for p in mesh.products if str(p.name) == "sales.transactions").ports[0].contract.hash
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "differs"),
    [
        ("steps/typed.sql", b"from raw", b"from raw where true", True),
        ("build.yaml", b"source-aligned", b"aggregate", True),
        ("build.yaml", b"data/transactions.csv", b"data/other.csv", True),
        ("build.yaml", b"kind: build", b"kind: build   # how it is made", False),
        ("README.md", b"One row", b"A row", False),
        ("transactions.odps.yaml", b"status: active", b"status: draft", False),
    ],
)
def test_a_build_is_known_by_what_it_does(file, old, new, differs):
    path = f"sales/transactions/{file}"
    assert old in TEXTS[path]
    before = read(TEXTS, {}).mesh
    after = read(TEXTS | {path: TEXTS[path].replace(old, new)}, {}).mesh
    hashes = [
        next(p for p in mesh.products if p.name.product == "transactions").build.hash
        for mesh in (before, after)
    ]
    assert (hashes[0] != hashes[1]) == differs


def test_a_wide_contract_is_read():
    columns = "".join(f"      - {{name: c{n}, logicalType: integer}}\n" for n in range(2000))
    text = TEXTS["customers/segments/contracts/segments.v1.odcs.yaml"].decode()
    wide = text[: text.index("      - {name: household_id")] + columns
    reading = judged(TEXTS | {"customers/segments/contracts/segments.v1.odcs.yaml": wide.encode()})
    assert reading.findings == ()
