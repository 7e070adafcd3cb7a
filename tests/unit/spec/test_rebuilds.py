"""The words of a build, kept with its releases, say the very same build when they are read again."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from agora.app.demo import lay
from agora.backends.folder.disk import DiskFolder
from agora.spec import mesh, rebuilds
from agora.spec.exact import again, exact

MESHES = Path(__file__).parents[2] / "meshes"
DEMO = Path(lay.__file__).parent / "mesh"


def products(root):
    return mesh.read(DiskFolder(root).texts(), {}).mesh.products


EVERY = [
    pytest.param(product, id=f"{root.name}: {product.name}")
    for root in (*sorted(path.parent for path in MESHES.glob("*/agora.yaml")), DEMO)
    for product in products(root)
]


@pytest.mark.parametrize("product", EVERY)
def test_a_build_is_read_again_as_it_was(product):
    contracts = {port.version: port.contract for port in product.ports}
    words = rebuilds.kept(product)
    assert rebuilds.read(words, contracts) == product.build
    assert rebuilds.changed(words, product) == ()
    assert rebuilds.purposes(words) == {each.alias: each.purpose for each in product.inputs}


def test_words_that_were_altered_are_not_read():
    product = EVERY[0].values[0]
    contracts = {port.version: port.contract for port in product.ports}
    words = rebuilds.kept(product)
    assert rebuilds.read(replace(words, hash="0"), contracts) is None
    other = tuple((file, f"{text} -- more") for file, text in words.steps)
    if other:
        assert rebuilds.read(replace(words, steps=other), contracts) is None
        assert "has changed since" in rebuilds.changed(replace(words, steps=other), product)[0]
    spoiled = json.loads(words.build) | {"product_kind": "aggregate", "listed": False}
    assert rebuilds.changed(replace(words, build=exact(spoiled)), product)[0].startswith(
        "`build.yaml`"
    )


def test_a_decimal_stays_the_number_it_was():
    value = {"b": [Decimal("0.10"), 1, True, None, "x"], "a": Decimal("1E+2")}
    text = exact(value)
    assert text == '{"b": [0.10, 1, true, null, "x"], "a": 1E+2}'
    assert again(text) == value
