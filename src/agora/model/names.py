"""Names of domains, products and ports: one naming rule for files, URLs, commands and SQL."""

import re
from dataclasses import dataclass
from functools import lru_cache

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
SNAKE = re.compile(r"[a-z_][a-z0-9_]*\Z")
MAX_LENGTH = 63


@lru_cache(maxsize=4096)
def is_kebab(text: str) -> bool:
    """True for a word that may name a domain, product or port in files and URLs."""
    return len(text) <= MAX_LENGTH and KEBAB.match(text) is not None


def fold(text: str) -> str:
    """Give the SQL spelling of a kebab-case word: `weekly-sales` becomes `weekly_sales`."""
    return text.replace("-", "_").replace(".", "_").replace(" ", "_").lower()


@dataclass(frozen=True, slots=True, order=True)
class ProductName:
    """The full name of a product, written `sales.weekly-sales`."""

    domain: str
    product: str

    def __str__(self) -> str:
        return f"{self.domain}.{self.product}"

    @property
    def service(self) -> str:
        """The identity under which this product's build reads other products."""
        return f"service:{self}"

    @classmethod
    def parse(cls, text: str) -> "ProductName":
        """Read `domain.product`; raise ValueError for anything else."""
        parts = text.split(".")
        if len(parts) != 2 or not all(is_kebab(part) for part in parts):  # noqa: PLR2004 (domain and product)
            raise ValueError(text)
        return cls(*parts)


@dataclass(frozen=True, slots=True, order=True)
class PortName:
    """The full name of an output port; the product's own name is left out where they are equal."""

    domain: str
    product: str
    port: str

    def __str__(self) -> str:
        own = self.port == self.product
        return (
            f"{self.domain}.{self.product}" if own else f"{self.domain}.{self.product}.{self.port}"
        )

    @property
    def of(self) -> ProductName:
        """The product that offers this port."""
        return ProductName(self.domain, self.product)

    @property
    def schema(self) -> str:
        """The SQL schema: the folded domain."""
        return fold(self.domain)

    @property
    def table(self) -> str:
        """The SQL table: the folded product, followed by the port where the names differ."""
        product = fold(self.product)
        return product if self.port == self.product else f"{product}_{fold(self.port)}"

    @classmethod
    def parse(cls, text: str) -> "PortName":
        """Read `domain.product` or `domain.product.port`; raise ValueError for anything else."""
        parts = text.split(".")
        if len(parts) not in (2, 3) or not all(is_kebab(part) for part in parts):
            raise ValueError(text)
        return cls(parts[0], parts[1], parts[-1])


@dataclass(frozen=True, slots=True, order=True)
class PortVersion:
    """One major version of a port, written `sales.weekly-sales@1`."""

    port: PortName
    major: int

    def __str__(self) -> str:
        return f"{self.port}@{self.major}"

    @property
    def table(self) -> str:
        """The SQL table that names exactly this version."""
        return f"{self.port.table}_v{self.major}"

    @classmethod
    def parse(cls, text: str) -> "PortVersion":
        """Read `domain.product@1`; raise ValueError for anything else."""
        name, _, major = text.partition("@")
        return cls(PortName.parse(name), int(major))
