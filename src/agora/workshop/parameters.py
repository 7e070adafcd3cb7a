"""Parameters: values put into a text where the engine says its `$names` are, each in its own quotes.

Where a parameter stands is never searched for here: the engine's own parser states it, so that a
`$name` inside of a text, a comment or another name is what it is for the engine, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from agora.model.errors import Invalid
from agora.model.saved import Parameter, ParameterKind
from agora.model.sqlfacts import ParameterUse

MOST = 20
LONGEST = 10_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_NUMBER = re.compile(r"([+-]?)(\d{1,38}(?:\.\d{1,38})?)\Z", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_SAMPLES = {
    ParameterKind.TEXT: "x",
    ParameterKind.NUMBER: "1",
    ParameterKind.DATE: "2018-01-01",
}


def bind(
    sql: str,
    uses: Sequence[ParameterUse],
    parameters: Sequence[Parameter],
    values: Mapping[str, str],
) -> str:
    """The text with a literal for each parameter: the value given, else its default.

    Raises Invalid for a value that is missing, that fits no parameter, or that does not fit its own.
    """
    declared = {each.name: each for each in parameters}
    for name in values:
        if name not in declared:
            raise _unasked(name, declared)
    raw = sql.encode()
    for use in sorted(uses, key=lambda each: -each.position):
        parameter = declared.get(use.name)
        end = use.position + len(use.name.encode()) + 1
        if parameter is None or raw[use.position : end] != f"${use.name}".encode():
            raise _undeclared(use.name)
        raw = raw[: use.position] + _given(parameter, values).encode() + raw[end:]
    return raw.decode()


def samples(parameters: Sequence[Parameter]) -> Mapping[str, str]:
    """A value for each parameter that has no default, so that the text can be judged as a whole."""
    return {
        each.name: each.choices[0] if each.choices else _SAMPLES[each.kind]
        for each in parameters
        if each.default is None
    }


def demand(parameters: Sequence[Parameter], uses: Sequence[ParameterUse]) -> None:
    """Each parameter means something, and the text uses exactly these; raises Invalid."""
    problem = next(_problems(parameters, [use.name for use in uses]), "")
    if problem:
        raise Invalid(
            problem, code="E695", hint="a parameter has a name, a kind, and perhaps a default"
        )


def literal(parameter: Parameter, value: str) -> str:
    """The value as SQL of exactly the parameter's kind; raises Invalid when it does not fit."""
    match parameter.kind:
        case ParameterKind.NUMBER:
            return _number(parameter, value)
        case ParameterKind.DATE:
            return _date(parameter, value)
        case ParameterKind.CHOICE if value not in parameter.choices:
            listed = ", ".join(f"`{choice}`" for choice in parameter.choices)
            raise _unfit(parameter, f"one of {listed}")
    if len(value) > LONGEST or _CONTROL.search(value):
        raise _unfit(parameter, f"a text of at most {LONGEST:,} characters on a keyboard")
    return "'" + value.replace("'", "''") + "'"


def _given(parameter: Parameter, values: Mapping[str, str]) -> str:
    value = values.get(parameter.name, parameter.default)
    if value is None:
        raise Invalid(
            f"`{parameter.name}` has no value",
            code="E693",
            hint=f"give one: `{parameter.name}={_example(parameter)}`",
        )
    return literal(parameter, value)


def _example(parameter: Parameter) -> str:
    return parameter.choices[0] if parameter.choices else _SAMPLES[parameter.kind]


def _number(parameter: Parameter, value: str) -> str:
    found = _NUMBER.match(value.strip())
    if found is None:
        raise _unfit(parameter, "a number such as `12` or `-0.5`")
    # in brackets, since a minus behind a minus begins a comment
    return f"(-{found[2]})" if found[1] == "-" else found[2]


def _date(parameter: Parameter, value: str) -> str:
    if not _DATE.match(value.strip()):
        raise _unfit(parameter, "a day such as `2018-01-31`")
    try:
        return f"DATE '{date.fromisoformat(value.strip()).isoformat()}'"
    except ValueError:
        raise _unfit(parameter, "a day such as `2018-01-31`") from None


def _problems(parameters: Sequence[Parameter], used: Sequence[str]) -> Iterator[str]:
    declared = [each.name for each in parameters]
    if len(declared) > MOST:
        yield f"there are more than {MOST} parameters"
    for name in declared:
        if not _NAME.match(name):
            yield f"`{name}` cannot name a parameter"
        if declared.count(name) > 1:
            yield f"there are two parameters `{name}`"
        if name not in used:
            yield f"the text has no `${name}`"
    for name in used:
        if name not in declared:
            yield f"nobody says what `${name}` is"
    for each in parameters:
        yield from _problem(each)


def _problem(parameter: Parameter) -> Iterator[str]:
    if (parameter.kind is ParameterKind.CHOICE) != bool(parameter.choices):
        yield f"`{parameter.name}` has choices and is none, or is one without choices"
    for value in (*parameter.choices, *((parameter.default,) if parameter.default else ())):
        try:
            literal(parameter, value)
        except Invalid as problem:
            yield problem.sentence


def _unfit(parameter: Parameter, wanted: str) -> Invalid:
    return Invalid(f"`{parameter.name}` is {wanted}", code="E694")


def _unasked(name: str, declared: Mapping[str, Parameter]) -> Invalid:
    listed = ", ".join(f"`{each}`" for each in declared)
    return Invalid(
        f"there is no parameter `{name}`",
        code="E693",
        hint=f"its parameters are {listed}" if listed else "it has no parameters",
    )


def _undeclared(name: str) -> Invalid:
    return Invalid(f"nobody says what `${name}` is", code="E695", hint="declare it as a parameter")
