"""One text is read without a look at the others, and nothing but texts of the mesh is."""

import pytest

from agora.backends.folder.disk import DiskFolder
from agora.model.errors import Unavailable


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "mesh"
    (root / "sales").mkdir(parents=True)
    (root / "agora.yaml").write_text("agora: 1\n")
    (root / "sales" / "domain.yaml").write_text("title: Sales\n")
    (root / "sales" / "data.csv").write_text("a\n1\n")
    (tmp_path / "secret.yaml").write_text("key: 1\n")
    (root / "sales" / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (root / "elsewhere").symlink_to(tmp_path)
    (root / ".agora").mkdir()
    (root / ".agora" / "kept.yaml").write_text("key: 1\n")
    return DiskFolder(root)


def test_one_text_is_the_same_among_all(folder):
    everything = folder.texts()
    assert {path: folder.text(path) for path in everything} == everything


@pytest.mark.parametrize(
    "path",
    [
        "sales/nothing.yaml",
        "sales/data.csv",
        "sales/out.yaml",
        "sales",
        "../secret.yaml",
        "elsewhere/secret.yaml",
        ".agora/kept.yaml",
    ],
)
def test_nothing_else_is_read(folder, path):
    assert path not in folder.texts()
    with pytest.raises(Unavailable) as told:
        folder.text(path)
    assert told.value.code_shown == "E507"
