"""How the site is found: what search engines and language models ask for beside the pages.

    /sitemap.xml    https://www.sitemaps.org/protocol.html
    /robots.txt     https://www.rfc-editor.org/rfc/rfc9309
    /llms.txt       https://llmstxt.org

All of it follows from the pages as they were declared, so that a new page is in it and a hidden one is not.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as Door

from saas_app import site
from saas_app.core.config import settings
from saas_app.edge.pages import Route, declared

# Nothing to read there: one's own pages, what forms post to, what belongs to a link in a mail.
CLOSED_TO_ROBOTS = ("/api/", "/auth/", "/billing/", "/dev/", "/downloads/", "/purchases/", "/settings/")


def listed() -> list[Route]:
    """The pages that strangers may find, the way home first."""
    found = [route for route in declared.islands.values() if route.listed]
    return sorted(found, key=lambda route: (route.path.count("/"), route.path))


async def sitemap(request: Request) -> Response:
    """Every page that is listed."""
    places = "".join(f"<url><loc>{escape(_whole(route))}</loc></url>" for route in listed())
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response(f"{head}{places}</urlset>\n", media_type="application/xml", headers=_for_an_hour())


async def robots(request: Request) -> Response:
    """Where robots need not go, and where the list of pages is. A page they must not show says so itself."""
    lines = ["User-agent: *", *[f"Disallow: {path}" for path in CLOSED_TO_ROBOTS], "Allow: /"]
    return PlainTextResponse(
        _lines([*lines, "", f"Sitemap: {settings().base_url}/sitemap.xml"]), headers=_for_an_hour()
    )


async def for_models(request: Request) -> Response:
    """The same in prose, for language models: what this is, and a line for each page."""
    pages = [f"- [{_short(route)}]({_whole(route)}): {route.description}" for route in listed()]
    lines = [f"# {site.PRODUCT}", "", f"> {site.TAGLINE}. {site.DESCRIPTION} {site.DISCLAIMER}", "", "## Pages", ""]
    return PlainTextResponse(_lines([*lines, *pages]), headers=_for_an_hour())


def _whole(route: Route) -> str:
    return f"{settings().base_url}{route.path}"


def _short(route: Route) -> str:
    return route.title.removesuffix(f" · {site.PRODUCT}")


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


def _for_an_hour() -> dict[str, str]:
    return {"cache-control": "public, max-age=3600"}


routes = [
    Door("/sitemap.xml", sitemap),
    Door("/robots.txt", robots),
    Door("/llms.txt", for_models),
]
