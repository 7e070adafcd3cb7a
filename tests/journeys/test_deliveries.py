"""Products that grow by deliveries: late, re-sent and corrected ones end as one full build does."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.deliveries import Deliveries

APPEND = "{mode: append, by: [week]}"
MERGE = "{mode: merge, by: [id]}"
REPLACE = "{mode: replace, by: [week]}"


@pytest.fixture
def grown(tmp_path):
    def make(load, **options):
        return Deliveries(tmp_path / "mesh", load, **options)

    return make


def test_a_new_week_is_loaded_beside_the_files_that_are_there(grown):
    mesh = grown(APPEND)
    mesh.deliver("w01", [(1, 1, 10), (1, 2, 20)])
    first = mesh.run()
    mesh.deliver("w02", [(2, 3, 30)])
    second = mesh.run()
    assert mesh.rows() == [(1, 1, 10), (1, 2, 20), (2, 3, 30)]
    assert first.run.loaded == "there is no release yet"
    assert second.run.loaded == ""
    assert set(first.release.snapshots[0].files) < set(second.release.snapshots[0].files)


def test_a_delivery_sent_again_changes_nothing(grown):
    mesh = grown(APPEND)
    mesh.deliver("w01", [(1, 1, 10), (1, 1, 10)])
    mesh.deliver("w02", [(2, 3, 30)])
    mesh.run()
    mesh.deliver("w02-again", [(2, 3, 30)])
    assert mesh.run().skipped
    mesh.deliver("both-in-one", [(2, 3, 30), (1, 1, 10)])
    assert mesh.run().run.loaded == ""
    assert mesh.rows() == [(1, 1, 10), (1, 1, 10), (2, 3, 30)]


def test_a_late_delivery_is_loaded_once(grown):
    mesh = grown(APPEND)
    mesh.deliver("w01", [(1, 1, 10)])
    mesh.deliver("w03", [(3, 3, 30)])
    mesh.run()
    mesh.deliver("w02-late", [(2, 2, 20)])
    assert mesh.run().run.loaded == ""
    assert mesh.rows() == [(1, 1, 10), (2, 2, 20), (3, 3, 30)]


def test_a_delivery_corrected_under_its_name_is_built_anew_and_says_so(grown):
    mesh = grown(APPEND)
    mesh.deliver("w01", [(1, 1, 10)])
    mesh.deliver("w02", [(2, 2, 20)])
    mesh.run()
    mesh.deliver("w01", [(1, 1, 11)])
    assert mesh.run().run.loaded == "a delivery of `raw` was corrected"
    assert mesh.rows() == [(1, 1, 11), (2, 2, 20)]


def test_a_delivery_moved_away_after_it_was_loaded_stays(grown):
    mesh = grown(APPEND)
    mesh.deliver("w01", [(1, 1, 10)])
    mesh.run()
    (mesh.folder / "w01.csv").unlink()
    mesh.deliver("w02", [(2, 2, 20)])
    mesh.run()
    assert mesh.rows() == [(1, 1, 10), (2, 2, 20)]


def test_a_merge_replaces_rows_of_equal_key_and_keeps_other_files(grown):
    mesh = grown(MERGE, key="primaryKey: true, required: true")
    mesh.deliver("a", [(1, 1, 10), (1, 2, 20)])
    mesh.deliver("b", [(1, 9, 90)])
    mesh.run()
    mesh.deliver("c", [(2, 2, 21), (2, 3, 30)])
    assert mesh.run().run.loaded == ""
    assert mesh.rows() == [(1, 1, 10), (1, 9, 90), (2, 2, 21), (2, 3, 30)]


def test_a_partition_is_replaced_whole(grown):
    mesh = grown(REPLACE)
    mesh.deliver("a", [(1, 1, 10), (1, 2, 20), (2, 3, 30)])
    mesh.run()
    mesh.deliver("b", [(1, 1, 11)])
    assert mesh.run().run.loaded == ""
    assert mesh.rows() == [(1, 1, 11), (2, 3, 30)]


def test_a_reader_of_partitions_computes_only_the_ones_that_changed(grown):
    mesh = grown(REPLACE)
    mesh.deliver("a", [(1, 1, 10), (2, 2, 20)])
    mesh.run()
    mesh.run(product="lab.weekly")
    mesh.deliver("b", [(2, 2, 25), (3, 3, 30)])
    mesh.run()
    assert mesh.run(product="lab.weekly").run.loaded == ""
    grown_rows = mesh.rows("lab.weekly")
    assert grown_rows == [(1, 10, 1), (2, 25, 1), (3, 30, 1)]
    assert mesh.run(product="lab.weekly", anew=True).run.loaded == "it was asked for"
    assert mesh.rows("lab.weekly") == grown_rows


def test_a_step_that_mixes_partitions_is_built_anew_and_says_so(grown):
    mesh = grown(REPLACE)
    step = mesh.root / "lab" / "weekly" / "steps" / "weekly.sql"
    step.write_text(
        "select week, cast(sum(sum(amount)) over (order by week) as bigint) as amount, "
        "count(*) as lines from sales group by week"
    )
    mesh.deliver("a", [(1, 1, 10), (2, 2, 20)])
    mesh.run()
    mesh.run(product="lab.weekly")
    mesh.deliver("b", [(1, 1, 15)])
    mesh.run()
    assert "may mix partitions" in mesh.run(product="lab.weekly").run.loaded
    assert mesh.rows("lab.weekly") == [(1, 15, 1), (2, 35, 1)]


def test_a_row_put_aside_for_its_key_comes_back_when_the_other_one_is_replaced(grown):
    mesh = grown(MERGE, key="primaryKey: true, required: true")
    contract = mesh.root / "lab" / "sales" / "contracts" / "sales.v1.odcs.yaml"
    rule = "{id: once, metric: duplicateValues, arguments: {properties: [week]}, mustBe: 0, severity: quarantine}"
    text = contract.read_text()
    contract.write_text(text.replace("quality: [", f"quality: [{rule}, "))
    mesh.deliver("a", [(1, 1, 10), (1, 2, 20)])
    mesh.run()
    assert mesh.rows() == [(1, 1, 10)]
    mesh.deliver("b", [(2, 1, 10)])
    assert "equal keys" in mesh.run().run.loaded
    assert mesh.rows() == [(1, 2, 20), (2, 1, 10)]


ROW = st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(0, 3))
SEQUENCES = st.lists(
    st.lists(ROW, max_size=5, unique_by=lambda row: row[1]), min_size=1, max_size=5
)


@pytest.mark.parametrize(
    ("load", "key"),
    [(APPEND, ""), (MERGE, "primaryKey: true, "), (REPLACE, "")],
    ids=["append", "merge", "replace"],
)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries=SEQUENCES)
def test_a_sequence_of_deliveries_ends_as_one_full_build(tmp_path_factory, load, key, deliveries):
    options = {"key": f"{key}required: true"}
    slowly = Deliveries(tmp_path_factory.mktemp("slowly") / "mesh", load, **options)
    at_once = Deliveries(tmp_path_factory.mktemp("at-once") / "mesh", load, **options)
    for number, rows in enumerate(deliveries):
        slowly.deliver(f"d{number}", rows)
        at_once.deliver(f"d{number}", rows)
        slowly.run()
        slowly.run(product="lab.weekly")
    at_once.run()
    at_once.run(product="lab.weekly")
    assert slowly.rows() == at_once.rows()
    assert slowly.rows("lab.weekly") == at_once.rows("lab.weekly")
