"""Public pages of the served app: what goes out ready is byte for byte what the whole app says."""

import gzip
import re
import time
from collections.abc import Callable
from typing import Any

import brotli
import httpx

from tests.e2e.stack import Stack
from tests.socket.people import Account

OWN = {"x-request-id", "date"}  # what each answer has for itself
# A header that comes twice is enough to be asked through the whole app, and changes nothing of its answer.
THROUGH_ALL = [("x-odd", "1"), ("x-odd", "2")]
BROWSER = [("accept-encoding", "gzip, deflate, br, zstd"), ("accept-language", "en-US,en;q=0.9")]
Words = list[tuple[str, str]]


def said(client: httpx.Client, path: str, words: Words, method: str = "GET") -> tuple[Any, ...]:
    with client.stream(method, path, headers=words) as got:
        told = sorted((name, value) for name, value in got.headers.multi_items() if name not in OWN)
        return got.status_code, told, b"".join(got.iter_raw())


# How large a page is that is packed as well as can be.
SMALLEST: dict[str, Callable[[bytes], int]] = {
    "br": lambda plain: len(brotli.compress(plain, quality=11)),
    "gzip": lambda plain: len(gzip.compress(plain, 9)),
}


def wait_until_packed(client: httpx.Client, path: str, words: Words) -> None:
    """The first who ask get a page at once, the others a smaller one. Those for one visitor stay as they are."""
    answer, deadline = client.get(path, headers=words), time.monotonic() + 20
    smallest = SMALLEST.get(answer.headers.get("content-encoding", ""))
    if smallest is None or not answer.headers.get("cache-control", "").startswith("public"):
        return
    size = smallest(answer.content)
    while int(client.get(path, headers=words).headers["content-length"]) > size:
        assert time.monotonic() < deadline, f"{path} is never packed well"


def test_every_public_page_goes_out_as_the_whole_app_says_it(stack: Stack, ada: Account) -> None:
    with httpx.Client(base_url=stack.url) as client:
        paths = re.findall(rf"<loc>{stack.url}(.*?)</loc>", client.get("/sitemap.xml").text)
        etag = client.get("/", headers=BROWSER).headers["etag"]
        requests = [
            *((path, BROWSER, method) for path in paths for method in ("GET", "HEAD")),
            *(
                (path, [("accept-encoding", coding)], "GET")
                for path in ("/", "/pricing")
                for coding in ("gzip", "br;q=0")
            ),
            ("/", [*BROWSER, ("if-none-match", etag)], "GET"),
            ("/pricing", [*BROWSER, ("cookie", "currency=usd; theme=dark")], "GET"),
            ("/pricing", [*BROWSER, ("cookie", f"session={ada.cookie}")], "GET"),
            ("/", [*BROWSER, ("cookie", f"session={'0' * 64}")], "GET"),
            ("/?utm_source=letter", BROWSER, "GET"),
            ("/?currency=usd", BROWSER, "GET"),
            ("/?nothing", BROWSER, "GET"),
            ("/no/such/page", BROWSER, "GET"),
            ("/", BROWSER, "OPTIONS"),
            ("/", BROWSER, "POST"),
        ]
        assert len(paths) > 8
        for path, words, method in requests:
            wait_until_packed(client, path, words)
            client.cookies.clear()
            told = [said(client, path, words, method) for _ in range(2)]
            client.cookies.clear()
            assert told == [said(client, path, [*words, *THROUGH_ALL], method)] * 2, (path, words, method)
            client.cookies.clear()
