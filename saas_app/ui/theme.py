"""Class lists that several components share; the colours and the typeface stand in assets/theme.css."""

from typing import Literal

Tone = Literal["plain", "info", "good", "warn", "bad"]
TextTone = Literal["ink", "quiet", "brick", "good", "warn", "bad"]

PAGE_WIDTH = "mx-auto w-full max-w-6xl px-5 sm:px-8"
CARD = "rounded-2xl border border-line bg-surface"
INPUT = (
    "block w-full min-h-12 rounded-lg border border-edge bg-surface px-3.5 text-base text-ink "
    "placeholder:text-quiet user-invalid:border-bad aria-invalid:border-2 aria-invalid:border-bad "
    "disabled:bg-sunk disabled:text-quiet"
)

TINTS: dict[Tone, str] = {
    "plain": "bg-sunk text-ink",
    "info": "bg-info-tint text-info",
    "good": "bg-good-tint text-good",
    "warn": "bg-warn-tint text-warn",
    "bad": "bg-bad-tint text-bad",
}

INKS: dict[TextTone, str] = {
    "ink": "text-ink",
    "quiet": "text-quiet",
    "brick": "text-brick-ink",
    "good": "text-good",
    "warn": "text-warn",
    "bad": "text-bad",
}


def classes(*names: str) -> str:
    """Join class lists, leaving out the empty ones."""
    return " ".join(name for name in names if name)
