"""A change of a contract names exactly those it breaks, and waits for them."""

import pytest

from agora.model.errors import Denied, Missing
from agora.model.ledger import Event
from agora.usecases.consent import consent
from agora.usecases.run import run
from agora.usecases.running.depending import concerned
from tests.journeys.changing import (
    CONTRACT,
    PORT,
    STEP,
    WEEK,
    actor,
    edit,
    opened,
    read,
    without,
)

LEVELS = "slaProperties:\n"
FREQUENCY = "  - {property: frequency, value: 1, unit: d}\n"


def version(house, port=PORT):
    return next(p.version for _, p in house.mesh.ports() if str(p.name) == port)


def named(house, *columns):
    found = concerned(house, version(house), frozenset(columns) or None, None)
    return {(each.name, each.how.value, len(each.through)) for each in found}


def released(root, who="emil", name=PORT):
    with opened(root) as house:
        return run(house, actor(house, who), name).release_made


def refused(root, code, *names):
    """The run is refused with this code, and exactly these consumers stand against it."""
    with opened(root) as house:
        with pytest.raises(Denied) as problem:
            run(house, actor(house, "emil"), PORT)
        assert problem.value.code_shown == code
        assert {r.sentence.split("`")[1] for r in problem.value.reasons} == set(names)
        assert [r.entry.event for r in house.store.records()][-1] is Event.DENIED
        assert read(house, "mia", "select count(*) n from sales.transactions")[0]["n"] > 0
    return problem.value


def consented(root, who, *consumers, port="sales.transactions@1"):
    with opened(root) as house:
        return consent(house, actor(house, who), port, consumers=consumers)


def test_exactly_those_who_use_a_column_are_named(used):
    segments, carl = ("customers.segments", "build", 0), ("carl", "queries", 1)
    mia, may, bi = ("mia", "queries", 0), ("mia", "right", 0), ("service:bi", "queries", 0)
    ana = ("ana", "queries", 0)
    with opened(used) as house:
        assert named(house, "week") == {mia}
        assert named(house, "store_id") == {bi, may}
        assert named(house, "amount") == {segments, carl, may}
        assert named(house, "household_id") == {segments, carl, may}
        assert named(house, "basket_id") == {may}
        assert named(house, "sold_at") == {ana, may}
        assert named(house) == {segments, carl, mia, bi, ana}


def test_the_real_statements_are_there_without_their_values(used):
    with opened(used) as house:
        found = concerned(house, version(house), frozenset({"week"}), None)
    query = found[0].queries[0]
    assert "week > ?" in query.sql
    assert (query.who, query.times, query.columns) == ("mia", 2, ("week",))


def test_a_build_that_changed_since_counts_as_using_all_it_reads(used):
    edit(used / "customers/segments/steps/per-household.sql", ("count(*)", "count(store_id)"))
    with opened(used) as house:
        assert ("customers.segments", "build", 0) in named(house, "sold_at")


def test_a_dropped_column_waits_for_those_who_use_it(used):
    without(used, "week", WEEK)
    problem = refused(used, "E445", "mia")
    assert "`week` is gone" in problem.sentence
    assert "new major version" in problem.hint
    with pytest.raises(Denied) as who:
        consented(used, "carl")
    assert who.value.code_shown == "E449"
    found = consented(used, "mia")
    assert [c.consumer for c in found.consents] == ["mia"]
    assert found.waiting == ()
    assert released(used)
    with pytest.raises(Missing) as problem:
        consented(used, "mia")
    assert problem.value.code_shown == "E448"


def test_a_consent_is_for_exactly_one_change(used):
    without(used, "week", WEEK)
    consented(used, "mia")
    edit(used / CONTRACT, ("name: Transactions", "name: Other transactions"))
    refused(used, "E445", "mia")


def test_owners_consent_for_products_and_teams_for_their_services(used):
    edit(
        used / CONTRACT,
        ("{name: household_id, logicalType: integer,", "{name: household, logicalType: integer,"),
        ("- name: store_id", "- name: shop"),
    )
    edit(
        used / STEP, ("household_id", "household_id as household"), ("store_id", "store_id as shop")
    )
    edit(used / "sales/policies/own-stores.yaml", ("store_id in", "shop in"))
    problem = refused(used, "E445", "customers.segments", "service:bi", "mia")
    spoken = {r.sentence.split("`")[1]: r.sentence.partition("(")[2] for r in problem.reasons}
    assert spoken["customers.segments"].startswith("`carl`")
    assert spoken["service:bi"].startswith("`mia`")
    with pytest.raises(Denied):
        consented(used, "mia", "customers.segments")
    assert consented(used, "mia", "service:bi").waiting == ("customers.segments", "mia")
    both = consented(used, "mia")
    assert both.waiting == ("customers.segments",)
    assert consented(used, "mia") == both, (
        "who accepts it twice is told the same, and it stands once"
    )
    assert consented(used, "carl").waiting == ()
    with opened(used) as house:
        given = [r.entry for r in house.store.records() if r.entry.event is Event.CONSENTED]
    assert [dict(entry.facts)["consumer"] for entry in given] == [
        "service:bi",
        "mia",
        "customers.segments",
    ]
    assert released(used)


def test_where_nobody_depends_a_change_may_pass(market):
    assert released(market)
    without(market, "week", WEEK)
    assert released(market)


def test_compatible_changes_ask_nobody(used):
    edit(
        used / CONTRACT,
        (
            "{name: sold_at, logicalType: timestamp, required: true}",
            "{name: sold_at, logicalType: timestamp, required: true, description: by the till}",
        ),
    )
    assert released(used)


def test_a_version_is_not_retired_while_somebody_depends(used):
    edit(used / CONTRACT, ("status: active", "status: retired"))
    refused_names = ("mia", "service:bi", "customers.segments")
    with opened(used) as house, pytest.raises(Denied) as problem:
        run(house, actor(house, "emil"), PORT)
    assert problem.value.code_shown == "E446"
    assert {r.sentence.split("`")[1] for r in problem.value.reasons} == set(refused_names)


def test_a_last_day_leaves_time_to_those_who_depend(used):
    edit(
        used / CONTRACT,
        ("status: active", "status: deprecated"),
        (FREQUENCY, FREQUENCY + '  - {property: endOfLife, value: "2018-01-20"}\n'),
    )
    refused(used, "E447", "mia", "service:bi", "customers.segments")
    edit(used / CONTRACT, ("2018-01-20", "2018-02-20"))
    assert released(used)
    edit(used / CONTRACT, ("2018-02-20", "2018-02-10"))
    refused(used, "E445", "mia", "service:bi", "customers.segments")
    edit(used / CONTRACT, ("2018-02-10", "2018-02-20"), ("status: deprecated", "status: retired"))
    edit(used / "agora.yaml", ("2018-01-02T08", "2018-02-21T08"))
    assert released(used)
