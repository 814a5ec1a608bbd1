"""Public pages, filled and kept ready in memory.

Reflex builds a public page once; `edge.build` turns it into a template; here its slots are filled. A page that does
not depend on who asks is rendered once per catalogue version, compressed once, and then answered from memory.
"""

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import Response

from saas_app.core import habits
from saas_app.core.config import settings
from saas_app.core.viewer import Viewer
from saas_app.edge.packed import Page
from saas_app.edge.pages import Fill, Route
from saas_app.edge.who import cookie_name

# Beside the folder of the public pages: those of whoever develops, which no release carries.
LOCAL = "local"
# Readers choose whose habits they have, and by them which pages are kept beside the usual ones.
MOST_BESIDE = 512
# Where a scope holds the slots of an answer that is the same for everybody who asks in these words.
SAME = "saas_app.same_while"
INLINE_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S)
WORD = re.compile(r"[a-z0-9_]{1,40}")
INLINE_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.S)


@dataclass(frozen=True)
class Slots:
    """What public pages show that the build cannot know. A new `version` drops every page kept in memory."""

    version: str = ""
    values: dict[str, Any] = field(default_factory=dict[str, Any])


class Filled(Response):
    """A page on its way. With `slots`, everybody who asks in these words gets it, as long as those are the slots."""

    slots: Slots | None = None


Filler = Callable[[], Awaitable[Slots]]
# What follows from the values in a form or an address, such as which of two prices is shown first.
# By the second argument a page differs from the others of its name, as in the currency of its prices.
Derive = Callable[[dict[str, str], Any], dict[str, Any]]
# How a page differs by who asks, with which headers, and for what: anything hashable. None is the usual page.
Vary = Callable[[Mapping[str, str], Viewer | None, Mapping[str, str]], Awaitable[Any]]


class Islands:
    """The public pages of one built app.

    `folder` holds the templates that the build made; `fill` gives the slots, and is asked on each request, so it
    must answer from memory most of the time; `derive` adds what follows from what was typed or asked for, and from what
    `vary` says; `routes` are the pages as they were declared, some with a `fill` of their own; `frame` gives what the
    frame of a member's page says of them.
    """

    def __init__(
        self,
        folder: Path,
        fill: Filler,
        derive: Derive,
        form_targets: tuple[str, ...] = (),
        routes: dict[str, Route] | None = None,
        vary: Vary | None = None,
        frame: Fill | None = None,
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([folder, folder.with_name(LOCAL)]),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
        )
        self._fill = fill
        self._derive = derive
        self._vary = vary
        self._frame = frame
        self._form_targets = form_targets
        self._routes = routes or {}
        self._kept: dict[tuple[str, str, Any], Page] = {}
        self._beside: dict[tuple[str, str, Any, str], Page] = {}
        self._packing: dict[Page, asyncio.Task[None]] = {}
        self._version = ""
        self._policies: dict[str, str] = {}

    async def answer(
        self, name: str, headers: dict[str, str], viewer: Viewer | None, *, status: int = 200, **context: Any
    ) -> Filled:
        """The page `name` as a response; anonymous visitors with nothing typed get the copy kept in memory."""
        slots = await self._fill()
        if slots.version != self._version:
            self._kept.clear()
            self._beside.clear()
            self._version = slots.version
        typed = Blank(context.get("form", {}))
        reader = habits.current()
        kind = await self._vary(headers, viewer, typed) if self._vary else None
        if viewer is None and not any(context.values()):
            page = (self._for_habits if habits.current() else self._for_all)(name, slots, kind)
            is_final = page.is_final(accepted := headers.get("accept-encoding", ""))
            answer = _respond(page, headers, status, "public, max-age=0, must-revalidate")
            if not is_final:
                self._pack_well(page, accepted)
            is_final |= answer.status_code == 304
            answer.slots = slots if is_final and habits.current() == reader else None
            return answer
        route = self._routes.get(name)
        if viewer is not None and route is not None:
            framed = self._frame if route.members_only else None
            for fill in filter(None, (framed, route.fill)):
                context = {**await fill(viewer), **context}
        return _respond(self._render(name, slots, viewer, kind, context), headers, status, "private, no-store")

    def _pack_well(self, page: Page, accepted: str) -> None:
        """Beside the answers, and once however many ask meanwhile."""
        if page not in self._packing:
            task = asyncio.create_task(asyncio.to_thread(page.pack_well, accepted))
            self._packing[page] = task
            task.add_done_callback(lambda _: self._packing.pop(page))

    async def settled(self) -> None:
        """Come back when nothing is being packed."""
        await asyncio.gather(*self._packing.values())

    def _for_all(self, name: str, slots: Slots, kind: Any) -> Page:
        """The page for everybody of this kind who reads as the installation writes."""
        key = (name, slots.version, kind)
        if key not in self._kept:
            self._kept[key] = self._render(name, slots, None, kind, {}, kept=True)
        return self._kept[key]

    def _for_habits(self, name: str, slots: Slots, kind: Any) -> Page:
        """The same for other habits. Few pages hold a date or a long number: all else is the usual page. What differs
        is rare, and not worth 100 ms of packing."""
        key = (name, slots.version, kind, habits.current())
        if key not in self._beside:
            theirs = self._render(name, slots, None, kind, {})
            with habits.of_the_installation():
                usual = self._for_all(name, slots, kind)
            if len(self._beside) >= MOST_BESIDE:
                self._beside.clear()
            self._beside[key] = usual if usual.plain == theirs.plain else theirs
        return self._beside[key]

    def _render(
        self, name: str, slots: Slots, viewer: Viewer | None, kind: Any, context: dict[str, Any], *, kept: bool = False
    ) -> Page:
        typed = Blank(context.get("form", {}))
        template: Template = self._environment.get_template(f"{name}.html")
        route = self._routes.get(name)
        values: dict[str, Any] = {
            "member": viewer is not None,
            "viewer": viewer,
            "notice": "",
            "gone": False,
            "wait_seconds": 0,
            **slots.values,
            **self._derive(typed, kind),
            **(route.reckon(typed) if route is not None and route.reckon is not None else {}),
            **context,
            "form": typed,
            "errors": Blank(context.get("errors", {})),
            "remembered": Blank(context.get("remembered", {})),
        }
        html = template.render(values)
        if name not in self._policies:
            self._policies[name] = self._policy(self._source(name))
        return Page(html.encode(), self._policies[name], kept=kept)

    def remembered(self, name: str, cookies: Mapping[str, str]) -> dict[str, str]:
        """What this page shows of the browser's cookies: the word in each, and `name_word` for what is the case.

        Anything but a word is left out.
        """
        wanted = self._routes[name].remembers if name in self._routes else ()
        found = {each: cookies.get(cookie_name(settings().base_url, each), "") for each in wanted}
        words = {each: word for each, word in found.items() if WORD.fullmatch(word)}
        return {**words, **{f"{each}_{word}": "1" for each, word in words.items()}}

    def _source(self, name: str) -> str:
        """The page as it was built. What is allowed to run is read here, never off what slots have put into it."""
        assert self._environment.loader is not None  # noqa: S101 (set above)
        source, *_ = self._environment.loader.get_source(self._environment, f"{name}.html")
        return source.replace("{% raw %}", "").replace("{% endraw %}", "")

    def _policy(self, html: str) -> str:
        """Nothing loads and nothing runs, but what this page carries itself."""
        scripts = [_digest(body) for a, body in INLINE_SCRIPT.findall(html) if "ld+json" not in a]
        styles = [_digest(body) for body in INLINE_STYLE.findall(html)]
        return "; ".join(
            [
                "default-src 'none'",
                f"script-src {' '.join(scripts)}" if scripts else "script-src 'none'",
                f"style-src {' '.join(styles)}",
                "img-src 'self' data:",
                "connect-src 'self'",
                "manifest-src 'self'",
                " ".join(["form-action 'self'", *self._form_targets]),
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ]
        )


