"""What is shipped to browsers: vendored files are what their lock says, ours are small and calm."""

import gzip
import hashlib
import json
import re

import pytest

from tests.unit.web.gallery import STATIC, WEB, rendered

VENDOR = STATIC / "vendor"
LOCK = json.loads((VENDOR / "vendor.lock.json").read_text())["files"]
LICENCES = {"MIT", "ISC", "BSD-3-Clause", "0BSD", "BSD-0-Clause", "OFL-1.1"}
SCRIPTS = sorted(STATIC.rglob("*.js"))
TEXTS = sorted((WEB / "templates").rglob("*.html"))


def squeezed(*paths):
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


@pytest.mark.parametrize("entry", LOCK, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_its_lock_names(entry):
    content = (VENDOR / entry["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) == entry["bytes"]
    assert all(package["licence"] in LICENCES for package in entry["packages"])
    for package in entry["packages"]:
        if f"{package['version']}." in entry["file"]:
            break
    else:
        assert entry["file"] == "icons.svg", "a name carries the version, so that caches notice"


def test_nothing_is_vendored_that_the_lock_does_not_name():
    there = {path.name for path in VENDOR.iterdir()} - {"LICENSES.txt", "vendor.lock.json"}
    assert there == {entry["file"] for entry in LOCK}


def test_every_vendored_library_has_its_licence_beside_it():
    said = (VENDOR / "LICENSES.txt").read_text()
    # CodeMirror's packages are one project under one licence, printed once
    kept = {
        re.sub(r"^@(codemirror|lezer)/.*", "@codemirror/view", package["name"])
        for entry in LOCK
        for package in entry["packages"]
    }
    assert all(f"== {name} " in said for name in kept)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_compiles_text(path):
    """The page's policy has no `unsafe-eval`; htmx keeps its own for attributes we never write."""
    found = re.findall(
        r"(?<![\w.$])(?:new\s+Function|Function|eval)\s*\((?!\s*\w+\s*,\s*\w+\s*\)\s*\{)",
        path.read_text(),
    )
    assert not found


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_fetches_from_elsewhere(path):
    if path.parent == VENDOR:
        assert "sourceMappingURL" not in path.read_text()
        return
    assert not re.search(r"https?://(?!127\.0\.0\.1)", path.read_text())


def test_what_an_island_imports_is_there():
    for path in SCRIPTS:
        if path.parent != VENDOR:
            for name in re.findall(r'from "(\.[^"]+)"', path.read_text()):
                assert (path.parent / name).exists(), f"{path.name} imports {name}"


def test_the_sheet_and_the_script_of_every_page_are_small():
    sheet, script = STATIC / "app.css", STATIC / "js" / "agora.js"
    assert squeezed(sheet) <= 14_000
    assert squeezed(script) <= 6_000
    html = len(gzip.compress(rendered().encode(), 9))  # every component at once: more than any page
    htmx = VENDOR / "htmx-4.0.1.min.js"
    assert html + squeezed(sheet, script, htmx, VENDOR / "icons.svg") <= 60_000


def test_the_font_is_small():
    assert sum(path.stat().st_size for path in VENDOR.glob("*.woff2")) <= 120_000


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(WEB).as_posix())
def test_templates_hold_no_inline_script_or_style(path):
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(
        r"\sstyle\s*=|<style|\son[a-z]+\s*=|hx-on|javascript:", text, re.IGNORECASE
    )
    for attributes, body in re.findall(r"<script\b([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes, body


def test_every_icon_named_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (VENDOR / "icons.svg").read_text()))
    shown = set(re.findall(r'icons\.svg#([\w-]+)"', rendered()))
    assert len(shown) > 30
    assert shown <= sprite


def test_every_macro_is_in_the_gallery():
    text = (WEB / "templates" / "components.html").read_text()
    inner = {
        "mark",
        "bell",
        "banner",
        "crumbs",
        "cell",
        "relative",
        "masked_notes",
    }  # drawn by the others
    named = set(re.findall(r"\{% macro (\w+)\(", (WEB / "templates" / "_macros.html").read_text()))
    assert {name for name in named - inner if f"ui.{name}(" not in text} == set()


EVIL = '"><script>alert(1)</script>'
CALLS = [
    "ui.chip(evil, 'ok', href=evil)",
    "ui.person_chip(evil, evil, evil)",
    "ui.page_head(evil, evil, [(evil, evil)])",
    "ui.search_box(evil)",
    "ui.label_panel([{'name': evil, 'value': evil, 'note': evil, 'href': evil}])",
    "ui.product_card({'title': evil, 'href': evil, 'summary': evil, 'domain': evil, 'match': evil})",
    "ui.data_table(evil, [{'name': evil, 'masked': True, 'why': evil, 'type': evil}], [[evil]])",
    "ui.data_table(evil, [{'name': evil, 'histogram': {'bins': [1], 'summary': evil}}], [[evil]])",
    "ui.facets([{'title': evil, 'items': [{'title': evil, 'count': evil, 'href': evil}]}])",
    "ui.field(evil, evil, evil, 'text', evil, evil, placeholder=evil)",
    "ui.field('a', evil, evil, 'select', options=[(evil, evil)])",
    "ui.field('a', evil, evil, 'radios', options=[(evil, evil, evil)])",
    "ui.error_summary([{'id': evil, 'text': evil}])",
    "ui.snippet('a', evil, evil)",
    "ui.chart(evil, evil, {'title': '</script><script>alert(1)</script>'})",
    "ui.sql_editor('sql', '</textarea><script>alert(1)</script>', evil, [{'line': 1, 'message': evil}])",
    "ui.thread([{'id': evil, 'person': evil, 'role': evil, 'at': evil, 'text': evil}])",
    "ui.inbox([{'title': evil, 'href': evil, 'about': evil, 'chip': evil, 'person': evil}])",
    "ui.timeline([{'at': evil, 'title': evil, 'note': evil}])",
    "ui.verdicts([{'state': 'pass', 'title': evil, 'reason': evil}])",
    "ui.diff_table(evil, [{'sign': '+', 'what': evil, 'name': evil, 'after': evil}])",
    "ui.check_answers([{'name': evil, 'value': evil, 'href': evil}])",
    "ui.lineage({'width': 9, 'height': 9, 'edges': [], 'nodes': [{'x': 1, 'y': 1, 'w': 1, 'h': 1, 'title': evil, 'sub': evil, 'href': evil}]})",
    "ui.toasts([{'text': evil}])",
    "ui.policy_badge(evil, evil, evil)",
    "ui.why_masked('a', evil)",
    "ui.task_list([{'title': evil, 'state': evil}])",
    "ui.steps([{'title': evil, 'state': 'current', 'note': evil}])",
    "ui.palette(evil, [{'title': evil, 'href': evil}])",
]


@pytest.mark.parametrize("call", CALLS)
def test_what_a_person_wrote_stays_text(call):
    shown = rendered('{% import "_macros.html" as ui %}{{ ' + call + " }}", evil=EVIL)
    assert "<script>" not in shown
    assert "alert(1)" in shown


def test_a_field_tells_its_hint_and_its_error_to_those_who_listen():
    shown = rendered(
        '{% import "_macros.html" as ui %}'
        '{{ ui.field("why", "Why?", "x", "textarea", "Be short", "Say why", required=True, minlength=20) }}'
    )
    assert 'aria-describedby="why-hint why-error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'minlength="20"' in shown
    assert '<label for="why">' in shown
    assert "(optional)" not in shown


def test_an_empty_list_of_errors_shows_nothing():
    assert rendered('{% import "_macros.html" as ui %}{{ ui.error_summary([]) }}').strip() == ""


def test_a_line_of_equal_numbers_can_be_drawn():
    shown = rendered(
        '{% import "_macros.html" as ui %}{{ ui.sparkline([5, 5], "flat") }}{{ ui.sparkline([5], "one") }}{{ ui.histogram([0, 0], "n") }}'
    )
    assert "nan" not in shown.lower()
