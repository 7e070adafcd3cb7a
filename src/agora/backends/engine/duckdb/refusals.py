"""What a reader is told when a statement fails: a code and a neutral sentence, never a value."""

import re

from agora.model.errors import AgoraError, Exhausted, Refused

_NEUTRAL = {
    "ConversionException": ("E232", "a value cannot be converted to the type it is cast to"),
    "OutOfRangeException": ("E233", "a calculation leaves the range of its type"),
    "InvalidInputException": ("E234", "a function was given something it cannot work with"),
    "ParserException": ("E210", "the statement cannot be read"),
    "SyntaxException": ("E210", "the statement cannot be read"),
    "NotImplementedException": ("E236", "this is not possible here"),
    "PermissionException": ("E237", "this is not possible here"),
    "walled": ("E237", "this is not possible here"),
    "InterruptException": ("E430", "the statement was stopped"),
}
_COLUMN = re.compile(r'[Cc]olumn "?([A-Za-z_][\w ]*)"? (?:not found|does not exist|cannot be)')
_MEMORY = frozenset({"OutOfMemoryException", "MemoryError"})


def refusal(error: str, detail: str, sql: str) -> AgoraError:
    """The error for a reader; `detail` is the engine's own sentence and is not passed on.

    A binder's complaint is about names: it is told only with words the reader wrote themselves.
    """
    if error in _MEMORY:
        return Exhausted(
            "the statement needed more memory than it may use",
            code="E431",
            hint="select fewer columns or rows",
        )
    if error in ("BinderException", "CatalogException"):
        return _binder(detail, sql)
    code, sentence = _NEUTRAL.get(error, ("E239", "the statement cannot be answered"))
    return Refused(sentence, code=code)


def _binder(detail: str, sql: str) -> Refused:
    found = _COLUMN.search(detail.splitlines()[0] if detail else "")
    words = {word.lower() for word in re.findall(r"\w+", sql)}
    if found and all(part.lower() in words for part in found[1].split()):
        return Refused(
            f"there is no column `{found[1]}` that you can see",
            code="E230",
            hint="`agora explain PRODUCT` lists the columns you see",
        )
    return Refused("names or types in the statement do not fit together", code="E231")
