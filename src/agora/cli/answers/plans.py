"""Plans as people read them: in a terminal, and as a comment on a pull request."""

import re
from collections.abc import Iterator

from agora.cli.answers.results import broken, summary
from agora.cli.answers.terminal import count, paint, safe
from agora.model.changes import Bump, Change, Dependence, Dependent, Mark, Verdict
from agora.model.differences import Difference, Rehearsal
from agora.model.plans import Planned, PortPlan, ProductPlan, Standing

_SIGNS = {Mark.ADDED: "+", Mark.REMOVED: "-", Mark.RENAMED: "~", Mark.CHANGED: "~"}
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}
_VERDICTS = {Verdict.BREAKING: "red", Verdict.UNDETERMINED: "yellow", Verdict.COMPATIBLE: "dim"}
_SHOWN = 5
_COLOUR = re.compile("\x1b\\[[0-9;]*m")


def stops(found: Planned, *, unused: bool = False) -> bool:
    """True when a pull request should not go in like this; `unused` lets pass what nobody uses."""
    ports = [(product, port) for product in found.products for port in product.ports]
    breaks = any(p.breaking and not p.cleared and not (unused and not p.used) for _, p in ports)
    return bool(found.broken) or breaks or any(product.blocked for product in found.products)


def text(found: Planned) -> Iterator[str]:
    """The plan for a terminal: a block for each product, and one line that sums it up."""
    for product in found.products:
        yield from _product(product)
        yield ""
    for name in found.broken:
        yield paint(f"! the files of {name} have errors: `agora check` shows them", "red")
    yield _sum(found)


def _product(product: ProductPlan) -> Iterator[str]:
    sign = {Standing.NEW: "+", Standing.GONE: "-"}.get(product.standing, "~")
    if product.standing is Standing.SAME:
        sign = "="
    since = f"since release {product.release}" if product.release else "never released"
    head = f"{sign} {product.product}"
    yield f"{paint(head, _COLOURS.get(sign, 'dim'), 'bold')}  {product.standing.value}, {since}"
    if product.built_otherwise:
        yield "  ~ build: its sources or steps differ"
    for port in product.ports:
        yield from _port(port)
    if product.rehearsal:
        yield from _rehearsal(product.rehearsal)


def _port(port: PortPlan) -> Iterator[str]:
    yield f"  {paint(str(port.port), 'bold')}  {_versions(port)}  {_verdict(port)}".rstrip()
    if port.unknown:
        yield "    ? what it promised before is not known: its words were not kept"
    for change in port.changes:
        yield f"    {_change(change)}"
    yield from _dependents(port)
    for line in _ways(port):
        yield f"    {line}"


def _versions(port: PortPlan) -> str:
    if port.standing is Standing.NEW:
        return (
            f"{port.after}, a new version beside the others" if port.port.major > 1 else port.after
        )
    if port.standing is Standing.GONE:
        return f"{port.before}, not offered any more".lstrip(", ")
    return port.before if port.before == port.after else f"{port.before} -> {port.after}"


def _verdict(port: PortPlan) -> str:
    if port.breaking:
        return paint("BREAKING", "red", "bold")
    if port.doubtful:
        return paint("look at it", "yellow")
    return paint("compatible", "green") if port.changes else ""


def _change(change: Change) -> str:
    sign = _SIGNS[change.mark]
    verdict = paint(f"({change.verdict.value})", _VERDICTS[change.verdict])
    return f"{paint(sign, _COLOURS[sign])} {safe(change.sentence)}  {verdict}"


def _dependents(port: PortPlan) -> Iterator[str]:
    broken_, may = _parted(port)
    if broken_ or port.hidden:
        yield f"    breaks {_counted(port)}:"
    for each in broken_:
        yield f"      {_dependent(each)}"
        for query in each.queries[:_SHOWN]:
            sql = safe(query.sql) or "a statement that also reads what you may not know of"
            who = f"{query.who}, " if query.who != each.name else ""
            often = count(query.times, "time")
            yield paint(f"        {who}{often}, last on {query.last:%Y-%m-%d}: {sql}", "dim")
    if port.hidden:
        yield f"      and {port.hidden} more whom you may not know of"
    for each in may:
        yield f"    may use it by agreement, not seen to: {_dependent(each)}"


def _parted(port: PortPlan) -> tuple[list[Dependent], list[Dependent]]:
    return (
        [each for each in port.dependents if each.breaks],
        [each for each in port.dependents if not each.breaks],
    )


def _counted(port: PortPlan) -> str:
    builds = sum(each.how is Dependence.BUILD for each in port.dependents)
    readers = sum(each.how is Dependence.QUERIES for each in port.dependents)
    parts = [count(builds, "product")] if builds else []
    parts += [count(readers, "reader")] if readers else []
    parts += [f"{port.hidden} more"] if port.hidden else []
    return ", ".join(parts)


