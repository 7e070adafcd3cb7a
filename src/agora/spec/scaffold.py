"""Scaffold: the texts of a new mesh, a new domain and a first product, which pass every check."""

from collections.abc import Collection, Iterator, Sequence

from agora.model.names import ProductName
from agora.model.product import SourceSpec
from agora.model.types import Kind, Type, quoted
from agora.spec.editing import spell

EXAMPLE = b"""order_id,ordered_on,item,quantity,price,email
1,2024-03-01,Bread,2,3.20,ada@example.org
2,2024-03-01,Milk,1,1.15,grace@example.org
3,2024-03-02,Coffee,3,7.90,ada@example.org
4,2024-03-03,Apples,6,0.45,alan@example.org
"""
EXAMPLE_COLUMNS: tuple[tuple[str, Type], ...] = (
    ("order_id", Type(kind=Kind.BIGINT)),
    ("ordered_on", Type(kind=Kind.DATE)),
    ("item", Type(kind=Kind.VARCHAR)),
    ("quantity", Type(kind=Kind.INTEGER)),
    ("price", Type(kind=Kind.DECIMAL, precision=9, scale=2)),
    ("email", Type(kind=Kind.VARCHAR)),
)
EXAMPLE_PERSONAL = frozenset({"email"})
_LOGICAL = {
    Kind.VARCHAR: "string", Kind.BLOB: "string", Kind.INTEGER: "integer", Kind.BIGINT: "integer",
    Kind.DECIMAL: "number", Kind.REAL: "number", Kind.DOUBLE: "number", Kind.BOOLEAN: "boolean",
    Kind.DATE: "date", Kind.TIME: "time", Kind.TIMESTAMP: "timestamp", Kind.INSTANT: "timestamp",
    Kind.STRUCT: "object", Kind.LIST: "array",
}  # fmt: skip
_IMPLIED = frozenset(
    {
        Kind.VARCHAR,
        Kind.BIGINT,
        Kind.DOUBLE,
        Kind.BOOLEAN,
        Kind.DATE,
        Kind.TIME,
        Kind.TIMESTAMP,
        Kind.INSTANT,
    }
)

_MESH = """\
# The whole mesh. Every domain is a folder and stands in `domains`.
agora: 1
kind: mesh
name: {name}
title: {title}
operator: {operator}            # the person at this terminal
domains: []
"""
_PEOPLE = """\
# Everybody who can ask for data. In a company a directory takes this file's place.
agora: 1
kind: people
teams:
  - {{id: data-team, title: Data team}}
people:
  - {{id: {operator}, name: {title}, teams: [data-team], roles: [operator]}}
"""
_PURPOSES = """\
# Why data may be used. Whoever asks names one of these.
agora: 1
kind: purposes
purposes:
  - {id: reporting, title: Reporting, description: Regular figures for people inside the company}
  - {id: analysis, title: Analysis, description: A question that is answered once}
"""
_TAGS = """\
# The words that classify columns. Values under a `classified` tag never show up in samples.
agora: 1
kind: tags
tags:
  - {id: personal, title: Personal data, description: Says something about a person, classified: true}
  - {id: confidential, title: Confidential, description: Would hurt us outside the company, classified: true}
"""
_GUARDRAIL = """\
# A rule for the whole mesh: no domain can weaken it.
agora: 1
kind: guardrail
id: mask-personal
title: Personal data is masked outside the domain that owns it
applies_to: {tags: [personal]}
unless: [{owning_domain: true}]
effect: {mask: null-value}
"""
_DOMAIN = """\
agora: 1
kind: domain
id: {domain}
title: {title}
purpose: Say in one sentence what this domain knows.
team: {team}
owners: [{owner}]               # answer requests
publishers: [{owner}]           # may run products
"""
_PERMIT = """\
# Without this rule even the domain's own people would have to ask.
agora: 1
kind: policy
id: own-people
title: The domain's own people read its products
who: {{owning_domain: true, kinds: [person]}}
effect: {{permit: true}}
tests:
  - {{as: {owner}, port: PORT, allowed: true}}
"""
_PRODUCT = """\
apiVersion: v1.0.0
kind: DataProduct
id: {id}
name: {product}
version: 1.0.0
status: active
domain: {domain}
description:
  purpose: Say in one sentence what this product is good for.
outputPorts:
  - name: {product}
    version: 1.0.0
    contractId: {id}.v1
"""
_CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {id}.v1
name: {title}
version: 1.0.0
status: active
description:
  purpose: Say what one row stands for.
schema:
  - name: {table}
    logicalType: object
    physicalType: table
    properties:
{columns}    quality:
      - {{id: not-empty, metric: rowCount, mustBeGreaterThan: 0}}
