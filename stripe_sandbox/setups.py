"""Saving a card without paying: SetupIntents (docs.stripe.com/api/setup_intents)."""

from stripe_sandbox import authentication, cards, events, lists, metadata, payment_methods, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.payments import Outcome
from stripe_sandbox.store import PRIVATE, Object, Tx

_CREATE_TAKES = [
    "allowed_payment_method_types=card",
    "automatic_payment_methods[allow_redirects, enabled]",
    "confirm",
    "customer",
    "description",
    "metadata",
    "payment_method",
    "return_url",
    "usage",
]
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def new_setup(tx: Tx, customer: str | None, given: Params | None = None) -> Object:
    """A SetupIntent that waits for a card."""
    given = given or {}
    id_ = new_id("seti")
    setup: Object = {
        **spec.load().nulls("setup_intent"),
        "id": id_,
        "object": "setup_intent",
        "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
        "client_secret": f"{id_}_secret_{random_text(25)}",
        "created": tx.now,
        "customer": customer,
        "description": given.get("description"),
        "livemode": False,
        "metadata": metadata.merged({}, given.get("metadata")),
        "payment_method_options": {
            "card": {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
        },
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": given.get("usage", "off_session"),
    }
    return events.created(tx, setup)


def confirm(
    tx: Tx, setup: Object, method: Object, *, return_url: str | None = None, authenticated: bool = False
) -> Outcome:
    """Save a card for later, asking the cardholder when the card wants that."""
    card = payment_methods.card_of(method)
    setup["payment_method"] = method["id"]
    if card.three_ds and not authenticated:
        url = authentication.start(tx, setup, return_url)
        setup["status"] = "requires_action"
        setup["next_action"] = (
            {"redirect_to_url": {"return_url": return_url, "url": url}, "type": "redirect_to_url"}
            if return_url
            else {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
        )
        tx.save(setup)
        events.emit(tx, "setup_intent.requires_action", setup)
        return Outcome("action")
    if card.declines and not card.attaches:
        error = cards.declined(card.declines)
        failed(tx, setup, error, method)
        return Outcome("declined", error)
    method[PRIVATE]["authenticated"] = method[PRIVATE]["authenticated"] or authenticated
    tx.save(method)
    setup |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    tx.save(setup)
    if setup["customer"]:
        payment_methods.attach_to(tx, method, setup["customer"])
    events.emit(tx, "setup_intent.succeeded", setup)
    return Outcome("paid")


def failed(tx: Tx, setup: Object, error: CardDeclined, method: Object) -> None:
    """Write down why a card could not be saved."""
    setup |= {
        "status": "requires_payment_method",
        "payment_method": None,
        "next_action": None,
        "last_setup_error": {**error.body()["error"], "payment_method": wire.public(method)},
    }
    tx.save(setup)
    events.emit(tx, "setup_intent.setup_failed", setup)
    error.extra["setup_intent"] = wire.public(setup)


@route("POST", "/v1/setup_intents", takes=_CREATE_TAKES)
def create(tx: Tx, params: Params) -> Object:
    customer = params.get("customer")
    if customer:
        tx.get("customer", customer, param="customer")
    setup = new_setup(tx, customer, params)
    if params.get("payment_method"):
        method = payment_methods.usable(tx, params["payment_method"])
        setup |= {"payment_method": method["id"], "status": "requires_confirmation"}
        tx.save(setup)
    if params.get("confirm"):
        return confirm_one(tx, {k: params[k] for k in ("return_url",) if k in params}, setup["id"])
    return setup


@route("POST", "/v1/setup_intents/{intent}/confirm", takes=["payment_method", "return_url", "client_secret"])
def confirm_one(tx: Tx, params: Params, intent: str) -> Object:
    setup = tx.at("setup_intent", intent)
    if setup["status"] not in _OPEN:
        raise Invalid(
            f"You cannot confirm this SetupIntent because it has a status of {setup['status']}.",
            code="setup_intent_unexpected_state",
        )
    chosen = params.get("payment_method") or setup["payment_method"]
    if not chosen:
        raise Invalid("You cannot confirm this SetupIntent because it's missing a payment method.")
    method = payment_methods.usable(tx, chosen)
    outcome = confirm(tx, setup, method, return_url=params.get("return_url"))
    if outcome.error:
        raise outcome.error
    return setup


@route("POST", "/v1/setup_intents/{intent}/cancel", takes=["cancellation_reason"])
def cancel(tx: Tx, params: Params, intent: str) -> Object:
    setup = tx.at("setup_intent", intent)
    if setup["status"] not in _OPEN:
        raise Invalid(
            f"You cannot cancel this SetupIntent because it has a status of {setup['status']}.",
            code="setup_intent_unexpected_state",
        )
    setup |= {"status": "canceled", "cancellation_reason": params.get("cancellation_reason"), "next_action": None}
    tx.save(setup)
    events.emit(tx, "setup_intent.canceled", setup)
    return setup


@route("GET", "/v1/setup_intents", takes=[*lists.PAGE, "customer", "payment_method"])
def list_all(tx: Tx, params: Params) -> Object:
    equals = {name: params.get(name) for name in ("customer", "payment_method")}
    return lists.page(tx, "setup_intent", "/v1/setup_intents", params, equals)


@route("GET", "/v1/setup_intents/{intent}", takes=["client_secret"])
def retrieve(tx: Tx, params: Params, intent: str) -> Object:
    return tx.at("setup_intent", intent)


@route("POST", "/v1/setup_intents/{intent}", takes=["metadata", "description", "customer", "payment_method"])
def update(tx: Tx, params: Params, intent: str) -> Object:
    setup = tx.at("setup_intent", intent)
    if params.get("customer"):
        setup["customer"] = tx.get("customer", params["customer"], param="customer")["id"]
    if params.get("payment_method"):
        if setup["status"] not in _OPEN:
            raise Invalid(
                f"You cannot update this SetupIntent because it has a status of {setup['status']}.",
                code="setup_intent_unexpected_state",
            )
        method = payment_methods.usable(tx, params["payment_method"])
        setup |= {"payment_method": method["id"], "status": "requires_confirmation"}
    setup["metadata"] = metadata.merged(setup["metadata"], params.get("metadata"))
    if "description" in params:
        setup["description"] = params["description"] or None
    return tx.save(setup)