def _dependent(each: Dependent) -> str:
    verb = {Dependence.BUILD: "builds from", Dependence.QUERIES: "uses"}.get(each.how, "reads")
    columns = ", ".join(each.columns) or "all of it"
    way = f" through {', '.join(str(port) for port in each.through)}" if each.through else ""
    if each.consented:
        asked = "; has consented"
    elif each.asked:
        asked = f"; {' or '.join(each.speakers) or 'nobody'} may consent"
    else:
        asked = ""
    return f"{each.name} {verb} {columns}{way}{asked}"


def _ways(port: PortPlan) -> Iterator[str]:
    """What may be done about a change that breaks, or which version number would tell the truth."""
    if port.breaking and port.cleared:
        yield "all who were asked have consented: `agora run` may release it"
    elif port.breaking and not port.waits:
        who = "its own people are told" if port.used else "nobody depends on it"
        yield f"{who}: `agora run` may release it"
    elif port.waits:
        yield "what may be done:"
        yield f"  1 keep {port.port} as it was, and offer {port.port.port}@{port.port.major + 1} beside it;"
        yield "    give the old one `status: deprecated` and a last day (`endOfLife`)"
        yield "  2 promise again what it promised"
        yield f"  3 ask them: `agora consent {port.port} --as …`"
    elif port.bump is Bump.MINOR and port.before == port.after:
        yield f"its version should tell: {_next(port.before)} instead of {port.after}"


def _next(version: str) -> str:
    parts = [*version.split("."), "0", "0"][:3]
    minor = int(parts[1]) + 1 if parts[1].isdigit() else 1
    return f"{parts[0]}.{minor}.0"


def _rehearsal(found: Rehearsal) -> Iterator[str]:
    if found.unable:
        yield f"  rows: not rehearsed: {safe(found.unable)}"
        return
    for each in found.differences:
        yield f"  rows of {each.port}: {_rows(each)}"
    if found.aside:
        yield f"  {count(found.aside, 'row')} would be put aside in quarantine"
    yield f"  {summary(found.results)}"
    yield from broken(found.results)


def _rows(found: Difference) -> str:
    if found.same:
        return f"{found.after:,}, not one differs"
    parts = [
        f"{found.before:,} -> {found.after:,}",
        f"{found.added:,} new",
        f"{found.removed:,} gone",
    ]
    if found.key:
        parts.append(f"{found.changed:,} different")
        parts += [f"{name} in {rows:,}" for name, rows in found.columns]
    return ", ".join(parts)


def _sum(found: Planned) -> str:
    counts = {s: sum(p.standing is s for p in found.products) for s in Standing}
    words = (
        f"{counts[Standing.CHANGED]} to change, {counts[Standing.NEW]} to add, "
        f"{counts[Standing.GONE]} to remove"
    )
    what = f" against `{found.against}`" if found.against else ""
    if not any(counts[s] for s in (Standing.CHANGED, Standing.NEW, Standing.GONE)):
        return f"Plan{what}: nothing differs"
    blocked = sum(product.blocked for product in found.products)
    end = f"; {blocked} may not be released like this" if blocked else ""
    return f"Plan{what}: {words}{end}"


def markdown(found: Planned) -> Iterator[str]:
    """The plan as a comment on a pull request."""
    yield f"### {_sum(found)}"
    for product in found.products:
        yield ""
        yield f"#### `{product.product}` {product.standing.value}"
        if product.built_otherwise:
            yield "Its sources or steps differ."
        for port in product.ports:
            yield from _port_markdown(port)
        if product.rehearsal:
            yield ""
            yield from (f"- {_plain(line.strip())}" for line in _rehearsal(product.rehearsal))
    for name in found.broken:
        yield f"- the files of `{name}` have errors"


def _port_markdown(port: PortPlan) -> Iterator[str]:
    mark = " **BREAKING**" if port.breaking else ""
    yield ""
    yield f"**`{port.port}`** {_versions(port)}{mark}"
    if port.changes:
        yield ""
        yield "| | change | verdict |"
        yield "|-|-|-|"
        for change in port.changes:
            yield f"| `{_SIGNS[change.mark]}` | {_plain(change.sentence)} | {change.verdict.value} |"
    lines = [*_dependents(port), *(f"    {line}" for line in _ways(port))]
    if lines:
        yield ""
        yield "```text"
        yield from (_plain(line.removeprefix("    "), cell=False) for line in lines)
        yield "```"


def _plain(words: str, *, cell: bool = True) -> str:
    """Words that cannot end a cell or a block early, without colours."""
    found = safe(_COLOUR.sub("", words)).replace("```", "'''")
    return found.replace("|", "\\|").replace("<", "&lt;") if cell else found
