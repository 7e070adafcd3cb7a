"""A contract in another version says the same, or every reason why it cannot."""

import pytest

from agora.spec.exports.versions import without, written
from agora.spec.texts import read

OLD = """\
apiVersion: v3.0.2     # theirs
kind: DataContract
id: c
version: 1.0.0
status: active
team: [{username: u}]  # still a list
schema:
  - name: t
    properties:
      - name: a
        logicalType: integer
        logicalTypeOptions: {minimum: 1, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}
      - {name: b, logicalType: date, physicalType: TIMESTAMP(6)}
      - {name: c, logicalType: date}
      - {name: d, logicalType: array, items: {logicalType: date, physicalType: TIME}}
"""
NEW = """\
apiVersion: v3.2.0
kind: DataContract
id: c
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: a, logicalType: string, enum: [x, y]}
"""


def columns(text):
    return read("x", text.encode(), None).value["schema"][0]["properties"]


def test_what_changed_its_form_is_said_in_the_new_form():
    made = written("x", OLD, "odcs", "v3.1.0")
    assert made.findings == ()
    a, b, c, d = columns(made.text)
    assert a["logicalTypeOptions"] == {"exclusiveMinimum": 1, "maximum": 9}
    assert [b["logicalType"], c["logicalType"], d["items"]["logicalType"]] == [
        "timestamp",
        "date",
        "time",
    ]
    assert "# theirs" in made.text
    assert "# still a list" in made.text


@pytest.mark.parametrize(
    ("text", "version", "words"),
    [
        (NEW, "v3.1.0", "`enum`"),
        (NEW.replace("status: active\n", "").replace(", enum: [x, y]", ""), "v3.1.0", "`status`"),
        (NEW, "v4.0.0", "v4.0.0"),
        ("a: [", "v3.1.0", ""),
    ],
)
def test_what_would_be_lost_is_named(text, version, words):
    made = written("x", text, "odcs", version)
    assert made.findings
    assert any(words in finding.sentence for finding in made.findings)


def test_a_version_is_left_as_it_is():
    assert written("x", OLD, "odcs", "v3.0.2").text == OLD


def test_hidden_items_leave_a_list_and_nothing_else_moves():
    text = "a: 1  # one\nports: [{id: p}, {id: q}]\nb: 2  # two\n"
    assert without(text, ("ports",), {"p"}, "id") == text.replace("{id: p}, ", "")
    assert without(text, ("ports",), {"z"}, "id") == text
    assert without(text, ("nothing",), {"x"}, "id") == text
