"""The mesh: every text of a folder read, joined, and judged as a whole."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agora.model.findings import Finding
from agora.model.mesh import Domain, Mesh
from agora.model.names import PortVersion, ProductName, is_kebab
from agora.model.policy import Policy, Purpose, Tag
from agora.model.product import Product
from agora.spec import domains, meaning, people, policies, products
from agora.spec.contracts import contract
from agora.spec.products import Parts
from agora.spec.shape import check_own
from agora.spec.texts import Text, findings_of
from agora.spec.texts import read as read_text
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
    return _Reader(texts, environment).read()


class _Reader:
    def __init__(self, texts: Mapping[str, bytes], environment: Mapping[str, str]) -> None:
        self._texts, self._environment = texts, environment
        self._read: dict[str, Text] = {}
        self._broken: list[str] = []

    def read(self) -> Reading:
        """Mesh, people and guardrails first; then domains; then products, which need one another."""
        root, persons = self._text(MESH), self._text(PEOPLE)
        fits = check_own(root, "mesh")
        found = people.principals(persons)
        folder = str(root.get("guardrails") or "guardrails")
        rules = self._guardrails(folder)
        if not fits:
            return Reading(mesh=None, findings=findings_of(self._read.values()))
        areas = [area for name in words(root.get("domains")) if (area := self._domain(root, name))]
        found = people.in_domains(found, areas)
        purposes = self._purposes(folder)
        mesh = Mesh(
            name=str(root.get("name")),
            title=str(root.get("title") or root.get("name")),
            operator=str(root.get("operator") or ""),
            at=policies.moment(root, ("clock", "at")) if root.get("clock") else None,
            lake=str(root.get("lake") or "file:.agora/lake"),
            store=str(root.get("store") or "sqlite:.agora/agora.db"),
            bounds=domains.bounds(root.get("limits")),
            domains=tuple(areas),
            principals=found,
            teams=people.teams(persons) if persons.fine else (),
            purposes=purposes,
            tags=self._tags(folder),
            policies=(*rules, *(p for area in areas for p in self._policies(area))),
            products=self._products(areas),
            hash=self._hash(),
        )
        return self._judged(mesh, folder)

    def _judged(self, mesh: Mesh, guardrails: str) -> Reading:
        meaning.judge(mesh, self._read)
        broken = set(self._broken)
        for product in mesh.products:
            own = [t for f, t in self._read.items() if f.startswith(f"{product.folder}/")]
            broken |= {str(product.name)} if not all(text.fine for text in own) else set()
        for area in mesh.domains:
            rules = [t for f, t in self._read.items() if f.startswith(f"{area.folder}/policies/")]
            if not all(text.fine for text in (*rules, self._read[f"{area.folder}/domain.yaml"])):
                broken.add(area.id)
        findings = findings_of(self._read.values())
        own_files = [self._read[MESH], self._read[PEOPLE]]
        own_files += [t for f, t in self._read.items() if f.startswith(f"{guardrails}/")]
        if not all(text.fine for text in own_files):
            return Reading(mesh=None, findings=findings, broken=tuple(sorted(broken)))
        return Reading(mesh=_without(mesh, broken), findings=findings, broken=tuple(sorted(broken)))

    def _text(self, file: str) -> Text:
        if file not in self._read:
            if file in self._texts:
                self._read[file] = read_text(file, self._texts[file], self._environment)
            else:
                self._read[file] = Text(file=file)
                self._read[file].report("E105", (), f"there is no `{file}`", "write it")
        return self._read[file]

    def _below(self, folder: str) -> list[str]:
        return sorted(f for f in self._texts if f.startswith(f"{folder}/") and f.endswith((".yaml", ".yml")))

    def _guardrails(self, folder: str) -> tuple[Policy, ...]:
        found = []
        for file in self._below(folder):
            text = self._text(file)
            if text.get("kind") not in ("purposes", "tags") and (rule := policies.policy(text)):
                found.append(rule)
        return tuple(found)

    def _purposes(self, folder: str) -> tuple[Purpose, ...]:
        kinds = [t for f in self._below(folder) if (t := self._text(f)).get("kind") == "purposes"]
        return tuple(each for text in kinds for each in policies.purposes(text))

    def _tags(self, folder: str) -> tuple[Tag, ...]:
        kinds = [t for f in self._below(folder) if (t := self._text(f)).get("kind") == "tags"]
        return tuple(each for text in kinds for each in policies.tags(text))

    def _domain(self, root: Text, folder: str) -> Domain | None:
        folder = folder.strip("/").removeprefix("./")
        if f"{folder}/domain.yaml" not in self._texts:
            place = words(root.get("domains")).index(folder) if folder in words(root.get("domains")) else 0
            root.report("E120", ("domains", place), f"the folder `{folder}` holds no `domain.yaml`")
            return None
        found = domains.domain(self._text(f"{folder}/domain.yaml"), folder)
        if found is None:
            self._broken.append(folder.rpartition("/")[2])
        return found

    def _policies(self, area: Domain) -> list[Policy]:
        files = self._below(f"{area.folder}/policies")
        return [rule for file in files if (rule := policies.policy(self._text(file), area.id))]

    def _products(self, areas: list[Domain]) -> tuple[Product, ...]:
        parts = [each for area in areas for each in self._parts(area)]
        offered: dict[str, PortVersion] = {}
        for each in parts:
            for contract_id, port in products.port_versions(each).items():
                if contract_id in offered:
                    each.product.report("E124", (), f"the contract id `{contract_id}` is used twice")
                offered[contract_id] = port
        found = []
        for each in parts:
            product = products.product(each, offered)
            if product is None:
                self._broken.append(str(each.name))
            else:
                found.append(product)
        return tuple(found)

    def _parts(self, area: Domain) -> list[Parts]:
        """Every folder of the domain that holds a product's file."""
        names = sorted(
            {
                file.removeprefix(f"{area.folder}/").partition("/")[0]
                for file in self._texts
                if file.startswith(f"{area.folder}/") and file.endswith((".odps.yaml", "/build.yaml"))
            }
        )
        return [self._part(area, name) for name in names]

    def _part(self, area: Domain, name: str) -> Parts:
        folder = f"{area.folder}/{name}"
        product = self._text(f"{folder}/{name}.odps.yaml")
        if not is_kebab(name):
            product.report("E122", (), f"`{name}` cannot name a product")
        contracts = [f for f in self._below(folder) if f.endswith(".odcs.yaml")]
        sql = {f: c for f, c in self._texts.items() if f.startswith(f"{folder}/") and f.endswith(".sql")}
        readme = self._texts.get(f"{folder}/README.md", b"")
        return Parts(
            name=ProductName(area.id, name),
            folder=folder,
            product=product,
            build=self._text(f"{folder}/build.yaml"),
            contracts=tuple((self._text(f), contract(self._text(f))) for f in contracts),
            steps={f: c.decode("utf-8", "replace") for f, c in sql.items()},
            queries=tuple(
                (f.rpartition("/")[2].removesuffix(".sql"), c.decode("utf-8", "replace"))
                for f, c in sorted(sql.items())
                if f.startswith(f"{folder}/queries/")
            ),
            readme=readme.decode("utf-8", "replace"),
        )

    def _hash(self) -> str:
        whole = hashlib.sha256()
        for file in sorted(self._texts):
            whole.update(f"{file}\x00{len(self._texts[file])}\x00".encode())
            whole.update(self._texts[file])
        return whole.hexdigest()


def _without(mesh: Mesh, broken: set[str]) -> Mesh:
    def whole(product: Product) -> bool:
        return str(product.name) not in broken and product.name.domain not in broken

    return replace(
        mesh,
        domains=tuple(area for area in mesh.domains if area.id not in broken),
        products=tuple(product for product in mesh.products if whole(product)),
    )
