"""What was promised once can be read again, exactly, from the words that are kept."""

from dataclasses import replace

import pytest

from agora.model.changes import PromisedText
from agora.spec.contracts import contract
from agora.spec.promises import kept, read
from agora.spec.texts import read as read_text

TEXT = """
apiVersion: v3.2.0
kind: DataContract
id: some-contract
version: 1.2.0
status: active
description: {purpose: "Wörter \\u2028 🍏"}
schema:
  - name: sales
    logicalType: object
    properties:
      - {name: price, physicalName: unit_price, logicalType: number, physicalType: "DECIMAL(9,2)",
         logicalTypeOptions: {minimum: 0.50, maximum: 1e3},
         relationships: [{to: products.product_id}]}
      - {name: state, logicalType: string, enum: [{value: "1.0"}, {value: yes}, {value: 7}]}
    relationships:
      - {from: [sales.price, sales.state], to: [other/file.odcs.yaml#schema/x/properties/a, other/file.odcs.yaml#schema/x/properties/b]}
"""


def test_a_contract_comes_back_whole():
    text = read_text("a/b.odcs.yaml", TEXT.encode(), {})
    promise = contract(text)
    assert promise is not None
    again = read(kept(text, promise))
    assert again is not None
    assert replace(again, relationships=()) == promise
    links = [
        (link.columns, link.contract, link.to, link.to_columns) for link in again.relationships
    ]
    assert links == [
        (("unit_price",), "", "products", ("product_id",)),
        (("unit_price", "state"), "other/file.odcs.yaml", "x", ("a", "b")),
    ]


def test_words_that_are_no_contract_any_more_are_none():
    assert read(PromisedText(hash="x", file="a.odcs.yaml", text='{"kind": "DataContract"}')) is None


@pytest.mark.parametrize("product", ["sales.transactions"])
def test_a_release_keeps_what_it_promised(house, acting, product):
    from agora.usecases.run import run
    from agora.usecases.running.promising import promised

    run(house, acting("emil"), product)
    port = next(port for each, port in house.mesh.ports() if str(each.name) == product)
    found = promised(house, port.contract.hash)
    assert found is not None
    assert found.columns == port.contract.columns
    assert promised(house, "nothing") is None
    assert run(house, acting("emil"), product, again=True).release_made
