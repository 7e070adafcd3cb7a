"""Hints over REST: a program sends fields and calls endpoints, it types no command."""

from collections.abc import Mapping

from agora.model.hints import Command, Flag, retold

UNKNOWN = "the terminal"
ENDPOINTS: Mapping[str, str] = {
    "agreements": "GET /agreements",
    "approve": "GET /inbox",
    "cart": "GET /cart",
    "consent": "POST /products/{}/{}/consent",
    "discuss": "GET /products/{}/{}/discussion",
    "explain": "GET /products/{}/{}/explain",
    "follow": "GET /following",
    "ledger": "GET /ledger",
    "notices": "GET /notices",
    "notices --hooks": "GET /hooks",
    "people": "GET /people",
    "people --reset": "POST /people/{}/reset",
    "plan": "GET /plan",
    "request": "POST /requests",
    "run": "POST /products/{}/{}/runs",
    "saved": "GET /saved",
    "saved charts": "GET /charts",
    "schedule": "GET /schedules",
    "search": "GET /search",
    "show": "GET /products/{}/{}",
    "token": "GET /me/tokens",
    "token --make": "POST /me/tokens",
}
"""The endpoint that does what each command does."""
ELSEWHERE: Mapping[str, str] = {
    "check": "a check of the mesh's files",
    "demo": "the demo",
    "derive": "setting it apart anew",
    "init": "whoever runs Agora",
    "login": "a sign-in",
    "logout": "a sign-out",
    "up": "whoever runs Agora",
}
"""What is done where the mesh lies; no endpoint does it."""
FIELDS: Mapping[str, str] = {
    "for": "consumer",
    "dry-run": "POST /api/v1/requests/foresight",
    "as": "the token",
}
"""Fields that have another name than the option of a terminal."""
_ASKED = ("for", "purpose", "onward")


def spoken(hint: str) -> str:
    """The hint as one who calls the API needs it."""
    return retold(hint, _called, _field)


def _called(command: Command) -> str:
    if command.verb not in ENDPOINTS:
        return ELSEWHERE.get(command.verb, UNKNOWN)
    call = _endpoint(command)
    if not (command.alone and command.verb == "request"):
        return call
    given = [
        _field(Flag(name=flag, value=command.given(flag))) for flag in _ASKED if command.given(flag)
    ]
    return ", ".join((f"ask with {call} for `{command.about}`", *given))


def _endpoint(command: Command) -> str:
    method, path = command.among(ENDPOINTS, "").split()
    of = command.product() or ("{domain}", "{product}")
    one_person = path.count("{}") == 1
    filled = path.format(command.given("reset") or "{person}") if one_person else path.format(*of)
    return f"`{method} /api/v1{filled}`"


def _field(flag: Flag) -> str:
    name = FIELDS.get(flag.name, flag.name.replace("-", "_"))
    return f"`{name}: {flag.value}`" if flag.value else f"`{name}`"
