"""The mesh: every text of a folder read, joined, and judged as a whole."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agora.model.findings import Finding, Weight
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortVersion
from agora.model.policy import Policy
from agora.model.product import Product
from agora.spec import domains, folders, meaning, people, policies, products, promises, references
from agora.spec.builds import Parts, nodes
from agora.spec.desk import Desk
from agora.spec.shape import check_own
from agora.spec.texts import Text
from agora.spec.texts import texts as words

MESH, PEOPLE = "agora.yaml", "people.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the texts say: the mesh without what is broken, every finding, the broken names.

    `mesh` is None when the mesh's own files, its people or its guardrails are in doubt.
    """

    mesh: Mesh | None
    findings: tuple[Finding, ...]
    broken: tuple[str, ...] = ()


def read(texts: Mapping[str, bytes], environment: Mapping[str, str]) -> Reading:
    """Every text judged at once; a product with an error is left out, a domain likewise."""
    return _Reader(Desk(texts, environment)).read()


class _Reader:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._broken: set[str] = set()

    def read(self) -> Reading:
        """Mesh, people and guardrails first; then domains; then products, which need one another."""
        root, persons = self._desk.yaml(MESH), self._desk.yaml(PEOPLE)
        fits = check_own(root, "mesh")
        found = people.principals(persons)
        guardrails = _folder(root.get("guardrails") if fits else None, "guardrails")
        rules = [self._desk.yaml(file) for file in self._desk.below(guardrails)]
        laws = tuple(law for text in rules if _is_law(text) and (law := policies.policy(text)))
        purposes, tags = policies.all_purposes(rules), policies.all_tags(rules)
        if not fits:
            return Reading(mesh=None, findings=self._desk.findings())
        areas = self._areas(root)
        parts = [each for area in areas for each in folders.parts(self._desk, area)]
        mesh = Mesh(
            name=str(root.get("name")),
            title=str(root.get("title") or root.get("name")),
            operator=str(root.get("operator") or ""),
            at=policies.moment(root, ("clock", "at")) if root.get("clock") else None,
            lake=str(root.get("lake") or "file:.agora/lake"),
            store=str(root.get("store") or "sqlite:.agora/agora.db"),
            index=str(root.get("index") or "sqlite:.agora/index.db"),
            bounds=domains.bounds(root.get("limits")),
            private=words(root.get("network", "private")),
            derive_after=int(root.get("derived", "after") or 20),
            post=domains.post(root),
            sign_in=people.sign_in(root, people.teams(persons)),
            external=tuple(
                (str(each.get("domain")), str(each.get("folder")))
                for each in nodes(root, "external")
            ),
            domains=tuple(areas),
            principals=people.in_domains(found, areas),
            teams=people.teams(persons),
            purposes=purposes,
            tags=tags,
            policies=(*laws, *(p for area in areas for p in self._policies(area))),
            products=self._products(parts),
            promised=promises.every(parts),
            hash=self._hash(),
        )
        return self._judged(mesh, parts, guardrails)

    def _judged(self, mesh: Mesh, parts: list[Parts], guardrails: str) -> Reading:
        meaning.judge(mesh, parts, self._desk, guardrails)
        folders.contract_files(parts)
        folders.strays(self._desk)
        desk, broken = self._desk, self._broken
        broken |= {str(each.name) for each in parts if not desk.fine(each.folder)}
        areas = mesh.domains
        for area in areas:
            own = desk.read.get(f"{area.folder}/domain.yaml")
            whole = own is not None and own.fine and desk.fine(f"{area.folder}/policies")
            broken |= set() if whole else {area.id}
        lost = [f.file for f in desk.findings() if f.code == "E118" and f.weight is Weight.ERROR]
        broken |= {area.id for area in areas for file in lost if file.startswith(f"{area.folder}/")}
        misplaced = any(_whole(file, mesh) for file in lost)
        sound = desk.yaml(MESH).fine and desk.yaml(PEOPLE).fine and desk.fine(guardrails)
        left = _without(mesh, broken) if sound and not misplaced else None
        return Reading(mesh=left, findings=desk.findings(), broken=tuple(sorted(broken)))

    def _areas(self, root: Text) -> list[Domain]:
        """The domains of the list; a broken one is kept with its bare name, so that all in it is judged."""
        found: dict[str, Domain] = {}
        for place, listed in enumerate(words(root.get("domains"))):
            folder = _folder(listed, listed)
            area = None
            if f"{folder}/domain.yaml" in self._desk.files:
                area = domains.domain(self._desk.yaml(f"{folder}/domain.yaml"), folder)
            else:
                text = f"the folder `{folder}` holds no `domain.yaml`"
                root.report("E120", ("domains", place), text)
            if area is None:
                area = Domain(id=folder.rpartition("/")[2], folder=folder)
                self._broken.add(area.id)
            if area.id in found:
                root.report("E124", ("domains", place), f"the domain `{area.id}` stands twice")
            found.setdefault(area.id, area)
        return list(found.values())

    def _policies(self, area: Domain) -> list[Policy]:
        files = self._desk.below(f"{area.folder}/policies")
        return [rule for file in files if (rule := policies.policy(self._desk.yaml(file), area.id))]

    def _products(self, parts: list[Parts]) -> tuple[Product, ...]:
        """The products that can be used; the others are named in what is broken."""
        parts[:] = references.resolved(parts)
        offered: dict[str, PortVersion] = {}
        for each in parts:
            for contract_id, port in products.port_versions(each).items():
                if contract_id in offered and offered[contract_id] != port:
                    words = f"`{offered[contract_id]}` has the contract `{contract_id}` already"
                    text = next(
                        t for t, c in each.contracts if c is not None and c.id == contract_id
                    )
                    text.report("E124", ("id",), words)
                offered.setdefault(contract_id, port)
        doubtful = frozenset(name for each in parts for name in products.promised(each))
        found = []
        for each in parts:
            product = products.product(each, offered, doubtful)
            if product is None:
                self._broken.add(str(each.name))
            else:
                found.append(product)
        return tuple(found)

    def _hash(self) -> str:
        whole = hashlib.sha256()
        for file in sorted(self._desk.files):
            whole.update(f"{file}\x00{len(self._desk.files[file])}\x00".encode())
            whole.update(self._desk.files[file])
        return whole.hexdigest()


def _folder(value: object, otherwise: str) -> str:
    return str(value or otherwise).removeprefix("./").strip("/")


def _is_law(text: Text) -> bool:
    """True for a rule; purposes and tags are words, and a file without a kind is judged as a rule."""
    return text.get("kind") not in ("purposes", "tags")


def _whole(file: str, mesh: Mesh) -> bool:
    """True for a file that lies in no domain, so that what it says is about the whole mesh."""
    return not any(file.startswith(f"{area.folder}/") for area in mesh.domains)


def _without(mesh: Mesh, broken: set[str]) -> Mesh:
    """The mesh without what is broken, and without what reads from it."""
    left = [p for p in mesh.products if str(p.name) not in broken and p.name.domain not in broken]
    while True:
        there = {port.version for product in left for port in product.ports}
        kept = [p for p in left if all(each.port in there for each in p.inputs)]
        broken |= {str(p.name) for p in left} - {str(p.name) for p in kept}
        if len(kept) == len(left):
            break
        left = kept
    return replace(
        mesh, domains=tuple(a for a in mesh.domains if a.id not in broken), products=tuple(left)
    )
