"""The pictures that nobody draws by hand: icons, and what goes along when a page is shared. Made in the build.

They are the mark of `ui.brand` and the colours of assets/theme.css, so that a founder who changes those has changed
these. Networks show 1200 × 630 (https://ogp.me), and phones want the icons that the manifest names
(https://www.w3.org/TR/appmanifest/).
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_pt_serif as typeface  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image, ImageDraw, ImageFont

from saas_app import site
from saas_app.edge.pages import Route, poster
from saas_app.ui.brand import BRICKS
from saas_app.ui.head import ICON_SIZES, MANIFEST, TOUCH_ICON

COLOUR = re.compile(r"--color-([\w-]+): (#[0-9a-f]{6})")
THEME = Path(__file__).parents[2] / "assets" / "theme.css"
TOUCH_SIZE = 180
WIDE, HIGH, MARGIN = 1200, 630, 80
# The wall at the foot of a poster: courses of bricks, rising to the right.
BRICK, COURSE, JOINT = 120, 42, 5
TONES = 48  # colours of a poster: enough for smooth letters, and a third of the bytes


def draw_all(pages: list[Route]) -> dict[str, bytes]:
    """Icons, manifest and a poster for each of these pages, by the names under which they are served."""
    drawn = {f"icon-{size}.png": _saved(icon(size)) for size in ICON_SIZES}
    drawn[TOUCH_ICON.lstrip("/")] = _saved(icon(TOUCH_SIZE))
    drawn["favicon.ico"] = _saved(icon(32, margin=0), "ICO", sizes=[(16, 16), (32, 32)])
    drawn[MANIFEST.lstrip("/")] = json.dumps(manifest(), ensure_ascii=False).encode()
    for page in pages:
        sheet = draw_poster(page.title.removesuffix(f" · {site.PRODUCT}"), page.description)
        drawn[poster(page.name).lstrip("/")] = _saved(sheet.quantize(TONES, dither=Image.Dither.NONE))
    return drawn


def _saved(picture: Image.Image, form: str = "PNG", **more: Any) -> bytes:
    file = BytesIO()
    picture.save(file, form, **({"optimize": True} if form == "PNG" else {}), **more)
    return file.getvalue()


def manifest() -> dict[str, object]:
    """What a phone needs to put the product on its home screen; opened from there, it goes to work."""
    icons = [{"src": f"/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"} for size in ICON_SIZES]
    return {
        "name": site.PRODUCT,
        "short_name": site.PRODUCT,
        "description": site.DESCRIPTION,
        "start_url": site.DASHBOARD,
        "display": "standalone",
        "icons": icons,
        "background_color": colours()["paper"],
        "theme_color": colours()["paper"],
    }


@cache
def colours() -> dict[str, str]:
    """The colours of the day, by name."""
    light, _, _ = THEME.read_text().partition("@media (prefers-color-scheme: dark)")
    return dict(COLOUR.findall(light))


def icon(size: int, margin: float = 0.14) -> Image.Image:
    """The mark on paper; drawn large and made small, so that its edges are smooth."""
    large = Image.new("RGB", (size * 8, size * 8), colours()["paper"])
    _mark(large, size * 8 * margin, size * 8 * margin, size * 8 * (1 - 2 * margin))
    return large.resize((size, size), Image.Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType]


def draw_poster(title: str, words: str) -> Image.Image:
    """The name of the product, what the page is, a sentence, and a wall."""
    sheet = Image.new("RGB", (WIDE, HIGH), colours()["paper"])
    pen = ImageDraw.Draw(sheet)
    _mark(sheet, MARGIN, 64, 56)
    pen.text((MARGIN + 76, 92), site.PRODUCT, colours()["ink"], _letters("Bold", 36), anchor="lm")
    place = 170
    for line in _broken(title, _letters("Bold", 68)):
        pen.text((MARGIN, place), line, colours()["ink"], _letters("Bold", 68))
        place += 82
    place += 24
    for line in _broken(words, _letters("Regular", 32)):
        pen.text((MARGIN, place), line, colours()["quiet"], _letters("Regular", 32))
        place += 44
    for left, top in wall():
        pen.rectangle((left, top, left + BRICK - JOINT, top + COURSE - JOINT), colours()["brick"])
    return sheet


def wall() -> Iterator[tuple[int, int]]:
    """The corner of each brick: every second course is set off by half, and higher ones begin further right."""
    for course, begins in enumerate((0, 6, 8)):
        place = begins - 0.5 * ((course + 1) % 2)
        while place * BRICK < WIDE:
            yield round(place * BRICK), HIGH - (course + 1) * COURSE + JOINT
            place += 1


def _mark(sheet: Image.Image, left: float, top: float, size: float) -> None:
    pen, unit = ImageDraw.Draw(sheet), size / 32
    for x, y, wide, high in BRICKS:
        corners = (left + x * unit, top + y * unit, left + (x + wide) * unit - 1, top + (y + high) * unit - 1)
        pen.rectangle(corners, colours()["brick"])


@cache
def _letters(style: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(typeface.ROOT / "files" / f"PT_Serif-Web-{style}.ttf"), size)


def _broken(words: str, letters: ImageFont.FreeTypeFont) -> Iterator[str]:
    """The words in lines that fit between the margins."""
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and letters.getlength(longer) > WIDE - 2 * MARGIN:
            yield line
            longer = word
        line = longer
    yield line