"""
_BUILD = """\
agora: 1
kind: build
product_kind: source-aligned
sources:
  - {source}
steps:
  - {{file: steps/prepared.sql}}      # one SELECT over what is named above
outputs:
  - {{port: {product}, from: prepared}}
"""
_README = """\
# {title}

How to use it, what a row stands for, and what it is not good for.
"""


def mesh(name: str, operator: str) -> dict[str, bytes]:
    """An empty mesh with one person, purposes, tags and a guardrail, by path."""
    words = {"name": spell(name), "title": spell(_title(name)), "operator": spell(operator)}
    return _encoded(
        {
            "agora.yaml": _MESH.format(**words),
            "people.yaml": _PEOPLE.format(operator=spell(operator), title=spell(_title(operator))),
            "guardrails/purposes.yaml": _PURPOSES,
            "guardrails/tags.yaml": _TAGS,
            "guardrails/mask-personal.yaml": _GUARDRAIL,
        }
    )


def domain(name: str, team: str, owner: str) -> dict[str, bytes]:
    """A domain whose own people may read it; `PORT` stands where its first port's name belongs."""
    words = {"domain": spell(name), "team": spell(team), "owner": spell(owner)}
    return _encoded(
        {
            f"{name}/domain.yaml": _DOMAIN.format(**words, title=spell(_title(name))),
            f"{name}/policies/own-people.yaml": _PERMIT.format(**words),
        }
    )


def product(
    name: ProductName,
    *,
    columns: Sequence[tuple[str, Type]] = EXAMPLE_COLUMNS,
    source: SourceSpec,
    title: str = "",
    personal: Collection[str] = (),
) -> dict[str, bytes]:
    """A product with one port, filled from one source; column names become SQL names.

    `personal` names the columns that are tagged so; the tag has to exist in the mesh.
    """
    shown = title or _title(name.product)
    named = tuple(zip(sql_names(column for column, _ in columns), columns, strict=True))
    promised = "".join(_column(new, of, personal=old in personal) for new, (old, of) in named)
    wanted = ",\n".join(selected(old, new) for new, (old, _) in named)
    folder = f"{name.domain}/{name.product}"
    words = {"id": spell(str(name)), "product": spell(name.product), "domain": spell(name.domain)}
    table = spell(name.product.replace("-", "_"))
    return _encoded(
        {
            f"{folder}/{name.product}.odps.yaml": _PRODUCT.format(**words),
            f"{folder}/build.yaml": _BUILD.format(source=_source(source), **words),
            f"{folder}/contracts/{name.product}.v1.odcs.yaml": _CONTRACT.format(
                id=words["id"], title=spell(shown), table=table, columns=promised
            ),
            f"{folder}/steps/prepared.sql": f"select\n{wanted}\nfrom {source.name.replace('-', '_')}\n",
            f"{folder}/README.md": _README.format(title=shown),
        }
    )


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _source(source: SourceSpec) -> str:
    node: dict[str, object] = {"name": source.name, "type": source.type, "path": source.path}
    return spell(node | ({"options": dict(source.options)} if source.options else {}))


def sql_names(names: Iterator[str]) -> Iterator[str]:
    """Each name in lower-case letters, digits and underscores, and never the same twice."""
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        word = "".join(letter if letter.isalnum() else "_" for letter in name.strip().lower())
        word = "_".join(part for part in word.split("_") if part) or f"column_{place}"
        word = f"c_{word}" if word[0].isdigit() else word
        found, number = word, 2
        while found in seen:
            found, number = f"{word}_{number}", number + 1
        seen.add(found)
        yield found


def selected(old: str, new: str) -> str:
    """One column of a SELECT, under its new name."""
    plain = old == new and new.isascii()
    return f"  {quoted(old)}" + ("" if plain else f" as {quoted(new)}")


def _column(name: str, of: Type, *, personal: bool) -> str:
    node = {"name": name} | typed(of) | ({"tags": ["personal"]} if personal else {})
    return f"      - {spell(node)}\n"


def typed(of: Type) -> dict[str, object]:
    """A type in the words of ODCS: the logical type, and the physical one where it says more."""
    node: dict[str, object] = {"logicalType": _LOGICAL[of.kind]}
    if of.kind is Kind.LIST and of.element is not None:
        return node | {"items": typed(of.element)}
    if of.kind is Kind.STRUCT:
        return node | {"properties": [{"name": name} | typed(inner) for name, inner in of.fields]}
    if of.kind is Kind.INSTANT:
        return node | {"logicalTypeOptions": {"timezone": True}}
    return node if of.kind in _IMPLIED else node | {"physicalType": of.sql}


def _encoded(texts: dict[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in texts.items()}
