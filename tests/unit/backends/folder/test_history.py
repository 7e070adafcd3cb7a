"""A folder as it was: any version Git knows, without touching what is there now."""

import subprocess

import pytest

from agora.backends.folder import history
from agora.backends.folder.disk import DiskFolder
from agora.model.errors import Exhausted, Missing, Unavailable


def git(root, *words):
    names = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", "-C", str(root), *names, *words], check=True, capture_output=True)


@pytest.fixture
def told(tmp_path):
    """A mesh in a folder of a repository, with two versions and something not committed."""
    root = tmp_path / "all" / "mesh"
    (root / "sales" / "steps").mkdir(parents=True)
    (root / ".hidden").mkdir()
    git(tmp_path / "all", "init", "-q", "-b", "main")
    (tmp_path / "all" / "README.md").write_text("not of the mesh")
    (root / "agora.yaml").write_text("one")
    (root / "sales" / "ä b.yaml").write_text("first\nsecond\n")
    (root / "sales" / "empty.sql").write_text("")
    (root / "sales" / "steps" / "own.py").write_text("x = 1")
    (root / "sales" / "data.csv").write_text("1")
    (root / "sales" / "link.yaml").symlink_to("empty.sql")
    (root / ".hidden" / "a.yaml").write_text("")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "one")
    git(root, "tag", "v1")
    (root / "agora.yaml").write_text("two")
    git(root, "commit", "-q", "-am", "two")
    (root / "agora.yaml").write_text("three")
    return root


def test_a_version_has_the_texts_it_had(told):
    folder = DiskFolder(told)
    first = folder.texts_at("v1")
    assert first == {
        "agora.yaml": b"one",
        "sales/ä b.yaml": b"first\nsecond\n",
        "sales/empty.sql": b"",
        "sales/steps/own.py": b"x = 1",
    }
    assert folder.texts_at("main")["agora.yaml"] == b"two"
    assert folder.texts()["agora.yaml"] == b"three"


def test_the_mesh_may_be_the_repository_itself(told):
    (told.parent / "agora.yaml").write_text("outer")
    git(told.parent, "add", "-A")
    git(told.parent, "commit", "-q", "-m", "three")
    assert set(DiskFolder(told.parent).texts_at("HEAD")) >= {"README.md", "mesh/agora.yaml"}


@pytest.mark.parametrize("ref", ["nowhere", "--all", "v1^{tree}", "", "main:mesh", "v1 v2"])
def test_what_git_does_not_know(told, ref):
    with pytest.raises(Missing) as problem:
        DiskFolder(told).texts_at(ref)
    assert problem.value.code_shown == "E519"


def test_a_version_without_a_mesh(told):
    git(told, "rm", "-q", "--cached", "agora.yaml")
    git(told, "commit", "-q", "-m", "gone")
    with pytest.raises(Missing) as problem:
        DiskFolder(told).texts_at("main")
    assert problem.value.code_shown == "E519"


def test_a_folder_outside_of_git(tmp_path):
    with pytest.raises(Unavailable) as problem:
        DiskFolder(tmp_path).texts_at("main")
    assert problem.value.code_shown == "E518"


def test_a_machine_without_git(told, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable) as problem:
        DiskFolder(told).texts_at("main")
    assert problem.value.code_shown == "E524"


@pytest.mark.parametrize("name", ["v1:mesh/sales/empty.sql", "v1^{tree}"])
def test_a_clone_that_is_not_whole(told, name):
    words = ["git", "-C", str(told), "rev-parse", name]
    found = subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()
    (told.parent / ".git" / "objects" / found[:2] / found[2:]).unlink()
    with pytest.raises(Unavailable) as problem:
        DiskFolder(told).texts_at("v1")
    assert problem.value.code_shown == "E524"


def test_more_than_can_be_read(told):
    with pytest.raises(Exhausted) as problem:
        history.texts_at(told, "v1", lambda _: True, most=1, size=100)
    assert problem.value.code_shown == "E434"
