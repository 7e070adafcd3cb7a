"""`agora login`: commands work against a server from now on."""

import getpass
import ipaddress
import sys
from contextlib import closing, suppress
from typing import Annotated
from urllib.parse import urlsplit

import typer

from agora.cli.answers.terminal import give, say, tell
from agora.cli.asking import Json, command, epilog, openings
from agora.cli.openings import SignedIn
from agora.model.errors import Missing, Unusable
from agora.model.people import Actor

app = command("login", "")


@app.command(epilog=epilog("agora login https://agora.example.org"))
def login(
    url: Annotated[
        str, typer.Argument(help="The server's address; without one, where you are signed in.")
    ] = "",
    stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input.")
    ] = False,
    json: Json = False,
) -> None:
    """Work against a server, as the person whose token it is; `agora token` or a page makes one."""
    servers = openings().servers
    if _open_to_listeners(url):
        tell("! plain http: whoever is on the way can read your token; ask for an https:// address")
    found = SignedIn(url=url.rstrip("/"), token=_token(stdin=stdin)) if url else servers.current()
    if found is None:
        raise Missing("you are signed in nowhere", code="E776", hint="agora login URL")
    with closing(servers.open(found)) as there:
        who = there.actor()
    kept = servers.keep(found.url, found.token) if url else found
    _show(kept, who, as_json=json)


def _token(*, stdin: bool) -> str:
    """The token, as it was given: never as an argument, which every process could read."""
    given = openings().environment.get("AGORA_TOKEN", "")
    if stdin:
        given = sys.stdin.readline()
    elif not given and sys.stdin.isatty():
        given = getpass.getpass("Token (it is not shown): ")
    if not given.strip():
        raise Unusable(
            "there is no token",
            code="E777",
            hint="make one on the page Tokens; give it with `--token-stdin` or in AGORA_TOKEN",
        )
    return given.strip()


def _open_to_listeners(url: str) -> bool:
    """Whether what is sent there leaves this machine for everybody on the way to read."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all, as whoever opens it says
        return False
    own = parts.hostname == "localhost"
    with suppress(ValueError):
        own = own or ipaddress.ip_address(parts.hostname or "").is_loopback
    return parts.scheme == "http" and not own


def _show(kept: SignedIn, who: Actor, *, as_json: bool) -> None:
    if as_json:
        give("login", {"url": kept.url, "person": who.principal.id, "file": kept.file})
        return
    say(f"you are `{who.principal.id}` at {kept.url}")
    say("Next: agora search, or agora logout to work here again")
