"""Every page, for three kinds of people, in a market whose every text tries to be code."""

import pytest

from tests.journeys.web.crawling import crawled
from tests.journeys.web.hostile import SALES, TEXT, hostile_market

pytestmark = pytest.mark.journey

HOME = (
    "/",
    f"/search?q={TEXT.replace(' ', '%20').replace('#', '')}",
    SALES,
    SALES + "/data",
    "/me",
    "/me/tokens",
    "/query/history",
    "/query/saved",
    "/charts",
    "/cart",
    "/agreements",
    "/requests",
)
ALIKE = ("/dev/components", "/no/such/page", "/products/no/such")
"""What is the same for everybody is looked at once."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with hostile_market(tmp_path_factory.mktemp("hostile") / "market") as found:
        yield found


@pytest.mark.parametrize("person", ["mia", "sofia", "olga"])
def test_every_page_is_open_to_everybody_and_to_no_code(person, served, page_as):
    page = page_as(person, reduced_motion="reduce")
    found = crawled(page, served.url, (*HOME, *(ALIKE if person == "mia" else ())))
    assert not found.wrong, "\n".join(found.wrong)
    assert len(found.seen) > 30
