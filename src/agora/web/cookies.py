"""Cookies: what a browser keeps for us, none of it readable by scripts."""

from http.cookies import SimpleCookie

SESSION, VISIT, DEPARTED, SAID, THEME, DENSITY, STEPS = (
    "agora", "agora_visit", "agora_departed", "agora_said", "theme", "density", "steps",
)  # fmt: skip
YEAR = 31_536_000


def cookie(name: str, value: str, *, https: bool, seconds: int | None = None) -> str:
    """A `Set-Cookie` header; with `seconds` it lasts so long, else until the browser closes."""
    jar: SimpleCookie = SimpleCookie({name: value})
    jar[name] |= {"path": "/", "httponly": True, "samesite": "Lax"}
    if https:
        jar[name]["secure"] = True
    if seconds is not None:
        jar[name]["max-age"] = seconds
    return jar[name].OutputString()
