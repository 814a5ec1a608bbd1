"""Public pages for readers with different habits: each gets their own, and those who read as we write the usual one."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route as Door
from starlette.testclient import TestClient

from saas_app.billing.money import money
from saas_app.core import habits, words, written
from saas_app.core.viewer import Viewer
from saas_app.edge import islands as public
from saas_app.edge.door import Edge
from saas_app.edge.islands import Islands, Slots
from saas_app.edge.pages import Route
from saas_app.edge.ready import MOST_KEPT, Ready

HERE = "http://testserver"
READERS = {
    "en-US,en;q=0.9": "March 4, 2027: €1,234,567.50",
    "en-GB,en;q=0.9": "4 March 2027: €1,234,567.50",
    "en-IN": "4 March 2027: €12,34,567.50",
    "de-DE,de;q=0.9": "March 4, 2027: €1,234,567.50",
    "en": "March 4, 2027: €1,234,567.50",
    "": "March 4, 2027: €1,234,567.50",
}
SPANISH = {"es-MX,es;q=0.9": "4 de marzo de 2027: €1,234,567.50", "es-ES": "4 de marzo de 2027: 1.234.567,50\xa0€"}


def reckoned(typed: Mapping[str, str]) -> dict[str, Any]:
    return {"text": f"{written.day(date(2027, 3, 4))}: {money(1_234_567_50, 'eur')}"}


async def plain(request: Request) -> Response:
    return PlainTextResponse(reckoned({})["text"])


class Site:
    def __init__(self, folder: Path) -> None:
        (folder / "islands").mkdir()
        (folder / "islands" / "dated.html").write_text("<p>{{ text }}</p>")
        (folder / "islands" / "same.html").write_text("<p>nothing to write</p>")
        (folder / "csp.json").write_text("[]")
        self.slots = Slots("1")
        routes = {"dated": Route("dated", "/dated", reckon=reckoned), "same": Route("same", "/same")}
        self.islands = Islands(folder / "islands", self._fill, lambda typed, kind: {}, routes=routes)
        edge = Edge(
            Starlette(routes=[Door("/plain", plain)]),
            islands=self.islands,
            island_routes=routes,
            members={},
            find_viewer=self._nobody,
            base_url=HERE,
            build=folder,
            form_targets=(),
        )
        self.ready = Ready(edge, lambda: self.slots, "session")
        self.client = TestClient(self.ready, base_url=HERE)

    async def _fill(self) -> Slots:
        return self.slots

    async def _nobody(self, digest: str) -> Viewer | None:
        return None

    def text(self, path: str, language: str) -> str:
        return self.client.get(path, headers={"accept-language": language}).text


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("path", ["/dated", "/plain"])
@pytest.mark.parametrize(("language", "readers"), [("en", READERS), ("es", SPANISH)])
def test_one_after_the_other_each_reader_gets_their_own(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str, language: str, readers: dict[str, str]
) -> None:
    monkeypatch.setattr(words, "language", lambda: language)
    for _ in range(3):  # made, kept, ready
        for browser, text in readers.items():
            assert text in site.text(path, browser), browser


def test_who_reads_as_we_write_gets_the_bytes_of_before_also_after_others(site: Site) -> None:
    site.text("/dated", "en-GB")
    for language in ("en-US,en;q=0.9", "en", "de", ""):
        for _ in range(2):
            got = site.client.get("/dated", headers={"accept-language": language})
            assert got.content == b"<p>March 4, 2027: \xe2\x82\xac1,234,567.50</p>"
    assert len(site.islands._kept) == 1


def test_a_page_without_dates_or_long_numbers_is_kept_once_for_all(site: Site) -> None:
    for language in READERS:
        site.text("/same", language)
    pages = {id(page) for page in (*site.islands._kept.values(), *site.islands._beside.values())}
    assert len(pages) == 1


def test_new_slots_make_every_reader_s_page_anew(site: Site) -> None:
    site.text("/dated", "en-GB")
    site.slots = Slots("2")
    site.text("/same", "en-US")
    assert site.islands._beside == {}


def test_however_many_languages_visitors_think_of_few_pages_are_kept(site: Site) -> None:
    for number in range(MOST_KEPT + 10):
        site.text("/dated", f"en-{number % 1000:03},x-{number}")
        site.text("/dated", f"en-{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}-{number}")
    assert len(site.islands._kept) == 1
    assert len(site.islands._beside) < 20


def test_pages_beside_the_usual_ones_are_dropped_before_there_are_many(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "MOST_BESIDE", 2)
    for language in ("en-GB", "en-IN", "en-CH", "en-DE", "en-ZA"):
        site.text("/dated", language)
        assert len(site.islands._beside) <= 2


async def test_a_page_that_was_written_for_want_of_prices_is_nobody_s_copy(tmp_path: Path) -> None:
    """While the database does not answer, `vary` falls back to the installation's habits."""
    (tmp_path / "dated.html").write_text("<p>{{ text }}</p>")
    slots = Slots("1")

    async def fill() -> Slots:
        return slots

    async def vary(headers: Mapping[str, str], viewer: Viewer | None, typed: Mapping[str, str]) -> None:
        habits.follow("")

    shown = Islands(tmp_path, fill, lambda typed, kind: reckoned(typed), vary=vary)
    habits.follow("en-GB")
    answer = await shown.answer("dated", {}, None)
    assert b"March 4, 2027" in answer.body
    assert answer.slots is None
