"""Scripts: what the text of a Python step tells without running it, and what it may not hold.

This keeps promises: the same input gives the same rows. It is not the wall around the author's
code; that is the process the code runs in.
"""

import ast
import re
from collections.abc import Collection, Iterator

from agora.model.script import Given, Script
from agora.spec.texts import Text

PACKAGES = frozenset(
    """
    __future__ abc array base64 bisect calendar collections copy csv dataclasses datetime decimal
    difflib duckdb enum fractions functools hashlib heapq itertools json math numbers numpy operator
    pandas polars pyarrow re statistics string struct textwrap types typing unicodedata zlib zoneinfo
    """.split()  # noqa: SIM905 (a list of words reads better as words)
)
"""What a step may import without declaring it: what computes and touches nothing."""
REPEATS = "the same input would give other rows"
REACHES = "it reaches out of the step"
REFUSED = {
    REPEATS: frozenset("random secrets uuid time timeit".split()),  # noqa: SIM905
    REACHES: frozenset(
        """
        asyncio builtins cffi code ctypes ftplib gc glob http importlib inspect io marshal mmap
        multiprocessing os pathlib pickle pip platform pty resource runpy select shelve shutil
        signal site smtplib socket sqlite3 ssl subprocess sys tempfile threading urllib webbrowser
        """.split()  # noqa: SIM905
    ),
}
"""What no step may import, declared or not."""
NAMES = frozenset("__import__ breakpoint compile eval exec getattr input open".split())  # noqa: SIM905
ATTRIBUTES = frozenset("now today utcnow random default_rng uuid1 uuid4 urandom".split())  # noqa: SIM905
SEEDED = frozenset("sample shuffle permutation choice".split())  # noqa: SIM905
SEEDS = frozenset({"seed", "random_state"})
_INNER = re.compile(r"__\w+__\Z")
_STEADY = frozenset({"__name__", "__doc__", "__arrow_c_stream__"})
_SQL = re.compile(
    r"\b(random|setseed|(gen_random_)?uuid(v\d)?|now|today|transaction_timestamp)\s*\("
    r"|\b(current_(date|time|timestamp)|localtime(stamp)?)\b",
    re.IGNORECASE,
)
_Found = tuple[ast.stmt | ast.expr, str, str, str]


def script(text: Text, content: str, packages: Collection[str] = ()) -> Script | None:
    """The script, or None when it is none; everything it may not hold is noted in `text`."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        line, column = getattr(problem, "lineno", 1), getattr(problem, "offset", 1)
        words = getattr(problem, "msg", "it cannot be read")
        _note(text, "E165", words[:1].lower() + words[1:], line or 1, column or 1)
        return None
    for node, code, words, hint in _refused(tree, packages):
        _note(text, code, words, node.lineno, node.col_offset + 1, hint)
    functions = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_"
    ]
    if len(functions) != 1 or isinstance(functions[0], ast.AsyncFunctionDef):
        names = ", ".join(f"`{each.name}`" for each in functions)
        words = f"it has several: {names}" if len(functions) > 1 else "it has none"
        line = functions[1].lineno if len(functions) > 1 else 1
        _note(text, "E166", f"a step has one public function, {words}", line, 1)
        return None
    return Script(
        text=content, function=functions[0].name, parameters=_parameters(text, functions[0])
    )


def _parameters(text: Text, function: ast.FunctionDef) -> tuple[tuple[str, Given], ...]:
    given = function.args
    strange = [each for each in (given.vararg, given.kwarg) if each]
    if strange or given.defaults or any(given.kw_defaults):
        place = strange[0] if strange else function
        words = f"`{function.name}` may only have parameters that name what it reads"
        _note(text, "E167", words, place.lineno, place.col_offset + 1)
    found = []
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        word = _annotated(each.annotation)
        if word not in {kind.value for kind in Given}:
            kinds = ", ".join(f"`{kind.value}`" for kind in Given)
            words = f"`{each.arg}` cannot be given as `{word}`"
            _note(text, "E167", words, each.lineno, each.col_offset + 1, f"one of {kinds}")
            continue
        found.append((each.arg, Given(word)))
    return tuple(found)


def _annotated(node: ast.expr | None) -> str:
    match node:
        case None:
            return Given.TABLE.value
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Constant(value=str(name)):
            return name.rpartition(".")[2]
    return ast.unparse(node)


def _refused(tree: ast.AST, packages: Collection[str]) -> Iterator[_Found]:
    """Every import, name, call and SQL text that may not stand in a step: place, code, words, hint."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (found for each in names for found in _import(node, each.name, packages))
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from _import(node, module if module and not level else ".", packages)
                yield from (found for each in names for found in _attribute(node, each.name))
            case ast.Name(id=name) if name in NAMES:
                yield node, "E169", f"a step cannot use `{name}`", REACHES
            case ast.Attribute(attr=name):
                yield from _attribute(node, name)
            case ast.Call():
                yield from _seeded(node)
            case ast.Constant(value=str(text)) if id(node) not in told and (f := _SQL.search(text)):
                yield node, "E169", f"a step cannot call `{f[0].rstrip('( ')}`", REPEATS


def _seeded(node: ast.Call) -> Iterator[_Found]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in SEEDED and not SEEDS & {each.arg for each in node.keywords}:
        yield node, "E169", f"`{name}` needs a fixed `seed` or `random_state`", REPEATS


def _import(node: ast.stmt, module: str, packages: Collection[str]) -> Iterator[_Found]:
    top = module.partition(".")[0]
    why = next((why for why, names in REFUSED.items() if top in names), "")
    if why:
        yield node, "E168", f"a step cannot import `{module}`", why
    elif not top:
        yield node, "E168", "a step cannot import files beside it", "write it into the step itself"
    elif top not in {*PACKAGES, *packages}:
        hint = f"declare it beside the step: `packages: [{top}]`"
        yield node, "E168", f"a step cannot import `{module}` undeclared", hint


def _attribute(node: ast.stmt | ast.expr, name: str) -> Iterator[_Found]:
    if name in ATTRIBUTES:
        yield node, "E169", f"a step cannot call `{name}`", REPEATS
    elif _INNER.match(name) and name not in _STEADY:
        yield node, "E169", f"a step cannot use `{name}`", REACHES


def _note(text: Text, code: str, words: str, line: int, column: int, hint: str = "") -> None:
    path = (f"{line}:{column}",)
    text.places[path] = (line, column)
    text.report(code, path, words, hint)
