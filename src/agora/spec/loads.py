"""Loads: what `load` in `build.yaml` says of ports that grow by deliveries."""

from collections.abc import Mapping, Sequence
from typing import Any

from agora.model.names import fold
from agora.model.product import Load, LoadMode, OutputPort, SourceSpec
from agora.spec.texts import Path, Text, texts

Node = Mapping[str, Any]


def load(
    text: Text, path: Path, node: Node, port: OutputPort, sources: Sequence[SourceSpec]
) -> Load | None:
    """How this port grows, or None when every run fills it anew; what cannot be is noted."""
    said = node.get("load")
    if not isinstance(said, Mapping):
        return None
    here = (*path, "load")
    mode = LoadMode(said["mode"])
    driver = _driver(text, here, said, mode, sources)
    by = texts(said.get("by")) or (port.contract.key if mode is LoadMode.MERGE else ())
    if not driver or not _fits(text, here, mode, by, port):
        return None
    return Load(mode=mode, by=by, driver=driver)


def agree(text: Text, loads: Sequence[Load | None]) -> None:
    """All ports of a product grow by the same deliveries, because a release holds all of them."""
    drivers = {load.driver if load else "" for load in loads}
    if len(drivers) > 1:
        words = "some ports are loaded by deliveries and others are not, or by others'"
        text.report("E170", ("outputs",), words, "give every output the same `load: {of: …}`")


def _driver(
    text: Text, here: Path, said: Node, mode: LoadMode, sources: Sequence[SourceSpec]
) -> str:
    """Whose deliveries are loaded: what `of` names, else the one source that arrives in deliveries."""
    coming = [spec.name for spec in sources if _delivers(spec)]
    inputs = [str(each.get("name")) for each in text.get("inputs") or () if isinstance(each, dict)]
    wanted = said.get("of")
    if wanted is None and len(coming) == 1:
        return coming[0]
    if wanted is None:
        text.report("E170", here, "whose deliveries?", "name a source or input with `of`")
        return ""
    named = next((n for n in (*coming, *inputs) if fold(n) == fold(str(wanted))), "")
    if not named:
        hint = "a folder of files (`deliveries/*.csv`), a source with a `watermark`, or an input"
        text.report("E170", (*here, "of"), f"`{wanted}` brings no deliveries", hint)
    elif named in inputs and mode is not LoadMode.REPLACE:
        words = f"the input `{wanted}` can only replace partitions, not {mode.value}"
        text.report("E170", (*here, "mode"), words, "say `replace`, and the partition with `by`")
        return ""
    return named


def _delivers(spec: SourceSpec) -> bool:
    return spec.arriving or bool(spec.option("watermark"))


def _fits(text: Text, here: Path, mode: LoadMode, by: tuple[str, ...], port: OutputPort) -> bool:
    words = {
        LoadMode.APPEND: "the column of the watermark",
        LoadMode.MERGE: "the key, which the contract does not name either",
        LoadMode.REPLACE: "the columns of the partition",
    }
    if not by or (mode is LoadMode.APPEND and len(by) > 1):
        text.report("E170", here, f"`by` says {words[mode]}", "for example `by: [week]`")
        return False
    unknown = [name for name in by if port.contract.column(name) is None]
    if unknown:
        words_ = f"the contract of `{port.name}` has no column `{unknown[0]}`"
        text.report("E170", (*here, "by"), words_)
    return not unknown
