"""What others wrote goes in and out again, and nothing is lost: no key, no order, no comment.

The official examples of ODCS and ODPS are read where they are at hand: AGORA_EXAMPLES names folders
that hold them, such as checkouts of `bitol-io/open-data-contract-standard` and
`bitol-io/open-data-product-standard`. They are not part of this repository. Contracts and products
made by machine are tried always.
"""

import io
import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from agora.model.names import ProductName
from agora.spec.editing import Uneditable, append, edit
from agora.spec.exports.versions import written
from agora.spec.imports import odcs
from agora.spec.imports.folders import laid
from agora.spec.texts import read

FOLDERS = [Path(each) for each in os.environ.get("AGORA_EXAMPLES", "").split(os.pathsep) if each]
EXAMPLES = sorted(f for folder in FOLDERS for f in folder.rglob("*.od[cp]s.yaml"))
COMMENT = re.compile(r"(?:^|\s)#.*")


def values(text):
    found = read("x", text.encode(), None)
    assert found.fine, found.findings
    return found.value


def order(value):
    """Every key in the order it stands in."""
    if isinstance(value, dict):
        return [(key, order(inner)) for key, inner in value.items()]
    return [order(each) for each in value] if isinstance(value, list) else None


def changed_by_machine(text):
    """The same text with its version changed and a custom property more."""
    once = edit(text, ("version",), "9.8.7")
    mark = {"property": "triedBy", "value": "a machine"}
    return append(once, ("customProperties",), mark), mark


def holds(text):
    """The laws of a round trip, for one text of a standard."""
    before = values(text)
    after, mark = changed_by_machine(text)
    listed = [*(before.get("customProperties") or []), mark]
    assert values(after) == before | {"version": "9.8.7", "customProperties": listed}
    shown = order(values(after) | {"customProperties": None})
    wanted = order(dict(before) | {"version": "9.8.7", "customProperties": None})
    assert shown == wanted
    comments = COMMENT.findall(text)
    left = iter(COMMENT.findall(after))
    assert all(comment in left for comment in comments)
    standard = "odps" if before.get("kind") == "DataProduct" else "odcs"
    assert written("x", text, standard, str(before["apiVersion"])).text == text


def adopted(text):
    """The text as it lies in the mesh after an import, or None when it is refused."""
    found = odcs.read("theirs.yaml", text.encode())
    if not found.usable:
        return None
    made = laid(ProductName("sales", "theirs"), found, file="theirs.yaml")
    ending = ".odps.yaml" if found.product else ".odcs.yaml"
    files = [content for path, content in made.files.items() if path.endswith(ending)]
    return files[0].decode(), made.findings


@pytest.fixture(params=EXAMPLES or [None], ids=lambda f: f.name if f else "none")
def example(request):
    if request.param is None:
        pytest.skip("the official examples are not at hand: name their folders in AGORA_EXAMPLES")
    return request.param.read_text(encoding="utf-8")


def test_an_official_example_loses_nothing(example):
    holds(example)


def test_an_official_example_is_adopted_letter_for_letter_and_stays_so(example):
    found = adopted(example)
    if found is None:
        assert odcs.read("theirs.yaml", example.encode()).findings
        return
    text, findings = found
    assert text == example or findings
    assert adopted(text) == (text, ())


