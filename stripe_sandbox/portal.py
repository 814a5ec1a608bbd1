"""The customer portal's configurations and sessions (docs.stripe.com/api/customer_portal)."""

from typing import Any

from stripe_sandbox import events, lists, metadata, spec
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import Invalid
from stripe_sandbox.ids import new_id
from stripe_sandbox.store import PRIVATE, Object, Tx, real_now
from stripe_sandbox.subscriptions import ENDED

LIVES_SECONDS = 3600  # after the last use
_TAKES = [
    "business_profile",
    "default_return_url",
    "features[customer_update][enabled]",
    "features[customer_update][allowed_updates]=address|email|name|phone|tax_id",
    "features[invoice_history]",
    "features[payment_method_update][enabled]",
    "features[subscription_cancel]",
    "features[subscription_pause]",
    "features[subscription_update][enabled, products, proration_behavior, schedule_at_period_end]",
    "features[subscription_update][default_allowed_updates]=price|quantity",
    "features[subscription_update][trial_update_behavior]",
    "features[subscription_update][billing_cycle_anchor]=unchanged",
    "login_page[enabled]=false",
    "metadata",
    "name",
]
_ONE_MONTH = {"interval": "month", "interval_count": 1}
_REASONS = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "customer_service",
    "too_complex",
    "low_quality",
    "other",
]


