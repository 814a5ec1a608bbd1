"""Products and prices, edited as on Stripe's own screens."""

from starlette.requests import Request
from starlette.responses import Response

from stripe_sandbox import catalog, money
from stripe_sandbox.pages.dashboard import frame
from stripe_sandbox.pages.dashboard.frame import Problem, Refused
from stripe_sandbox.store import Object, Tx

INTERVALS = ("month", "year", "week", "day", "once")
CURRENCIES = ("usd", "eur", "gbp", "jpy", "chf", "kwd")


def every(tx: Tx, request: Request, problem: Problem) -> Response:
    found, pager = frame.rows(tx, request, "product")
    prices = {each["id"]: _prices(tx, each["id"]) for each in found}
    return frame.page("products", tx, request, problem, tab="products", products=found, prices=prices, pager=pager)


def new(tx: Tx, request: Request, problem: Problem) -> Response:
    return frame.page("product_new", tx, request, problem, tab="products", currencies=CURRENCIES, intervals=INTERVALS)


def one(tx: Tx, request: Request, problem: Problem) -> Response:
    found = tx.at("product", request.path_params["id"])
    return frame.page(
        "product",
        tx,
        request,
        problem,
        tab="products",
        product=found,
        prices=_prices(tx, found["id"]),
        currencies=CURRENCIES,
        intervals=INTERVALS,
        fields={
            "name": found["name"],
            "description": found["description"] or "",
            "features": "\n".join(each["name"] for each in found["marketing_features"]),
            "metadata": _lines(found["metadata"]),
        },
    )


def price(tx: Tx, request: Request, problem: Problem) -> Response:
    found = tx.at("price", request.path_params["id"])
    subscribers = tx.select(
        "subscription", "instr(body, ?) > 0 AND json_extract(body, '$.status') != 'canceled'", (f'"{found["id"]}"',)
    )
    product = tx.find(found["product"]) or {"name": found["product"], "id": found["product"]}
    return frame.page(
        "price",
        tx,
        request,
        problem,
        tab="products",
        price=found,
        product=product,
        subscribers=len(subscribers),
        currencies=CURRENCIES,
        others=[catalog.in_currency(found, code) for code in catalog.options_of(found)],
        fields={
            "nickname": found["nickname"] or "",
            "lookup_key": found["lookup_key"] or "",
            "metadata": _lines(found["metadata"]),
        },
    )


def _prices(tx: Tx, product: str) -> list[Object]:
    found = tx.select("price", "json_extract(body, '$.product') = ?", (product,))
    return sorted(found, key=lambda each: not each["active"])


def _lines(metadata: dict[str, str]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in sorted(metadata.items()))


def _metadata(typed: dict[str, str], kept: dict[str, str]) -> dict[str, str]:
    """`key = value` by line, as parameters; what is no longer there is taken away."""
    params = {f"metadata[{key}]": "" for key in kept}
    for line in typed.get("metadata", "").splitlines():
        if not line.strip():
            continue
        key, equals, value = (part.strip() for part in line.partition("="))
        if not (key and equals and value) or set("[]") & set(key):
            raise Refused(metadata="One per line, such as: scenarios = 20")
        params[f"metadata[{key}]"] = value
    return params


def _sum(typed: dict[str, str]) -> tuple[int, str]:
    """Amount and currency, from a form."""
    currency = typed.get("currency", "").strip().lower()
    if not (len(currency) == 3 and currency.isalpha() and currency.isascii()):
        raise Refused(currency="Three letters, such as usd.")
    try:
        return money.parse(typed.get("amount", ""), currency), currency
    except ValueError as error:
        raise Refused(amount=str(error)) from error


def _recurring_price(typed: dict[str, str], prefix: str = "") -> dict[str, str]:
    """The parameters of a price, from a form."""
    if typed.get("interval") not in INTERVALS:
        raise Refused(interval="Choose how often it is paid.")
    amount, currency = _sum(typed)
    params = {"unit_amount": str(amount), "currency": currency}
    if typed["interval"] != "once":
        params["recurring[interval]"] = typed["interval"]
    if not prefix:
        return params
    return {f"{prefix}[{name.split('[')[0]}]{name[len(name.split('[')[0]) :]}": value for name, value in params.items()}


