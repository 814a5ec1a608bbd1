"""Products and prices: what is sold and for how much (docs.stripe.com/api/products, …/prices)."""

from decimal import Decimal
from typing import Any

from stripe_sandbox import events, lists, metadata, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx

_PRODUCT_FIELDS = (
    "active",
    "description",
    "images",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)
_PRODUCT_TAKES = [*_PRODUCT_FIELDS, "metadata"]
_PRICE_TAKES = [
    *("active", "nickname", "tax_behavior", "lookup_key", "transfer_lookup_key", "metadata"),
    "currency_options",
]


@route(
    "POST",
    "/v1/products",
    takes=[
        *_PRODUCT_TAKES,
        "id",
        "default_price_data[currency, unit_amount, unit_amount_decimal, recurring, tax_behavior, metadata]",
    ],
)
def create_product(tx: Tx, params: Params) -> Object:
    id_ = params.get("id") or new_id("prod", 14)
    if tx.find(id_):
        raise Invalid(f"Product already exists: {id_}", param="id", code="resource_already_exists")
    product = {
        **spec.load().nulls("product"),
        "id": id_,
        "object": "product",
        "active": True,
        "created": tx.now,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": metadata.merged({}, params.get("metadata")),
        "type": "service",
        "updated": tx.now,
    }
    _fill_product(product, params)
    events.created(tx, product)
    data = params.get("default_price_data")
    if data:
        price = create_price(tx, {**data, "product": id_})
        product["default_price"] = price["id"]
        events.updated(tx, product)
    return product


@route("GET", "/v1/products", takes=[*lists.PAGE, "active", "ids", "url", "shippable"])
def list_products(tx: Tx, params: Params) -> Object:
    extra, values = "", ()
    if params.get("ids"):
        extra = lists.one_of("id", params["ids"])
        values = tuple(params["ids"])
    equals = {name: params.get(name) for name in ("active", "shippable", "url")}
    return lists.page(tx, "product", "/v1/products", params, equals, extra, values)


@route("GET", "/v1/products/{id}")
def retrieve_product(tx: Tx, params: Params, id: str) -> Object:
    found = tx.find(id, "product")
    return found if found else tx.at("product", id)


@route("POST", "/v1/products/{id}", takes=[*_PRODUCT_TAKES, "default_price"])
def update_product(tx: Tx, params: Params, id: str) -> Object:
    product = tx.at("product", id)
    if params.get("default_price"):
        price = tx.get("price", params["default_price"], param="default_price")
        if price["product"] != id:
            raise Invalid("The default price must be one of this product.", param="default_price")
        product["default_price"] = price["id"]
    elif "default_price" in params:
        product["default_price"] = None
    product["metadata"] = metadata.merged(product["metadata"], params.get("metadata"))
    _fill_product(product, params)
    product["updated"] = tx.now
    return events.updated(tx, product)


@route("DELETE", "/v1/products/{id}")
def delete_product(tx: Tx, params: Params, id: str) -> Object:
    product = tx.at("product", id)
    if tx.select("price", "json_extract(body, '$.product') = ?", (id,), 1):
        raise Invalid("This product cannot be deleted because it has one or more user-created prices.")
    events.emit(tx, "product.deleted", product)
    return tx.bury(product)


def _fill_product(product: Object, params: Params) -> None:
    for name in _PRODUCT_FIELDS:
        if name in params:
            value = params[name]
            product[name] = [] if name in ("images", "marketing_features") and not value else value or None
    if "active" in params:
        product["active"] = params["active"]
    if len(product["images"]) > 8 or len(product["marketing_features"]) > 15:
        raise Invalid("A product has at most 8 images and 15 marketing features.")


@route(
    "POST",
    "/v1/prices",
    takes=[
        *_PRICE_TAKES,
        "product",
        "product_data",
        "currency",
        "unit_amount",
        "unit_amount_decimal",
        "recurring[interval, interval_count]",
        "recurring[usage_type]=licensed",
        "billing_scheme=per_unit",
    ],
)
def create_price(tx: Tx, params: Params) -> Object:
    if bool(params.get("product")) == bool(params.get("product_data")):
        raise Invalid("You must provide exactly one of `product` or `product_data`.", param="product")
    amount, decimal = _amount(params)
    product = params.get("product")
    if product:
        tx.get("product", product, param="product")
    else:
        data = dict(params["product_data"])
        product = create_product(tx, data)["id"]
    recurring = params.get("recurring")
    price = {
        **spec.load().nulls("price"),
        "id": new_id("price"),
        "object": "price",
        "active": params.get("active", True),
        "billing_scheme": "per_unit",
        "created": tx.now,
        "currency": params["currency"].lower(),
        "livemode": False,
        "lookup_key": _take_lookup_key(tx, params, None),
        "metadata": metadata.merged({}, params.get("metadata")),
        "nickname": params.get("nickname") or None,
        "product": product,
        "recurring": _recurring(recurring) if recurring else None,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": decimal,
    }
    if params.get("currency_options"):
        price[PRIVATE] = {"options": _options(price, params["currency_options"])}
    return events.created(tx, price)


@route(
    "GET",
    "/v1/prices",
    takes=[*lists.PAGE, "active", "currency", "product", "type", "lookup_keys", "recurring[interval, usage_type]"],
)
def list_prices(tx: Tx, params: Params) -> Object:
    keys = params.get("lookup_keys") or []
    extra = lists.one_of("lookup_key", keys) if keys else ""
    recurring = params.get("recurring") or {}
    equals = {name: params.get(name) for name in ("active", "currency", "product", "type")}
    equals["recurring.interval"] = recurring.get("interval")
    equals["recurring.usage_type"] = recurring.get("usage_type")
    return lists.page(tx, "price", "/v1/prices", params, equals, extra, tuple(keys))


