"""Keys under which the store keeps nouns; a prefix of a key finds everything below it."""

from agora.model.access import Agreement
from agora.model.changes import Consent
from agora.model.names import PortName, PortVersion, ProductName


def agreement(noun: Agreement) -> str:
    """Agreements lie under their port, so that one look finds all that could fit a reader."""
    return f"{noun.port}/{noun.id}"


def agreements_of(port: PortName) -> str:
    """Everything agreed on any version of a port."""
    return f"{port}@"


def consent(noun: Consent) -> str:
    """Consents lie under the port whose change they accept."""
    return f"{noun.port}/{noun.contract}/{noun.consumer}"


def consents_of(port: PortVersion) -> str:
    """Every consent to a change of one port version."""
    return f"{port}/"


def derived(port: PortVersion, outcome: str) -> str:
    """Derived tables lie under their port version, by what they leave to see."""
    return f"{port}/{outcome}"


def build(product: ProductName, code: str) -> str:
    """The words of a build lie under its product."""
    return f"{product}/{code}"


def release(product: ProductName, number: int) -> str:
    """Releases lie under their product in order."""
    return f"{product}/{number:08d}"


def releases_of(product: ProductName) -> str:
    """Every release of a product."""
    return f"{product}/"


def run(product: ProductName, run_id: str) -> str:
    """Runs lie under their product."""
    return f"{product}/{run_id}"


def runs_of(product: ProductName) -> str:
    """Every run of a product."""
    return f"{product}/"
