"""The map shows what somebody may know of, and nothing flows from what they may not."""

import pytest

from agora.usecases.map import mesh_map
from tests.journeys.changing import BUILD, actor, edit, opened

pytestmark = pytest.mark.journey
HIDDEN = "sales.transactions"


def shown(house, name):
    found = mesh_map(house, actor(house, name))
    feeds = {(str(each.source), str(each.reader)) for each in found.feeds}
    return {str(each.name) for each in found.products}, feeds


def test_who_feeds_whom_is_shown_as_far_as_one_may_know(market):
    with opened(market) as house:
        products, feeds = shown(house, "carl")
    assert (HIDDEN, "customers.segments") in feeds
    assert HIDDEN in products
    edit(market / BUILD, ("kind: build\n", "kind: build\nlisted: false\n"))
    with opened(market) as house:
        less, fewer = shown(house, "carl")
    assert less == products - {HIDDEN}
    assert fewer == {feed for feed in feeds if HIDDEN not in feed}
