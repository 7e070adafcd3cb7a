"""Formats against the standard library, and patterns against the engine that runs them."""

import base64
import ipaddress
import re
import uuid
from datetime import date

import duckdb
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from agora.model.types import parse_type
from agora.quality.patterns import FORMATS, problem, unmatched

PIECES = st.lists(
    st.sampled_from([":", "::", ".", "0", "a", "F", "12", "ffff", "255", "256", "01", "g"]),
    max_size=17,
).map("".join)


def reads(maker, text):
    try:
        maker(text)
    except ValueError:
        return False
    return True


@settings(max_examples=300)
@given(st.one_of(PIECES, st.ip_addresses().map(str)))
@example("::")
@example("1::")
@example("::1:2:3:4:5:6:7")
@example("1:2:3:4:5:6:7::")
@example("1:2:3:4:5:6:7:8::")
@example("::ffff:1.2.3.4")
@example("1:2:3:4:5:6:1.2.3.4")
@example("1:2:3:4:5:6:7:1.2.3.4")
@example("1::2::3")
def test_addresses_are_those_of_the_standard_library(text):
    assert bool(re.search(FORMATS["ipv6"], text)) == reads(ipaddress.IPv6Address, text)
    assert bool(re.search(FORMATS["ipv4"], text)) == reads(ipaddress.IPv4Address, text)


@given(st.uuids(), st.dates(), st.datetimes(timezones=st.timezones()), st.binary(max_size=9))
def test_what_python_writes_looks_like_it(found, day, at, content):
    assert re.search(FORMATS["uuid"], str(found))
    assert re.search(FORMATS["date"], day.isoformat())
    assert re.search(FORMATS["byte"], base64.b64encode(content).decode())
    if at.utcoffset().total_seconds() % 60 == 0:
        assert re.search(FORMATS["date-time"], at.isoformat())
    assert reads(uuid.UUID, str(found))
    assert reads(date.fromisoformat, day.isoformat())


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_engine_reads_every_format(form):
    assert not problem(FORMATS[form])
    condition = unmatched("a", FORMATS[form], parse_type("VARCHAR"))
    with duckdb.connect() as engine:
        sql = f"SELECT {condition} FROM (VALUES ('?'), (NULL)) AS t(a)"
        assert engine.execute(sql).fetchall() == [(True,), (None,)]


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@settings(max_examples=150, deadline=None)
@given(st.text("ab.^$|()?1é ", max_size=8), st.text("ab1 é\n", max_size=5))
def test_a_pattern_both_engines_read_finds_the_same(engine, pattern, text):
    try:
        wanted = re.search(pattern.replace("$", r"\Z"), text) is not None
    except re.error:
        reject()
    condition = unmatched("a", pattern, parse_type("VARCHAR"))
    try:
        told = engine.execute(f"SELECT {condition} FROM (SELECT ? AS a)", [text]).fetchall()
    except duckdb.InvalidInputException:
        reject()
    assert told == [(not wanted,)]
