"""What somebody looks at: the six pictures of a state on one sheet, and a page that lists all sheets."""

from html import escape
from itertools import groupby
from math import ceil
from pathlib import Path

from PIL import Image

SHEETS = "sheets"
LARGEST = (2400, 2400)
GAP = 24
GROUND = {"light": "#8a8f98", "dark": "#5b6068"}
# A picture that is higher is laid out in columns of one of these heights, whichever makes all of it largest.
COLUMNS = (900, 1200, 1600, 2000, 2600, 3400, 4500, 6000)


def sheet_of(folder: Path, name: str) -> Path:
    """Where the sheet of a state lies."""
    return folder / SHEETS / f"{name.replace('/', '--')}.png"


def paste(folder: Path, name: str) -> None:
    """Lay the pictures of a state on one sheet: by day above, by night below, narrow ones first."""
    rows = [_opened(folder / name, theme) for theme in GROUND]
    height, scale = _layout(rows[0])
    pasted = [_row(row, height, scale, ground) for row, ground in zip(rows, GROUND.values(), strict=True)]
    sheet = Image.new("RGB", (max(row.width for row in pasted), sum(row.height for row in pasted)))
    above = 0
    for row in pasted:
        sheet.paste(row, (0, above))
        above += row.height
    place = sheet_of(folder, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(place, compress_level=3)


def _opened(place: Path, theme: str) -> list[Image.Image]:
    found = sorted(place.glob(f"*-{theme}.png"), key=lambda path: int(path.stem.partition("-")[0]))
    return [Image.open(path).convert("RGB") for path in found]


def _layout(row: list[Image.Image]) -> tuple[int, float]:
    """How high a column is in a picture's own pixels, and how much all of it is made smaller."""
    return max(((height, _scale(row, height)) for height in COLUMNS), key=lambda found: found[1])


def _scale(row: list[Image.Image], height: int) -> float:
    columns = [(picture.width, ceil(picture.height / height)) for picture in row]
    wide = sum(width * count for width, count in columns)
    gaps = GAP * (sum(count for _, count in columns) + 1)
    high = 2 * min(height, max(picture.height for picture in row))
    return min(1.0, (LARGEST[0] - gaps) / wide, (LARGEST[1] - 4 * GAP) / high)


def _row(row: list[Image.Image], height: int, scale: float, ground: str) -> Image.Image:
    parts = [part for picture in row for part in _columns(picture, height, scale)]
    wide = sum(part.width + GAP for part in parts) + GAP
    pasted = Image.new("RGB", (wide, max(part.height for part in parts) + 2 * GAP), ground)
    left = GAP
    for part in parts:
        pasted.paste(part, (left, GAP))
        left += part.width + GAP
    return pasted


def _columns(picture: Image.Image, height: int, scale: float) -> list[Image.Image]:
    cuts = [
        picture.crop((0, top, picture.width, min(top + height, picture.height)))
        for top in range(0, picture.height, height)
    ]
    return [cut.resize((max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))) for cut in cuts]


def write_index(folder: Path) -> None:
    """List every sheet there is, by page, those of earlier runs too."""
    names = sorted(path.stem.replace("--", "/") for path in (folder / SHEETS).glob("*.png"))
    parts = [_part(page, list(states)) for page, states in groupby(names, key=lambda name: name.rpartition("/")[0])]
    (folder / "index.html").write_text(f"{_HEAD}{''.join(parts)}", encoding="utf-8")


def _part(page: str, names: list[str]) -> str:
    return f"<h2>{escape(page)}</h2>\n{''.join(_entry(name) for name in names)}"


def _entry(name: str) -> str:
    place = f"{SHEETS}/{sheet_of(Path(), name).name}"
    state = escape(name.rpartition("/")[2])
    return f'<a href="{escape(place)}"><img loading="lazy" src="{escape(place)}" alt=""><b>{state}</b></a>\n'


_HEAD = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Pictures</title><style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem; }
a { display: inline-block; width: 22rem; margin: 0 1rem 1rem 0; vertical-align: top; color: inherit; }
img { display: block; width: 100%; height: 16rem; object-fit: cover; object-position: top left; }
</style><h1>Every page in every state</h1>
"""
