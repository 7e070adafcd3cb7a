"""Tokens: who may make one for whom, what it may be used for, and when it is over."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agora.governance.identity import may_admit
from agora.model.mesh import Mesh
from agora.model.people import Principal, PrincipalKind
from agora.model.reasons import Reason
from agora.model.token import Scope, Token

LONGEST_DAYS = 365


def judge_wish(
    mesh: Mesh,
    maker: Principal,
    wanted: Principal | None,
    scopes: Sequence[Scope],
    held: Sequence[Scope],
) -> Iterator[Reason]:
    """Why this token may not be made; nothing when it may. `held` is what the maker may do now."""
    yield from judge_maker(mesh, maker, wanted)
    for scope in scopes:
        if scope not in held:
            yield Reason(
                code="E613",
                sentence=f"what you signed in with does not allow `{scope}`",
                hint="sign in to make a token that may do more",
            )
    if Scope.OPERATE in scopes and not (wanted and may_admit(mesh, wanted)):
        yield Reason(code="E614", sentence="only an operator's own token may `operate`")


def judge_maker(mesh: Mesh, maker: Principal, wanted: Principal | None) -> Iterator[Reason]:
    """Why this person may not make tokens for that principal; nothing when they may.

    People make their own and those of the agents that act for them; owners in a service's team, and
    the operator, make those of a service. The service of a product has none: only its build reads.
    """
    if maker.kind is not PrincipalKind.PERSON:
        yield Reason(code="E614", sentence="only people make tokens")
    elif wanted is None or (wanted.id != maker.id and wanted not in mesh.principals):
        yield Reason(
            code="E614",
            sentence="a token is for somebody the directory names",
            hint="yourself, an agent of yours, or a service your team owns",
        )
    elif maker.id not in (wanted.id, wanted.acts_for) and not _owns(mesh, maker, wanted):
        yield Reason(
            code="E614",
            sentence=f"you may not make a token for `{wanted.id}`",
            hint="owners in its team may, and the operator",
        )


def _owns(mesh: Mesh, maker: Principal, wanted: Principal) -> bool:
    if wanted.kind is not PrincipalKind.SERVICE:
        return False
    if may_admit(mesh, maker):
        return True
    shared = set(maker.teams) & set(wanted.teams)
    owns = any(d.team in wanted.teams and maker.id in d.owners for d in mesh.domains)
    return owns or (bool(shared) and "owner" in maker.roles)


def over(token: Token, now: datetime) -> str:
    """Why a token does not work any more, as a sentence; empty while it does."""
    if token.revoked_at is not None:
        return "this token was revoked"
    return f"this token ended on {token.expires_at:%Y-%m-%d}" if now >= token.expires_at else ""


def lacking(held: Sequence[Scope], wanted: Scope) -> tuple[Reason, ...]:
    """Why what somebody showed does not allow this; empty when it does."""
    if wanted in held:
        return ()
    return (
        Reason(
            code="E613",
            sentence=f"this token does not allow `{wanted}`",
            hint=f"make one with the scope `{wanted}`",
        ),
    )
