"""Meaning: what single files cannot tell, because it lies between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from agora.model.mesh import Mesh
from agora.model.names import fold
from agora.model.policy import Policy
from agora.model.product import Product
from agora.spec.builds import Parts, nodes
from agora.spec.desk import Desk
from agora.spec.texts import Path, Text

ENGINE_SCHEMAS = frozenset({"main", "temp", "system", "information-schema", "pg-catalog"})
_Names = frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Every name there is; None where the file that holds them cannot be read."""

    people: _Names
    teams: _Names
    purposes: _Names
    tags: _Names
    domains: _Names
    ports: _Names


def judge(mesh: Mesh, parts: Sequence[Parts], desk: Desk, guardrails: str) -> None:
    """Note every name that means nothing, means two things, or goes round in a circle.

    Where people or guardrails cannot be read, nothing is said about names that may stand in them.
    """
    known = _known(mesh, parts, desk, guardrails)
    if mesh.operator:
        _one(desk.yaml("agora.yaml"), ("operator",), mesh.operator, known.people, "E125", "person")
    for area in mesh.domains:
        if area.team:
            _domain(area.id, desk.yaml(f"{area.folder}/domain.yaml"), known)
    for policy in mesh.policies:
        _words_of(policy, desk.yaml(policy.file), known)
    for each in parts:
        _labels_of(each, known)
        _inputs_of(each, known)
        _names_of(each.build)
    _tables(mesh, desk)
    _ids(mesh, desk)
    _circles(mesh, desk)


def _known(mesh: Mesh, parts: Sequence[Parts], desk: Desk, guardrails: str) -> _Known:
    persons = bool(mesh.principals) or desk.yaml("people.yaml").fine
    rules = [text for file, text in desk.read.items() if file.startswith(f"{guardrails}/")]
    words = all(t.value and (t.fine or t.get("kind") not in ("tags", "purposes")) for t in rules)
    people = {p.id for p in mesh.principals} | {each.name.service for each in parts}
    return _Known(
        people=frozenset(people) if persons else None,
        teams=frozenset(team.id for team in mesh.teams) if persons else None,
        purposes=frozenset(each.id for each in mesh.purposes) if words else None,
        tags=frozenset(tag.id for tag in mesh.tags) if words else None,
        domains=frozenset(area.id for area in mesh.domains),
        ports=frozenset(_ports(mesh, parts)),
    )


def _ports(mesh: Mesh, parts: Sequence[Parts]) -> set[str]:
    """Every product and port, also those that are left out for another reason."""
    ports = {str(port.name) for _, port in mesh.ports()} | {str(each.name) for each in parts}
    for each in parts:
        ports |= {f"{each.name}.{node.get('name')}" for node in nodes(each.product, "outputPorts")}
    return ports


def _one(text: Text, path: Path, name: object, known: _Names, code: str, word: str) -> None:
    if known is not None and isinstance(name, str) and name not in known:
        near = get_close_matches(name, sorted(known), n=1)
        hint = f"did you mean `{near[0]}`?" if near else ""
        text.report(code, path, f"there is no {word} `{name}`", hint)


def _each(text: Text, path: Path, known: _Names, code: str, word: str) -> None:
    for place, name in enumerate(text.get(*path) or ()):
        _one(text, (*path, place), name, known, code, word)


def _domain(name: str, text: Text, known: _Known) -> None:
    if name in ENGINE_SCHEMAS:
        text.report("E122", ("id",), f"`{name}` is a name the query engine keeps for itself")
    _one(text, ("team",), text.get("team"), known.teams, "E125", "team")
    for role in ("owners", "publishers"):
        _each(text, (role,), known.people, "E125", "person")


