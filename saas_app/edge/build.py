"""What happens to the built front end before it is served: islands, order of loading, one build for every host.

Runs once per build, inside Reflex's own build, before it compresses the files.
"""

import base64
import hashlib
import json
import re
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.edge import found
from saas_app.edge.islands import LOCAL
from saas_app.edge.pages import declared
from saas_app.edge.stylesheet import for_page, written_out

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S)
STYLESHEET = re.compile(r'<link\b[^>]*href="(/assets/[^"]+\.css)"[^>]*rel="stylesheet"[^>]*>')
# What React leaves between texts and around boundaries; nothing reads it once the scripts are gone.
REACT_MARKS = re.compile(r'<!--.*?-->|<template id="[BP]:\w+"></template>', re.S)
LOADED = re.compile(r'<(?:script|link)\b[^>]*(?:src|href)="(/assets/[^"]+\.js)"')
WARM_LIST = "warm.json"
BUILT_PORT = re.compile(r"""([`"'])(ws|http)s?://localhost:\d+(/[^`"']*)\1""")


# Only the server can fill a public page. So its address is left to the browser when the app is told to go there, before
# its router knows of it; and whoever comes by the router all the same finds this in place of the page.
FRESH = """
import { useEffect } from "react";
export default function Island() {
  useEffect(() => { if (location.hash) location.reload(); else location.replace(location.href); }, []);
  return null;
}
"""
TOLD_TO_GO = "if (event.payload.external) {"
VITE_CONFIG = "vite.config.js"
VITE_BEGINS, VITE_PLUGINS = "export default defineConfig", "alwaysUseReactDomServerNode(),"
VITE_ISLANDS = """
const islands = %(islands)s;
const goThere = `if (${JSON.stringify(Object.values(islands))}.includes(
  new URL(event.payload.path ?? "", location.href).pathname,
)) return location.assign(event.payload.path);
`;

function islandsAreFetched() {
  return {
    name: "islands-are-fetched",
    enforce: "pre",
    applyToEnvironment: (environment) => environment.name === "client",
    load(id) {
      if (id in islands) return %(fresh)s;
    },
    transform(code, id) {
      if (!id.endsWith("/utils/state.js")) return;
      if (!code.includes(%(told)s)) throw new Error("Where does the app go when it is told to? Has Reflex changed?");
      return code.replace(%(told)s, (found) => goThere + found);
    },
  };
}

"""


class SitePlugin(rx.plugins.Plugin):
    """Rewrite the build so that public pages are islands and member pages paint before they hydrate."""

    _drawing: Future[dict[str, bytes]] | None = None

    def pre_compile(self, **context: Any) -> None:
        """Leave public pages out of the scripts, and draw the pictures while those are bundled by another program."""
        from saas_app.edge import pictures  # a server reads this file with its configuration, and draws none

        context["add_modify_task"](VITE_CONFIG, fetch_islands)
        self._drawing = ThreadPoolExecutor(1).submit(pictures.draw_all, found.listed())

    def post_build(self, **context: Any) -> None:
        static = Path(context["static_dir"])
        follow_the_origin(static)
        pull_out_islands(static, static.parent / "islands")
        for page in static.rglob("*.html"):
            page.write_text(paint_first(page.read_text(), static))
        write_csp(static)
        write_warm(static)
        assert self._drawing is not None  # noqa: S101 (what is built was compiled before)
        for name, picture in self._drawing.result().items():
            (static / name).parent.mkdir(exist_ok=True)
            (static / name).write_bytes(picture)


def fetch_islands(config: str) -> str:
    """Vite's configuration, with `FRESH` in place of the scripts of public pages; they are still prerendered."""
    from reflex.compiler.utils import get_page_path  # a server has no use for the compiler

    if VITE_BEGINS not in config or VITE_PLUGINS not in config:
        raise RuntimeError("The configuration of Vite lacks what we go by: has Reflex changed its template?")
    files = {
        str(Path(get_page_path(route.path.strip("/") or "index")).resolve()): route.path
        for route in declared.islands.values()
    }
    values = {"islands": files, "fresh": FRESH, "told": TOLD_TO_GO}
    ours = VITE_ISLANDS % {name: json.dumps(value) for name, value in values.items()}
    config = config.replace(VITE_BEGINS, ours + VITE_BEGINS, 1)
    return config.replace(VITE_PLUGINS, f"islandsAreFetched(),\n    {VITE_PLUGINS}", 1)


