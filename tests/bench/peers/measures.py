"""Each figure of every product, measured one after another by the same code, so that the machine's mood is the same."""

import asyncio
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.sync_api import Page

from tests.bench import identity, landing, lighthouse, memory
from tests.bench.peers.product import LANDING, PRICING, SIGN_IN, Product, port_of, visit
from tests.bench.wire import Line, send

STARTS, LOOKS = 5, 3
WARM_UP, LOG_INS = 16, 112
MEGA = 1_000_000
NAME, CELL = 40, 20


@dataclass(frozen=True)
class Table:
    """Figures side by side; after each of a peer's, how many times better ours is."""

    products: Sequence[Product]

    def head(self) -> None:
        first, *others = [each.name for each in self.products]
        self._write("", first, [cell for name in others for cell in (name, "ours better")])

    def row(self, name: str, figures: Sequence[float], form: str, *, more_is_better: bool = False) -> None:
        """One figure of each product, in their order."""
        mine, *others = figures
        ratios = [(mine, other) if more_is_better else (other, mine) for other in others]
        cells = [(form.format(other), ratio(*pair)) for other, pair in zip(others, ratios, strict=True)]
        self._write(name, form.format(mine), [cell for pair in cells for cell in pair])

    def words(self, name: str, cells: Sequence[str]) -> None:
        """Something that has no ratio."""
        self._write(name, cells[0], [cell for other in cells[1:] for cell in (other, "")])

    def _write(self, name: str, mine: str, others: list[str]) -> None:
        cells = "".join(cell.ljust(CELL) for cell in (mine, *others))
        sys.stdout.write(f"{name:<{NAME}} {cells}".rstrip() + "\n")
        sys.stdout.flush()


def ratio(above: float, below: float) -> str:
    """By how much the one is more than the other, where that can be said."""
    return f"× {above / below:.3g}" if below else "–"


def part(waits: Sequence[float], percent: int) -> float:
    """What so many of a hundred waited at most."""
    return statistics.quantiles(waits, n=100, method="inclusive")[percent - 1]


def all_of(table: Table, folder: Path) -> None:
    """Every figure there is, the quiet ones first."""
    table.head()
    set_ups(table)
    starts(table)
    idle = [memory.weigh(each.server.pid) for each in table.products]
    table.row("memory idle", idle, "{:.0f} MB")
    pages(table, folder)
    under_load(table)
    flood(table)
    later = [memory.weigh(each.server.pid) for each in table.products]
    table.row("memory after all this", later, "{:.0f} MB")


def set_ups(table: Table) -> None:
    found = [each.set_up for each in table.products]
    table.row("fresh clone -> first page, caches warm", [each.seconds for each in found], "{:.1f} s")
    table.row("on disk then", [each.size / MEGA for each in found], "{:.0f} MB")


def starts(table: Table) -> None:
    """From the command to the landing page, in turns."""
    waits = dict[str, list[float]]()
    for _ in range(STARTS):
        for each in table.products:
            each.server.stop()
            began = time.perf_counter()
            each.server.start()
            httpx.get(each.url + each.pages[LANDING])
            waits.setdefault(each.name, []).append(time.perf_counter() - began)
    table.row("second start -> first page", [statistics.median(found) for found in waits.values()], "{:.2f} s")


def pages(table: Table, folder: Path) -> None:
    """What a phone sees, as Lighthouse reckons it; and what a second visit costs."""
    lighthouse.install()
    with lighthouse.opened(folder / "profile") as (browser, port):
        for page in (LANDING, PRICING, SIGN_IN):
            looks = [seen(each.url + each.pages[page], port) for each in table.products]
            table.words(f"{page}: scores, phone", ["/".join(map(str, scores(found))) for found in looks])
            for name, form, figure in FIGURES:
                table.row(f"{page}: {name}", [statistics.median(map(figure, found)) for found in looks], form)
        again = [second_visit(browser.new_page(), each) for each in table.products]
    table.row("landing, second visit: sent", again, "{:.1f} kB")


FIGURES: Sequence[tuple[str, str, Callable[[lighthouse.Figures], float]]] = (
    ("FCP", "{:.0f} ms", lambda found: found.first_paint),
    ("LCP", "{:.0f} ms", lambda found: found.largest_paint),
    ("TBT", "{:.0f} ms", lambda found: found.blocked),
    ("sent in all", "{:.1f} kB", lambda found: found.sent / 1000),
    ("HTML, CSS and JS, packed", "{:.1f} kB", lambda found: found.code / 1000),
    ("requests", "{:.0f}", lambda found: found.requests),
)


def seen(url: str, port: int) -> list[lighthouse.Figures]:
    """Several looks, after a visit of nobody: what is made at the first is there."""
    httpx.get(url)
    return [lighthouse.look(url, port, ()) for _ in range(LOOKS)]


def scores(looks: list[lighthouse.Figures]) -> list[int]:
    """The lowest of each."""
    return [min(each) for each in zip(*(found.scores for found in looks), strict=True)]


def second_visit(page: Page, product: Product) -> float:
    """Kilobytes on the wire when somebody comes again with what their browser has kept."""
    wire, sent = page.context.new_cdp_session(page), list[float]()
    address = product.url + product.pages[LANDING]
    page.goto(address, wait_until="networkidle")
    wire.on("Network.loadingFinished", lambda event: sent.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    page.close()
    return sum(sent) / 1000


def under_load(table: Table) -> None:
    """The landing page, by wrk."""
    name = f"landing, {landing.CONNECTIONS} connections"
    if shutil.which("wrk") is None:
        table.words(name, ["wrk is not here: apt-get install wrk"])
        return
    loads = [landing.under_load(port_of(each.url), each.server.pid) for each in table.products]
    table.row(name, [each.per_second for each in loads], "{:,.0f}/s", more_is_better=True)
    table.row(f"{name}: p50", [each.p50 for each in loads], "{:.2f} ms")
    table.row(f"{name}: p99", [each.p99 for each in loads], "{:.2f} ms")
    table.row(f"{name}: processor for each", [each.spent for each in loads], "{:,.0f} µs")


def flood(table: Table) -> None:
    """Log-ins at once, and what a visitor waits for the prices beside them."""
    found = [asyncio.run(log_ins(each)) for each in table.products]
    rates, waits, beside = zip(*found, strict=True)
    name = f"log-ins, {identity.CONNECTIONS} at once"
    table.row(name, rates, "{:.1f}/s", more_is_better=True)
    table.row(f"{name}: p99", [part(each, 99) for each in waits], "{:,.0f} ms")
    table.row("prices beside them: p50", [part(each, 50) for each in beside], "{:,.1f} ms")
    table.row("prices beside them: p99", [part(each, 99) for each in beside], "{:,.1f} ms")


async def log_ins(product: Product) -> tuple[float, list[float], list[float]]:
    """How many a second, how long each took, and how long the pages beside them took."""
    port = port_of(product.url)
    requests = product.log_ins(WARM_UP + LOG_INS)
    await send(requests[:WARM_UP], port, connections=WARM_UP, status=303)
    began = time.perf_counter()
    timed = requests[WARM_UP:]
    sending = asyncio.create_task(send(timed, port, connections=identity.CONNECTIONS, status=303))
    beside = await identity.clicks(Line(port), visit(product.url, product.pages[PRICING]), sending)
    return len(timed) / (time.perf_counter() - began), await sending, beside
