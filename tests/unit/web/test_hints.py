"""Hints away from the terminal: a page and the API name what they have, never a flag or a command."""

import ast
import re
from pathlib import Path

import pytest

from agora.model.codes import CODES
from agora.model.errors import Unusable
from agora.serve.rest.hints import spoken
from agora.web.hints import beside, hinted, plainly

TYPED = re.compile(r"`agora |agora [a-z]+ [a-z<{`-]|--[a-z]")
SOURCE = Path(__file__).parents[3] / "src" / "agora"
HOLES = {"ask": "agora request sales.orders"}
ROOMS = ("governance", "model", "passage", "quality", "spec", "usecases", "workshop", "backends", "web", "serve")  # fmt: skip


def hints_of(tree):
    """Every hint somebody wrote in this text, its holes filled with a product's name."""
    for node in ast.walk(tree):
        for word in node.keywords if isinstance(node, ast.Call) else ():
            if word.arg == "hint":
                yield from texts(word.value)
        if isinstance(node, ast.Return) and node.value is not None:
            yield from (each for each in texts(node.value) if "`" in each)
        if isinstance(node, ast.Assign) and any(
            isinstance(to, ast.Name) and "hint" in to.id.lower() for to in node.targets
        ):
            yield from texts(node.value)


def texts(node):
    """The texts an expression may become."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(
            part.value if isinstance(part, ast.Constant) else HOLES.get(ast.unparse(part.value), "sales.orders")
            for part in node.values
        )  # fmt: skip
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from texts(child)


def written():
    """All hints of the house that a face shows."""
    for room in ROOMS:
        for file in sorted((SOURCE / room).rglob("*.py")):
            yield from hints_of(ast.parse(file.read_text()))
    yield from (do for _, do in CODES.values())


def test_no_page_and_no_answer_of_the_api_speaks_of_a_flag_or_a_command():
    every = sorted(set(written()))
    typed = [hint for hint in every if TYPED.search(hint)]
    assert len(typed) > 60, "the hints are not found any more"
    for hint in typed:
        told = (plainly(hint), str(hinted(hint)), spoken(hint))
        assert not any(TYPED.search(words) for words in told), (hint, told)
        assert "`--" in hint or "--help" in hint or "the terminal" not in told[0], (hint, told[0])


def test_pages_speak_of_a_terminal_only_where_they_teach_it():
    pages = sorted((SOURCE / "web" / "templates").rglob("*.html"))
    speak = {page.name for page in pages if re.search(r"agora [a-z]+( |<)", page.read_text())}
    assert speak <= {"code.html", "storage.html", "ops.html", "scorecard.html", "activity.html"}


@pytest.mark.parametrize(
    ("hint", "page", "api"),
    [
        ("add `--reason`", "add a reason", "add `reason`"),
        ("choose a later `--until`", "choose a later last day", "choose a later `until`"),
        ("name the last day: `--until 2018-12-31`", "name the last day: `2018-12-31`", "name the last day: `until: 2018-12-31`"),
        ("`agora approve` lists what waits", "the page of requests lists what waits", "`GET /api/v1/inbox` lists what waits"),
        ("`agora saved charts` lists them", "the page of charts lists them", "`GET /api/v1/charts` lists them"),
        (
            "agora request sales.orders@1 --purpose … --reason … --as mei",
            "ask for access to `sales.orders@1`",
            "ask with `POST /api/v1/requests` for `sales.orders@1`",
        ),
        (
            "its owners can accept it: agora request sales.orders@1 --for service:finance.plan --purpose reporting --onward planning --reason …",
            "its owners can accept it: ask for access to `sales.orders@1` in the name of `service:finance.plan`, for `reporting`, and for `planning` too",
            "its owners can accept it: ask with `POST /api/v1/requests` for `sales.orders@1`, `consumer: service:finance.plan`, `purpose: reporting`, `onward: planning`",
        ),
        ("use the version of `agora` that the server has", "use the version of `agora` that the server has", "use the version of `agora` that the server has"),
        ("write one SELECT, without INTO", "write one SELECT, without INTO", "write one SELECT, without INTO"),
    ],
)  # fmt: skip
def test_a_hint_is_told_in_the_words_of_who_reads_it(hint, page, api):
    assert plainly(hint) == page
    assert spoken(hint) == api


def test_a_page_leads_to_where_it_is_done_and_escapes_the_rest():
    told = hinted("<b>: `agora request sales.orders` or `agora token --make`")
    assert '<a href="/products/sales/orders/request">a request</a>' in told
    assert '<a href="/me/tokens">' in told
    assert "<b>" not in told
    assert "href" not in hinted("`agora request PRODUCT` asks for one"), (
        "a placeholder leads nowhere"
    )


def test_beside_a_field_a_refusal_is_one_sentence_with_a_capital():
    problem = Unusable("a wish says why", code="E675", hint="add `--reason`")
    assert beside(problem) == "A wish says why; add a reason"
