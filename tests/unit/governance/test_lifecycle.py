"""The life of a version: who is told what, and from when on nobody is answered."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agora.governance.lifecycle import Life, begun, life, notice, over, still_read
from agora.model.contract import Contract, ServiceLevel
from agora.model.mesh import Mesh
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.product import InputPort, OutputPort, Product, ProductKind

PORT = PortName("sales", "visits", "visits")
ONE, TWO = PortVersion(PORT, 1), PortVersion(PORT, 2)
NOW = datetime(2018, 1, 2, tzinfo=UTC)
LATER, BEFORE = datetime(2018, 3, 1, tzinfo=UTC), datetime(2017, 3, 1, tzinfo=UTC)


def contract(version, status="active", **levels):
    return Contract(
        id=f"c{version}",
        version=f"{version}.0.0",
        status=status,
        table="visits",
        columns=(),
        service_levels=tuple(ServiceLevel(property=k, value=v) for k, v in levels.items()),
    )


def mesh(*contracts, readers=()):
    ports = tuple(OutputPort(name=PORT, contract=each) for each in contracts)
    product = Product(name=PORT.of, id="x", kind=ProductKind.AGGREGATE, ports=ports)
    others = tuple(
        Product(
            name=ProductName("other", name),
            id=name,
            kind=ProductKind.AGGREGATE,
            inputs=(InputPort(alias="visits", port=port, purpose="any"),),
        )
        for name, port in readers
    )
    return Mesh(name="m", products=(product, *others))


@pytest.mark.parametrize(
    ("levels", "ends"),
    [
        ({}, None),
        ({"endOfLife": "2018-03-01"}, LATER),
        ({"endOfSupport": "2018-03-01"}, LATER),
        ({"endOfSupport": "2017-03-01", "endOfLife": "2018-03-01"}, LATER),
        ({"endOfLife": "some day"}, None),
        ({"endOfLife": "some day", "endOfSupport": "2018-03-01T00:00:00+00:00"}, LATER),
    ],
)
def test_the_last_day_is_the_one_of_its_life(levels, ends):
    assert contract(1, **levels).ends == ends


def test_instead_is_the_newest_active_version_after_it():
    found = life(mesh(contract(1), contract(2), contract(3, "draft")), ONE)
    assert found == Life(status="active", instead=TWO)
    assert life(mesh(contract(1), contract(2)), TWO) == Life(status="active")
    assert life(mesh(contract(2)), ONE) is None


ACTIVE = Life(status="active")
SAID = Life(status="deprecated", instead=TWO)
DATED = Life(status="deprecated", ends=LATER)
PAST = Life(status="deprecated", ends=BEFORE, instead=TWO)
RETIRED = Life(status="retired")


@pytest.mark.parametrize(
    ("standing", "answers", "told", "asks"),
    [
        (ACTIVE, True, None, None),
        (SAID, True, "E456", "E444"),
        (DATED, True, "E456", None),
        (replace(DATED, status="active"), True, "E456", None),
        (PAST, False, None, "E455"),
        (RETIRED, False, None, "E455"),
    ],
    ids=["active", "deprecated", "dated", "dated and active", "past", "retired"],
)
def test_who_is_told_what(standing, answers, told, asks):
    def code(reason):
        return reason.code if reason else None

    assert (over(ONE, standing, NOW) is None) is answers
    assert code(notice(ONE, standing, NOW)) == told
    assert code(begun(ONE, standing, NOW)) == asks


def test_refusals_say_since_when_and_what_to_use():
    past, retired = over(ONE, PAST, NOW), over(ONE, RETIRED, NOW)
    assert past is not None
    assert past.sentence == "`sales.visits@1` is retired since 2017-03-01"
    assert past.hint == "use `sales.visits@2` instead"
    assert retired is not None
    assert retired.sentence == "`sales.visits@1` is retired"
    assert "owners" in retired.hint
    told = notice(ONE, DATED, NOW)
    assert told is not None
    assert told.sentence == "`sales.visits@1` is deprecated and answers until 2018-03-01"


def test_a_retired_version_is_still_read_until_its_last_day():
    readers = [("one", ONE), ("two", TWO)]
    early = mesh(contract(1, "retired", endOfLife="2018-03-01"), contract(2), readers=readers)
    found = still_read(early, NOW)
    assert [(port.version, names) for port, names in found] == [
        (ONE, (ProductName("other", "one"),))
    ]
    assert still_read(early, LATER) == ()
    assert len(still_read(early, None)) == 1
    assert still_read(mesh(contract(1, "retired")), NOW) == ()
    assert still_read(mesh(contract(1), readers=readers), NOW) == ()
