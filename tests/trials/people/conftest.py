"""Providers every trial of signing in can ask for."""

import pytest

from tests.trials.people.providers import Liar, running


@pytest.fixture(scope="package")
def issuer():
    """The address of a real provider."""
    with running() as found:
        yield found


@pytest.fixture
def liar():
    """A provider that lies."""
    made = Liar()
    yield made
    made.close()