def _add(request: Request, typed: dict[str, str]) -> str:
    name = typed.get("name", "").strip()
    if not name:
        raise Refused(name="Give it a name.")
    params = {"name": name}
    if typed.get("description", "").strip():
        params["description"] = typed["description"].strip()
    params |= _recurring_price(typed, "default_price_data")
    made = frame.call(request, "POST", "/v1/products", params)
    return frame.saying(f"/products/{made['id']}", "added")


def _edit(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    if not typed.get("name", "").strip():
        raise Refused(name="Give it a name.")
    kept = frame.call(request, "GET", f"/v1/products/{id_}")
    params = {
        "name": typed["name"].strip(),
        "description": typed.get("description", "").strip(),
        **_metadata(typed, kept["metadata"]),
    }
    features = [line.strip() for line in typed.get("features", "").splitlines() if line.strip()]
    params |= {f"marketing_features[{place}][name]": text for place, text in enumerate(features)}
    if not features:
        params["marketing_features"] = ""
    frame.call(request, "POST", f"/v1/products/{id_}", params)
    return frame.saying(f"/products/{id_}", "saved")


def _sell(request: Request, typed: dict[str, str]) -> str:
    """Archive a product or bring it back."""
    id_ = request.path_params["id"]
    active = "true" if typed.get("active") == "true" else "false"
    frame.call(request, "POST", f"/v1/products/{id_}", {"active": active})
    return frame.saying(f"/products/{id_}", "back" if active == "true" else "archived")


def _add_price(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    params = {"product": id_, **_recurring_price(typed)}
    for name in ("nickname", "lookup_key"):
        if typed.get(name, "").strip():
            params[name] = typed[name].strip()
    if typed.get("transfer") == "yes":
        params["transfer_lookup_key"] = "true"
    made = frame.call(request, "POST", "/v1/prices", params)
    if typed.get("default") == "yes":
        frame.call(request, "POST", f"/v1/products/{id_}", {"default_price": made["id"]})
    return frame.saying(f"/products/{id_}", "added")


def _edit_price(request: Request, typed: dict[str, str]) -> str:
    id_ = request.path_params["id"]
    kept = frame.call(request, "GET", f"/v1/prices/{id_}")
    params = {"nickname": typed.get("nickname", "").strip(), **_metadata(typed, kept["metadata"])}
    key = typed.get("lookup_key", "").strip()
    if key != (kept["lookup_key"] or ""):
        params["lookup_key"] = key
        params["transfer_lookup_key"] = "true" if typed.get("transfer") == "yes" else "false"
    frame.call(request, "POST", f"/v1/prices/{id_}", params)
    return frame.saying(f"/prices/{id_}", "saved")


def _add_currency(request: Request, typed: dict[str, str]) -> str:
    """Let a price be paid in one more currency, or at another amount in one that it has."""
    id_ = request.path_params["id"]
    amount, currency = _sum(typed)
    params = {f"currency_options[{currency}][unit_amount]": str(amount)}
    frame.call(request, "POST", f"/v1/prices/{id_}", params)
    return frame.saying(f"/prices/{id_}", "saved")


def _change_price(request: Request, typed: dict[str, str]) -> str:
    """Archive a price, bring it back, or make it the default."""
    id_ = request.path_params["id"]
    found = frame.call(request, "GET", f"/v1/prices/{id_}")
    home = f"/products/{found['product']}"
    if typed.get("do") == "default":
        frame.call(request, "POST", f"/v1/products/{found['product']}", {"default_price": id_})
        return frame.saying(home, "default")
    active = "true" if typed.get("do") == "back" else "false"
    frame.call(request, "POST", f"/v1/prices/{id_}", {"active": active})
    return frame.saying(home, "back" if active == "true" else "archived")


add = frame.act(
    "add",
    new,
    _add,
    {
        "default_price_data[unit_amount]": "amount",
        "default_price_data[currency]": "currency",
        "default_price_data[recurring][interval]": "interval",
    },
)
edit = frame.act("edit", one, _edit, {"marketing_features": "features"})
sell = frame.act("sell", one, _sell)
add_price = frame.act("price", one, _add_price, {"unit_amount": "amount"})
edit_price = frame.act("edit", price, _edit_price)
add_currency = frame.act("currency", price, _add_currency)
change_price = frame.act("change", price, _change_price)
