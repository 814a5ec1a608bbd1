"""Pages that go out without asking the app again: the same as it said, and only to whom it would say the same."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from saas_app.core.viewer import Viewer
from saas_app.edge.door import Edge
from saas_app.edge.islands import Islands, Slots
from saas_app.edge.pages import Route
from saas_app.edge.ready import LONGEST_KEY, MOST_KEPT, Ready
from saas_app.edge.who import digest_of

HERE = "http://testserver"
COOKIE = "the-secret-value-of-a-cookie"
ISLAND = "<html><head></head><body>{{ price }} {{ currency }} {% if member %}Dashboard{% endif %}</body></html>"
OWN = {"x-request-id"}  # what each answer has for itself


class Shop:
    """An edge whose prices can be changed, which counts what comes through to it."""

    def __init__(self, folder: Path) -> None:
        (folder / "islands").mkdir()
        for name in ("landing", "pricing", "404"):
            (folder / "islands" / f"{name}.html").write_text(ISLAND)
        (folder / "csp.json").write_text("[]")
        self.asked, self.looking = 0, False
        self.reprice("€6")
        self._islands = Islands(folder / "islands", self._fill, self._derive, vary=self._vary)
        self._edge = Edge(
            Starlette(),
            islands=self._islands,
            island_routes={"landing": Route("landing", "/"), "pricing": Route("pricing", "/pricing")},
            members={},
            find_viewer=self._find_viewer,
            base_url=HERE,
            build=folder,
            form_targets=(),
            keeps=("currency",),
        )
        self._ready = Ready(self._counted, self._current, "session")
        self.client = TestClient(self._ready, base_url=HERE)
        self.slow = TestClient(self._edge, base_url=HERE)

    def warm(self, path: str = "/", **headers: str) -> None:
        """What is seen in these words has been packed well, and nothing has been kept."""
        said(self.client, path, **headers)
        self.settle()
        self._ready._kept.clear()
        self.asked = 0

    def settle(self) -> None:
        """Nothing is being packed any more."""
        assert self.client.portal
        self.client.portal.call(self._islands.settled)

    def reprice(self, price: str) -> None:
        self.slots = Slots(price, {"price": price})

    def _current(self) -> Slots | None:
        return None if self.looking else self.slots

    async def _fill(self) -> Slots:
        return self.slots

    @staticmethod
    def _derive(typed: dict[str, str], kind: Any) -> dict[str, Any]:
        return {"currency": kind}

    @staticmethod
    async def _vary(headers: Mapping[str, str], viewer: Viewer | None, typed: Mapping[str, str]) -> str:
        known = {"currency=usd": "dollars", "currency=jpy": "yen"}
        return known.get(headers.get("cookie", ""), "dollars" if "en-US" in headers.get("accept-language", "") else "")

    @staticmethod
    async def _find_viewer(digest: str) -> Viewer | None:
        return Viewer("usr_ada", "ada@example.com", "Ada") if digest == digest_of(COOKIE) else None

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += scope["type"] == "http"
        await self._edge(scope, receive, send)


@pytest.fixture
def shop(tmp_path: Path) -> Generator[Shop]:
    made = Shop(tmp_path)
    with made.client:  # one loop for all of its requests
        yield made


def said(client: TestClient, path: str, method: str = "GET", **headers: str) -> tuple[Any, ...]:
    """All that came over the wire, but what is each answer's own. A cookie that it set is not sent back."""
    client.cookies.clear()
    with client.stream(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}) as got:
        told = sorted((name, value) for name, value in got.headers.multi_items() if name not in OWN)
        return got.status_code, told, b"".join(got.iter_raw())


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/pricing", "/pricing/", "/?billing"])
@pytest.mark.parametrize("coding", ["gzip, deflate, br, zstd", "gzip", "identity"])
@pytest.mark.parametrize("language", ["de", "en-US,en;q=0.9"])
def test_what_is_ready_is_what_the_app_says_byte_for_byte(
    shop: Shop, method: str, path: str, coding: str, language: str
) -> None:
    words = {"accept_encoding": coding, "accept_language": language, "cookie": "theme=dark"}
    shop.warm(path, **words)
    first, second = (said(shop.client, path, method, **words) for _ in range(2))
    assert first == second == said(shop.slow, path, method, **words)
    assert shop.asked == 1


