"""Files are kept all or not at all, and an edit never undoes what somebody else wrote meanwhile."""

import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from agora.backends.folder.disk import DiskFolder
from agora.model.errors import Conflict
from agora.needs.folder import Author

EMIL = Author(name="Emil", email="emil@example.org")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "agora.yaml").write_text("domains: []\n")
    for words in (("init", "-q"), ("add", "agora.yaml"), ("commit", "-qm", "first")):
        named = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", "-C", tmp_path, *named, *words], check=True)
    return DiskFolder(tmp_path)


def kept(folder, files, replacing):
    return folder.keep(files, author=EMIL, words="Change", replacing=replacing)


def test_a_file_changed_meanwhile_is_not_written_over_and_nothing_beside_it_is(folder):
    read = folder.text("agora.yaml")
    kept(folder, {"agora.yaml": b"domains: [crm]\n"}, {"agora.yaml": read})
    files = {"sales/domain.yaml": b"id: sales\n", "agora.yaml": b"domains: [sales]\n"}
    with pytest.raises(Conflict, match=r"`agora\.yaml` was changed meanwhile") as told:
        kept(folder, files, {"agora.yaml": read})
    assert told.value.code_shown == "E409"
    assert folder.text("agora.yaml") == b"domains: [crm]\n"
    assert not folder.exists("sales")


def test_only_what_is_named_may_stand_there(folder):
    with pytest.raises(Conflict) as told:
        kept(folder, {"new.md": b"new", "agora.yaml": b"other"}, {})
    assert told.value.code_shown == "E508"
    assert not folder.exists("new.md")
    assert kept(folder, {"agora.yaml": b"other"}, {"agora.yaml": None})
    assert folder.text("agora.yaml") == b"other"


def test_of_editors_at_once_one_is_first_and_every_other_is_told(folder):
    read = folder.text("agora.yaml")

    def edited(number):
        try:
            return kept(folder, {"agora.yaml": b"# %d\n" % number}, {"agora.yaml": read})
        except Conflict:
            return ""

    with ThreadPoolExecutor(8) as pool:
        commits = [commit for commit in pool.map(edited, range(8)) if commit]
    assert len(commits) == 1
