"""Two kinds of page, declared in one line each.

An **island** is a public page: Reflex builds it once, we keep its HTML, drop its scripts, and fill its slots
(prices, what was typed, who is looking) when it is served. A **member page** is hydrated and talks over the socket.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import reflex as rx

from saas_app import site
from saas_app.core.viewer import Viewer

# What a page shows of its viewer's own rows, read each time it is served.
Fill = Callable[[Viewer], Awaitable[dict[str, Any]]]
# What follows from what was typed or stands in the address, reckoned each time the page is served. It must be quick.
Reckon = Callable[[Mapping[str, str]], dict[str, Any]]
Page = Callable[[], rx.Component]
HOME = "landing"
POSTERS = "/og/"


@dataclass(frozen=True)
class Route:
    """A page as the edge knows it. `listed` says that search engines may show it, with its `title` and words; `local`
    that no release carries it.
    """

    name: str
    path: str
    fill: Fill | None = None
    texts_only: bool = False
    fresh: bool = False
    remembers: tuple[str, ...] = ()
    reckon: Reckon | None = None
    title: str = ""
    description: str = ""
    listed: bool = False
    local: bool = False
    members_only: bool = False


@dataclass
class _Pages:
    islands: dict[str, Route] = field(default_factory=dict[str, Route])
    members: dict[str, Route] = field(default_factory=dict[str, Route])


declared = _Pages()
_reflex_page = cast(Callable[..., Callable[[Page], Page]], cast(Any, rx).page)


def island(
    route: str,
    *,
    title: str,
    description: str,
    name: str = "",
    members_only: bool = False,
    hidden: bool = False,
    fill: Fill | None = None,
    texts_only: bool = False,
    fresh: bool = False,
    remembers: tuple[str, ...] = (),
    reckon: Reckon | None = None,
    local: bool = False,
) -> Callable[[Page], Page]:
    """Declare a public page. Its text may hold Jinja slots such as ``{{ form.email }}`` and ``{% if member %}``.

    `name` is how `edge.islands.respond` finds it; it defaults to the route without its slash.
    `members_only` sends strangers to log in first; `hidden` keeps it out of search engines. `fill` gives the slots
    that belong to the viewer; `texts_only` promises that no elements are among them, so that the page needs no styles
    for more than it has. `fresh` asks members whose log-in is too old to confirm that it is them. `remembers`
    names cookies of ours that hold a word, which the page shows as `{{ remembered.name }}`. `reckon` adds slots that
    follow from what was typed or stands in the address. `local` is for the pages of whoever develops: they are built
    apart, and declared unless this is production.
    """

    def declare(page: Page) -> Page:
        key = name or route.strip("/") or HOME
        listed = not (hidden or members_only or local)
        found = Route(
            name=key,
            path=route,
            fill=fill,
            texts_only=texts_only,
            fresh=fresh,
            remembers=remembers,
            reckon=reckon,
            title=title,
            description=description,
            listed=listed,
            local=local,
            members_only=members_only,
        )
        declared.islands[key] = found
        if members_only:
            declared.members[key] = found
        told = _shared(key, route, title, description) if listed else [{"name": "robots", "content": "noindex"}]
        return _reflex_page(
            route=route,
            title=title,
            description=description,
            image=f"{{{{ base_url }}}}{poster(key if listed else HOME)}",
            meta=[{"name": "color-scheme", "content": "light dark"}, *told],
        )(page)

    return declare


def is_island(path: str) -> bool:
    """Whether a public page is at this address, which only the server can fill."""
    return any(route.path == path for route in declared.islands.values())


def poster(name: str) -> str:
    """Where the picture of a page is that goes along when its address is shared; `edge.pictures` draws it."""
    return f"{POSTERS}{name}.png"


def _shared(name: str, route: str, title: str, description: str) -> list[Any]:
    """What networks and search engines read (https://ogp.me; X takes what is not said in its own words from there)."""
    return [
        {"property": "og:type", "content": "website"},
        {"property": "og:site_name", "content": site.PRODUCT},
        {"property": "og:title", "content": title},
        {"property": "og:description", "content": description},
        {"property": "og:url", "content": f"{{{{ base_url }}}}{route}"},
        {"property": "og:image:width", "content": "1200"},
        {"property": "og:image:height", "content": "630"},
        {"property": "og:image:alt", "content": title},
        {"name": "twitter:card", "content": "summary_large_image"},
        cast(Any, rx).el.link(rel="canonical", href=f"{{{{ base_url }}}}{route}"),
    ]


def member_page(route: str, *, title: str, on_load: rx.event.EventType[()] | None = None) -> Callable[[Page], Page]:
    """Declare a page that only members get: strangers are sent to log in before anything is served."""

    def declare(page: Page) -> Page:
        key = route.strip("/")
        declared.members[key] = Route(key, route)
        return _reflex_page(
            route=route,
            title=title,
            on_load=on_load,
            meta=[
                {"name": "color-scheme", "content": "light dark"},
                {"name": "robots", "content": "noindex"},
            ],
        )(page)

    return declare
