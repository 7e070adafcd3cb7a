"""What goes wrong with tables from outside is told with a code; tried on real Iceberg tables."""

import sqlite3

import pytest

from agora.backends.lake.iceberg import IcebergLake, _told
from agora.model.errors import Conflict, Unavailable
from tests.trials.lake.test_lake import PLAIN, PORT, staged


@pytest.fixture
def lake(tmp_path):
    return IcebergLake(tmp_path / "lake")


def test_a_table_that_was_dropped_meanwhile(lake, tmp_path):
    columns = lake.prepare(PORT, PLAIN)
    with sqlite3.connect(tmp_path / "lake" / "catalog.db") as catalogue:
        catalogue.execute("delete from iceberg_tables")
    catalogue.close()
    with pytest.raises(Unavailable) as told:
        lake.stage(PORT, "r1", columns, ())
    assert told.value.code_shown == "E520"


def test_another_program_changed_the_table_first(lake):
    staged(lake, "r1")
    ours, theirs = lake._existing(PORT), lake._existing(PORT)
    theirs.manage_snapshots().create_tag(theirs.metadata.current_snapshot_id, "theirs").commit()
    with pytest.raises(Conflict) as told, _told():
        ours.manage_snapshots().create_tag(ours.metadata.current_snapshot_id, "theirs").commit()
    assert told.value.code_shown == "E521"
