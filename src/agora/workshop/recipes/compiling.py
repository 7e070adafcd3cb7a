"""Recipes compiled: every instruction is one SELECT over the last one's rows, by the names they have.

Rows that are put aside stay in the flow with their reason, so that they end in the same shape as
all others; the last SELECT parts them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agora.model.recipe import Cast, MapValues, Otherwise, PutAside, Recipe, Split
from agora.model.types import quoted
from agora.workshop.recipes.drafts import Draft, Problem, Tally, named
from agora.workshop.recipes.instructions import WRITERS

REASON = "_reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A recipe as SQL: `kept` the rows that go on, `rejected` those put aside with their reason.

    `counts` is one row with a count per tally; each has to be zero. `rejected` and `counts` are
    empty when nothing can be put aside or misfit.
    """

    columns: tuple[tuple[str, str], ...]
    kept: str
    rejected: str = ""
    counts: str = ""
    tallies: tuple[Tally, ...] = ()
    problems: tuple[Problem, ...] = ()


def compiled(recipe: Recipe, relation: str, columns: Sequence[tuple[str, str]]) -> Compiled:
    """The recipe as SQL over a relation with these columns and SQL types; problems are told all at once."""
    draft = _begun(recipe, relation, dict(columns))
    for instruction in recipe.instructions:
        draft.at = instruction
        WRITERS[type(instruction.deed)](draft, instruction.deed)
    chain = ", ".join(f"_{number} AS ({select})" for number, select in enumerate(draft.selects))
    listed = ", ".join(quoted(name) for name in draft.columns)
    told = [quoted(name) for name in draft.columns if name.lower() != REASON]
    start, own = f"WITH {chain} SELECT {listed}", quoted(draft.reason)
    counts = ", ".join(f"{where} AS t{n}" for n, (_, where) in enumerate(draft.tallies))
    aside = f" WHERE {own} IS NULL" if draft.reason else ""
    return Compiled(
        columns=tuple(draft.columns.items()),
        kept=f"{start} FROM {draft.rows}{aside}",
        rejected=f"WITH {chain} SELECT {', '.join([*told, named(own, REASON)])} FROM {draft.rows} WHERE {own} IS NOT NULL"
        if draft.reason
        else "",
        counts=f"WITH {chain} SELECT {counts}" if counts else "",
        tallies=tuple(tally for tally, _ in draft.tallies),
        problems=tuple(draft.problems),
    )


def until(recipe: Recipe, number: int) -> Recipe:
    """The recipe up to its instruction of this number, counted from 1."""
    return replace(recipe, instructions=recipe.instructions[:number])


def _begun(recipe: Recipe, relation: str, columns: dict[str, str]) -> Draft:
    """The rows as they are read; with a place for reasons when something may be put aside."""
    listed = [quoted(name) for name in columns]
    reason = ""
    if any(_rejects(each.deed) for each in recipe.instructions):
        reason = REASON
        while reason in {name.lower() for name in columns}:
            reason += "_"
        listed.append(named("CAST(NULL AS VARCHAR)", reason))
    select = f"SELECT {', '.join(listed)} FROM {quoted(relation)}"
    return Draft(columns=columns, selects=[select], reason=reason)


def _rejects(deed: object) -> bool:
    match deed:
        case PutAside():
            return True
        case Cast(columns=columns):
            return any(each.otherwise is Otherwise.QUARANTINE for each in columns)
        case MapValues(otherwise=otherwise) | Split(otherwise=otherwise):
            return otherwise is Otherwise.QUARANTINE
    return False