def follow_the_origin(static: Path) -> None:
    """Let the browser talk to whatever origin served it: Reflex bakes the build's host and port into one chunk."""
    rewritten = 0
    for chunk in static.rglob("reflex-env-*.js"):
        text, count = BUILT_PORT.subn(_from_location, chunk.read_text())
        chunk.write_text(text)
        rewritten += count
    if not rewritten:
        raise RuntimeError("The built front end names no backend address: has Reflex changed its env chunk?")


def _from_location(match: re.Match[str]) -> str:
    scheme, path = match[2], match[3]
    swap = ".replace(/^http/,`ws`)" if scheme == "ws" else ""
    return f"(globalThis.location?location.origin{swap}:`{scheme}://localhost`)+`{path}`"


def pull_out_islands(static: Path, islands: Path) -> None:
    """Move the public pages out of the static folder, as templates that the edge fills; local ones stand apart."""
    for folder in (islands, islands.with_name(LOCAL)):
        folder.mkdir(parents=True, exist_ok=True)
    for name, route in declared.islands.items():
        pages = prerendered(static, route.path)
        made = make_island(pages[0].read_text(), static, is_whole=route.fill is None or route.texts_only)
        (islands.with_name(LOCAL) if route.local else islands).joinpath(f"{name}.html").write_text(made)
        for page in pages:
            page.unlink()


def prerendered(static: Path, path: str) -> list[Path]:
    """Where Reflex put the HTML of a route; some routes are written twice."""
    stem = path.strip("/")
    places = dict.fromkeys((static / stem / "index.html", static / f"{stem or 'index'}.html"))
    found = [page for page in places if page.is_file()]
    if not found:
        raise RuntimeError(f"Reflex did not prerender {path}")
    return found


def make_island(html: str, static: Path, *, is_whole: bool) -> str:
    """Strip what only a hydrated page needs, and carry the stylesheet along."""
    sheets = [(static / href.lstrip("/")).read_text() for href in STYLESHEET.findall(html)]
    html = SCRIPT.sub(lambda m: m[0] if "data-keep" in m[1] or "ld+json" in m[1] else "", html)
    html = re.sub(r'<link\b[^>]*(rel="modulepreload"|as="style"|rel="stylesheet")[^>]*>', "", html)
    html = REACT_MARKS.sub("", html).replace(' data-discover="true"', "")
    html = re.sub(r'<div hidden="?"? ?id="S:\w+"></div>', "", html)
    style = "".join(f"<style>{for_page(sheet, html, is_whole=is_whole)}</style>" for sheet in sheets)
    # The stylesheet's braces are not ours to interpret.
    return html.replace("</head>", "{% raw %}" + style + "{% endraw %}</head>")


def paint_first(html: str, static: Path) -> str:
    """Let a hydrated page paint before its scripts arrive.

    Only attributes change and one style is added: React refuses (error 418) a page in which elements are missing.
    """
    for match in list(STYLESHEET.finditer(html)):
        tag, href = match[0], match[1]
        later = tag.replace("<link ", '<link media="print" data-late ', 1)
        style = f"<style>{written_out((static / href.lstrip('/')).read_text())}</style>"
        html = html.replace(tag, later).replace("</head>", style + "</head>")
    return html.replace('<link rel="modulepreload"', '<link rel="later"')


def write_warm(static: Path) -> None:
    """List the scripts of the first page behind the log-in, for `ui.scripts.WARM` to fetch ahead."""
    first = prerendered(static, site.DASHBOARD)[0].read_text()
    (static / WARM_LIST).write_text(json.dumps(list(dict.fromkeys(LOADED.findall(first)))))


def write_csp(static: Path) -> None:
    """List the digests of every inline script that the pages may run; the edge puts them into the policy."""
    digests = {
        "'sha256-" + base64.b64encode(hashlib.sha256(body.encode()).digest()).decode() + "'"
        for page in static.rglob("*.html")
        for attributes, body in SCRIPT.findall(page.read_text())
        if "src=" not in attributes and "ld+json" not in attributes and body.strip()
    }
    (static.parent / "csp.json").write_text(json.dumps(sorted(digests)))
