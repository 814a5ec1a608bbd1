"""The colours, measured as the accessibility guidelines measure them."""

import re
from pathlib import Path

import pytest

THEME = (Path(__file__).parents[2] / "assets" / "theme.css").read_text()
NAMED = re.compile(r"--color-([\w-]+): (#[0-9a-f]{6})")
GROUNDS = ("paper", "surface", "sunk")
WORDS = [(ink, ground) for ink in ("ink", "quiet", "brick-ink") for ground in (*GROUNDS, "tint")] + [
    (tone, ground) for tone in ("good", "warn", "bad", "info") for ground in (f"{tone}-tint", *GROUNDS)
]
WORDS += [("ink", f"{tone}-tint") for tone in ("good", "warn", "bad", "info")]
WORDS += [("on-brick", "brick"), ("on-brick", "brick-deep"), ("brick-ink", "line")]


def schemes() -> dict[str, dict[str, str]]:
    light, _, rest = THEME.partition("@media (prefers-color-scheme: dark)")
    day = dict(NAMED.findall(light))
    return {"light": day, "dark": day | dict(NAMED.findall(rest))}


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_stand_out_from_their_ground(scheme: str, ink: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_the_edge_of_a_field_can_be_seen(scheme: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours["edge"], colours[ground]) >= 3


def test_the_night_has_a_colour_for_each_of_the_day() -> None:
    light, _, rest = THEME.partition("@media (prefers-color-scheme: dark)")
    assert dict(NAMED.findall(light)).keys() == dict(NAMED.findall(rest)).keys()
