"""Neutral facts about a SQL text, as the engine's own parser states them; nobody is judged here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TableUse:
    """A table named in FROM, with the parts as written; CTE names are already resolved away."""

    catalog: str = ""
    schema: str = ""
    table: str
    at: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUse:
    """A function called, by lower-case name; `table` is True in FROM.

    `constants` are literal arguments by position as text, None where an argument is no literal.
    """

    name: str
    schema: str = ""
    table: bool = False
    constants: tuple[str | None, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterUse:
    """A `$name` that stands for a value, and the byte of the text in UTF-8 at which it begins."""

    name: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlFacts:
    """What a text holds: number of statements, kinds of every node, tables, functions, parameters.

    `error` is the parser's complaint, with `position` (offset of the place, -1 unknown).
    `kinds` holds each AST `type` and `class` that occurs, prefixed by where: `node:SELECT_NODE`,
    `table:BASE_TABLE`, `expression:FUNCTION`, `modifier:LIMIT_MODIFIER`.
    """

    statements: int = 0
    kinds: frozenset[str] = frozenset()
    tables: tuple[TableUse, ...] = ()
    functions: tuple[FunctionUse, ...] = ()
    parameters: tuple[ParameterUse, ...] = ()
    ctes: tuple[str, ...] = ()
    depth: int = 0
    error: str = ""
    position: int = -1
