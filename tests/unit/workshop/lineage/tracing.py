"""Tables the lineage tests read, what flows as words, and the law that an engine can break.

The law: change the values of one input column, and only output columns that have it as an origin,
or whose rows have it, may change.
"""

from collections import Counter

from agora.model.names import PortName, PortVersion
from agora.workshop.lineage.builds import Filled, Relation, SqlStep, lineage

TABLES = {
    "t": {
        "id": "integer", "a": "integer", "b": "integer", "c": "integer", "k": "integer",
        "d": "date", "w": "varchar", "l": "integer[]", "s": "struct(f integer, g integer)",
    },
    "u": {"k": "integer", "x": "integer", "y": "integer"},
}  # fmt: skip
RELATIONS = {name: Relation(name=name, columns=tuple(of)) for name, of in TABLES.items()}
PORT = PortVersion(PortName("test", "traced", "traced"), 1)
ROWS = 14


def columns(engine, sql):
    """The columns of a step as a bench tells them."""
    engine.execute(f"create or replace temp view step as {sql}")
    return tuple(row[0] for row in engine.execute("describe step").fetchall())


def traced(sql, names):
    step = SqlStep(name="step", sql=sql, columns=names)
    filled = Filled(port=PORT, columns=names, relation="step")
    (port,) = lineage(RELATIONS, [step], [filled])
    return port


def words(edges):
    return {
        f"{e.origin.relation}.{e.origin.column} {e.how.value}{' counted' if e.counted else ''}"
        for e in edges
    }


def fill(engine, random):
    engine.execute("set threads to 1")
    for name, of in TABLES.items():
        engine.execute(f"create or replace table {name} ({', '.join(map(' '.join, of.items()))})")
        for number in range(ROWS):
            row = [number if c == "id" else _cell(random, of[c]) for c in of]
            engine.execute(f"insert into {name} values ({', '.join(row_of(row))})")


def row_of(row):
    return [str(each) for each in row]


def _cell(random, kind):
    if random.random() < 0.1 and kind != "date":
        return "null"
    number = random.randrange(5)
    if kind == "date":
        return f"date '2018-01-0{1 + number}'"
    if kind == "varchar":
        return f"'{'abcde'[number]}'"
    if kind == "integer[]":
        return f"[{', '.join(str(random.randrange(5)) for _ in range(random.randrange(4)))}]::int[]"
    if kind.startswith("struct"):
        return f"{{'f': {number}, 'g': {random.randrange(5)}}}"
    return number


def changed(engine, random, table, column):
    """Other values in one column, row by row."""
    kind = TABLES[table][column]
    cells = [random.randrange(100) if column == "id" else _cell(random, kind) for _ in range(ROWS)]
    listed = f"[{', '.join(row_of(cells))}]::{kind}[]"
    engine.execute(f"update {table} set {column} = ({listed})[rowid + 1]")


def answers(engine, sql):
    found = engine.execute(sql)
    names = [each[0] for each in found.description]
    rows = found.fetchall()
    return [(name, Counter(repr(row[n]) for row in rows)) for n, name in enumerate(names)]


def broken(engine, random, sql, port):
    """Every (input, output column) where the output changed though no edge says it may."""
    before = answers(engine, sql)
    found = []
    for table, of in TABLES.items():
        for column in of:
            engine.execute("begin")
            changed(engine, random, table, column)
            after = answers(engine, sql)
            engine.execute("rollback")
            for (place, (name, old)), (_, new) in zip(enumerate(before), after, strict=True):
                origins = {
                    (e.origin.relation, e.origin.column) for e in port.origins(port.columns[place])
                }
                if old != new and (table, column) not in origins:
                    found.append((f"{table}.{column}", name))
    return found
