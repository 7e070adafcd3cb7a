"""Errors as people read them: what, where, whose rule, and what to do next."""

import difflib
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence

from agora.cli.answers.terminal import paint, safe, tell
from agora.model.errors import AgoraError, Denied, Invalid
from agora.model.findings import Finding, Weight

UNEXPECTED = 70
STOPPED = 130


def guarded(action: Callable[[], int]) -> int:
    """The exit code of an action; whatever goes wrong becomes a sentence, never a traceback."""
    try:
        return action()
    except AgoraError as problem:
        show(problem)
        return problem.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        tell("stopped")
        return STOPPED
    except Exception as problem:  # noqa: BLE001 (the last wall before a person)
        _unexpected(problem)
        return UNEXPECTED


def show(problem: AgoraError) -> None:
    """Print an error in the form of the house."""
    label = paint(f"error[{problem.code_shown}]", "red", "bold", stream=sys.stderr)
    tell(f"{label}: {safe(problem.sentence)}")
    if isinstance(problem, Denied):
        for reason in problem.reasons:
            owner = f" (of {reason.owner})" if reason.owner else ""
            if reason.rule:
                tell(f"  --> {safe(reason.rule)}{owner}: {safe(reason.sentence)}")
    if isinstance(problem, Invalid):
        for finding in problem.findings:
            tell(f"  --> {finding.place}: {finding.code} {safe(finding.sentence)}")
    if problem.hint:
        tell(f"  = help: {safe(problem.hint)}")


def findings(found: Sequence[Finding], texts: Mapping[str, bytes]) -> None:
    """Print findings with the line each stands in and a mark under the place."""
    for finding in found:
        wrong = finding.weight is Weight.ERROR
        label = paint(
            f"{finding.weight.value}[{finding.code}]",
            "red" if wrong else "yellow",
            "bold",
            stream=sys.stderr,
        )
        tell(f"{label}: {safe(finding.sentence)}")
        tell(f"  --> {finding.place}")
        line = _line(texts, finding)
        if line:
            mark = " " * (finding.column - 1) + "^"
            tell(f"   | {safe(line)}")
            tell(f"   | {paint(mark, 'cyan', stream=sys.stderr)}")
        if finding.hint:
            tell(f"  = help: {safe(finding.hint)}")


def near(word: str, known: Sequence[str]) -> str:
    """A hint that names what was probably meant, or what there is."""
    kinds = [name for name in known if name.rpartition(":")[2] == word]
    found = kinds or difflib.get_close_matches(word, known, n=2, cutoff=0.5)
    if found:
        return f"did you mean {' or '.join(f'`{name}`' for name in found)}?"
    return f"there are {', '.join(f'`{name}`' for name in sorted(known)[:12])}"


def _line(texts: Mapping[str, bytes], finding: Finding) -> str:
    lines = texts.get(finding.file, b"").decode("utf-8", "replace").splitlines()
    return lines[finding.line - 1].rstrip() if 0 < finding.line <= len(lines) else ""


def _unexpected(problem: Exception) -> None:
    label = paint("error[E001]", "red", "bold", stream=sys.stderr)
    tell(f"{label}: something went wrong that Agora did not expect ({type(problem).__name__})")
    tell(
        "  = help: run it again with AGORA_DEBUG=1 and send what it prints to whoever runs this mesh"
    )
    if os.environ.get("AGORA_DEBUG") == "1":
        traceback.print_exception(problem)
