"""Meaning: what single files cannot tell, because it lies between them."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from agora.model.mesh import Mesh
from agora.model.names import fold
from agora.model.policy import Policy, Who
from agora.model.product import Product
from agora.spec.texts import Path, Text


def judge(mesh: Mesh, read: Mapping[str, Text]) -> None:
    """Note every name that means nothing, means two things, or goes round in a circle."""
    _operator(mesh, read)
    for area in mesh.domains:
        _people_of(mesh, read[f"{area.folder}/domain.yaml"])
    for policy in mesh.policies:
        _words_of(mesh, policy, read[policy.file])
    for product in mesh.products:
        _labels_of(mesh, product, read)
        _purposes_of(mesh, product, read)
    _tables(mesh, read)
    _ids(mesh, read)
    _circles(mesh, read)


def _operator(mesh: Mesh, read: Mapping[str, Text]) -> None:
    known = {p.id for p in mesh.principals}
    if mesh.operator and mesh.operator not in known:
        read["agora.yaml"].report("E125", ("operator",), f"there is no `{mesh.operator}`")


def _people_of(mesh: Mesh, text: Text) -> None:
    known = {p.id for p in mesh.principals}
    if text.value is None:
        return
    if text.get("team") not in {team.id for team in mesh.teams}:
        text.report("E125", ("team",), f"there is no team `{text.get('team')}`")
    for role in ("owners", "publishers"):
        for place, name in enumerate(text.get(role) or ()):
            if name not in known:
                text.report("E125", (role, place), f"there is no person `{name}`")


def _words_of(mesh: Mesh, policy: Policy, text: Text) -> None:
    _each(text, ("applies_to", "tags"), {t.id for t in mesh.tags}, "E126", "tag")
    _each(text, ("applies_to", "domains"), {d.id for d in mesh.domains}, "E128", "domain")
    ports = {str(port.name) for _, port in mesh.ports()} | {str(p.name) for p in mesh.products}
    _each(text, ("applies_to", "ports"), ports, "E128", "port")
    places: list[tuple[Path, Who]] = [(("who",), policy.who)]
    places += [(("unless", n), who) for n, who in enumerate(policy.unless)]
    for path, _ in places:
        _each(text, (*path, "people"), {p.id for p in mesh.principals}, "E125", "person")
        _each(text, (*path, "teams"), {t.id for t in mesh.teams}, "E125", "team")
        _each(text, (*path, "purposes"), {p.id for p in mesh.purposes}, "E127", "purpose")
    for place, trial in enumerate(policy.trials):
        if mesh.principal(trial.who) is None:
            text.report("E125", ("tests", place, "as"), f"there is no `{trial.who}`")
        if trial.port.partition("@")[0] not in ports:
            text.report("E128", ("tests", place, "port"), f"there is no port `{trial.port}`")
        if trial.purpose and trial.purpose not in {p.id for p in mesh.purposes}:
            text.report("E127", ("tests", place, "purpose"), f"there is no purpose `{trial.purpose}`")


def _each(text: Text, path: Path, known: set[str], code: str, word: str) -> None:
    for place, name in enumerate(text.get(*path) or ()):
        if name not in known:
            text.report(code, (*path, place), f"there is no {word} `{name}`")


def _labels_of(mesh: Mesh, product: Product, read: Mapping[str, Text]) -> None:
    known = {tag.id for tag in mesh.tags}
    for port in product.ports:
        text = read[port.contract.file]
        for place, column in enumerate(port.contract.columns):
            path = ("schema", 0, "properties", place)
            _each(text, (*path, "tags"), known, "E126", "tag")
            if column.classification and column.classification not in known:
                words = f"there is no tag `{column.classification}`"
                text.report("E126", (*path, "classification"), words)


def _purposes_of(mesh: Mesh, product: Product, read: Mapping[str, Text]) -> None:
    known = {purpose.id for purpose in mesh.purposes}
    text = read[f"{product.folder}/build.yaml"]
    for place, node in enumerate(text.get("inputs") or ()):
        if node["purpose"] not in known:
            text.report("E127", ("inputs", place, "purpose"), f"there is no purpose `{node['purpose']}`")
    names: dict[str, str] = {}
    for kind in ("sources", "inputs", "steps"):
        for place, node in enumerate(text.get(kind) or ()):
            name = str(node.get("name") or node.get("file", "").rpartition("/")[2].rpartition(".")[0])
            if fold(name) in names:
                words = f"`{names[fold(name)]}` and `{name}` are one in SQL"
                text.report("E123", (kind, place), words)
            names[fold(name)] = name


def _tables(mesh: Mesh, read: Mapping[str, Text]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for product, port in mesh.ports():
        for table in (port.name.table, port.version.table):
            other = seen.setdefault((port.name.schema, table), str(port.name))
            if other != str(port.name):
                text = read[f"{product.folder}/{product.name.product}.odps.yaml"]
                text.report("E123", ("outputPorts",), f"`{other}` and `{port.name}` are one in SQL")


def _ids(mesh: Mesh, read: Mapping[str, Text]) -> None:
    seen: dict[str, str] = {}
    for product in mesh.products:
        other = seen.setdefault(product.id, str(product.name))
        if other != str(product.name):
            text = read[f"{product.folder}/{product.name.product}.odps.yaml"]
            text.report("E124", ("id",), f"`{other}` has the id `{product.id}` already")
    rules: dict[str, str] = {}
    for policy in mesh.policies:
        if rules.setdefault(policy.name, policy.file) != policy.file:
            read[policy.file].report("E124", ("id",), f"`{rules[policy.name]}` has this id already")
    words = [(p.id, "purpose") for p in mesh.purposes] + [(t.id, "tag") for t in mesh.tags]
    for word in {w for w in words if words.count(w) > 1}:
        read["agora.yaml"].report("E124", (), f"the {word[1]} `{word[0]}` stands twice in the guardrails")


def _circles(mesh: Mesh, read: Mapping[str, Text]) -> None:
    graph = {
        str(product.name): {str(each.port.port.of) for each in product.inputs} for product in mesh.products
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        names = list(dict.fromkeys(circle.args[1]))
        path = " → ".join(f"`{name}`" for name in circle.args[1])
        for product in mesh.products:
            if str(product.name) in names:
                text = read[f"{product.folder}/{product.name.product}.odps.yaml"]
                text.report("E136", ("inputPorts",), f"products go round in a circle: {path}")
