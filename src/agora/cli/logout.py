"""`agora logout`: commands work here again."""

from agora.cli.answers.terminal import give, say
from agora.cli.asking import Json, command, epilog, openings

app = command("logout", "")


@app.command(epilog=epilog("agora logout"))
def logout(json: Json = False) -> None:
    """Forget the server and its token; the token itself is ended with `agora token --revoke`."""
    left = openings().servers.forget()
    if json:
        give("logout", {"url": left.url if left else None})
    elif left:
        say(f"{left.url} and its token are forgotten; commands work here again")
    else:
        say("you were signed in nowhere")
