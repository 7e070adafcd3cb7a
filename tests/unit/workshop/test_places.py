"""Where in a text a mistake stands: lines and columns as an editor counts them."""

import pytest

from agora.workshop.places import at, named

TEXT = "select week, -- wek\n  'wek', wék, Wek\nfrom t"


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (0, (1, 1)),
        (7, (1, 8)),
        (len(b"select week, -- wek\n"), (2, 1)),
        (len("select week, -- wek\n  'wek', wék".encode()), (2, 13)),
        (-1, (1, 1)),
        (10_000, (3, 7)),
    ],
)
def test_a_byte_has_a_line_and_a_column(position, place):
    found = at(TEXT, position)
    assert (found.line, found.column) == place


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("there is no column `wek` that you can see", (2, 15)),
        ("there is no `t` here", (3, 6)),
        ("there is no `nothing` here", None),
        ("it failed", None),
    ],
)
def test_a_name_stands_where_it_is_a_name(sentence, place):
    found = named(TEXT, sentence)
    assert (found and (found.line, found.column)) == place
