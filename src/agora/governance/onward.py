"""Onward: use travels with the data, so a product serves only purposes that what it is made of serves.

What one domain gave another for a purpose may be read for that purpose in everything that is made of
it, and for those its owners accepted besides. Whoever makes a product cannot give away more than
they were given; what a domain makes of its own products is its own affair.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from agora.governance.ground import ground
from agora.governance.inherited import placed
from agora.governance.matching import binds, concerns, touches
from agora.model.access import Request
from agora.model.decision import Decision
from agora.model.mesh import Mesh
from agora.model.names import PortVersion, ProductName
from agora.model.onward import Given
from agora.model.policy import MaskKind, Policy
from agora.model.reasons import Reason

ONWARD = frozenset({"E800", "E801"})
"""The codes of use that goes beyond what was given: no owner of the product can help, others can."""


def judge_use(
    given: Sequence[Given], port: PortVersion, purpose: str, *, inside: bool
) -> tuple[Reason, ...]:
    """Why a table made of these may not be read for this purpose; empty when it may.

    Who is `inside` the domain that made it works at what it was made for, and need not say so.
    """
    if purpose or not given:
        return tuple(_beyond(each, port, purpose) for each in given if purpose not in each.purposes)
    if inside:
        return ()
    return (
        Reason(
            code="E801",
            sentence=f"`{port}` is made of what others gave for a purpose, and you name none",
            rule="guardrail/onward-use",
            owner=port.port.domain,
            hint="say what you use it for with `--purpose`",
        ),
    )


def served(given: Sequence[Given], purposes: Collection[str]) -> tuple[str, ...]:
    """Which of these purposes something made of what was given may be used for, in order."""
    return tuple(
        sorted(each for each in purposes if all(each in from_.purposes for from_ in given))
    )


def judge_making(own: Decision, its: Decision, columns: Collection[str]) -> Iterator[Reason]:
    """Why who reads an input like this may not make a product that reads it like that.

    What is kept from a person is not had by making a product: of the `columns` it would use, or of
    the rows. Where an agreement gives the product more, its owners have looked at that.
    """
    if its.agreement or not its.allowed:
        return
    bound = {row.reason.rule for row in its.rows}
    for row in own.rows:
        if row.reason.rule not in bound:
            yield _more(own, row.reason, "rows")
    seen = {view.name: view.mask.kind for view in its.columns}
    for view in own.columns:
        if view.name in columns and view.mask.kind > seen.get(view.name, MaskKind.CLEAR):
            yield _more(own, view.reasons[0], f"`{view.name}`")


def _more(own: Decision, reason: Reason, what: str) -> Reason:
    return Reason(
        code="E803",
        sentence=f"the product would see {what} of `{own.port}` that you do not",
        rule=reason.rule,
        owner=reason.owner,
        hint=f"somebody of {own.port.port.domain} who sees them can make it",
    )


def stays_behind(
    mesh: Mesh, port: PortVersion, consumer: str, purpose: str, columns: Collection[str]
) -> tuple[Reason, ...]:
    """The rules that hide these columns, or rows, from somebody, and no more in what is made of them.

    Masks follow the values; rules about rows do not, nor those that forbid a table by its place, and a
    guardrail's "owning domain" is another one there. Nothing is said of a rule that binds the product itself: it never has what that hides.
    Empty where the consumer is no product.
    """
    product, reader = mesh.built_by(consumer), mesh.principal(consumer)
    if product is None or reader is None:
        return ()
    found = ground(mesh, port)
    seen = {
        name: labels
        for name, labels in (found.promised or {}).items()
        if not columns or name in columns
    }
    return tuple(
        _staying(rule, port, product.name, hidden, found.owners.get(rule.domain, ""))
        for rule in found.rules
        if (hidden := _hides(rule, seen))
        and not binds(rule, (reader,), purpose, port.port.domain)
        and not _comes_along(rule, port, product.name)
    )


def _hides(rule: Policy, columns: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """What a rule hides of these columns from whomever it binds, in words."""
    if rule.effect.deny or rule.effect.rows is not None:
        what = "everything" if rule.effect.deny else "rows"
        return (what,) if concerns(rule.applies_to, columns.items()) else ()
    if rule.effect.mask is None:
        return ()
    touched = (name for name, labels in columns.items() if touches(rule.applies_to, name, labels))
    return tuple(f"`{name}`" for name in touched)


def _comes_along(rule: Policy, port: PortVersion, product: ProductName) -> bool:
    """True when the rule says the same of what is made of it."""
    if rule.effect.rows is not None:
        return False
    if placed(rule):
        return rule.effect.mask is not None
    turned = any(who.owning_domain is not None for who in (rule.who, *rule.unless))
    return port.port.domain == product.domain or not turned


def _staying(
    rule: Policy, port: PortVersion, product: ProductName, hidden: Sequence[str], owner: str
) -> Reason:
    what = f"{', '.join(hidden)} of `{port}`"
    return Reason(
        code="E400",
        sentence=f"`{rule.name}` hides {what} from some who may read `{product}`: {rule.title or rule.id}",
        rule=rule.name,
        owner=owner,
        hint=f"a policy of {product.domain} can hide it there as well",
    )


def judge_passing(mesh: Mesh, request: Request) -> Iterator[Reason]:
    """Why nobody may accept that this is passed on: such purposes do not exist, or nothing is."""
    known = {purpose.id for purpose in mesh.purposes}
    for purpose in request.onward:
        if purpose not in known:
            yield Reason(
                code="E411",
                sentence=f"there is no purpose `{purpose}`",
                hint=f"use one of {', '.join(f'`{each}`' for each in sorted(known))}",
            )
    if request.onward and mesh.built_by(request.consumer) is None:
        yield Reason(
            code="E802",
            sentence=f"`{request.consumer}` passes nothing on: only products do",
            hint="ask for the service of the product that is made of it: `--for service:…`",
        )


def _beyond(given: Given, port: PortVersion, purpose: str) -> Reason:
    """Whose word it is, what they gave, and how to ask them; the unlisted are not named."""
    owner = given.port.port.domain
    named = f"`{given.port}`" if given.listed else "something"
    least = ", ".join(f"`{each}`" for each in sorted(given.purposes)) or "no purpose known"
    ask = f"agora request {given.port} --for {given.to.service} --purpose {given.purpose}"
    return Reason(
        code="E800",
        sentence=f"`{port}` is made of {named} of {owner}, given for {least}, not for `{purpose}`",
        rule=f"agreement/{given.agreement}" if given.agreement else "guardrail/onward-use",
        owner=owner,
        hint=f"its owners can accept it: {ask} --onward {purpose} --reason …"
        if given.listed and given.purpose
        else f"ask the owners of `{given.to}`",
    )
