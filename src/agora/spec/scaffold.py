"""First texts: an empty mesh with its own rules, and a first product that passes every check."""

from collections.abc import Sequence
from textwrap import dedent

from agora.model.names import ProductName, fold
from agora.model.product import SourceSpec
from agora.model.types import Kind, Type

_LOGICAL = {
    Kind.BOOLEAN: "boolean", Kind.INTEGER: "integer", Kind.BIGINT: "integer", Kind.DECIMAL: "number",
    Kind.REAL: "number", Kind.DOUBLE: "number", Kind.DATE: "date", Kind.TIME: "time",
    Kind.TIMESTAMP: "timestamp", Kind.INSTANT: "timestamp",
}  # fmt: skip
EXAMPLE = b"id,name,visited_on,amount\n1,Ana,2026-01-05,12.50\n2,Tom,2026-01-06,7.00\n3,Mei,2026-01-06,31.25\n"
EXAMPLE_COLUMNS = (
    ("id", Type(kind=Kind.INTEGER)),
    ("name", Type(kind=Kind.VARCHAR)),
    ("visited_on", Type(kind=Kind.DATE)),
    ("amount", Type(kind=Kind.DECIMAL, precision=10, scale=2)),
)


def mesh(name: str, operator: str) -> dict[str, bytes]:
    """A mesh with one person, a purpose, two tags, one guardrail, and no domain yet."""
    texts = {
        "agora.yaml": f"""\
            agora: 1
            kind: mesh
            name: {name}
            title: {_title(name)}
            operator: {operator}
            domains: []
            """,
        "people.yaml": f"""\
            agora: 1
            kind: people
            teams:
              - id: platform
                title: Platform team
            people:
              - id: {operator}
                name: {_title(operator)}
                teams: [platform]
                roles: [operator]
            """,
        "guardrails/purposes.yaml": """\
            agora: 1
            kind: purposes
            purposes:
              - id: reporting
                title: Reporting
                description: Regular figures for people inside the company.
              - id: analysis
                title: Analysis
                description: Finding out something once.
            """,
        "guardrails/tags.yaml": """\
            agora: 1
            kind: tags
            tags:
              - id: personal
                title: Personal data
                description: Says something about one living person.
                classified: true
            """,
        "guardrails/mask-personal.yaml": f"""\
            agora: 1
            kind: guardrail
            id: mask-personal
            title: Personal data is masked outside the owning domain
            applies_to:
              tags: [personal]
            unless:
              - owning_domain: true
            effect:
              mask: null-value
            # Tests stand beside a rule: add one as soon as a product has a personal column.
            # tests:
            #   - {{as: {operator}, port: sales.visits, sees: {{name: null-value}}}}
            """,
    }
    return {path: dedent(text).encode() for path, text in texts.items()}


def domain(name: str, team: str, owner: str) -> dict[str, bytes]:
    """A domain with one owner, whose team may read its own products by a policy of its own."""
    texts = {
        f"{name}/domain.yaml": f"""\
            agora: 1
            kind: domain
            id: {name}
            title: {_title(name)}
            purpose: Say here what this domain knows better than anybody else.
            team: {team}
            owners: [{owner}]
            publishers: [{owner}]
            """,
        f"{name}/policies/own-people.yaml": f"""\
            agora: 1
            kind: policy
            id: own-people
            title: The domain's own people read its products
            who:
              owning_domain: true
            effect:
              permit: true
            tests:
              - as: {owner}
                port: PORT
                allowed: true
            """,
    }
    return {path: dedent(text).encode() for path, text in texts.items()}


def product(
    name: ProductName, *, columns: Sequence[tuple[str, Type]], source: SourceSpec, title: str = ""
) -> dict[str, bytes]:
    """A source-aligned product with one port, its contract, one step and a README."""
    folder = f"{name.domain}/{name.product}"
    contract = f"{name.domain}-{name.product}-v1"
    shown = title or _title(name.product)
    texts = {
        f"{folder}/{name.product}.odps.yaml": _odps(name, contract, shown),
        f"{folder}/contracts/{name.product}.v1.odcs.yaml": _odcs(name, contract, columns),
        f"{folder}/build.yaml": _build(name, source),
        f"{folder}/steps/clean.sql": _step(columns, source),
        f"{folder}/README.md": f"# {shown}\n\nSay here what the rows mean and how to use them.\n",
    }
    return {path: text.encode() for path, text in texts.items()}


def _odps(name: ProductName, contract: str, title: str) -> str:
    return dedent(f"""\
        apiVersion: v1.0.0
        kind: DataProduct
        id: {name.domain}-{name.product}
        name: {name.product}
        version: 1.0.0
        status: active
        domain: {name.domain}
        description:
          purpose: {title}.
        customProperties:
          - property: title
            value: {title}
        outputPorts:
          - name: {name.product}
            version: 1.0.0
            contractId: {contract}
        """)


def _odcs(name: ProductName, contract: str, columns: Sequence[tuple[str, Type]]) -> str:
    head = dedent(f"""\
        apiVersion: v3.1.0
        kind: DataContract
        id: {contract}
        name: {name.product}
        version: 1.0.0
        status: active
        domain: {name.domain}
        schema:
          - name: {fold(name.product)}
            logicalType: object
            physicalType: table
            quality:
              - id: not-empty
                metric: rowCount
                mustBeGreaterThan: 0
                description: there is at least one row
            properties:
        """)
    return head + "".join(_property(column, of) for column, of in columns)


def _property(column: str, of: Type) -> str:
    logical = _LOGICAL.get(of.kind, "string")
    name = column if column.isidentifier() else '"' + column.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"      - name: {name}\n        logicalType: {logical}\n        physicalType: {of.sql}\n"


def _build(name: ProductName, source: SourceSpec) -> str:
    options = ", ".join(f"{key}: {value}" for key, value in source.options)
    line = f"    options: {{{options}}}\n" if options else ""
    return (
        "agora: 1\nkind: build\nproduct_kind: source-aligned\nsources:\n"
        f"  - name: {source.name}\n    type: {source.type}\n    path: {source.path}\n{line}"
        "steps:\n  - file: steps/clean.sql\noutputs:\n"
        f"  - port: {name.product}\n    from: clean\n"
    )


def _step(columns: Sequence[tuple[str, Type]], source: SourceSpec) -> str:
    lines = ",\n".join(f'    cast("{c.replace(chr(34), chr(34) * 2)}" as {of.sql}) as "{c.replace(chr(34), chr(34) * 2)}"' for c, of in columns)
    return f"-- One SELECT over the sources, inputs and earlier steps of this product.\nselect\n{lines}\nfrom {fold(source.name)}\n"


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()
