"""The allow-list of functions against the functions of the installed engine, both ways."""

import duckdb

from agora.governance import functions

KNOWN = {
    name.lower()
    for (name,) in duckdb.connect()
    .sql("select distinct function_name from duckdb_functions()")
    .fetchall()
}
ON_PURPOSE = {name for names in functions.REFUSED.values() for name in names}


def test_every_function_that_is_allowed_exists():
    assert set() == functions.READABLE - KNOWN
    assert functions.TABLES <= KNOWN
    assert functions.SIZED.keys() | functions.SPREADING | functions.NAMING.keys() <= KNOWN


def test_every_function_that_is_refused_on_purpose_exists_and_is_not_allowed():
    assert set() == ON_PURPOSE - KNOWN
    assert set() == ON_PURPOSE & (functions.READABLE | functions.TABLES)


def test_every_other_function_is_unknown_and_therefore_refused():
    unknown = KNOWN - functions.READABLE - functions.TABLES - ON_PURPOSE
    print(f"{len(functions.READABLE)} allowed, {len(ON_PURPOSE)} refused, {len(unknown)} unknown")  # noqa: T201 (worth seeing)
    assert all(functions.refused(name) == "" for name in unknown)
    dangerous = ("read_", "duckdb_", "pragma_", "pg_", "current_", "json_serialize", "json_execute")
    open_to_all = functions.READABLE | functions.TABLES
    named = {name for name in open_to_all if name.startswith(dangerous)}
    assert named <= set(functions.NOW)


def test_steps_have_neither_chance_nor_the_time_of_day():
    chancy = {
        name.lower()
        for (name,) in duckdb.connect()
        .sql("select distinct function_name from duckdb_functions() where stability = 'VOLATILE'")
        .fetchall()
    }
    assert chancy & functions.STEADY == set()
    assert functions.STEADY < functions.READABLE
