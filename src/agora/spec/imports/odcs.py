"""ODCS contracts written by others: adopted letter for letter, their version declared by themselves."""

from agora.spec.imports.drafts import Draft, Found, Notes
from agora.spec.shape import check_standard
from agora.spec.texts import read as values

STANDARDS = {"DataContract": "odcs", "DataProduct": "odps"}


def read(file: str, content: bytes, *, dialect: str = "") -> Found:  # noqa: ARG001 (one form of reader for every format)
    """The contract or product with its own letters; a text that is neither is refused with its findings."""
    text = values(file, content, None)
    kind = "DataProduct" if text.get("kind") == "DataProduct" else "DataContract"
    check_standard(text, STANDARDS[kind], kind)
    if not text.fine or text.value is None:
        return Found(findings=tuple(text.findings))
    letters = content.decode("utf-8-sig")
    if kind == "DataProduct":
        return Found(product=letters)
    table = text.get("schema", 0, "name") or text.get("name") or text.get("id")
    notes = Notes(file)
    if not text.get("schema", 0, "properties"):
        notes.wrong("the contract describes no table with columns")
    draft = Draft(
        table=str(table),
        text=letters,
        version=str(text.get("version")),
        title=str(text.get("name") or ""),
        description=str(text.get("description", "purpose") or ""),
    )
    return Found(drafts=(draft,), findings=tuple(notes.findings))
