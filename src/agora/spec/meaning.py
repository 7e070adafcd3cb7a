"""Meaning: what single files cannot tell, because it lies between them."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from agora.model.mesh import Mesh
from agora.model.names import fold
from agora.model.policy import Policy
from agora.model.product import Product
from agora.spec.builds import Parts, nodes
from agora.spec.desk import Desk
from agora.spec.texts import Path, Text

ENGINE_SCHEMAS = frozenset({"main", "temp", "system", "information-schema", "pg-catalog"})


def judge(mesh: Mesh, parts: Sequence[Parts], desk: Desk) -> None:
    """Note every name that means nothing, means two things, or goes round in a circle."""
    _operator(mesh, desk)
    for area in mesh.domains:
        _domain(mesh, area.id, desk.yaml(f"{area.folder}/domain.yaml"))
    for policy in mesh.policies:
        _words_of(mesh, policy, parts, desk.yaml(policy.file))
    for each in parts:
        _labels_of(mesh, each)
        _purposes_of(mesh, each)
    _tables(mesh, desk)
    _ids(mesh, desk)
    _circles(mesh, desk)


def _operator(mesh: Mesh, desk: Desk) -> None:
    known = {p.id for p in mesh.principals}
    if mesh.operator and mesh.operator not in known and desk.yaml("people.yaml").value:
        desk.yaml("agora.yaml").report(
            "E125", ("operator",), f"there is no person `{mesh.operator}`"
        )


def _domain(mesh: Mesh, name: str, text: Text) -> None:
    if name in ENGINE_SCHEMAS:
        text.report("E122", ("id",), f"`{name}` is a name the query engine keeps for itself")
    if not mesh.principals:
        return
    if text.get("team") not in {team.id for team in mesh.teams}:
        text.report("E125", ("team",), f"there is no team `{text.get('team')}`")
    for role in ("owners", "publishers"):
        _each(text, (role,), {p.id for p in mesh.principals}, "E125", "person")


def _words_of(mesh: Mesh, policy: Policy, parts: Sequence[Parts], text: Text) -> None:
    domains, ports = _places(mesh, parts)
    _each(text, ("applies_to", "tags"), {t.id for t in mesh.tags}, "E126", "tag")
    _each(text, ("applies_to", "domains"), domains, "E128", "domain")
    _each(text, ("applies_to", "ports"), ports, "E128", "port")
    people = {p.id for p in mesh.principals} | {each.name.service for each in parts}
    purposes = {p.id for p in mesh.purposes}
    for path in [("who",), *(("unless", place) for place in range(len(policy.unless)))]:
        _each(text, (*path, "people"), people, "E125", "person")
        _each(text, (*path, "teams"), {t.id for t in mesh.teams}, "E125", "team")
        _each(text, (*path, "purposes"), purposes, "E127", "purpose")
    for place, trial in enumerate(policy.trials):
        if trial.who not in people:
            text.report("E125", ("tests", place, "as"), f"there is no person `{trial.who}`")
        if trial.port.partition("@")[0] not in ports:
            text.report("E128", ("tests", place, "port"), f"there is no port `{trial.port}`")
        if trial.purpose and trial.purpose not in purposes:
            text.report(
                "E127", ("tests", place, "purpose"), f"there is no purpose `{trial.purpose}`"
            )


def _places(mesh: Mesh, parts: Sequence[Parts]) -> tuple[set[str], set[str]]:
    """Every domain, and every product and port, also those that are left out for another reason."""
    ports = {str(port.name) for _, port in mesh.ports()} | {str(each.name) for each in parts}
    for each in parts:
        ports |= {f"{each.name}.{node.get('name')}" for node in nodes(each.product, "outputPorts")}
    return {area.id for area in mesh.domains}, ports


def _each(text: Text, path: Path, known: set[str], code: str, word: str) -> None:
    for place, name in enumerate(text.get(*path) or ()):
        if name not in known:
            text.report(code, (*path, place), f"there is no {word} `{name}`")


def _labels_of(mesh: Mesh, each: Parts) -> None:
    known = {tag.id for tag in mesh.tags}
    for text, promise in each.contracts:
        for place, column in enumerate(promise.columns if promise else ()):
            path = ("schema", 0, "properties", place)
            _each(text, (*path, "tags"), known, "E126", "tag")
            if column.classification and column.classification not in known:
                words = f"there is no tag `{column.classification}`"
                text.report("E126", (*path, "classification"), words)


def _purposes_of(mesh: Mesh, each: Parts) -> None:
    known = {purpose.id for purpose in mesh.purposes}
    text = each.build
    for place, node in enumerate(nodes(text, "inputs")):
        if "purpose" in node and node["purpose"] not in known:
            text.report(
                "E127", ("inputs", place, "purpose"), f"there is no purpose `{node['purpose']}`"
            )
    names: dict[str, str] = {}
    for kind in ("sources", "inputs", "steps"):
        for place, node in enumerate(nodes(text, kind)):
            stem = str(node.get("file", "")).rpartition("/")[2].rpartition(".")[0]
            name = str(node.get("name") or stem)
            if fold(name) in names:
                words = f"`{names[fold(name)]}` and `{name}` are one in SQL"
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
