"""The desk: the texts of a mesh as they are opened, each read once, with what was noted in it."""

from bisect import bisect_left
from collections.abc import Mapping

from agora.model.findings import Finding
from agora.spec.texts import Text, read

YAML = (".yaml", ".yml")


class Desk:
    """Every text of a mesh by path; what is opened is remembered with its findings."""

    def __init__(self, files: Mapping[str, bytes], environment: Mapping[str, str]) -> None:
        """Lay out the files; nothing is read yet."""
        self.files = files
        self.read: dict[str, Text] = {}
        self._environment = environment
        self._sorted = sorted(files)
        self._noted: list[str] = []  # files that are spoken of, but are not there

    def yaml(self, file: str, *, code: str = "E109", hint: str = "") -> Text:
        """The values of a YAML file; a file that is not there is a finding with this code."""
        if file not in self.read:
            if file in self.files:
                self.read[file] = read(file, self.files[file], self._environment)
            else:
                name = file.rpartition("/")[2]
                self.note(file).report(code, (), f"there is no `{name}`", hint)
        return self.read[file]

    def plain(self, file: str, *, may_be_empty: bool = False) -> str:
        """The letters of a file that is no YAML; empty with a finding when they cannot be read."""
        try:
            text = self.files[file].decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            self.note(file).undecodable(self.files[file], problem.start)
            return ""
        if not text.strip() and not may_be_empty:
            self.note(file).report("E105", (), "there is nothing in it")
        return text

    def note(self, file: str) -> Text:
        """The text that findings about this file belong to."""
        if file not in self.files and file not in self.read:
            self._noted.append(file)
        return self.read.setdefault(file, Text(file=file))

    def below(self, folder: str, *endings: str) -> list[str]:
        """The files of a folder and its folders with one of these endings (YAML by default), in order."""
        return [file for file in self._in(folder) if file.endswith(endings or YAML)]

    def fine(self, folder: str) -> bool:
        """True when no text in this folder that was opened has an error."""
        missing = (f for f in self._noted if f.startswith(f"{folder}/"))
        opened = (self.read[file] for file in (*self._in(folder), *missing) if file in self.read)
        return all(text.fine for text in opened)

    def _in(self, folder: str) -> list[str]:
        """The files of a folder and its folders; they lie side by side in the sorted names."""
        start = bisect_left(self._sorted, f"{folder}/")
        return self._sorted[start : bisect_left(self._sorted, f"{folder}0")]

    def findings(self) -> tuple[Finding, ...]:
        """Everything that was noted, in the order of files and places."""
        found = [finding for text in self.read.values() for finding in text.findings]
        return tuple(sorted(found, key=lambda f: (f.file, f.line, f.column, f.code)))