WORD = st.text(st.sampled_from("abcxyz -#:{}[],&*!|>'\"%@`éß"), min_size=1, max_size=14)
NAME = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
SCALAR = (
    WORD
    | st.integers(-(10**6), 10**6)
    | st.booleans()
    | st.floats(-1e3, 1e3).map(lambda f: round(f, 3))
)
CUSTOM = st.lists(
    st.fixed_dictionaries(
        {
            "property": NAME,
            "value": SCALAR
            | st.lists(SCALAR, max_size=3)
            | st.dictionaries(NAME, SCALAR, max_size=2),
        }
    ),
    min_size=1,
    max_size=3,
)
LINKS = st.lists(
    st.fixed_dictionaries({"url": st.just("https://x.example/a#b"), "type": WORD}),
    min_size=1,
    max_size=2,
)
COLUMN = st.fixed_dictionaries(
    {"name": NAME, "logicalType": st.sampled_from(["string", "integer", "number", "boolean", "date"])},
    optional={
        "description": WORD, "businessName": WORD, "required": st.booleans(), "unique": st.booleans(),
        "tags": st.lists(NAME, min_size=1, max_size=2, unique=True), "classification": NAME,
        "examples": st.lists(SCALAR, min_size=1, max_size=2), "customProperties": CUSTOM,
        "authoritativeDefinitions": LINKS, "transformLogic": WORD,
        "quality": st.just([{"metric": "nullValues", "mustBe": 0, "severity": "warning"}]),
    },
)  # fmt: skip
TABLE = st.fixed_dictionaries(
    {"name": NAME, "properties": st.lists(COLUMN, min_size=1, max_size=4, unique_by=lambda c: c["name"])},
    optional={"description": WORD, "physicalName": NAME, "tags": st.lists(NAME, max_size=2, unique=True),
              "customProperties": CUSTOM, "dataGranularityDescription": WORD},
)  # fmt: skip
CONTRACT = st.fixed_dictionaries(
    {"apiVersion": st.just("v3.1.0"), "kind": st.just("DataContract"), "id": NAME,
     "version": st.just("1.0.0"), "status": st.sampled_from(["active", "draft"]),
     "schema": st.lists(TABLE, min_size=1, max_size=2, unique_by=lambda t: t["name"])},
    optional={
        "name": WORD, "tenant": WORD, "domain": WORD, "customProperties": CUSTOM,
        "description": st.fixed_dictionaries({"purpose": WORD}, optional={"usage": WORD}),
        "tags": st.lists(NAME, max_size=3, unique=True),
        "team": st.fixed_dictionaries({"name": WORD}, optional={"description": WORD}),
        "price": st.fixed_dictionaries({"priceAmount": st.integers(0, 99), "priceCurrency": NAME}),
        "slaProperties": st.just([{"property": "latency", "value": 4, "unit": "d"}]),
        "roles": st.just([{"role": "reader", "access": "read"}]),
        "support": st.just([{"channel": "chat", "url": "https://x.example"}]),
    },
)  # fmt: skip
PORT = st.fixed_dictionaries(
    {"name": st.from_regex(r"[a-z]{1,6}(-[a-z]{1,4})?", fullmatch=True), "version": st.just("1.0.0"), "contractId": NAME},
    optional={"description": WORD, "type": WORD, "tags": st.lists(NAME, max_size=2, unique=True), "customProperties": CUSTOM},
)  # fmt: skip
PRODUCT = st.fixed_dictionaries(
    {"apiVersion": st.just("v1.0.0"), "kind": st.just("DataProduct"), "id": NAME, "status": st.just("draft"),
     "version": st.just("1.0.0"), "outputPorts": st.lists(PORT, min_size=1, max_size=3, unique_by=lambda p: p["name"])},
    optional={"name": WORD, "domain": WORD, "tenant": WORD, "customProperties": CUSTOM,
              "description": st.fixed_dictionaries({"purpose": WORD})},
)  # fmt: skip


@st.composite
def texts(draw, documents):
    """A document as somebody writes it: keys in any order, blocks or one line, comments in between."""
    document = draw(documents)
    keys = draw(st.permutations(list(document)))
    yaml = YAML()
    yaml.width = 10_000
    yaml.default_flow_style = draw(st.sampled_from([False, None]))
    stream = io.StringIO()
    yaml.dump({key: document[key] for key in keys}, stream)
    # ruamel writes `{a: :é}`, which no reader of YAML takes back
    assume(read("x", stream.getvalue().encode(), None).fine)
    lines = stream.getvalue().splitlines()
    for number in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(lines)))
        lines.insert(place, f"# said by {number}: a 'word'")
    return "\n".join(lines) + "\n"


QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(texts(CONTRACT) | texts(PRODUCT))
def test_whatever_is_written_loses_nothing(text):
    try:
        holds(text)
    except Uneditable:
        pytest.fail(text)


@QUICK
@given(texts(CONTRACT) | texts(PRODUCT))
def test_whatever_is_imported_is_adopted_letter_for_letter(text):
    found = adopted(text)
    assert found is not None, odcs.read("x", text.encode()).findings
    assert found == (text, ())


@QUICK
@given(texts(CONTRACT))
def test_up_a_version_and_down_again_is_the_same_text(text):
    up = written("x", text, "odcs", "v3.2.0")
    assert up.findings == ()
    assert values(up.text) == values(text) | {"apiVersion": "v3.2.0"}
    assert written("x", up.text, "odcs", "v3.1.0").text == text
