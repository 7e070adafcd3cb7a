"""Rebuilds: the words of a build are kept with its releases, so that one can be built again."""

from collections.abc import Mapping

from agora.model.contract import Contract
from agora.model.names import PortVersion
from agora.model.product import Build, OutputPort, Product
from agora.model.verifying import BuildText
from agora.spec import builds
from agora.spec.exact import again
from agora.spec.texts import Text

_PYTHON = ".py"


def kept(product: Product) -> BuildText:
    """The words of a product's build: its file and every step's."""
    steps = {
        step.file: step.script.text if step.script else step.sql for step in product.build.steps
    }
    return BuildText(
        product=product.name,
        hash=product.build.hash,
        folder=product.folder,
        build=product.build.text,
        steps=tuple((file, text) for file, text in steps.items() if text),
    )


def read(words: BuildText, contracts: Mapping[PortVersion, Contract]) -> Build | None:
    """The build these words say; None when they are not those that were released."""
    text = Text(file=f"{words.folder}/build.yaml", value=again(words.build))
    steps = dict(words.steps)
    parts = builds.Parts(
        name=words.product,
        folder=words.folder,
        product=Text(file=""),
        build=text,
        contracts=(),
        steps=steps,
        notes={file: Text(file=file) for file in steps if file.endswith(_PYTHON)},
    )
    ports = tuple(OutputPort(name=port.port, contract=each) for port, each in contracts.items())
    found = builds.build(parts, ports)
    return found if found.hash == words.hash else None


def purposes(words: BuildText) -> dict[str, str]:
    """What each input was used for."""
    inputs = again(words.build).get("inputs") or ()
    return {str(node["name"]): str(node["purpose"]) for node in inputs}


def changed(words: BuildText, today: Product) -> tuple[str, ...]:
    """What of the build's words is different today, each named by its file."""
    before, now = dict(words.steps), dict(kept(today).steps)
    names = [file for file in sorted({*before, *now}) if before.get(file) != now.get(file)]
    found = [f"the step `{file.rpartition('/')[2]}` has changed since" for file in names]
    if words.build != today.build.text:
        found.insert(0, "`build.yaml` has changed since")
    return tuple(found)
