"""Somebody with a browser."""

import itertools
import os
import random
import re
import shutil
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright

TIMEOUT_MILLISECONDS = 15_000
_REPORT_CSP = """
document.addEventListener("securitypolicyviolation", e =>
  console.error(`CSP violation: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""
# Words of a template that nobody filled, wherever in a test they are shown.
_REPORT_SLOTS = r"""
const unfilled = node => {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text = texts.currentNode; text; text = texts.nextNode())
    if (/\{[{%]/.test(text.nodeValue) && !text.parentElement?.closest("script,style,template"))
      console.error(`Unfilled slot: ${text.nodeValue.slice(0, 80)}`);
};
// A mail in its frame may run nothing, not even this, and Chromium says so.
if (location.href !== "about:srcdoc")
  new MutationObserver(changes => changes.forEach(each => each.addedNodes.forEach(unfilled)))
    .observe(document, { subtree: true, childList: true });
"""
# The one without windows first: the same engine, in half the time.
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
_numbers = itertools.count(random.SystemRandom().randrange(1 << 20))


def chromium_here() -> str | None:
    """The Chromium of this machine; None leaves it to `playwright install chromium`."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def launched(playwright: Playwright, *flags: str) -> Browser:
    """It, running; `flags` are its own. Root has no sandbox there."""
    usual = ("--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage")
    alone = os.geteuid() != 0
    return playwright.chromium.launch(executable_path=chromium_here(), args=[*usual, *flags], chromium_sandbox=alone)


class Visitor:
    """One browser profile: its tabs, its address, and what its console said."""

    def __init__(self, browser: Browser, **options: Any) -> None:
        number = next(_numbers)
        self.ip = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        settings = {"viewport": {"width": 1280, "height": 900}, "extra_http_headers": {"X-Forwarded-For": self.ip}}
        self.context = browser.new_context(**{**settings, **options})
        self.context.set_default_timeout(TIMEOUT_MILLISECONDS)
        self.context.add_init_script(_REPORT_CSP)
        self.context.add_init_script(_REPORT_SLOTS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self._said.append(f"page error: {error.error}"))
        self._said: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def new_tab(self) -> Page:
        """An empty tab."""
        return self.context.new_page()

    def expect_complaint(self, pattern: str) -> None:
        """This the browser may say, since the test makes it happen (a refused form, a server that is down)."""
        self._expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What the browser said and nobody expected."""
        return [line for line in self._said if not any(each.search(line) for each in self._expected)]

    def cookie(self, name: str) -> str:
        """A cookie's value; '' when there is none."""
        return next((c.get("value", "") for c in self.context.cookies() if c.get("name") == name), "")

    def close(self) -> None:
        """Close every tab and forget the profile."""
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._said.append(f"{message.text} ({_where(message)})")


def _where(message: ConsoleMessage) -> str:
    try:
        return message.page.url if message.page else ""
    except Error:
        return ""


# Scripts, labels and links find the first of two elements that have one id.
_TWICE = """() => [...document.querySelectorAll("[id]")].map(each => each.id)
  .filter((id, at, all) => all.indexOf(id) !== at)"""
# What is wrong, and not what is well, which takes longer to write down than to find.
_FIND = """axe.run({ resultTypes: ["violations"] }).then(found => found.violations.map(each =>
  `${each.id}: ${JSON.stringify(each.nodes.map(node => node.target))}`))"""
COLOURS = ("light", "dark")


def barriers(page: Page) -> list[str]:
    """What axe finds fault with on this page in each of its colours, and where. And ids given twice."""
    page.evaluate(AXE_SCRIPT)
    found = []
    for colours in COLOURS:
        page.emulate_media(color_scheme=colours, reduced_motion="reduce")  # in no colour on the way to the other
        found += [f"{colours}: {each}" for each in page.evaluate(_FIND)]
    return [*found, *(f"an id given twice: {id_}" for id_ in page.evaluate(_TWICE))]
