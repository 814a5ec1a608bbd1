"""Where pictures are taken: the product running, browsers that nobody has used, and the list of scenes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import Visitor
from tests.e2e.stack import Server, Stack
from tests.e2e.steps import GOOD_CARD, Person, confirm_address, join, pay
from tests.pictures.album import Album
from tests.social.provider import provider

# A page that is not named by its address.
NAMED = {"landing": "/"}


@dataclass(frozen=True)
class Scene:
    """Something that people do, and the states that are taken on the way."""

    play: Callable[["Studio"], None]
    states: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.play.__module__.rpartition('.')[2]}: {self.play.__name__.replace('_', ' ')}"


SCENES: list[Scene] = []


def scene(*states: str) -> Callable[[Callable[["Studio"], None]], Callable[["Studio"], None]]:
    """Put this into the list, with the names of the states that it takes: the address of the page, then a word."""

    def declare(play: Callable[["Studio"], None]) -> Callable[["Studio"], None]:
        SCENES.append(Scene(play, states))
        return play

    return declare


def page_of(state: str) -> str:
    """The address that a state belongs to."""
    page = state.rpartition("/")[0]
    return NAMED.get(page, f"/{page}")


class Studio:
    """What scenes are played with. Whatever runs is started when a scene first asks for it."""

    def __init__(self, browser: Browser, album: Album, folder: Path) -> None:
        self._browser, self.album, self._folder = browser, album, folder
        self._visitors: list[Visitor] = []
        self._stacks: list[Stack] = []
        self._others: list[Server] = []

    @cached_property
    def stack(self) -> Stack:
        """The product as it comes."""
        return self._started("plain")

    @cached_property
    def full(self) -> Stack:
        """The product of a founder who uses all of it: trials without a card, and accounts elsewhere."""
        there = {f"{name}_CLIENT_{what}": "of-a-picture" for name in ("GOOGLE", "GITHUB") for what in ("ID", "SECRET")}
        return self._started("full", TRIAL_DAYS="14", TRIAL_NEEDS_CARD="false", **there)

    @cached_property
    def issuer(self) -> str:
        """A provider of accounts elsewhere."""
        address, server = provider(self.folder("provider"))
        self._others.append(server)
        server.start()
        return address

    @cached_property
    def connected(self) -> Stack:
        """The product of a founder whose people may come with an account of that provider."""
        client = {"OIDC_CLIENT_ID": "of-a-picture", "OIDC_CLIENT_SECRET": "of-a-picture"}
        return self._started("connected", OIDC_ISSUER=self.issuer, OIDC_NAME="Example", **client)

    def _started(self, name: str, **settings: str) -> Stack:
        made = Stack(self._folder / name, **settings)
        self._stacks.append(made)
        made.start()
        return made

    def folder(self, name: str) -> Path:
        """A place for a scene's own files."""
        made = self._folder / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    def visit(self, **options: object) -> Page:
        """The tab of somebody who has never been here. Options are Playwright's."""
        self._visitors.append(Visitor(self._browser, **options))
        return self._visitors[-1].new_tab()

    def member(self, name: str = "Ada") -> Page:
        """The tab of somebody who has just opened an account."""
        page = self.visit()
        join(page, self.stack, Person(name))
        return page

    def proved(self, name: str = "Ada") -> Page:
        """The same for somebody who has proved their address too."""
        page = self.visit()
        self.prove(page, join(page, self.stack, Person(name)))
        return page

    def prove(self, page: Page, person: Person, stack: Stack | None = None) -> None:
        """Prove their address by the link in its mail."""
        confirm_address(page, stack or self.stack, person)

    def pay(self, page: Page, number: str = GOOD_CARD) -> None:
        """Pay on the hosted checkout that this tab is being led to, and come back."""
        page.wait_for_url("**/c/pay/**")
        pay(page, number)
        expect(page.locator("#unlocked")).to_be_visible()

    def shoot(self, page: Page, state: str, *, whole: bool = True) -> None:
        """Take this state."""
        self.album.shoot(page, state, whole=whole)

    def open(self, page: Page, path: str) -> Page:
        """Go to a page of the product."""
        page.goto(f"{self.stack.url}{path}")
        return page

    @contextmanager
    def scene(self) -> Iterator[None]:
        """What belongs to one scene goes with it, and what it has stopped runs again."""
        try:
            yield
        finally:
            for visitor in self._visitors:
                visitor.close()
            self._visitors.clear()
            for stack in self._stacks:
                for server in (stack.sandbox, stack.app):
                    if not server.is_running():
                        server.start()

    def close(self) -> None:
        """End what was started."""
        for each in (*reversed(self._stacks), *self._others):
            each.stop()