@route("GET", "/v1/prices/{price}")
def retrieve_price(tx: Tx, params: Params, price: str) -> Object:
    return tx.at("price", price)


@route("POST", "/v1/prices/{price}", takes=_PRICE_TAKES)
def update_price(tx: Tx, params: Params, price: str) -> Object:
    found = tx.at("price", price)
    for name in ("active", "nickname", "tax_behavior"):
        if name in params:
            found[name] = params[name] if params[name] != "" else None
    if "lookup_key" in params:
        found["lookup_key"] = _take_lookup_key(tx, params, price)
    if "currency_options" in params:
        found[PRIVATE] = {**found.get(PRIVATE, {}), "options": _options(found, params["currency_options"] or {})}
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return _changed(tx, found)


@wire.virtual("price", "currency_options")
def currency_options(tx: Tx, price: Object) -> Object:
    """Only there when expanded: the currency that it was made in, and every other that it can be paid in."""
    kept = ("tax_behavior", "unit_amount", "unit_amount_decimal")
    own = {price["currency"]: {"custom_unit_amount": None, **{name: price[name] for name in kept}}}
    return own | options_of(price)


def options_of(price: Object) -> dict[str, Object]:
    """What it costs in the other currencies that it can be paid in."""
    return price.get(PRIVATE, {}).get("options", {})


def in_currency(price: Object, currency: str | None, param: str = "currency") -> Object:
    """The price as somebody pays it who pays in this currency.

    Inside a subscription or an order it is kept so; the API shows it in the currency that it was made in, as Stripe
    does (`wire.public`).
    """
    if not currency or currency == price["currency"]:
        return price
    if currency not in options_of(price):
        raise Invalid(
            f"The price specified only supports `{price['currency']}`. This doesn't match the expected currency: "
            f"`{currency}`.",
            param=param,
        )
    option = options_of(price)[currency]
    amounts = ("currency", "unit_amount", "unit_amount_decimal")
    return {
        **price,
        "currency": currency,
        **{name: option[name] for name in amounts[1:]},
        PRIVATE: {**price[PRIVATE], "made_in": {name: price[name] for name in amounts}},
    }


def _options(price: Object, given: dict[str, Any]) -> dict[str, Object]:
    """`currency_options` replaces those that it names, and leaves others as they are."""
    kept = dict(options_of(price))
    for currency, option in given.items():
        where = f"currency_options[{currency}]"
        if not (len(currency) == 3 and currency.isalpha() and currency.islower()):
            raise Invalid(f"Invalid currency: {currency}.", param=where)
        if currency == price["currency"]:
            raise Invalid("You cannot give the currency that the price is made in again.", param=where)
        amount, decimal = _amount(option)
        behavior = option.get("tax_behavior", "unspecified")
        kept[currency] = {
            "custom_unit_amount": None,
            "tax_behavior": behavior,
            "unit_amount": amount,
            "unit_amount_decimal": decimal,
        }
    return kept


@wire.virtual("price", "tiers")
def tiers(tx: Tx, price: Object) -> list[Object]:
    """Only there when expanded; prices here are per unit."""
    return []


def _changed(tx: Tx, price: Object) -> Object:
    """Subscriptions show their prices as these are now, not as they were on the day of signing up."""
    before = options_of(tx.fresh(price))
    events.updated(tx, price, hidden={} if before == options_of(price) else {"currency_options": before})
    for subscription in tx.select("subscription", "instr(body, ?) > 0", (f'"{price["id"]}"',)):
        for item in subscription["items"]["data"]:
            if item["price"]["id"] == price["id"]:
                item["price"] = in_currency(price, subscription["currency"])
                item["plan"] |= {name: price[name] for name in ("active", "metadata", "nickname")}
        tx.save(subscription)
    return price


def _take_lookup_key(tx: Tx, params: Params, own_id: str | None) -> str | None:
    """A lookup key belongs to one price; `transfer_lookup_key` takes it from the old one."""
    key = params.get("lookup_key") or None
    if key is None:
        return None
    for holder in tx.select("price", "json_extract(body, '$.lookup_key') = ?", (key,)):
        if holder["id"] == own_id:
            continue
        if not params.get("transfer_lookup_key"):
            raise Invalid(
                f"A price (`{holder['id']}`) already uses that lookup key.",
                param="lookup_key",
                code="resource_already_exists",
            )
        holder["lookup_key"] = None
        _changed(tx, holder)
    return key


def _amount(params: Params) -> tuple[int | None, str]:
    if params.get("unit_amount") is None and params.get("unit_amount_decimal") is None:
        raise Invalid("Missing required param: unit_amount.", param="unit_amount", code="parameter_missing")
    if params.get("unit_amount") is not None:
        if params["unit_amount"] < 0:
            raise Invalid("Invalid non-negative integer", param="unit_amount")
        return params["unit_amount"], str(params["unit_amount"])
    exact = Decimal(str(params["unit_amount_decimal"]))
    if exact != exact.to_integral_value():
        raise Invalid("The sandbox takes whole minor units only.", param="unit_amount_decimal")
    return int(exact), str(int(exact))


def _recurring(given: dict[str, Any]) -> Object:
    return {
        **spec.load().nulls("recurring"),
        "interval": given["interval"],
        "interval_count": given.get("interval_count", 1),
        "usage_type": "licensed",
    }
