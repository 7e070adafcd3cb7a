"""Meshes that take a while to come to life, made once and given out as new."""

import shutil

import pytest

from tests.journeys.changing import MESHES, in_use


@pytest.fixture(scope="session")
def _used_once(tmp_path_factory):
    """The market in use, and a copy of it: rows are found by whole paths, so it stays where it is."""
    root, copy = (
        tmp_path_factory.mktemp("used") / "market",
        tmp_path_factory.mktemp("kept") / "market",
    )
    shutil.copytree(MESHES / "market", root)
    in_use(root)
    shutil.copytree(root, copy)
    return root, copy


@pytest.fixture
def used(_used_once):
    """The market in use, as if nobody had touched it yet."""
    root, copy = _used_once
    shutil.rmtree(root)
    shutil.copytree(copy, root)
    return root
