"""Whatever comes in, the sandbox answers as Stripe would refuse it, and stays whole."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from stripe_sandbox import api as door
from stripe_sandbox import spec
from stripe_sandbox.operations import OPERATIONS
from tests.sandbox.shop import Shop

KEY = {"Authorization": "Bearer sk_test_x", "Content-Type": "application/x-www-form-urlencoded"}
ENDPOINTS = [(each.method, each.path) for each in door._ROUTES]
VALUES = [
    "",
    "x",
    "-1",
    "0",
    "1.5",
    "true",
    "now",
    "1" * 19,
    "9" * 5000,
    "٣",
    "²",
    "%00",
    "%ff%fe",
    "%ED%A0%80",
    "\U0001f4a9",
    "a" * 6000,
    "usd",
    "nan",
    "<script>",
    "' OR 1=1 --",
    "../../etc/passwd",
]
SHAPES = ["{name}={value}", "{name}[]={value}", "{name}[0]={value}", "{name}[x]={value}", "{name}[0][x][1]={value}"]
BODIES = [
    "=",
    "&&&",
    "%",
    "[a]=1",
    "a[=1",
    "a]b=1",
    "a[b]c=1",
    "a=1&a[b]=2",
    "a[b]=2&a=1",
    "a[][]=1&a[]=2",
    "a" + "[b]" * 3000 + "=1",
    "a" + "[]" * 3000 + "=1",
    "&".join(f"metadata[k{n}]=v" for n in range(3000)),
    "&".join("email=a@example.com" for _ in range(2000)),
    "expand[]=data" + ".customer" * 50,
    "expand[]=__class__",
    "expand[0][1]=x",
    "expand=data",
    "limit=1e3",
    "starting_after=nope&ending_before=nope",
]


@pytest.fixture(scope="module")
def caller() -> Iterator[httpx.Client]:
    """One connection for thousands of calls."""
    with httpx.Client(headers=KEY, timeout=30) as made:
        yield made


def ask(caller: httpx.Client, url: str, method: str, path: str, body: str) -> httpx.Response:
    query = f"?{body}" if method != "POST" and body.isascii() and "[b][b]" not in body else ""
    content = body.encode() if method == "POST" else None
    return caller.request(method, f"{url}{path}{query}"[:60000], content=content)


def check(answer: httpx.Response, asked: object) -> None:
    assert answer.status_code < 500, (asked, answer.text)
    if answer.status_code >= 400 and answer.headers["content-type"] == "application/json":
        error = answer.json()["error"]
        assert error["type"] in ("invalid_request_error", "card_error", "idempotency_error"), asked
        assert error["message"], asked


def filled(path: str, having: dict[str, str]) -> str:
    """The path with an id that exists, or one that does not."""
    parts = [having.get(part.strip("{}"), "nope") if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def existing(shop: Shop) -> dict[str, str]:
    """Something to break, by the name it has in paths."""
    customer, subscription = shop.subscriber()
    intent = shop.api.payment_intents.list().data[0]
    return {
        "customer": customer.id,
        "subscription": subscription.id,
        "subscription_exposed_id": subscription.id,
        "item": subscription["items"].data[0].id,
        "invoice": subscription.latest_invoice,
        "intent": intent.id,
        "payment_intent": intent.id,
        "charge": intent.latest_charge,
        "price": shop.monthly.id,
        "id": shop.pro.id,
        "coupon": shop.api.coupons.create({"percent_off": 5, "duration": "once"}).id,
        "payment_method": intent.payment_method,
        "event": shop.api.events.list().data[0].id,
        "session": shop.session(customer).id,
    }


def test_known_parameters_with_nonsense_in_them_are_never_a_defect(shop: Shop, caller: httpx.Client) -> None:
    assert len(OPERATIONS) > 20, "the routes are there once their modules are"
    having = existing(shop)
    dice = random.Random(11)  # noqa: S311 - repeatable on purpose
    operations = spec.load().operations
    assert [each for each in ENDPOINTS if each not in operations] == [("POST", "/v1/stripecli/sessions")]
    defects: list[object] = []
    for method, path in ENDPOINTS:
        operation = operations.get((method, path))
        names = list(operation.parameters["properties"]) if operation else ["customer"]
        for name in names:
            body = dice.choice(SHAPES).format(name=name, value=dice.choice(VALUES))
            if ask(caller, shop.url, method, filled(path, having), body).status_code >= 500:
                defects.append((method, path, body[:80]))
    assert defects == []
    every_list_is_whole(shop)


def test_every_list_and_search_refuses_a_nonsensical_page(shop: Shop, caller: httpx.Client) -> None:
    having = existing(shop)
    operations = spec.load().operations
    pages = ["limit=", "limit=0", "limit=101", "limit=x", "limit[a]=1", "query[a]=b", "created[no]=1", "created[gte]=x"]
    for method, path in ENDPOINTS:
        names = operations[method, path].parameters["properties"] if (method, path) in operations else {}
        for body in pages if method == "GET" else ():
            name = body.split("=")[0].split("[")[0]
            asked = f"{body}&query=email:'a'" if "query" in names and name != "query" else body
            answer = ask(caller, shop.url, method, filled(path, having), asked)
            check(answer, (path, body))
            if name in names:
                assert answer.status_code in (400, 404), (path, body)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24])
def test_malformed_bodies_are_refused_in_words(shop: Shop, caller: httpx.Client, body: str) -> None:
    for method, path in [("POST", "/v1/customers"), ("GET", "/v1/customers"), ("POST", "/v1/checkout/sessions")]:
        check(ask(caller, shop.url, method, path, body), (method, path, body[:80]))
    every_list_is_whole(shop)


def every_list_is_whole(shop: Shop) -> None:
    """Each list can be read, and what stands in it is held against the contract by the client."""
    for name in (
        "customers",
        "subscriptions",
        "invoices",
        "payment_intents",
        "charges",
        "prices",
        "products",
        "coupons",
    ):
        params = {"status": "all", "limit": 100} if name == "subscriptions" else {"limit": 100}
        list(getattr(shop.api, name).list(params).auto_paging_iter())
    shop.api.events.list({"limit": 100})


@pytest.mark.parametrize(
    "path",
    [
        "/v1/",
        "/v1/nope",
        "/v1/customers/",
        "/v1/customers//",
        "/v1/customers/%00",
        "/v1/customers/%ff",
        "/v1/customers/..%2f..%2fproducts",
        "/v1/customers/" + "x" * 5000,
        "/v1/customers/cus_1/nope",
        "/v2/core/events",
        "/c/pay/nope",
        "/c/pay/%ff",
        "/b/nope",
        "/3ds/nope",
        "/i/nope",
        "/i/nope/pdf",
        "/p/session/nope",
        "/p/session/nope/card",
        "/p/session/nope/confirm/nope?price=x&quantity=%00",
        "/objects/%00",
        "/customers?page=99999999999999999999",
        "/customers?page=%C2%B2&q=%00%ff",
        "/events?type=%&about=%",
        "/payments/%F0%9F%92%A9",
        "/?said=<script>",
    ],
)
def test_no_path_is_a_defect(fresh: str, caller: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"):
        answer = caller.request(method, f"{fresh}{path}", headers={"Origin": fresh})
        assert answer.status_code < 500, method


@pytest.mark.parametrize("path", ["/v1/customers", "/products/new", "/_sandbox/chaos"])
@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_refused_however_they_are_sent(shop: Shop, path: str, chunked: bool) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(160):
            yield b"a" * 65536

    content: Any = pieces() if chunked else b"a=" + b"b" * 10_000_000
    try:
        answer = httpx.post(f"{shop.url}{path}", content=content, headers=KEY | {"Origin": shop.url}, timeout=30)
    except httpx.WriteError:
        pass  # it hung up in the middle of it, as it may
    else:
        assert answer.status_code == 413
    assert httpx.get(f"{shop.url}/_sandbox/health").status_code == 200


FORMS = [
    "{checkout}",
    "{portal}/card",
    "{portal}/use-card",
    "{portal}/details",
    "{portal}/cancel/{subscription}",
    "{portal}/confirm/{subscription}",
    "/products/new",
    "/products/{product}",
    "/products/{product}/prices",
    "/prices/{price}",
    "/coupons",
    "/payments/{payment}/refund",
    "/payments/{payment}/dispute",
    "/subscriptions/{subscription}/change",
    "/invoices/{invoice}/change",
    "/customers/{customer}/decline",
    "/clock",
    "/settings/chaos",
    "/settings/down",
    "/settings/dunning",
]
FIELDS = """
    action number expiry cvc name country postal_code email code card quantity amount currency interval lookup_key
    nickname metadata description features off duration months do reason step clock back seconds retry_days then on
    price moment feedback comment line1 city tax_id_type tax_id_value duplicate drop delay slow shuffle