def test_nobody_waits_until_a_page_is_packed_well_and_what_went_out_before_is_not_kept(shop: Shop) -> None:
    said(shop.client, "/")
    shop.settle()
    second, third = (said(shop.client, "/") for _ in range(2))
    assert (shop.asked, second) == (2, third)


def test_a_visitor_who_comes_again_is_told_in_a_few_bytes_that_nothing_has_changed(shop: Shop) -> None:
    etag = shop.client.get("/").headers["etag"]
    first, second = (said(shop.client, "/", if_none_match=etag) for _ in range(2))
    assert first == second == said(shop.slow, "/", if_none_match=etag)
    assert (second[0], second[2], shop.asked) == (304, b"", 2)


def test_a_new_price_is_in_the_very_next_page_also_for_whom_it_had_not_changed_before(shop: Shop) -> None:
    etag = shop.client.get("/").headers["etag"]
    assert [shop.client.get("/", headers={"if-none-match": etag}).status_code for _ in range(2)] == [304, 304]
    shop.reprice("€7")
    assert "€7" in shop.client.get("/").text
    again = shop.client.get("/", headers={"if-none-match": etag})
    assert (again.status_code, "€7" in again.text) == (200, True)
    shop.reprice("€6")
    assert "€6" in shop.client.get("/").text


def test_while_it_is_to_be_seen_whether_prices_have_changed_the_app_is_asked(shop: Shop) -> None:
    shop.warm()
    for shop.looking in (True, True, False, False):
        assert "€6" in shop.client.get("/").text
    assert shop.asked == 2


def test_each_visitor_sees_their_own_currency(shop: Shop) -> None:
    for _ in range(2):
        assert "dollars" in shop.client.get("/", headers={"cookie": "currency=usd"}).text
        assert "yen" in shop.client.get("/", headers={"cookie": "currency=jpy"}).text
        assert "dollars" in shop.client.get("/", headers={"accept-language": "en-US"}).text
        assert "dollars" not in shop.client.get("/", headers={"accept-language": "de"}).text


@pytest.mark.parametrize("cookie", [f"session={COOKIE}", f"theme=dark; session={COOKIE}", "session=ended"])
def test_a_log_in_is_looked_up_each_time_and_what_a_member_gets_is_given_to_nobody_else(
    shop: Shop, cookie: str
) -> None:
    shop.warm()
    for _ in range(2):
        answer = shop.client.get("/", headers={"cookie": cookie})
        assert ("Dashboard" in answer.text) == (COOKIE in cookie)
    assert shop.asked == 2
    assert "Dashboard" not in shop.client.get("/").text


@pytest.mark.parametrize(
    "headers",
    [
        [("cookie", "theme=dark"), ("cookie", f"session={COOKIE}")],  # as HTTP/2 may send them
        [("cookie", f"session={COOKIE}"), ("cookie", "theme=dark")],
        [("origin", "https://elsewhere.example")],
    ],
)
def test_what_is_odd_about_a_request_is_left_to_the_app(shop: Shop, headers: list[tuple[str, str]]) -> None:
    for _ in range(2):
        assert ("Dashboard" in shop.client.get("/", headers=headers).text) == ("cookie" in dict(headers))
    assert shop.asked == 2


@pytest.mark.parametrize("path", ["/?currency=usd", "/?utm_source=letter", "/nowhere", "/_upload"])
def test_what_is_made_for_one_visitor_or_is_no_page_is_never_kept(shop: Shop, path: str) -> None:
    first, second = (said(shop.client, path) for _ in range(2))
    assert first == second == said(shop.slow, path)
    assert shop.asked == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_answered_as_before(shop: Shop, method: str) -> None:
    shop.warm()
    assert said(shop.client, "/", method) == said(shop.slow, "/", method)
    assert said(shop.client, "/", method, content_length="99999999") == said(
        shop.slow, "/", method, content_length="99999999"
    )


def test_every_answer_has_a_number_of_its_own(shop: Shop) -> None:
    assert len({shop.client.get("/").headers["x-request-id"] for _ in range(3)}) == 3


def test_however_many_words_visitors_think_of_memory_stays_small(shop: Shop) -> None:
    ready = shop.client.app
    assert isinstance(ready, Ready)
    for number in range(MOST_KEPT + 10):
        shop.client.get("/", headers={"accept-language": f"x-{number}"})
    assert len(ready._kept) <= MOST_KEPT
    before = len(ready._kept)
    assert shop.client.get("/", headers={"accept-language": "x" * LONGEST_KEY}).status_code == 200
    assert len(ready._kept) == before
