"""Whatever a page does an endpoint does."""

from pathlib import Path

import pytest

from agora.serve.rest.scopes import SCOPES
from agora.web.routes import routes

PAGES = Path(__file__).parents[2] / "cases" / "rest" / "pages.txt"
ALONE = "only here: "


def lines():
    """Every page with the endpoints that do the same, or why there is none."""
    for line in PAGES.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            page, _, same = line.partition(" -> ")
            yield page, same


def pages():
    """Everything a browser can ask for or send."""
    return {f"{method} {each.path}" for each in routes() for method in each.methods - {"HEAD"}}


def test_every_page_is_in_the_table_once():
    listed = [page for page, _ in lines()]
    assert sorted(listed) == sorted(pages())


@pytest.mark.parametrize(("page", "same"), list(lines()))
def test_what_a_page_does_an_endpoint_does(page, same):
    if same.startswith(ALONE):
        assert len(same) > len(ALONE) + 10
    else:
        assert set(same.split(", ")) <= set(SCOPES), page
