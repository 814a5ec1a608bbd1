"""Keep of a stylesheet what one page uses. Tailwind writes one for the whole app; an island carries only its own."""

import html
import re
from collections.abc import Iterator

# Kept whole: they name no classes, or only what the kept rules refer to.
WHOLE = (
    "@property",
    "@keyframes",
    "@font-face",
    "@layer theme",
    "@layer base",
    "@layer __reflex_base",
    "@layer properties",
)
CLASS = re.compile(r"\.((?:\\[0-9a-fA-F]{1,6} ?|\\.|[\w-])+)")
ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6}) ?|\\(.)")


def used_classes(page: str) -> set[str]:
    """Every class that the page's elements carry."""
    return set(html.unescape(" ".join(re.findall(r'class="([^"]*)"', page))).split())


def only_used(css: str, used: set[str]) -> str:
    """The stylesheet without the rules whose first class no element has."""
    kept: list[str] = []
    for prelude, body in _rules(css):
        selector = prelude.strip()
        if body is None:
            kept.append(prelude)
        elif selector.startswith("@") and not selector.startswith(WHOLE):
            inner = only_used(body, used)
            if inner:
                kept.append(f"{prelude}{{{inner}}}")
        elif _is_used(selector, used):
            kept.append(f"{prelude}{{{body}}}")
    return "".join(kept)


def _is_used(selector: str, used: set[str]) -> bool:
    match = None if selector.startswith("@") else CLASS.match(selector)
    return match is None or _plain(match[1]) in used


def _plain(name: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], name)


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """(prelude, body) of each rule at the top level; body is None for a statement such as @import."""
    start = brace = depth = place = 0
    quote = ""
    while place < len(css):
        sign = css[place]
        if sign == "\\":
            place += 1
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "{":
            brace = place if depth == 0 else brace
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:brace], css[brace + 1 : place]
                start = place + 1
        elif sign == ";" and depth == 0:
            yield css[start : place + 1], None
            start = place + 1
        place += 1