"""


@pytest.mark.parametrize("form", FORMS)
def test_forms_take_any_nonsense_and_explain(shop: Shop, form: str) -> None:
    customer, subscription = shop.subscriber()
    places = {
        "checkout": shop.session(customer).url,
        "portal": shop.portal(customer).url,
        "subscription": subscription.id,
        "product": shop.pro.id,
        "price": shop.monthly.id,
        "payment": shop.api.payment_intents.list().data[0].id,
        "invoice": subscription.latest_invoice,
        "customer": customer.id,
    }
    address = form.format(**places)
    url = address if address.startswith("http") else f"{shop.url}{address}"
    dice = random.Random(form)  # noqa: S311 - repeatable on purpose
    texts = [*VALUES, "pay", "4242424242424242", "12 / 34", "cancel", "123"]
    for _ in range(25):
        data = {name: dice.choice(texts) for name in dice.sample(FIELDS.split(), 12)}
        assert shop.browser.post(url, data=data).status_code < 500, data
    for content in (b"\xff\xfe=\x00", b"%%%", b"a" * 5000):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert shop.browser.post(url, content=content, headers=headers).status_code < 500
    broken = shop.browser.post(url, content=b"--x\r\nnope", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert broken.status_code < 500
    httpx.post(f"{shop.url}/_sandbox/chaos", json={}).raise_for_status()
    httpx.post(f"{shop.url}/_sandbox/down", json={"seconds": 0}).raise_for_status()
    every_list_is_whole(shop)


@pytest.mark.parametrize("given", [b"", b"[]", b"null", b"{", b'{"seconds": "x"}', b'{"to": {}}', b'{"timeout": "x"}'])
@pytest.mark.parametrize("path", ["advance", "settle", "resend", "down", "chaos", "settings"])
def test_the_control_plane_refuses_nonsense_in_words(fresh: str, path: str, given: bytes) -> None:
    answer = httpx.post(f"{fresh}/_sandbox/{path}", content=given)
    assert answer.status_code < 500


def test_many_calls_with_one_key_do_the_work_once(shop: Shop) -> None:
    def create(_: int) -> int:
        headers = KEY | {"Idempotency-Key": "one"}
        return httpx.post(f"{shop.url}/v1/customers", data={"email": "a@example.com"}, headers=headers).status_code

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(create, range(48)))
    assert set(answers) <= {200, 409}
    assert len(shop.api.customers.list().data) == 1
