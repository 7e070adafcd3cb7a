"""The mesh: all domains under one set of guardrails, as the files say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from agora.model.account import SignIn
from agora.model.changes import PromisedText
from agora.model.names import PortName, PortVersion, ProductName
from agora.model.people import Principal, PrincipalKind, Team
from agora.model.policy import Policy, Purpose, Tag
from agora.model.product import OutputPort, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a team: a channel such as `email` or `chat`, and its address."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A business area with its team; `owners` answer requests, `publishers` may run products."""

    id: str
    title: str = ""
    purpose: str = ""
    goals: tuple[str, ...] = ()
    team: str = ""
    owners: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    location: str = ""
    quota: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The limits of one query: memory in bytes, seconds, rows of an answer, threads.

    Of a live table it may fetch as many rows as an answer may have, in `fetched` bytes of a file.
    An answer that is kept for paging takes at most `kept` bytes, all of them together `results`.
    """

    memory: int = 1 << 30
    seconds: int = 60
    rows: int = 50_000_000
    threads: int = 2
    fetched: int = 4 << 30
    kept: int = 2 << 30
    results: int = 20 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """The server that takes mail; `password` names a secret and is no secret itself.

    `tls` is `starttls`, `tls` from the first byte, or `none`.
    """

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    sender: str = ""
    tls: str = "starttls"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """How people are told besides the page: without `smtp` no mail is sent.

    `site` is the address of the pages, for links. `private` are hosts and networks of our own that
    webhooks may reach.
    """

    smtp: Smtp | None = None
    site: str = ""
    private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """Everything the files say. `at` is the fixed time of a mesh with its own clock, else None.

    `promised` holds the words of every contract. `broken` names the domains and products that are
    left out because their files have errors.
    `private` are hosts and networks of our own that sources may reach, `external` the folders (domain,
    folder) from which a domain may offer tables in place.
    What was read so many times under equal rules gets a derived table (`derive_after`).
    `lake`, `store` and the search `index` are URLs (`file:.agora/lake`, `sqlite:.agora/agora.db`),
    relative to the folder.
    """

    name: str
    title: str = ""
    operator: str = ""
    at: datetime | None = None
    lake: str = "file:.agora/lake"
    store: str = "sqlite:.agora/agora.db"
    index: str = "sqlite:.agora/index.db"
    bounds: Bounds = Bounds()
    private: tuple[str, ...] = ()
    external: tuple[tuple[str, str], ...] = ()
    derive_after: int = 20
    sign_in: SignIn = field(default_factory=SignIn)
    post: PostOffice = PostOffice()
    domains: tuple[Domain, ...] = ()
    principals: tuple[Principal, ...] = ()
    teams: tuple[Team, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    tags: tuple[Tag, ...] = ()
    policies: tuple[Policy, ...] = ()
    products: tuple[Product, ...] = ()
    promised: tuple[PromisedText, ...] = ()
    broken: tuple[str, ...] = ()
    hash: str = ""
    _found: dict[str, dict[object, Any]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def domain(self, name: str) -> Domain | None:
        """The domain of that id, or None."""
        return next((d for d in self.domains if d.id == name), None)

    def product(self, name: ProductName) -> Product | None:
        """The product of that name, or None."""
        found: Product | None = self._named("products", self._products).get(name)
        return found

    def ports(self) -> Iterator[tuple[Product, OutputPort]]:
        """Every output port with its product."""
        return ((product, port) for product in self.products for port in product.ports)

    def versions(self, name: PortName) -> tuple[OutputPort, ...]:
        """All major versions of a port, newest first."""
        found: tuple[OutputPort, ...] = self._named("versions", self._versions).get(name, ())
        return found

    def port(self, version: PortVersion) -> OutputPort | None:
        """One version of one port, or None."""
        return next((port for port in self.versions(version.port) if port.version == version), None)

    def promise(self, contract: str) -> PromisedText | None:
        """The words of the contract with this hash, or None."""
        return next((words for words in self.promised if words.hash == contract), None)

    def built_by(self, service: str) -> Product | None:
        """The product whose build reads as this service, or None."""
        found: Product | None = self._named("services", self._services).get(service)
        return found

    def principal(self, name: str) -> Principal | None:
        """Somebody by id; a product's service exists as soon as the product does."""
        found = next((p for p in self.principals if p.id == name), None)
        return found or self._service(name)

    def joined_by(self, principal: Principal) -> "Mesh":
        """The mesh in which this person is as they signed in; the same one where nothing differs."""
        if principal in self.principals:
            return self
        others = tuple(each for each in self.principals if each.id != principal.id)
        joined = replace(self, principals=(*others, principal))
        joined._found.update(self._found)  # noqa: SLF001 (its own kind; names are looked up once for all)
        return joined

    def _service(self, name: str) -> Principal | None:
        product = self.built_by(name)
        if product is None:
            return None
        domain = self.domain(product.name.domain)
        return Principal(
            id=name,
            kind=PrincipalKind.SERVICE,
            name=f"build of {product.name}",
            teams=(domain.team,) if domain and domain.team else (),
            domains=(product.name.domain,),
        )

    def _named(self, kind: str, look: Callable[[], dict[object, Any]]) -> dict[object, Any]:
        """What was looked up once in all products; a mesh of thousands is asked for names all day."""
        if kind not in self._found:
            self._found[kind] = look()
        return self._found[kind]

    def _products(self) -> dict[object, Any]:
        return {product.name: product for product in reversed(self.products)}

    def _services(self) -> dict[object, Any]:
        return {product.name.service: product for product in reversed(self.products)}

    def _versions(self) -> dict[object, Any]:
        found: dict[object, list[OutputPort]] = {}
        for _, port in self.ports():
            found.setdefault(port.name, []).append(port)
        return {
            name: tuple(sorted(ports, key=lambda port: -port.contract.major))
            for name, ports in found.items()
        }

    def classified(self) -> frozenset[str]:
        """The tags whose values never enter samples, messages or results."""
        return frozenset(tag.id for tag in self.tags if tag.classified)
