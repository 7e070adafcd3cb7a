"""`agora run --verify`: whether releases are what their pins make."""

from collections.abc import Sequence

from agora.cli.answers.terminal import count, give, paint, safe, say
from agora.cli.asking import actor, opened
from agora.cli.reaching import anywhere
from agora.model.errors import Unusable
from agora.model.verifying import Mismatch, Verified
from agora.usecases import order
from agora.usecases import verify as verbs

in_order = anywhere(order.in_order)
verify = anywhere(verbs.verify)


def verified(
    products: Sequence[str],
    release: str,
    every: bool,
    as_: str,
    mesh: str,
    *,
    as_json: bool,
) -> int:
    """Each product's release is built again and compared; 1 when one does not hold."""
    if bool(products) == every:
        raise Unusable("no product is named", code="E021", hint="name one, or say `--all`")
    with opened(mesh) as house:
        who = actor(house, as_)
        names = [str(name) for name in in_order(house, who)] if every else products
        found = [verify(house, who, name, release=release) for name in names]
    if as_json:
        give("verified", tuple(found))
    else:
        for each in found:
            _show(each)
    return 0 if all(each.holds for each in found) else 1


def _show(found: Verified) -> None:
    what = f"{found.product}: release {found.release}"
    if found.holds:
        say(
            f"{paint('✓', 'green')} {what} holds: {count(found.rows, 'row')} built again, all equal"
        )
    else:
        say(f"{paint('✗', 'red')} {what} does not hold")
    for line in found.differences:
        say(f"  {safe(line)}")
    for port in found.ports:
        say(f"  {_counts(port)}")
    for line in found.notes:
        say(paint(f"  {safe(line)}", "dim"))


def _counts(port: Mismatch) -> str:
    columns = ", ".join(f"`{name}` in {number:,}" for name, number in port.columns)
    told = f"{port.port}: of {count(port.released, 'row')} {port.missing:,} are not built again, {port.extra:,} others are"
    return f"{told}; different are {safe(columns)}" if columns else told


# WRAPS
