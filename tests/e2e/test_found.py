"""How the site is found: each public page as search engines, networks and language models read it, without script."""

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.e2e.stack import Stack
from tests.e2e.steps import Person
from tests.e2e.test_pages import MEMBER, PUBLIC, SETTINGS

pytestmark = pytest.mark.e2e

LISTED = {
    *("/", "/calculator", "/pricing", "/terms", "/privacy", "/signup", "/login", "/forgot"),
    *("/rent-or-buy", "/yield", "/library/sample"),
}


class Head(HTMLParser):
    """What a page says of itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.metas: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.title, self.words, self.data = "", "", list[Any]()
        self._inside, self._kind = "", ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside, self._kind = tag, given.get("type", "")
        if tag == "meta":
            self.metas[given.get("name") or given.get("property", "")] = given.get("content", "")
        if tag == "link":
            self.links[given["rel"]] = given["href"]

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "script" and self._kind == "application/ld+json":
            self.data.append(json.loads(data))
        elif self._inside not in ("script", "style"):
            self.words += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.fixture(scope="module")
def stranger(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url) as client:
        yield client


def heads(client: httpx.Client, paths: set[str]) -> dict[str, Head]:
    return {path: Head(client.get(path).raise_for_status().text) for path in sorted(paths)}


def nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Everything in JSON-LD that has a type."""
    if isinstance(data, dict):
        yield data
        data = list(data.values())
    if isinstance(data, list):
        for each in data:
            yield from nodes(each)


def typed(head: Head, kind: str) -> list[dict[str, Any]]:
    return [node for node in nodes(head.data) if node.get("@type") == kind]


def test_every_page_for_strangers_says_what_it_is(stranger: httpx.Client, stack: Stack) -> None:
    found = heads(stranger, LISTED)
    for path, head in found.items():
        own = {name: head.metas[name] for name in ("og:title", "og:description", "og:url", "og:site_name", "og:type")}
        assert own == {
            "og:title": head.title,
            "og:description": head.metas["description"],
            "og:url": stack.url + path,
            "og:site_name": "Ladrillo",
            "og:type": "website",
        }
        assert head.links["canonical"] == stack.url + path
        assert head.metas["twitter:card"] == "summary_large_image"
        assert "robots" not in head.metas
    assert len({head.title for head in found.values()}) == len({head.metas["description"] for head in found.values()})
    assert len({head.title for head in found.values()}) == len(LISTED)


def test_the_picture_of_a_shared_page_is_there_and_light(stranger: httpx.Client) -> None:
    for path, head in heads(stranger, LISTED).items():
        answer = stranger.get(head.metas["og:image"]).raise_for_status()
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 630), path
        assert len(answer.content) <= 30_000, path
        assert "max-age" in answer.headers["cache-control"]


def test_what_is_not_for_strangers_is_not_shown_by_search_engines(stack: Stack) -> None:
    person = Person()
    with httpx.Client(base_url=stack.url, headers={"X-Forwarded-For": "10.200.0.1"}) as member:
        form = {"name": person.name, "email": person.email, "password": person.password}
        assert member.post("/signup", data=form).status_code == 303
        hidden = {*PUBLIC, *MEMBER, *SETTINGS, "/welcome"} - LISTED - {"/terms/changed"}
        said = {path: head.metas.get("robots") for path, head in heads(member, hidden).items()}
    assert {path for path, words in said.items() if words != "noindex"} == set()


def test_the_lists_for_search_engines_and_models_hold_the_same_pages(stranger: httpx.Client, stack: Stack) -> None:
    places = re.findall(r"<loc>(.*?)</loc>", stranger.get("/sitemap.xml").text)
    assert sorted(places) == sorted(stack.url + path for path in LISTED)
    assert f"Sitemap: {stack.url}/sitemap.xml" in stranger.get("/robots.txt").text.splitlines()
    told = stranger.get("/llms.txt").text
    assert re.findall(r"\]\((.*?)\)", told) == places
    assert all(head.metas["description"] in told for head in heads(stranger, LISTED).values())


def test_prices_for_search_engines_are_those_on_the_page(stranger: httpx.Client) -> None:
    head = heads(stranger, {"/pricing"})["/pricing"]
    offers = typed(head, "Offer")
    assert {(offer["price"], offer["priceCurrency"]) for offer in offers} == {
        (price, "EUR") for price in ("0", "72.00", "9.00", "228.00", "29.00", "19.00")
    }
    assert all(f"€{offer['price'].removesuffix('.00')}" in head.words for offer in offers if offer["price"] != "0")
    assert [each["name"] for each in typed(head, "Product")] == ["Ladrillo", "The flat in numbers"]


def test_questions_for_search_engines_are_those_on_the_page(stranger: httpx.Client) -> None:
    for path, head in heads(stranger, {"/", "/pricing"}).items():
        asked = typed(head, "Question")
        assert len(asked) >= 4, path
        assert all(each["name"] in head.words and each["acceptedAnswer"]["text"] in head.words for each in asked)
    assert [each["name"] for each in typed(heads(stranger, {"/"})["/"], "Organization")] == ["Ladrillo"]


def test_the_icons_that_a_phone_is_told_of_are_there(stranger: httpx.Client) -> None:
    head = heads(stranger, {"/"})["/"]
    told = stranger.get(head.links["manifest"]).json()
    for icon in told["icons"]:
        picture = Image.open(io.BytesIO(stranger.get(icon["src"]).raise_for_status().content))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert Image.open(io.BytesIO(stranger.get(head.links["apple-touch-icon"]).content)).size == (180, 180)
    assert {(16, 16), (32, 32)} <= Image.open(io.BytesIO(stranger.get("/favicon.ico").content)).info["sizes"]
