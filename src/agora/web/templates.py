"""Templates: Jinja with everything escaped, and the few words every page needs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote

import jinja2
import markupsafe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from starlette.requests import Request

from agora import __version__
from agora.model.people import PrincipalKind
from agora.needs.site import Site
from agora.usecases import health
from agora.usecases.notices import unread
from agora.web import reader
from agora.web.called import begun
from agora.web.cookies import DENSITY, SAID, THEME
from agora.web.hints import beside, coded, hinted
from agora.web.visit import Visit

THEMES = ("light", "dark")
DENSITIES = ("comfortable", "compact")
PLACES = (
    ("Find", "/search", ("/search", "/products", "/domains", "/map")),
    ("Make", "/studio", ("/studio",)),
    ("Ask", "/query", ("/query", "/charts", "/requests", "/cart", "/agreements")),
    ("Govern", "/govern", ("/govern", "/scorecard")),
    ("Operations", "/ops", ("/ops",)),
)
"""Each place with its front page and the addresses that belong to it."""


@cache
def environment() -> jinja2.Environment:
    """The templates of this package; a name a page does not know is an error, never empty."""
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("agora.web", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "number": number,
        "size": size,
        "day": day,
        "moment": moment,
        "at": at,
        "markdown": markdown,
        "coded": coded,
        "begun": begun,
        "hinted": hinted,
        "beside": beside,
        "plural": plural,
    }
    found.globals |= {"version": __version__}
    return found


def rendered(
    name: str,
    values: Mapping[str, Any],
    request: Request,
    site: Site,
    visit: Visit | None,
    *,
    part: str = "",
) -> str:
    """The text of a page, or of one block of it."""
    template = environment().get_template(name)
    context = {
        "site": site,
        "mesh": site.house().mesh,
        "me": visit.who.principal if visit and visit.who.principal.id else None,
        "visit": visit,
        "csrf": visit.csrf if visit else getattr(request.state, "csrf", ""),
        "path": request.url.path,
        "now": site.house().now(),
        **_shell(request.url.path, site, visit),
        "reader": reader.tag(),
        "request_id": getattr(request.state, "id", ""),
        "theme": _one_of(request.cookies.get(THEME), THEMES),
        "density": _one_of(request.cookies.get(DENSITY), DENSITIES),
        "said": unquote(request.cookies.get(SAID, "")),
        **values,
    }
    if not part:
        return template.render(context)
    block = template.blocks[part]
    return "".join(block(template.new_context(context)))


def _shell(path: str, site: Site, visit: Visit | None) -> dict[str, Any]:
    """What the frame around every page shows: the places, where we are, who may be chosen."""
    who = visit.who.principal if visit else None
    oversees = visit is not None and health.oversees(site.house(), visit.who)
    places = [each for each in PLACES if each[0] != "Operations" or oversees]
    here = next((href for _, href, starts in places if path.startswith(starts)), None)
    people = site.house().mesh.principals if site.demo else ()
    return {
        "nav": [{"title": title, "href": href, "key": href} for title, href, _ in places],
        "here": here,
        "palette": [{"title": title, "href": href} for title, href, _ in places],
        "unread": unread(site.house(), visit.who) if visit and who and who.id else 0,
        "demo_people": [
            {"id": each.id, "name": each.name or each.id, "role": ", ".join(each.roles)}
            for each in people
            if each.kind is PrincipalKind.PERSON
        ],
    }


def _one_of(text: str | None, known: tuple[str, ...]) -> str:
    return text if text in known else ""


def number(value: float | None) -> str:
    """`1,469,307`; a dash for what was not counted."""
    return "\N{EN DASH}" if value is None else reader.decimal(value)


def plural(value: int, word: str, many: str = "") -> str:
    """`1 row`, `2 rows`."""
    return f"{reader.whole(value)} {word if value == 1 else many or word + 's'}"


def size(value: float) -> str:
    """`1.5 MB`."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if value < 1000:  # noqa: PLR2004 (SI units)
            return f"{reader.decimal(value, 0 if unit == 'bytes' else 1)} {unit}"
        value /= 1000
    return f"{reader.decimal(value, 1)} TB"


def day(value: datetime) -> str:
    """`1 January 2018`."""
    return reader.date(value)


def at(iso: str) -> str:
    """A moment written as ISO 8601, as one reads it, in UTC; other words stay as they are."""
    try:
        value = datetime.fromisoformat(iso).astimezone(UTC)
    except ValueError:
        return iso
    return f"{day(value)}, {reader.clock(value)}"


def moment(value: datetime | None) -> markupsafe.Markup:
    """A `<time>` with the exact moment inside, in UTC."""
    if value is None:
        return markupsafe.Markup("\N{EN DASH}")
    words = f"{day(value)}, {reader.clock(value)}"
    return markupsafe.Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        value.isoformat(), words, words
    )


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.core.ruler.push("lower", _lower)
    return made


def _lower(state: StateCore) -> None:
    """Somebody's headings stand below those of the page they are shown on."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"


def markdown(text: str) -> markupsafe.Markup:
    """Somebody's Markdown as HTML: what looks like HTML in it stays text, pictures stay away."""
    return markupsafe.Markup(_markdown().render(text))  # noqa: S704 (html is off: it is escaped)