@route("POST", "/v1/billing_portal/configurations", takes=_TAKES)
def create_configuration(tx: Tx, params: Params) -> Object:
    others = tx.select("billing_portal.configuration", limit=1)
    made: Object = {
        **spec.load().nulls("billing_portal.configuration"),
        "id": new_id("bpc"),
        "object": "billing_portal.configuration",
        "active": True,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "created": tx.now,
        "features": {
            "customer_update": {"allowed_updates": [], "enabled": False},
            "invoice_history": {"enabled": False},
            "payment_method_update": {"enabled": False, "payment_method_configuration": None},
            "subscription_cancel": {
                "cancellation_reason": {"enabled": False, "options": _REASONS[:]},
                "enabled": False,
                "mode": "at_period_end",
                "proration_behavior": "none",
            },
            "subscription_pause": {
                "duration": {"interval_options": [_ONE_MONTH], "type": "interval_options"},
                "enabled": False,
            },
            "subscription_update": {
                "billing_cycle_anchor": None,
                "default_allowed_updates": [],
                "enabled": False,
                "products": [],
                "proration_behavior": "none",
                "schedule_at_period_end": {"conditions": []},
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": not others,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "updated": tx.now,
    }
    _fill(tx, made, params)
    return events.created(tx, made)


@route("GET", "/v1/billing_portal/configurations", takes=[*lists.PAGE, "active", "is_default"])
def list_configurations(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("active", "is_default")}
    return lists.page(tx, "billing_portal.configuration", "/v1/billing_portal/configurations", params, equals)


@route("GET", "/v1/billing_portal/configurations/{configuration}")
def retrieve_configuration(tx: Tx, params: Params, configuration: str) -> Object:
    return tx.at("billing_portal.configuration", configuration)


@route("POST", "/v1/billing_portal/configurations/{configuration}", takes=[*_TAKES, "active"])
def update_configuration(tx: Tx, params: Params, configuration: str) -> Object:
    found = tx.at("billing_portal.configuration", configuration)
    found["active"] = params.get("active", found["active"])
    found["updated"] = tx.now
    _fill(tx, found, params)
    return events.updated(tx, found)


def _fill(tx: Tx, made: Object, params: Params) -> None:
    for name in ("default_return_url", "name"):
        if name in params:
            made[name] = params[name] or None
    made["business_profile"] |= {k: v or None for k, v in (params.get("business_profile") or {}).items()}
    made["metadata"] = metadata.merged(made["metadata"], params.get("metadata"))
    for name, given in (params.get("features") or {}).items():
        _feature(tx, made["features"][name], name, given)


def _feature(tx: Tx, feature: Object, name: str, given: dict[str, Any]) -> None:
    where = f"features[{name}]"
    for index, product in enumerate(given.get("products") or []):
        tx.get("product", product["product"], param=f"{where}[products][{index}][product]")
        for price_id in product["prices"]:
            price = tx.get("price", price_id, param=f"{where}[products][{index}][prices]")
            if price["product"] != product["product"] or price["type"] != "recurring":
                raise Invalid(
                    f"The price {price_id} must be a recurring price of the product.", param=f"{where}[products]"
                )
    own = ("cancellation_reason", "duration", "products", "schedule_at_period_end")
    feature |= {key: value for key, value in given.items() if key not in own}
    if "schedule_at_period_end" in given:
        feature["schedule_at_period_end"] = {"conditions": given["schedule_at_period_end"].get("conditions") or []}
    if "duration" in given:
        feature["duration"] = _duration(given["duration"], f"{where}[duration]")
    if "products" in given:
        adjustable = {"enabled": False, "maximum": None, "minimum": 1}
        feature["products"] = [
            {**each, "adjustable_quantity": {**adjustable, **each.get("adjustable_quantity", {})}}
            for each in given["products"] or []
        ]
    if "cancellation_reason" in given:
        reason = {**feature["cancellation_reason"], **given["cancellation_reason"]}
        feature["cancellation_reason"] = {**reason, "options": reason["options"] or _REASONS[:]}
    if feature.get("default_allowed_updates") == "":
        feature["default_allowed_updates"] = []
    if feature.get("allowed_updates") == "":
        feature["allowed_updates"] = []


def _duration(given: dict[str, Any], where: str) -> Object:
    """For how long one may pause."""
    options = [{"interval_count": 1, **each} for each in given.get("interval_options") or []]
    if given["type"] == "interval_options" and not options:
        raise Invalid("Say for how long: interval_options.", param=f"{where}[interval_options]")
    return {"interval_options": [] if given["type"] == "indefinite" else options, "type": given["type"]}


@route(
    "POST",
    "/v1/billing_portal/sessions",
    takes=[
        "customer",
        "configuration",
        "return_url",
        "locale",
        "flow_data[type, after_completion, subscription_update, subscription_pause]",
        "flow_data[subscription_cancel][subscription]",
        "flow_data[subscription_update_confirm][items, subscription]",
    ],
)
def create_session(tx: Tx, params: Params) -> Object:
    customer = params.get("customer")
    if not customer:
        raise Invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    tx.get("customer", customer, param="customer")
    configuration = _configuration(tx, params.get("configuration"))
    id_ = new_id("bps")
    session = {
        "id": id_,
        "object": "billing_portal.session",
        "configuration": configuration["id"],
        "created": int(real_now()),
        "customer": customer,
        "customer_account": None,
        "flow": _flow(tx, params.get("flow_data"), customer),
        "livemode": False,
        "locale": params.get("locale"),
        "on_behalf_of": None,
        "return_url": params.get("return_url") or configuration["default_return_url"],
        "url": f"{tx.base_url}/p/session/{new_id('test', 40)}",
        PRIVATE: {"used": int(real_now())},
    }
    session[PRIVATE]["token"] = session["url"].rsplit("/", 1)[1]
    tx.remember("base_url", tx.base_url)
    return events.created(tx, session)


def _configuration(tx: Tx, id_: str | None) -> Object:
    if id_:
        found = tx.get("billing_portal.configuration", id_, param="configuration")
    else:
        defaults = [each for each in tx.select("billing_portal.configuration") if each["is_default"]]
        if not defaults:
            raise Invalid(
                "You can’t create a portal session in test mode until you save your customer portal settings: "
                "create a configuration first."
            )
        found = defaults[0]
    if not found["active"]:
        raise Invalid("This portal configuration is not active.", param="configuration")
    return found


def _flow(tx: Tx, given: dict[str, Any] | None, customer: str) -> Object | None:
    """A session that leads to one thing, such as another card, or canceling."""
    if not given:
        return None
    kind = given["type"]
    details = given.get(kind)
    after: dict[str, Any] = given.get("after_completion") or {"type": "portal_homepage"}
    flow: Object = {
        "after_completion": {
            "hosted_confirmation": None,
            "redirect": None,
            **after,
        },
        "subscription_cancel": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": kind,
    }
    if after["type"] == "hosted_confirmation":
        words: dict[str, Any] = after.get("hosted_confirmation") or {}
        flow["after_completion"]["hosted_confirmation"] = {"custom_message": None, **words}
    if kind in ("customer_update", "payment_method_update"):
        return flow
    where = f"flow_data[{kind}][subscription]"
    if not details:
        raise Invalid(
            f"Missing required param: flow_data[{kind}].", param=f"flow_data[{kind}]", code="parameter_missing"
        )
    subscription = tx.get("subscription", details["subscription"], param=where)
    if subscription["customer"] != customer:
        raise Invalid(f"No such subscription: '{details['subscription']}'", param=where, code="resource_missing")
    if subscription["status"] in ENDED:
        raise Invalid("This subscription has ended and cannot be changed.", param=where)
    if kind == "subscription_cancel" and subscription["cancel_at"]:
        raise Invalid("This subscription is already set to be canceled.", param=where)
    flow[kind] = dict(details)
    if kind == "subscription_pause" and subscription["status"] != "active":
        raise Invalid("Only a subscription that is active can be paused.", param=where)
    if kind == "subscription_cancel":
        flow[kind].setdefault("retention", None)
    if kind == "subscription_update_confirm":
        flow[kind].setdefault("discounts", None)
        for index, item in enumerate(flow[kind]["items"]):
            if item.get("price"):
                tx.get("price", item["price"], param=f"flow_data[{kind}][items][{index}][price]")
            flow[kind]["items"][index] = {"id": None, "price": None, **item}
    return flow
