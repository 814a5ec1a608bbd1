"""Keep of a stylesheet what one page uses. Tailwind writes one for the whole app; an island carries only its own."""

import html
import re
from functools import cache

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
# A rule for the children of a class begins with a function around it: `:is(.ticked > *)`.
CLASS = re.compile(r"(?::(?:is|where)\()?\.((?:\\[0-9a-fA-F]{1,6} ?|\\.|[\w-])+)")
ELEMENT = re.compile(r"[a-z][a-z0-9]*")
# Parts of inputs for dates, files and searches, which no public page has.
ABSENT_CONTROL = re.compile(r"::(-webkit-(date|calendar|search)|file-selector)")
DECLARED = re.compile(r"([{;])(--[\w-]+):(?:\"[^\"]*\"|[^;{}\"])*(?:;|(?=\}))")
KEYFRAMES = re.compile(r"@keyframes ([\w-]+)\{(?:[^{}]*\{[^{}]*\})*\}")
PROPERTY = re.compile(r"@property (--[\w-]+)\{[^}]*\}")
# What Tailwind names once and never changes: lengths, sizes and weights; what it reckons with them.
CONSTANT = re.compile(r"(--(?:spacing|container|text|font-weight|tracking|leading|radius)[\w-]*):([^;{}]+)[;}]")
PRODUCT = re.compile(r"calc\((\d*\.?\d+)rem \* (-?\d*\.?\d+)\)")
ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6}) ?|\\(.)")


def for_page(css: str, page: str, *, is_whole: bool) -> str:
    """The stylesheet as this page needs it. A page is whole if no further elements come into it when it is served."""
    used = only_used(css, used_classes(page))
    return _without_idle_names(written_out(_without_absent_elements(used, page) if is_whole else used))


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


def _without_absent_elements(css: str, page: str) -> str:
    """Leave out of the base layer what is said of elements that the page has not."""
    present = {*re.findall(r"<([a-z][a-z0-9]*)", page), "html", "body"}
    kept: list[str] = []
    for prelude, body in _rules(css):
        if body is None or not prelude.startswith("@layer base"):
            kept.append(prelude if body is None else f"{prelude}{{{body}}}")
            continue
        rules = [(_of_present(selector, present), inner) for selector, inner in _rules(body)]
        kept.append(f"{prelude}{{{''.join(f'{selector}{{{inner}}}' for selector, inner in rules if selector)}}}")
    return "".join(kept)


def _of_present(selectors: str, present: set[str]) -> str:
    """Of a list of selectors, those that may match something."""
    if selectors.startswith("@") or "(" in selectors:
        return selectors
    heads = [(each, ELEMENT.match(each)) for each in selectors.split(",")]
    found = (each for each, match in heads if match is None or match[0] in present)
    return ",".join(each for each in found if not ABSENT_CONTROL.match(each))


def _without_idle_names(css: str) -> str:
    """Leave out the custom properties that nothing reads, until all that are left are read."""
    read = set(re.findall(r"var\((--[\w-]+)", css))
    smaller = DECLARED.sub(lambda match: match[0] if match[2] in read else match[1], css)
    smaller = PROPERTY.sub(lambda match: match[0] if match[1] in read else "", smaller)
    smaller = KEYFRAMES.sub(lambda match: match[0] if smaller.count(match[1]) > 1 else "", smaller)
    return smaller if smaller == css else _without_idle_names(smaller)


def written_out(css: str) -> str:
    """Put the constants where they are used. One page uses most of them once or twice, and names pack badly; and what
    names a constant is put together and read by the browser for each element anew.
    """
    for name, value in CONSTANT.findall(css):
        css = css.replace(f"var({name})", value)
    return PRODUCT.sub(lambda match: f"{float(match[1]) * float(match[2]):g}rem", css)


def _is_used(selector: str, used: set[str]) -> bool:
    match = None if selector.startswith("@") else CLASS.match(selector)
    return match is None or _plain(match[1]) in used


def _plain(name: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], name)


@cache  # a build reads the same stylesheet for each of its pages
def _rules(css: str) -> list[tuple[str, str | None]]:
    """(prelude, body) of each rule at the top level; body is None for a statement such as @import."""
    rules: list[tuple[str, str | None]] = []
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
                rules.append((css[start:brace], css[brace + 1 : place]))
                start = place + 1
        elif sign == ";" and depth == 0:
            rules.append((css[start : place + 1], None))
            start = place + 1
        place += 1
    return rules
