"""A real browser in front of the built app. Whatever the browser complains about fails the test."""

import fcntl
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from scripts import build
from tests.e2e.browsing import TIMEOUT_MILLISECONDS, Visitor, launched
from tests.e2e.stack import Stack

OpenBrowser = Callable[..., Visitor]
RUNNING = pytest.StashKey[Stack]()


@pytest.fixture(scope="session")
def built_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The front end, built once for all workers; usually it is there already."""
    lock = tmp_path_factory.getbasetemp().parent / "front-end-build.lock"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        build.build()
    return build.ROOT / ".web" / "build"


@pytest.fixture(scope="session")
def stack(built_app: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """The product, running; one for all tests of a worker, so each brings its own people.

    Whoever stops a part of it uses `fragile`.
    """
    kept = request.config.stash
    if RUNNING not in kept:
        made = kept[RUNNING] = Stack(tmp_path_factory.mktemp("stack"))
        request.config.add_cleanup(made.stop)
        made.start()
    return kept[RUNNING]


@pytest.fixture
def fragile(stack: Stack) -> Generator[Stack]:
    """The stack, with everything up again afterwards."""
    yield stack
    for server in (stack.sandbox, stack.app):
        if not server.is_running():
            server.start()


# Playwright keeps a loop running in this thread, in which no other test could start its own: one per module.
@pytest.fixture(scope="module")
def playwright() -> Generator[Playwright]:
    with sync_playwright() as started:
        expect.set_options(timeout=TIMEOUT_MILLISECONDS)
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Generator[Browser]:
    """The Chromium of this machine, else the one that `playwright install chromium` brought."""
    browser = launched(playwright)
    yield browser
    browser.close()


@pytest.fixture
def open_browser(chromium: Browser) -> Generator[OpenBrowser]:
    """Open a browser that nobody has used: its own cookies, its own address. Options are Playwright's."""
    opened: list[Visitor] = []

    def open_one(**options: object) -> Visitor:
        opened.append(Visitor(chromium, **options))
        return opened[-1]

    yield open_one
    for visitor in opened:
        visitor.close()
    complaints = [line for visitor in opened for line in visitor.complaints()]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def visitor(open_browser: OpenBrowser) -> Visitor:
    """Somebody who has never been here."""
    return open_browser()
