"""Walking a document: its blocks from top to bottom, each command in it done for real.

Commands of ours run in this process, other ones in a shell; Python is executed. Names that only the
walk can know, such as `REQUEST`, stand for the newest of their kind that a command printed. A block of
`text` is what the commands above it print, `…` being whatever stands there.
"""

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agora.app.start import start

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    str(file.relative_to(ROOT))
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
]
BIN = Path(sys.executable).parent
REFUSED = 3
FENCE = re.compile(
    r"(?:^ *<!-- not run: (?P<why>[^>]+?) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
NAMES = {
    "REQUEST": r"\breq-\w+-\w+",
    "AGREEMENT": r"\bagr-\w+-\w+",
    "qry-…": r"\bqry-\w+-\w+",
    "cht-…": r"\bcht-\w+-\w+",
    "TOKEN": r"(?m)^[0-9a-f]{12}\b",
}


@dataclass(frozen=True)
class Block:
    """A fenced block of a document; `why` says why nobody can run it here."""

    document: str
    language: str
    text: str
    why: str

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Its commands, each with the remark behind it; a line that ends in `\\` goes on."""
        whole = self.text.replace("\\\n", " ")
        parts = [re.split(r"(?:^|\s+)#\s+", line, maxsplit=1) for line in whole.splitlines()]
        return [(part[0].strip(), part[-1]) for part in parts if part[0].strip()]


def blocks(document: str) -> Iterator[Block]:
    """The blocks of a document in their order."""
    for found in FENCE.finditer((ROOT / document).read_text(encoding="utf-8")):
        text = re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        yield Block(document, found["language"], text, " ".join((found["why"] or "").split()))


@dataclass
class Walk:
    """Somebody who does what documents say; `known` is what their words stand for by now."""

    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    known: dict[str, str] = field(default_factory=dict)
    ran: int = 0
    names: dict[str, Any] = field(default_factory=dict)
    """What the Python of a document has named."""

    def follow(self, found: Iterable[Block]) -> None:
        """Every block has been done as it stands, and has shown what it says it shows."""
        printed = ""
        for block in found:
            if block.language == "sh" and not block.why:
                printed = "".join(self._line(block.document, *line) for line in block.lines)
            elif block.language == "python":
                exec(compile(self._meant(block.text), block.document, "exec"), self.names)
            elif block.language == "text":
                assert shows(printed, block.text), (block.document, block.text, printed)

    def _meant(self, text: str) -> str:
        """The words of a document with what they stand for."""
        for name, stands_for in self.known.items():
            text = text.replace(name, stands_for)
        return text

    def _line(self, document: str, said: str, remark: str) -> str:
        command = self._meant(said)
        code, out, err = self._done(command)
        wanted = REFUSED if remark.startswith("refused") else 0
        assert code == wanted, (document, command, out, err)
        self.ran += 1
        for name, looks in NAMES.items():
            found = re.findall(looks, out)
            self.known |= {name: found[0]} if found else {}
        for file in re.findall(r" -o (\S+\.\w+)", command):
            assert Path(file).stat().st_size > 0, (document, command)
        return out

    def _done(self, command: str) -> tuple[int, str, str]:
        if not command.startswith("agora "):
            return _in_a_shell(command)
        code, out, err = 0, "", ""
        for words in _piped(shlex.split(command)):
            self.patch.setattr(sys, "stdin", io.StringIO(out))
            self.capture.readouterr()
            code = start(words[1:]) or code
            out, err = self.capture.readouterr()
        return code, out, err


def shows(printed: str, wanted: str) -> bool:
    """Whether these lines were printed, each below the one before; the rows of a table in any order."""
    left, looked = _lines(printed), _lines(wanted)
    if looked and re.match(r"\(\d+ rows?\b", looked[-1]):
        header, *rows, footer = looked
        return any(
            (left[at], *sorted(left[at + 1 : at + 1 + len(rows)]), left[at + 1 + len(rows)])
            == (header, *sorted(rows), footer)
            for at in range(len(left) - 1 - len(rows))
        )
    there = iter(left)
    looks = [re.escape(line).replace("…", ".*") for line in looked]
    return all(any(re.fullmatch(look, line) for line in there) for look in looks)


def _lines(text: str) -> list[str]:
    """Lines that say something, whatever their gaps; what underlines a header says nothing."""
    spaced = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in spaced if line.strip("─ ")]


def _piped(words: list[str]) -> Iterator[list[str]]:
    """The commands of a pipe."""
    while "|" in words:
        yield words[: words.index("|")]
        words = words[words.index("|") + 1 :]
    yield words


def _in_a_shell(command: str) -> tuple[int, str, str]:
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "-ec", command],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr
