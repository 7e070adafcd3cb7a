"""What SQL may contain, judged on the engine's own facts by allow-list: unknown is refused."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from agora.governance import functions
from agora.model.reasons import Reason
from agora.model.sqlfacts import FunctionUse, SqlFacts, TableUse

MAX_LENGTH = 100_000
MAX_NESTING = 200
MAX_DEPTH = 1_500
MAX_SIZE = 1_000_000
MAX_WIDTH = 1_000

NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
TABLES = frozenset(
    {"BASE_TABLE", "JOIN", "SUBQUERY", "EMPTY", "EXPRESSION_LIST", "TABLE_FUNCTION", "PIVOT"}
)
MODIFIERS = frozenset(
    {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER"}
)
EXPRESSIONS = frozenset(
    """
    ARRAY_EXTRACT ARRAY_SLICE BETWEEN CASE CASE_EXPR CAST COLLATE COLUMN_REF COMPARE_BETWEEN
    COMPARE_DISTINCT_FROM COMPARE_EQUAL COMPARE_GREATERTHAN COMPARE_GREATERTHANOREQUALTO COMPARE_IN
    COMPARE_LESSTHAN COMPARE_LESSTHANOREQUALTO COMPARE_NOTEQUAL COMPARE_NOT_BETWEEN
    COMPARE_NOT_DISTINCT_FROM COMPARE_NOT_IN COMPARISON CONJUNCTION CONJUNCTION_AND CONJUNCTION_OR
    CONSTANT FUNCTION GROUPING_FUNCTION LAMBDA LAMBDA_REF OPERATOR OPERATOR_CAST OPERATOR_COALESCE
    OPERATOR_IS_NOT_NULL OPERATOR_IS_NULL OPERATOR_NOT OPERATOR_NULLIF OPERATOR_TRY OPERATOR_UNPACK
    POSITIONAL_REFERENCE STAR STRUCT_EXTRACT SUBQUERY TYPE VALUE_CONSTANT WINDOW WINDOW_AGGREGATE
    WINDOW_CUME_DIST WINDOW_FILL WINDOW_FIRST_VALUE WINDOW_LAG WINDOW_LAST_VALUE WINDOW_LEAD
    WINDOW_NTH_VALUE WINDOW_NTILE WINDOW_PERCENT_RANK WINDOW_RANK WINDOW_RANK_DENSE
    WINDOW_ROW_NUMBER
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
_ALLOWED = {"node": NODES, "table": TABLES, "modifier": MODIFIERS, "expression": EXPRESSIONS}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_NO_SELECT = "Only SELECT statements"
"""How the engine's parser begins when it has read anything else."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WIDTH = re.compile(r"%[^a-zA-Z%]*?(\d{4,}|\*)|\{[^}]*?(\d{4,}|\{)[^}]*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Law:
    functions: frozenset[str]
    qualified: bool
    samples: bool


READER = _Law(functions=functions.READABLE, qualified=True, samples=True)
STEP = _Law(functions=functions.STEADY, qualified=False, samples=False)


def judge_text(sql: str) -> tuple[Reason, ...]:
    """Why a text may not even be parsed: its length, control characters or nesting."""
    if not sql.strip():
        return (_no("E201", "there is no statement"),)
    if len(sql) > MAX_LENGTH:
        return (_no("E202", f"the statement is longer than {MAX_LENGTH:,} characters"),)
    if _CONTROL.search(sql):
        return (_no("E203", "the statement holds control characters"),)
    if _nesting(sql) > MAX_NESTING:
        return (_no("E204", f"the statement is nested deeper than {MAX_NESTING} brackets"),)
    return ()


def judge(facts: SqlFacts) -> tuple[Reason, ...]:
    """Why no reader may run this; empty when it holds nothing but known, harmless parts."""
    return tuple(_judged(facts, READER))


def judge_step(facts: SqlFacts) -> tuple[Reason, ...]:
    """Why a build step or a contract's own rule may not run: it must be one repeatable SELECT."""
    return tuple(_judged(facts, STEP))


def _judged(facts: SqlFacts, law: _Law) -> Iterator[Reason]:
    if facts.error:
        told = "it is no SELECT" if facts.error.startswith(_NO_SELECT) else facts.error
        yield _no("E210", f"the statement cannot be read: {told}")
        return
    if facts.statements != 1:
        yield _no("E211", "only one SELECT at a time", "send each statement on its own")
        return
    yield from _kinds(facts, law)
    yield from (reason for table in facts.tables for reason in _table(table, law))
    yield from (reason for call in _calls(facts) for reason in _function(call, law))
    for name in facts.ctes:
        if not _IDENTIFIER.match(name):
            yield _no("E216", f"`{name}` cannot name a common table", "use letters, digits and _")
    if facts.depth > MAX_DEPTH:
        yield _no("E204", "the statement is nested too deeply")


