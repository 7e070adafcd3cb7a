"""Drafts: the SELECTs of a recipe while they are written, one instruction after another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from agora.model.recipe import Instruction, Otherwise
from agora.model.types import quoted
from agora.workshop.recipes.conditions import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An instruction that cannot be applied to the columns there are, and where it stands."""

    code: str
    sentence: str
    hint: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What may not be: the number of the instruction, the column, and a sentence after the count."""

    number: int
    column: str
    sentence: str


@dataclass(slots=True)
class Draft:
    """The rows so far: their columns with SQL types, and the SELECTs that made them."""

    columns: dict[str, str]
    selects: list[str]
    reason: str = ""
    at: Instruction | None = None
    tallies: list[tuple[Tally, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> str:
        """The relation that holds the rows so far."""
        return f"_{len(self.selects) - 1}"

    @property
    def names(self) -> Mapping[str, str]:
        """The columns by their spelling in small letters."""
        return {name.lower(): name for name in self.columns}

    def problem(self, code: str, sentence: str, hint: str = "") -> None:
        """Note what cannot be applied, at the instruction that is being read."""
        assert self.at is not None, "instructions are read one by one"
        found = Problem(
            code=code, sentence=sentence, hint=hint, line=self.at.line, column=self.at.column
        )
        self.problems.append(found)

    def find(self, wanted: Iterable[str]) -> list[str]:
        """The columns as they are spelled; those that are not there are noted."""
        found = []
        for name in wanted:
            if name.lower() in self.names:
                found.append(self.names[name.lower()])
            else:
                listed = ", ".join(f"`{each}`" for each in self.columns)
                self.problem("E313", f"there is no column `{name}` here", f"there are {listed}")
        return found

    def fresh(self, wanted: Iterable[str], taken: Iterable[str]) -> bool:
        """Whether none of the new names is taken; one that is, is noted."""
        used = {name.lower() for name in taken}
        twice = [name for name in wanted if name.lower() in used]
        for name in twice:
            self.problem("E316", f"there is a column `{name}` already", "choose another name")
        return not twice

    def misfit(self, column: str, sentence: str, condition: str, otherwise: Otherwise) -> str:
        """What a misfit means: it is counted, or is a reason, given back as a CASE branch."""
        if otherwise is Otherwise.FAIL:
            known = f" AND {quoted(self.reason)} IS NULL" if self.reason else ""
            tally = Tally(number=len(self.selects), column=column, sentence=sentence)
            where = f"(SELECT count(*) FROM {self.rows} WHERE {condition}{known})"
            self.tallies.append((tally, where))
        if otherwise is Otherwise.QUARANTINE:
            return f"WHEN {condition} THEN {text(f'`{column}` {sentence}')}"
        return ""

    def then(
        self,
        changed: Mapping[str, str],
        columns: Mapping[str, str] | None = None,
        *,
        reasons: Sequence[str] = (),
        clause: str = "",
    ) -> None:
        """One more SELECT: all columns, those in `changed` as this SQL, under the names of `columns`."""
        self.columns = dict(self.columns if columns is None else columns)
        listed = [named(changed.get(name, quoted(name)), name) for name in self.columns]
        if self.reason:
            own = quoted(self.reason)
            branches = " ".join(each for each in reasons if each)
            case = f"CASE WHEN {own} IS NOT NULL THEN {own} {branches} END"
            listed.append(named(case if branches else own, self.reason))
        self.selects.append(f"SELECT {', '.join(listed)} FROM {self.rows}{clause}")


def named(sql: str, name: str) -> str:
    """SQL under a column's name."""
    return sql if sql == quoted(name) else f"{sql} AS {quoted(name)}"
