"""Hints on pages: nobody types a command here, so each is the page or the field that does the same."""

from collections.abc import Mapping

import markupsafe

from agora.model.errors import AgoraError
from agora.model.hints import Command, Flag, pieces

UNKNOWN = ("the terminal", "")
PAGES: Mapping[str, tuple[str, str]] = {
    "agreements": ("the page of agreements", "/agreements"),
    "approve": ("the page of requests", "/requests"),
    "cart": ("the cart", "/cart"),
    "check": ("a check of the mesh's files", ""),
    "consent": ("a word of theirs at a terminal", ""),
    "demo": ("the demo", ""),
    "derive": ("setting it apart anew", ""),
    "discuss": ("its page", "/products/{}/{}/discuss"),
    "explain": ("its page", "/products/{}/{}"),
    "follow": ("your page", "/me"),
    "init": ("whoever runs Agora", ""),
    "ledger": ("the activity", "/govern/audit"),
    "login": ("a sign-in", "/sign-in"),
    "logout": ("a sign-out", "/me"),
    "notices": ("the page of notifications", "/me/notifications"),
    "people": ("the page of users", "/ops/users"),
    "plan": ("a plan of the change", "/studio/{}/{}"),
    "request": ("a request", "/products/{}/{}/request"),
    "run": ("a run{}", "/studio/{}/{}"),
    "run --verify": ("a run that verifies", ""),
    "saved": ("the page of saved queries", "/query/saved"),
    "saved charts": ("the page of charts", "/charts"),
    "schedule": ("the list of runs", "/ops/runs"),
    "search": ("the search", "/search"),
    "show": ("its page", "/products/{}/{}"),
    "token": ("the page of tokens", "/me/tokens"),
    "up": ("whoever runs Agora", ""),
}
"""What a page calls each command, and where it leads; `{}` are the domain and the product."""
FIELDS: Mapping[str, str] = {
    "accept-terms": "the tick below the form",
    "against": "an older state",
    "all": "all of them",
    "as": "your name",
    "dialect": "the dialect",
    "dry-run": "the form",
    "demo": "the demo",
    "edition": "the edition",
    "file": "a file",
    "for": "“For whom”",
    "format": "the format",
    "from": "the file",
    "mesh": "another folder",
    "only": "one table",
    "port": "the port",
    "purpose": "a purpose",
    "reason": "a reason",
    "stop": "an end",
    "token-stdin": "a token",
    "until": "last day",
    "verify": "a check",
    "version": "the version",
}
"""What a page calls each option; one with a value is told by its value."""
_ASKED: Mapping[str, str] = {"for": " in the name of `{}`", "purpose": ", for `{}`", "onward": ", and for `{}` too"}  # fmt: skip


def hinted(hint: str) -> markupsafe.Markup:
    """The hint with links to the pages that do what it says; all of it escaped."""
    return markupsafe.Markup("").join(_piece(piece) for piece in pieces(hint))


def plainly(hint: str) -> str:
    """The same where only text can stand, as beside a field."""
    return "".join(_words(piece) for piece in pieces(hint))


def beside(problem: AgoraError) -> str:
    """What is wrong and what to do, as one sentence beside a field."""
    hint = plainly(problem.hint)
    words = f"{problem.sentence}; {hint}" if hint else problem.sentence
    return words[:1].upper() + words[1:]


def coded(text: str) -> markupsafe.Markup:
    """A sentence of ours with what stands between backticks as code; all of it escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return markupsafe.escape(text)
    return markupsafe.Markup("").join(
        markupsafe.Markup("<code>{}</code>").format(part) if place % 2 else markupsafe.escape(part)
        for place, part in enumerate(parts)
    )


def _piece(piece: str | Command | Flag) -> markupsafe.Markup:
    words = coded(_words(piece))
    href = _href(piece) if isinstance(piece, Command) else ""
    return markupsafe.Markup('<a href="{}">{}</a>').format(href, words) if href else words


def _words(piece: str | Command | Flag) -> str:
    match piece:
        case Command():
            return _named(piece)
        case Flag():
            return f"`{piece.value}`" if piece.value else FIELDS.get(piece.name, UNKNOWN[0])
    return piece


def _named(command: Command) -> str:
    if command.alone and command.verb == "request":
        return _ask(command)
    of = f" of `{command.about}`" if command.product() else ""
    return command.among(PAGES, UNKNOWN)[0].format(of)


def _ask(request: Command) -> str:
    """A whole request in a sentence: for which table, in whose name, for what."""
    told = (words.format(request.given(flag)) for flag, words in _ASKED.items() if request.given(flag))  # fmt: skip
    return f"ask for access to `{request.about}`" + "".join(told)


def _href(command: Command) -> str:
    href, product = command.among(PAGES, UNKNOWN)[1], command.product()
    if "{" not in href:
        return href
    return href.format(*product) if product else ""