def _calls(facts: SqlFacts) -> Iterator[FunctionUse]:
    """Every call once: the tree holds a call in FROM again, unplaced, as the expression it also is."""
    echoes = Counter((call.name, call.constants) for call in facts.functions if call.table)
    for call in facts.functions:
        told = (call.name, call.constants)
        if not call.table and not call.position and echoes[told]:
            echoes[told] -= 1
        else:
            yield call


_HINTS = dict.fromkeys(
    ("PARAMETER", "VALUE_PARAMETER"),
    "write values, or save the query: then they are asked for each time it is run",
)


def _kinds(facts: SqlFacts, law: _Law) -> Iterator[Reason]:
    for kind in sorted(facts.kinds):
        place, _, name = kind.partition(":")
        if place == "sample" and law.samples:
            continue
        if name not in _ALLOWED.get(place, frozenset()):
            yield _no(
                "E212", _refusal(place, name), _HINTS.get(name, "only SELECT is possible here")
            )


def _refusal(place: str, name: str) -> str:
    words = name.removesuffix("_NODE").removesuffix("_QUERY").replace("_", " ").lower()
    if place == "node":
        return f"`{words}` is not a SELECT"
    if name in _HINTS:
        return "parameters have no value here"
    return f"`{words}` is not possible here"


def _table(table: TableUse, law: _Law) -> Iterator[Reason]:
    name = ".".join(part for part in (table.catalog, table.schema, table.table) if part)
    wanted = "name it as `domain.product`"
    if table.catalog or table.at:
        yield _no("E213", f"`{name}` names a catalogue or a version", wanted)
    elif law.qualified and not table.schema:
        yield _no("E213", f"there is no table `{name}` without its domain", wanted)
    elif not law.qualified and table.schema:
        yield _no(
            "E213", f"`{name}` is not an input of this product", "name a source, input or step"
        )
    elif not all(_IDENTIFIER.match(part) for part in (table.schema, table.table) if part):
        yield _no("E213", f"`{name}` is no table", wanted)


def _function(call: FunctionUse, law: _Law) -> Iterator[Reason]:
    if call.schema:
        yield _no("E214", f"`{call.schema}.{call.name}` names a schema")
    elif call.table and call.name not in functions.TABLES:
        yield _no("E214", f"`{call.name}` cannot be read from here", "only products can be read")
    elif not call.table and call.name not in law.functions:
        why = functions.refused(call.name)
        yield _no("E214", f"the function `{call.name}` is not possible here", why)
    else:
        yield from _sized(call)
        yield from _spread(call)
        yield from _patterned(call)
        yield from _named(call, law)


def _sized(call: FunctionUse) -> Iterator[Reason]:
    """A function that makes something of a size it is told: the size is fixed and small."""
    place = functions.SIZED.get(call.name)
    if place is None or len(call.constants) <= place:
        return
    size = call.constants[place]
    if size is None or not abs(_number(size)) <= MAX_SIZE:
        yield _no("E215", f"`{call.name}` needs a fixed size up to {MAX_SIZE:,}")


def _spread(call: FunctionUse) -> Iterator[Reason]:
    """A list made at once holds a fixed, small number of values; in FROM they stream."""
    if call.name not in functions.SPREADING or call.table:
        return
    if not _count(call.constants) <= MAX_SIZE:
        words = f"`{call.name}` needs fixed bounds with at most {MAX_SIZE:,} values between them"
        yield _no("E215", words, f"`{call.name}` in FROM makes rows one after the other")


def _count(bounds: tuple[str | None, ...]) -> float:
    """How many values lie between literal bounds; infinitely many when one is not a number."""
    numbers = [_number(bound or "") for bound in bounds]
    start, stop, step = {
        1: [0.0, *numbers, 1.0],
        2: [*numbers, 1.0],
        3: numbers,
    }.get(len(numbers), [0.0, float("inf"), 1.0])
    return abs(stop - start) / abs(step) if step else float("inf")


def _patterned(call: FunctionUse) -> Iterator[Reason]:
    """A pattern may ask for any width, so it is fixed and asks for little."""
    place = functions.PATTERNED.get(call.name)
    if place is None or len(call.constants) <= place:
        return
    text = call.constants[place]
    if text is None or _WIDTH.search(text):
        yield _no("E215", f"`{call.name}` needs a fixed pattern with widths below {MAX_WIDTH}")


def _named(call: FunctionUse, law: _Law) -> Iterator[Reason]:
    """A function that calls another by its name: the name is fixed and itself possible here."""
    place = functions.NAMING.get(call.name)
    if place is None or len(call.constants) <= place:
        return
    name = call.constants[place]
    if name is None or name.lower() not in law.functions & functions.AGGREGATED:
        yield _no("E214", f"`{call.name}` needs the fixed name of an aggregate such as `'sum'`")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _nesting(sql: str) -> int:
    deepest = depth = 0
    for letter in sql:
        if letter in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in ")]}":
            depth -= 1
    return deepest


def _no(code: str, sentence: str, hint: str = "") -> Reason:
    return Reason(code=code, sentence=sentence, rule="guardrail/sql", owner="governance", hint=hint)
