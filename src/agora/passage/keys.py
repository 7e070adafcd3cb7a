"""Keys under which the store keeps nouns; a prefix of a key finds everything below it."""

from datetime import date

from agora.model.access import Agreement, Request
from agora.model.changes import Consent
from agora.model.names import PortName, PortVersion, ProductName


def agreement(noun: Agreement) -> str:
    """Agreements lie under their port, so that one look finds all that could fit a reader."""
    return agreement_on(noun.port, noun.id)


def agreement_on(port: PortVersion, agreement: str) -> str:
    """The same key, from what names an agreement."""
    return f"{port}/{agreement}"


def agreements_of(port: PortName) -> str:
    """Everything agreed on any version of a port."""
    return f"{port}@"


def filed(name: str, noun: Agreement | Request) -> str:
    """Requests and agreements are filed under everybody whose they are, in the order of their ids."""
    return f"{filed_of(name)}{noun.id}"


def filed_of(name: str) -> str:
    """Every request and agreement of one consumer or asker."""
    return f"of/{name}/"


def filed_by(agreement: str) -> str:
    """An agreement is found by its id alone."""
    return f"id/{agreement}"


def filed_on(port: PortName, consumer: str, agreement: str = "") -> str:
    """What one consumer has agreed on any version of a port."""
    return f"on/{port}/{consumer}/{agreement}"


def filed_ending(day: date, agreement: str = "") -> str:
    """Agreements that expire lie under the day on which they do."""
    return f"ends/{day.isoformat()}/{agreement}"


def desk(port: PortName) -> str:
    """The desks of a domain's ports lie side by side."""
    return f"{desks_of(port.domain)}{port}"


def desks_of(domain: str) -> str:
    """Every desk of a domain."""
    return f"{domain}/"


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


def result(reader: str, name: str) -> str:
    """Results lie under who ran them: nobody else's key leads to one."""
    return f"{results_of(reader)}{name}"


def results_of(reader: str) -> str:
    """Every result of one reader, in the order in which they were run."""
    return f"{reader}/"


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


def of_product(product: ProductName, name: str = "") -> str:
    """What is said of a product, who follows it and who has read it lie under it."""
    return f"{product}/{name}"


def answer(product: ProductName, question: str, name: str = "") -> str:
    """Answers lie under their question."""
    return f"{product}/{question}/{name}"


def notice(person: str, number: int | None = None) -> str:
    """Notices lie under whom they are for, the newest first."""
    return f"{person}/" if number is None else f"{person}/{10**12 - number:012d}"


def hook(owner: str, name: str = "") -> str:
    """Webhooks lie under whom they are for."""
    return f"{owner}/{name}"


SHELF = 100


def dispatch(number: int) -> str:
    """Dispatches lie on shelves of a hundred, so that those that wait are found among few."""
    return f"{shelf(number // SHELF)}{number:012d}"


def shelf(number: int) -> str:
    """Every dispatch of one shelf."""
    return f"{number:010d}/"
