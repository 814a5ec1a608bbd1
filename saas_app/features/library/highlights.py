"""Passages that somebody has marked, put into the text of a chapter when it is served."""

import re
from collections.abc import Iterable
from html import escape, unescape

# Drawings count as one tag: no mark can stand in them.
TAG = re.compile(r"(<svg.*?</svg>|<[^>]*>)", re.S)


def marked(html: str, passages: Iterable[tuple[int, str]]) -> str:
    """The same elements, with each passage (block where it begins, its words) in `<mark>`.

    A passage that is not in this edition any more is left out. It may run over several elements: each gets its part.
    """
    parts = TAG.split(html)
    texts = [unescape(part) if place % 2 == 0 else "" for place, part in enumerate(parts)]
    starts = _starts(parts, texts)
    whole = "".join(texts)
    spans = [span for block, quote in passages if (span := _find(whole, quote, starts.get(block, 0)))]
    done: list[str] = []
    at = 0
    for place, part in enumerate(parts):
        done.append(part if place % 2 else _mark(texts[place], at, spans))
        at += len(texts[place])
    return "".join(done)


def _starts(parts: list[str], texts: list[str]) -> dict[int, int]:
    """Where in the whole text each block begins."""
    found: dict[int, int] = {}
    at = 0
    for part, text in zip(parts, texts, strict=True):
        if block := re.search(r' id="b(\d+)"', part.partition(">")[0]):
            found[int(block[1])] = at
        at += len(text)
    return found


def _find(whole: str, quote: str, start: int) -> tuple[int, int] | None:
    """First from its block on, then anywhere: a later edition may have moved it."""
    words = re.compile(r"\s+".join(map(re.escape, quote.split())))
    found = words.search(whole, start) or words.search(whole) if quote else None
    return found.span() if found else None


def _mark(text: str, at: int, spans: list[tuple[int, int]]) -> str:
    inside = [any(first <= place < last for first, last in spans) for place in range(at, at + len(text))]
    done, begun = "", 0
    for place in range(1, len(text) + 1):
        if place == len(text) or inside[place] != inside[begun]:
            piece = text[begun:place]
            shown = escape(piece, quote=False)
            done += f"<mark>{shown}</mark>" if inside[begun] and piece.strip() else shown
            begun = place
    return done
