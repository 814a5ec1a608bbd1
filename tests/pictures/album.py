"""Pictures of a page as people meet it: at three widths, by day and by night."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Page, ViewportSize

from tests.pictures import sheets

WIDTHS = (390, 768, 1440)
HEIGHT = 900
THEMES = ("light", "dark")
TALLEST = 12_000  # what is longer is cut off: nobody looks at more of it on a sheet
_PATIENCE = 60_000  # milliseconds for one picture, on a machine that does something else too
AT_WORK: ViewportSize = {"width": 1280, "height": HEIGHT}

# Letters are there, and what is drawn by a script has been drawn for this width. Where no script may run, none draws,
# and neither frames nor timers would ever be heard of.
_SETTLED = """async () => {
  if (matchMedia("(scripting: none)").matches) return;
  const drawn = new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const late = new Promise(done => setTimeout(done, 2000));
  await Promise.race([Promise.all([document.fonts.ready, drawn]), late]);
}"""
_WHOLE = "() => Math.max(document.documentElement.scrollHeight, document.body.scrollHeight)"


class Album:
    """Where the pictures go. `only` are words: a state is taken if its name holds one of them, or if there are none."""

    def __init__(self, folder: Path, only: Sequence[str] = ()) -> None:
        self.folder, self.only = folder, only
        self.taken: list[str] = []
        self._sheets: list[Future[None]] = []
        self._pasting = ThreadPoolExecutor(1)

    def wants(self, name: str) -> bool:
        """Whether this state is to be taken."""
        return not self.only or any(word in name for word in self.only)

    def shoot(self, page: Page, name: str, *, whole: bool = True) -> None:
        """Take `billing/past-due` from a tab that shows it, without loading it again.

        `whole` makes the window as high as the page. Without it the window is an ordinary one, for what is laid over a
        page or stays in sight while one scrolls.
        """
        if not self.wants(name):
            return
        place = self.folder / name
        place.mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.evaluate(_SETTLED)
            if whole:
                _grow(page, width)
            for theme in THEMES:
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                page.evaluate(_SETTLED)
                page.screenshot(path=place / f"{width}-{theme}.png", animations="disabled", timeout=_PATIENCE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(AT_WORK)
        self.taken.append(name)
        self._sheets.append(self._pasting.submit(sheets.paste, self.folder, name))

    def close(self) -> None:
        """Wait for the sheets, and write the page that lists them."""
        self._pasting.shutdown()
        for each in self._sheets:
            each.result()
        sheets.write_index(self.folder)


def _grow(page: Page, width: int) -> None:
    """Make the window as high as the page, which may be higher in a higher one, or have come in meanwhile."""
    height = HEIGHT
    while (wanted := min(page.evaluate(_WHOLE), TALLEST)) > height:
        height = wanted
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(_SETTLED)