class Blank(dict[str, str]):
    """Form values by field; a field that was not sent is empty, so that templates need no tests for it."""

    def __missing__(self, key: str) -> str:
        return ""


_installed: list[Islands] = []


def install(islands: Islands) -> None:
    """Make these the pages that `respond` answers with."""
    _installed[:] = [islands]


async def respond(
    request: Request, page: str, *, status: int = 200, viewer: Viewer | None = None, **context: Any
) -> Response:
    """Answer a form's POST with its page again.

    `context` may hold `form` (what was typed, by field), `errors` (by field, `form` for the whole), `notice`,
    `wait_seconds` until the form may be sent again, and `gone` where sending it again can never help.
    """
    headers = {each: request.headers.get(each, "") for each in ("accept-encoding", "accept-language", "cookie")}
    remembered = _installed[0].remembered(page, request.cookies)
    return await _installed[0].answer(page, headers, viewer, status=status, remembered=remembered, **context)


def _respond(page: Page, headers: dict[str, str], status: int, caching: str) -> Filled:
    common = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": page.policy,
        "cache-control": caching,
        "vary": "accept-encoding, accept-language, cookie",
    }
    if status == 200 and caching.startswith("public"):
        common["etag"] = page.etag
        if page.etag in headers.get("if-none-match", ""):
            return Filled(status_code=304, headers=common)
    body, coding = page.packed(headers.get("accept-encoding", ""))
    return Filled(body, status, {**common, "content-encoding": coding} if coding else common)


@cache
def _digest(body: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"


def hydrated_policy(build: Path, form_targets: tuple[str, ...]) -> str:
    """The policy of the pages that hydrate: their own inline scripts by digest, and no eval.

    `style-src` needs 'unsafe-inline': emotion and the icons insert style elements while they run.
    """
    scripts = " ".join(json.loads((build / "csp.json").read_text()))
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            " ".join(["form-action 'self'", *form_targets]),
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )
