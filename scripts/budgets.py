"""Weigh the built pages against budgets.toml, and see that no public page loads a script of the framework.

make check
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import brotli

from scripts.build import ROOT

BUDGETS = Path(__file__).with_name("budgets.toml")
LOADED = re.compile(r'<(?:script|link)\b[^>]*(?:src|href)="(/assets/[^"]+)"')
Budgets = Mapping[str, Mapping[str, float]]
# Scripts that are no module and name no file are our own lines, which the build has put into the page.
FRAMEWORK = re.compile(r'<script\b[^>]*(?:src=|type="module")|rel="modulepreload"|__reactRouter')


def faults(build: Path, budgets: Budgets) -> Iterator[str]:
    """What is wrong with the pages of this build, each in a sentence that says what to do."""
    for page in sorted((build / "islands").glob("*.html")):
        html = page.read_text()
        if FRAMEWORK.search(html):
            yield f"{page.stem} is a public page and loads a script of the framework: see make_island in edge/build.py."
        yield from _too_heavy("island", page.stem, _packed(html.encode()), budgets)
    client = build / "client"
    for page in sorted(client.rglob("index.html")):
        name, files = "-".join(page.parent.relative_to(client).parts), _files(page)
        for kind, suffix in (("script", ".js"), ("style", ".css")):
            loaded = [client / each.lstrip("/") for each in files if each.endswith(suffix)]
            yield from _too_heavy(kind, name, sum(_packed(each.read_bytes()) for each in loaded), budgets)


def _too_heavy(kind: str, name: str, weight: int, budgets: Budgets) -> Iterator[str]:
    limit = budgets[kind].get(name, budgets[kind]["others"])
    if weight > limit * 1000:
        yield f"{name}: {kind} of {weight / 1000:.2f} kB, and {limit} are allowed. Lighten it, or see budgets.toml."


def _files(page: Path) -> set[str]:
    return set(LOADED.findall(page.read_text()))


@cache
def _packed(plain: bytes) -> int:
    return len(brotli.compress(plain, quality=11))


if __name__ == "__main__":
    found = [*faults(ROOT / ".web" / "build", tomllib.loads(BUDGETS.read_text()))]
    raise SystemExit("\n".join(found) or None)
