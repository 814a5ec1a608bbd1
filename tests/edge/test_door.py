"""The front door: who may send what, and what every answer carries."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from saas_app.core.errors import AppError, DatabaseBusy
from saas_app.core.viewer import Viewer
from saas_app.edge.broken import refused
from saas_app.edge.door import BODY_LIMIT, WEBHOOK_LIMIT, Edge
from saas_app.edge.islands import Islands, Slots, _digest
from saas_app.edge.pages import Route as PageRoute
from saas_app.edge.who import digest_of

HERE = "http://testserver"
TAB = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
ADA = Viewer("usr_ada", "ada@example.com", "Ada")
COOKIE = "the-secret-value-of-a-cookie"
BUSY = "a-cookie-that-nobody-has-time-to-look-up"
ISLAND = (
    "<html><head><style>p{}</style></head><body><p>{{ price }}</p>{% if member %}Dashboard{% endif %}</body></html>"
)


async def echo(request: Request) -> Response:
    body = await request.body()
    return PlainTextResponse(f"{len(body)} bytes")


async def lost(request: Request) -> Response:
    return HTMLResponse("<div id=root></div>", 404)


async def breaks(request: Request) -> Response:
    raise ValueError("the secret inside of the code")


async def busy(request: Request) -> Response:
    raise DatabaseBusy


async def socket(connection: WebSocket) -> None:
    await connection.accept()
    await connection.send_json({"cookie": connection.headers.get("cookie", "")})
    await connection.close()


async def find_viewer(digest: str) -> Viewer | None:
    if digest == digest_of(BUSY):
        raise DatabaseBusy
    return ADA if digest == digest_of(COOKIE) else None


def door(folder: Path, *, base_url: str = HERE, slots: dict[str, str] | None = None) -> Edge:
    (folder / "islands").mkdir(exist_ok=True)
    (folder / "islands" / "landing.html").write_text(ISLAND)
    (folder / "islands" / "404.html").write_text("<html><head></head><body>Nothing lives here</body></html>")
    (folder / "csp.json").write_text("[]")
    values = slots if slots is not None else {"price": "€6"}

    async def fill() -> Slots:
        return Slots(values["price"], values)

    inner = Starlette(
        routes=[
            Route("/api/stripe/webhook", echo, methods=["POST"]),
            Route("/form", echo, methods=["POST"]),
            Route("/picture", echo, methods=["POST"]),
            Route("/dashboard", echo),
            Route("/breaks", breaks),
            Route("/busy", busy),
            WebSocketRoute("/_event", socket),
            Route("/{path:path}", lost),
        ],
        exception_handlers={AppError: refused},
    )
    islands = Islands(folder / "islands", fill, lambda typed, kind: {})
    return Edge(
        inner,
        islands=islands,
        island_routes={"landing": PageRoute("landing", "/")},
        members={"dashboard": PageRoute("dashboard", "/dashboard")},
        find_viewer=find_viewer,
        base_url=base_url,
        build=folder,
        form_targets=("https://checkout.stripe.com",),
        larger={"/picture": 2 * BODY_LIMIT},
    )


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(door(tmp_path), base_url=HERE)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": HERE}, 200),
        ({}, 200),  # not a browser: it carries no cookie that it was not given
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": f"{HERE}:81"}, 403),
        ({"origin": f"{HERE}.evil.example"}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/form", data={"a": "b"}, headers=headers).status_code == status


def test_a_person_reads_on_a_page_why_their_form_was_not_taken(client: TestClient) -> None:
    browser = {"accept": "text/html"}
    foreign = client.post("/form", data={"a": "b"}, headers={**browser, "origin": "https://evil.example"})
    large = client.post("/form", content=b"x" * (BODY_LIMIT + 1), headers=browser)
    for answer, status, words in ((foreign, 403, "sent from another site"), (large, 413, "larger than we accept")):
        assert answer.status_code == status
        assert words in answer.text
        assert "Go to the start page" in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_the_webhook_is_open_to_stripe_which_sends_no_origin(client: TestClient) -> None:
    assert client.post("/api/stripe/webhook", content=b"{}").status_code == 200


@pytest.mark.parametrize(
    ("path", "limit"), [("/form", BODY_LIMIT), ("/picture", 2 * BODY_LIMIT), ("/api/stripe/webhook", WEBHOOK_LIMIT)]
)
def test_a_body_over_its_limit_is_refused_also_when_it_announces_no_length(
    client: TestClient, path: str, limit: int
) -> None:
    def chunks() -> Any:
        for _ in range(limit // 1000 + 2):
            yield b"x" * 1000

    assert client.post(path, content=b"x" * limit).status_code == 200
    assert client.post(path, content=b"x" * (limit + 1)).status_code == 413
    assert client.post(path, content=chunks()).status_code == 413


@pytest.mark.parametrize(
    ("headers", "query", "let_in"),
    [
        ({"origin": HERE}, f"token={TAB}", True),
        ({}, f"token={TAB}", False),
        ({"origin": "https://evil.example"}, f"token={TAB}", False),
        ({"origin": "null"}, f"token={TAB}", False),
        ({"origin": HERE}, "token=user-1", False),
        ({"origin": HERE}, "", False),
    ],
)
def test_the_socket_opens_for_our_own_pages_with_a_tab_token_only(
    client: TestClient, headers: dict[str, str], query: str, let_in: bool
) -> None:
    def connect() -> dict[str, str]:
        with client.websocket_connect(f"/_event?{query}", headers=headers) as opened:
            return opened.receive_json()

    if let_in:
        assert connect() == {"cookie": ""}
    else:
        with pytest.raises(WebSocketDisconnect):
            connect()


def test_the_socket_never_sees_the_cookie_only_its_digest(client: TestClient) -> None:
    headers = {"origin": HERE, "cookie": f"other=1; session={COOKIE}; third=3"}
    with client.websocket_connect(f"/_event?token={TAB}", headers=headers) as opened:
        seen = opened.receive_json()["cookie"]
    assert seen == f"session={digest_of(COOKIE)}"
    assert COOKIE not in seen


def test_long_polling_and_the_framework_s_other_doors_are_closed(client: TestClient) -> None:
    for path in ("/_event/?token=x&transport=polling", "/_upload", "/_health", "/_all_routes"):
        assert client.get(path).status_code == 404


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/nowhere", "/_upload", "/dashboard"):
        headers = client.get(path, follow_redirects=False).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-eval" not in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_https_is_remembered_by_browsers_and_plain_http_is_not_claimed(tmp_path: Path) -> None:
    plain, safe = (TestClient(door(tmp_path, base_url=base)) for base in (HERE, "https://app.example"))
    assert "strict-transport-security" not in plain.get("/").headers
    assert "max-age=31536000" in safe.get("/").headers["strict-transport-security"]


def test_a_public_page_is_filled_and_kept_until_the_catalogue_changes(tmp_path: Path) -> None:
    slots = {"price": "€6"}
    client = TestClient(door(tmp_path, slots=slots))
    first = client.get("/")
    assert "€6" in first.text
    assert client.get("/", headers={"if-none-match": first.headers["etag"]}).status_code == 304
    slots["price"] = "€7"
    again = client.get("/", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 200
    assert "€7" in again.text


def test_a_public_page_runs_nothing_but_its_own_scripts(client: TestClient) -> None:
    policy = client.get("/").headers["content-security-policy"]
    assert "script-src 'none'" in policy
    assert "unsafe-inline" not in policy


def test_what_is_put_into_a_page_is_never_markup(tmp_path: Path) -> None:
    client = TestClient(door(tmp_path, slots={"price": "<script>alert(1)</script>"}))
    assert "<script>" not in client.get("/").text


def test_a_script_that_got_into_a_page_all_the_same_is_not_allowed_to_run(tmp_path: Path) -> None:
    """The policy is made of the page as it was built."""
    (tmp_path / "islands").mkdir()
    built = "<html><head><style>p{}</style></head><body>{{ price|safe }}<script data-keep>own()</script></body></html>"
    client = TestClient(door(tmp_path, slots={"price": "<script>alert(1)</script>"}))
    (tmp_path / "islands" / "landing.html").write_text(built)
    answer = client.get("/")
    assert "<script>alert(1)</script>" in answer.text
    digests = re.findall(r"'sha256-[^']+'", answer.headers["content-security-policy"].split("style-src")[0])
    assert digests == [_digest("own()")]


def test_a_member_s_page_is_not_kept_by_anybody(client: TestClient) -> None:
    answer = client.get("/", headers={"cookie": f"session={COOKIE}"})
    assert "Dashboard" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "Dashboard" not in client.get("/").text


def test_a_stranger_is_sent_to_log_in_and_brought_back(client: TestClient) -> None:
    answer = client.get("/dashboard?a=1&b=2", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/dashboard%3Fa%3D1%26b%3D2"
    assert client.get("/dashboard", headers={"cookie": f"session={COOKIE}"}).status_code == 200


def test_while_the_database_is_busy_members_are_told_so_and_not_sent_to_log_in(client: TestClient) -> None:
    headers = {"cookie": f"session={BUSY}"}
    answer = client.get("/dashboard", headers=headers, follow_redirects=False)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "try again" in answer.text
    assert client.get("/", headers=headers).status_code == 200
    assert client.get("/nowhere", headers=headers).status_code == 404


def test_an_unknown_address_is_a_real_404_with_a_page_that_helps(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing lives here" in answer.text


def test_a_cookie_that_cannot_be_read_is_no_cookie(client: TestClient) -> None:
    for cookie in ("session=\x01", "\xff=1", "session", 'session="'):
        assert client.get("/", headers={"cookie": cookie.encode("latin-1")}).status_code == 200  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "odd", ['prefs={"a":1}', "a=b c", "name=Ünï", "path=/", "foo@bar=1", "$Version=1", 'open="quote', "empty=", "bare"]
)
def test_an_odd_cookie_of_another_program_logs_nobody_out(client: TestClient, odd: str) -> None:
    cookie = f"{odd}; session={COOKIE}; {odd}".encode("latin-1")
    assert client.get("/dashboard", headers={"cookie": cookie}, follow_redirects=False).status_code == 200  # type: ignore[dict-item]
    address = f"/_event?token={TAB}"
    headers = {"origin": HERE, "cookie": cookie}
    with client.websocket_connect(address, headers=headers) as connection:  # type: ignore[arg-type]
        assert connection.receive_json()["cookie"] == f"session={digest_of(COOKIE)}"


def test_compressed_and_plain_pages_say_the_same(client: TestClient) -> None:
    zipped = client.get("/", headers={"accept-encoding": "gzip"})
    plain = client.get("/", headers={"accept-encoding": "identity"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.text == plain.text


def test_when_our_code_breaks_a_person_gets_the_number_that_the_log_has(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer = TestClient(door(tmp_path), base_url=HERE, raise_server_exceptions=False).get("/breaks")
    number = answer.headers["x-request-id"]
    assert answer.status_code == 500
    assert number in answer.text
    assert "secret inside" not in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'"
    (record,) = [each for each in caplog.records if each.name == "saas_app.edge.door"]
    assert record.exc_info is not None


def test_a_failure_is_told_to_people_on_a_page_that_needs_nothing_else(tmp_path: Path) -> None:
    browser = TestClient(door(tmp_path), base_url=HERE, raise_server_exceptions=False, headers={"accept": "text/html"})
    answer = browser.get("/breaks")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] in answer.text
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers["content-security-policy"] == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert 'href="/"' in answer.text
    assert "src=" not in answer.text


def test_a_refusal_is_told_to_people_on_a_page_and_says_when_to_come_back(client: TestClient) -> None:
    answer = client.get("/busy", headers={"accept": "text/html"})
    assert "<h1>" in answer.text
    assert answer.headers["retry-after"]


def test_a_route_that_cannot_answer_now_says_so_and_when_to_come_back(client: TestClient) -> None:
    answer = client.get("/busy")
    assert (answer.status_code, "try again" in answer.text) == (503, True)
    assert int(answer.headers["retry-after"]) > 0


def test_every_answer_has_a_number_of_its_own(client: TestClient) -> None:
    first, second = (client.get("/").headers["x-request-id"] for _ in range(2))
    assert first != second


def test_behind_https_only_our_exact_address_may_send_forms_whatever_host_was_asked(tmp_path: Path) -> None:
    client = TestClient(door(tmp_path, base_url="https://app.example.com"), base_url="https://rebound.example")
    ours = client.post("/form", headers={"origin": "https://app.example.com"})
    theirs = client.post("/form", headers={"origin": "https://rebound.example"})
    assert (ours.status_code, theirs.status_code) == (200, 403)
