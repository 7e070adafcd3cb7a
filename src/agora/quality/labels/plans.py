"""Plans of a label: which scans tell what it says of one port."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agora.model.contract import Column, Contract, Metric, Relationship
from agora.model.names import PortVersion
from agora.model.types import Kind
from agora.quality.checks import SHARED, Scan
from agora.quality.labels import scans
from agora.quality.promises import repetitions

Rows = tuple[Mapping[str, object], ...]
QUASI = "quasi-identifier"
_NAMES = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.VARCHAR})
_FEW = 100  # in fewer rows every column names each row by accident
_LIKELY = 85  # estimated different values per hundred rows from which counting exactly pays
_MOST_KEYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelPlan:
    """What a label needs: `others` are the relations offered joins may lead to, `ports` their ports.

    The keys of both are contract ids, of `others` also the names of the contract's own tables.
    """

    port: PortVersion
    relation: str
    contract: Contract
    others: Mapping[str, str]
    ports: Mapping[str, PortVersion]
    classified: frozenset[str] = frozenset()

    @property
    def scans(self) -> tuple[Scan, ...]:
        """One pass of the table, then a grouping for each join, day, period and the small groups."""
        return tuple(self._scans())

    @property
    def quasi(self) -> tuple[str, ...]:
        """The columns that together may single a row out."""
        return tuple(c.name for c in self.contract.columns if QUASI in c.tags)

    def secret(self, column: Column) -> bool:
        """True when no value of the column may be kept anywhere."""
        return bool(column.labels & self.classified)

    def moments(self) -> tuple[Column, ...]:
        """The columns whose days are told."""
        kinds = scans.DAYS
        return tuple(
            c for c in self.contract.columns if c.type.kind in kinds and not self.secret(c)
        )

    def periods(self) -> tuple[Column, ...]:
        """The columns the contract says count periods."""
        return tuple(c for c in self.contract.columns if c.period and not self.secret(c))

    def target(self, of: Relationship) -> str | None:
        """The relation an offered join leads to, when it can be looked at."""
        if len(of.columns) != len(of.to_columns) or not all(map(self.contract.column, of.columns)):
            return None
        itself = of.to == self.contract.table and of.contract in ("", self.contract.id)
        return self.relation if itself else self.others.get(of.contract or of.to)

    def _scans(self) -> Iterator[Scan]:
        relation, contract = self.relation, self.contract
        yield Scan(id=SHARED, sql=scans.overview(relation, contract, self.classified))
        for place, link in enumerate(contract.relationships):
            target = self.target(link)
            if target is not None:
                sql = scans.reference(link, relation, target)
                yield Scan(id=f"reference {place}", sql=sql)
        for column in self.moments():
            yield Scan(id=f"days {column.name}", sql=scans.days(column, relation))
        moment = next((c for c in self.moments() if c.required), None)
        for column in self.periods():
            sql = scans.periods(column, moment, relation)
            yield Scan(id=f"periods {column.name}", sql=sql)
        if self.quasi:
            yield Scan(id="group", sql=scans.group(self.quasi, relation))


def candidates(plan: LabelPlan, answers: Mapping[str, Rows]) -> tuple[Scan, ...]:
    """Exact counts for columns that look like a key nobody has declared; few, for each costs a grouping."""
    overview = next(iter(answers.get(SHARED, ())), {})
    rows = whole(overview.get("rows")) or 0
    if rows < _FEW:
        return ()
    promised = {columns for _, columns in declared(plan.contract)}
    found = []
    for place, column in enumerate(plan.contract.columns):
        distinct = whole(overview.get(f"d{place}")) or 0
        likely = column.type.kind in _NAMES and 100 * distinct >= _LIKELY * rows
        if likely and not column.period and (column.name,) not in promised:
            found.append(column.name)
    return tuple(
        Scan(id=f"key {name}", sql=repetitions((name,), plan.relation))
        for name in found[:_MOST_KEYS]
    )


def whole(value: object) -> int | None:
    """A count as the engine gave it."""
    return None if value is None else int(str(value))


def declared(contract: Contract) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The checks that count a key, with its columns."""
    if contract.key:
        yield "key", contract.key
    for column in contract.columns:
        if column.unique and (column.name,) != contract.key:
            yield f"unique:{column.name}", (column.name,)
    for rule in contract.rules:
        if rule.metric is Metric.DUPLICATE_VALUES:
            yield rule.id, (rule.column,) if rule.column else rule.properties