def _words_of(policy: Policy, text: Text, known: _Known) -> None:
    _each(text, ("applies_to", "tags"), known.tags, "E126", "tag")
    _each(text, ("applies_to", "domains"), known.domains, "E128", "domain")
    _each(text, ("applies_to", "ports"), known.ports, "E128", "port")
    selections: list[Path] = [("who",), *(("unless", n) for n in range(len(policy.unless)))]
    for path in selections:
        _each(text, (*path, "people"), known.people, "E125", "person")
        _each(text, (*path, "teams"), known.teams, "E125", "team")
        _each(text, (*path, "purposes"), known.purposes, "E127", "purpose")
    for place, trial in enumerate(policy.trials):
        here = ("tests", place)
        _one(text, (*here, "as"), trial.who, known.people, "E125", "person")
        _one(text, (*here, "port"), trial.port.partition("@")[0], known.ports, "E128", "port")
        if trial.purpose:
            _one(text, (*here, "purpose"), trial.purpose, known.purposes, "E127", "purpose")


def _labels_of(each: Parts, known: _Known) -> None:
    for text, promise in each.contracts:
        for place, column in enumerate(promise.columns if promise else ()):
            path = ("schema", 0, "properties", place)
            _each(text, (*path, "tags"), known.tags, "E126", "tag")
            if column.classification:
                here = (*path, "classification")
                _one(text, here, column.classification, known.tags, "E126", "tag")


def _inputs_of(each: Parts, known: _Known) -> None:
    for place, node in enumerate(nodes(each.build, "inputs")):
        if "purpose" in node:
            path = ("inputs", place, "purpose")
            _one(each.build, path, node["purpose"], known.purposes, "E127", "purpose")


def _names_of(text: Text) -> None:
    """What a step can name: sources, inputs and steps share one list of SQL names."""
    names: dict[str, str] = {}
    for kind in ("sources", "inputs", "steps"):
        for place, node in enumerate(nodes(text, kind)):
            stem = str(node.get("file", "")).rpartition("/")[2].rpartition(".")[0]
            name = str(node.get("name") or stem)
            if fold(name) in names:
                same = names[fold(name)] == name
                other = names[fold(name)]
                words = (
                    f"`{name}` stands twice" if same else f"`{other}` and `{name}` are one in SQL"
                )
                text.report("E123", (kind, place), words)
            names.setdefault(fold(name), name)


def _tables(mesh: Mesh, desk: Desk) -> None:
    seen: dict[tuple[str, str], str] = {}
    for product, port in mesh.ports():
        for table in (port.name.table, port.version.table):
            other = seen.setdefault((port.name.schema, table), str(port.name))
            if other != str(port.name):
                words = f"`{other}` and `{port.name}` are one in SQL: `{port.name.schema}.{table}`"
                _file(product, desk).report("E123", ("outputPorts",), words)


def _file(product: Product, desk: Desk) -> Text:
    return desk.yaml(f"{product.folder}/{product.name.product}.odps.yaml")


def _ids(mesh: Mesh, desk: Desk) -> None:
    seen: dict[str, str] = {}
    for product in mesh.products:
        other = seen.setdefault(product.id, str(product.name))
        if other != str(product.name):
            _file(product, desk).report(
                "E124", ("id",), f"`{other}` has the id `{product.id}` already"
            )
    rules: dict[str, str] = {}
    for policy in mesh.policies:
        if rules.setdefault(policy.name, policy.file) != policy.file:
            words = f"`{rules[policy.name]}` has this id already"
            desk.yaml(policy.file).report("E124", ("id",), words)


def _circles(mesh: Mesh, desk: Desk) -> None:
    """Every product on a circle is told which one; circles are looked for until none is left."""
    graph = {str(p.name): {str(each.port.port.of) for each in p.inputs} for p in mesh.products}
    by_name = {str(product.name): product for product in mesh.products}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as circle:
            path = " → ".join(f"`{name}`" for name in reversed(circle.args[1]))
            for name in dict.fromkeys(circle.args[1]):
                words = f"products go round in a circle: {path}"
                _file(by_name[name], desk).report("E136", ("inputPorts",), words)
                graph.pop(name)
        else:
            return
