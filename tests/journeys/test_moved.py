"""A mesh that was moved or copied: nothing is lost, nothing of the original is touched, and it is told."""

import shutil
from pathlib import Path

import pytest

from agora.app.up.site import LiveSite
from agora.backends.lake.iceberg import IcebergLake
from agora.model.errors import Unavailable, Unusable
from agora.usecases.maintain import maintain
from agora.usecases.rollback import rollback
from tests.journeys.deliveries import Deliveries
from tests.journeys.editions import opened, releases

APPEND = "{mode: append, by: [week]}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A mesh with two editions, and everything of it as it was."""
    home = Deliveries(tmp_path_factory.mktemp("home") / "mesh", APPEND)
    for week in (1, 2):
        home.deliver(f"w{week}", [(week, week, 10 * week)])
        home.run()
    return home


def everything(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def at(made, root):
    """The same mesh as it lies there."""
    other = object.__new__(Deliveries)
    other.root = root
    return other


@pytest.fixture
def copy(made, tmp_path):
    return at(made, shutil.copytree(made.root, tmp_path / "copy"))


def tidied(mesh):
    with opened(mesh) as (house, olga):
        return maintain(house, olga, keep=1)


def rolled_back(mesh):
    with opened(mesh) as (house, olga):
        return rollback(house, olga, "lab.sales", to="1", reason="x")


def served(mesh):
    LiveSite(mesh.root, {}, url="http://127.0.0.1").close()


@pytest.mark.parametrize("deed", [Deliveries.rows, tidied, rolled_back, Deliveries.run, served])
def test_a_copy_never_touches_the_original_and_says_where_that_is(made, copy, deed):
    copy.deliver("w3", [(3, 3, 30)])
    before = everything(made.root)
    with pytest.raises(Unusable) as told:
        deed(copy)
    assert told.value.code_shown == "E806"
    assert str(made.root / ".agora/lake") in told.value.sentence
    assert "work there" in told.value.hint
    assert everything(made.root) == before


def test_a_copy_says_what_needs_no_rows(copy):
    with opened(copy) as (house, _):
        assert len(tuple(house.store.records())) > 0
    assert [each.number for each in releases(copy)] == [1, 2]


def test_a_lake_removes_nothing_that_lies_elsewhere(made, tmp_path):
    kept = releases(made)[0].snapshots[0].files[0].path
    lake = IcebergLake(tmp_path / "other")
    for path in (kept, f"{tmp_path}/other/../../{Path(kept).name}"):
        lake.remove([path])
    assert Path(kept).exists()


def test_a_moved_mesh_goes_on_where_a_link_leads_to_it(tmp_path):
    mesh = Deliveries(tmp_path / "old" / "mesh", APPEND)
    mesh.deliver("w1", [(1, 1, 10)])
    mesh.run()
    moved = at(mesh, tmp_path / "the new")
    shutil.move(mesh.root, moved.root)
    with pytest.raises(Unusable) as told:
        moved.rows()
    assert f"ln -s '{moved.root}' {mesh.root}" in told.value.hint
    mesh.root.symlink_to(moved.root)
    moved.deliver("w2", [(2, 2, 20)])
    moved.run()
    moved.run()
    tidied(moved)
    assert moved.rows() == mesh.rows() == [(1, 1, 10), (2, 2, 20)]
    names = {file.path for made in releases(moved) for s in made.snapshots for file in s.files}
    assert all(name.startswith(str(mesh.root)) for name in names)


def test_a_catalogue_that_is_none_is_told(copy):
    (copy.root / ".agora/lake/catalog.db").write_bytes(b"no database" * 100)
    with pytest.raises(Unavailable) as told:
        tidied(copy)
    assert told.value.code_shown == "E522"
