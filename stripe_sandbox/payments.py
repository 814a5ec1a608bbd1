"""Taking money: PaymentIntents (docs.stripe.com/api/payment_intents)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox import authentication, cards, charges, events, lists, metadata, payment_methods, spec, wire
from stripe_sandbox.api import Params, route
from stripe_sandbox.errors import CardDeclined, Invalid
from stripe_sandbox.ids import new_id, random_text
from stripe_sandbox.store import PRIVATE, Object, Tx

_PLAIN = (
    "amount",
    "currency",
    "description",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
)
_CONFIRM_TAKES = [
    "error_on_requires_action=false",
    "mandate_data[customer_acceptance]",
    "off_session",
    "payment_method",
    "return_url",
    "setup_future_usage",
    "use_stripe_sdk",
]
_CREATE_TAKES = [
    *_PLAIN,
    *_CONFIRM_TAKES,
    "allowed_payment_method_types=card|sepa_debit",
    "automatic_payment_methods[allow_redirects, enabled]",
    "capture_method",
    "confirm",
    "confirmation_method",
    "customer",
    "metadata",
]
_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")


@dataclass(frozen=True)
class Outcome:
    """How a try to pay went: `paid`, `action` (the cardholder is asked first), `declined`, or `processing`."""

    result: str
    error: CardDeclined | None = None
    tried: bool = True  # False: there was no card to try
    was_asked: bool = False  # the late answer of a bank, whose try was counted when it was asked

    @property
    def paid(self) -> bool:
        return self.result == "paid"


Listener = Callable[[Tx, Object, Outcome], None]
_LISTENERS: list[Listener] = []


def listen(function: Listener) -> Listener:
    """Be told how each try went: an invoice waits for its payment."""
    _LISTENERS.append(function)
    return function


def new_intent(
    tx: Tx,
    amount: int,
    currency: str,
    customer: str | None,
    *,
    given: Params | None = None,
    invoice: str | None = None,
) -> Object:
    """A PaymentIntent that waits for a card."""
    given = given or {}
    id_ = new_id("pi")
    intent: Object = {
        **spec.load().nulls("payment_intent"),
        "id": id_,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "automatic_payment_methods": None if invoice else {"allow_redirects": "always", "enabled": True},
        "capture_method": given.get("capture_method", "automatic_async"),
        "client_secret": f"{id_}_secret_{random_text(25)}",
        "confirmation_method": given.get("confirmation_method", "automatic"),
        "created": tx.now,
        "currency": currency.lower(),
        "customer": customer,
        "description": given.get("description"),
        "livemode": False,
        "metadata": metadata.merged({}, given.get("metadata")),
        "payment_method_options": _by_card(),
        "payment_method_types": ["card"],
        "receipt_email": given.get("receipt_email"),
        "setup_future_usage": given.get("setup_future_usage"),
        "shipping": given.get("shipping"),
        "statement_descriptor": given.get("statement_descriptor"),
        "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        PRIVATE: {"invoice": invoice},
    }
    return events.created(tx, intent)


def _by_card() -> Object:
    return {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        }
    }


def confirm(
    tx: Tx,
    intent: Object,
    method: Object,
    *,
    on_session: bool,
    return_url: str | None = None,
    authenticated: bool = False,
) -> Outcome:
    """Try to pay with a card. `on_session`: the cardholder is there and can answer a 3-D Secure question."""
    if method["type"] != "card":
        from stripe_sandbox import debits  # it builds on this module

        intent |= {"payment_method": method["id"], "payment_method_types": [method["type"]]}
        intent["payment_method_options"] = {method["type"]: {}}
        return debits.begin(tx, intent, method)
    card = payment_methods.card_of(method)
    asks = card.three_ds and not authenticated
    if card.three_ds == "once" and method[PRIVATE]["authenticated"]:
        asks = False
    if "card" not in intent["payment_method_types"]:  # a debit was tried before
        intent |= {"payment_method_types": ["card"], "payment_method_options": _by_card()}
    intent["payment_method"] = method["id"]
    intent["next_action"] = None
    if _forced_decline(tx, intent):
        outcome = _refuse(tx, intent, method, "generic_decline")
    elif asks and on_session:
        outcome = _ask(tx, intent, return_url)
    elif asks:
        outcome = _refuse(tx, intent, method, "authentication_required")
    elif card.declines:
        outcome = _refuse(tx, intent, method, card.declines)
    else:
        outcome = _take(tx, intent, method, authenticated=authenticated)
    tell(tx, intent, outcome)
    return outcome


def decline_next(tx: Tx, customer: str, *, on: bool) -> None:
    """Whatever card it is, the customer's next payment is declined."""
    tx.remember(f"decline:{customer}", "next" if on else "")


def declines_next(tx: Tx, customer: str | None) -> bool:
    return bool(customer) and tx.fact(f"decline:{customer}") == "next"


def _forced_decline(tx: Tx, intent: Object) -> bool:
    customer = intent["customer"]
    if not declines_next(tx, customer):
        return False
    decline_next(tx, customer, on=False)
    return True


def foresee(tx: Tx, method: Object) -> str:
    """How a card would behave in front of its owner: `paid`, `action` or `declined`."""
    if declines_next(tx, method["customer"]):
        return "declined"
    if method["type"] != "card":
        return "paid"
    card = payment_methods.card_of(method)
    if card.three_ds and not (card.three_ds == "once" and method[PRIVATE]["authenticated"]):
        return "action"
    return "declined" if card.declines else "paid"


def tell(tx: Tx, intent: Object, outcome: Outcome) -> None:
    """Let those know who wait for this payment."""
    for listener in _LISTENERS:
        listener(tx, intent, outcome)


def _ask(tx: Tx, intent: Object, return_url: str | None) -> Outcome:
    url = authentication.start(tx, intent, return_url)
    intent["status"] = "requires_action"
    intent["last_payment_error"] = None
    if return_url:
        intent["next_action"] = {
            "redirect_to_url": {"return_url": return_url, "url": url},
            "type": "redirect_to_url",
        }
    else:
        intent["next_action"] = {
            "type": "use_stripe_sdk",
            "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
        }
    tx.save(intent)
    events.emit(tx, "payment_intent.requires_action", intent)
    return Outcome("action")


def _refuse(tx: Tx, intent: Object, method: Object, reason: str) -> Outcome:
    error = cards.declined(reason)
    charge = charges.record(tx, intent, method, reason, authenticated=False)
    failed(tx, intent, error, method, charge["id"])
    return Outcome("declined", with_intent(error, intent))


def failed(tx: Tx, intent: Object, error: CardDeclined, method: Object, charge: str | None) -> None:
    """Write down why a payment did not work; it now waits for another card."""
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    intent["next_action"] = None
    intent["latest_charge"] = charge or intent["latest_charge"]
    intent["last_payment_error"] = {
        **error.body()["error"],
        **({"charge": charge} if charge else {}),
        "payment_method": wire.public(method),
    }
    tx.save(intent)
    events.emit(tx, "payment_intent.payment_failed", intent)


def no_method(tx: Tx, intent: Object | None) -> Outcome:
    """A payment nobody left a card for."""
    if intent is None:
        return Outcome("paid")
    error = CardDeclined("There is no card on file to pay with.", code="payment_intent_payment_attempt_failed")
    intent["status"] = "requires_payment_method"
    intent["last_payment_error"] = error.body()["error"]
    tx.save(intent)
    events.emit(tx, "payment_intent.payment_failed", intent)
    outcome = Outcome("declined", error, tried=False)
    tell(tx, intent, outcome)
    return outcome


def with_intent(error: CardDeclined, intent: Object) -> CardDeclined:
    """The error as the API shows it: with the PaymentIntent that failed inside."""
    error.extra |= {"charge": intent["latest_charge"], "payment_intent": wire.public(intent)}
    last = intent["last_payment_error"]
    if last:
        error.extra["payment_method"] = last["payment_method"]
    return error


def _take(tx: Tx, intent: Object, method: Object, *, authenticated: bool) -> Outcome:
    if authenticated:
        method[PRIVATE]["authenticated"] = True
        tx.save(method)
    held = intent["capture_method"] == "manual"
    charge = charges.record(tx, intent, method, None, authenticated=authenticated, held=held)
    intent |= {
        "amount_capturable": intent["amount"] if held else 0,
        "amount_received": 0 if held else intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "status": "requires_capture" if held else "succeeded",
    }
    tx.save(intent)
    events.emit(tx, "payment_intent.amount_capturable_updated" if held else "payment_intent.succeeded", intent)
    if intent["setup_future_usage"] and intent["customer"]:
        payment_methods.attach_to(tx, method, intent["customer"])
    return Outcome("paid")


@route("POST", "/v1/payment_intents", takes=_CREATE_TAKES)
def create(tx: Tx, params: Params) -> Object:
    if params["amount"] < 1:
        raise Invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    customer = params.get("customer")
    if customer:
        tx.get("customer", customer, param="customer")
    method = _method(tx, params, customer)
    intent = new_intent(tx, params["amount"], params["currency"], customer, given=params)
    if method:
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"
        tx.save(intent)
    if params.get("confirm"):
        return confirm_one(tx, {k: params[k] for k in ("return_url", "off_session") if k in params}, intent["id"])
    return intent


@route("POST", "/v1/payment_intents/{intent}/confirm", takes=[*_CONFIRM_TAKES, "client_secret"])
def confirm_one(tx: Tx, params: Params, intent: str) -> Object:
    found = tx.at("payment_intent", intent)
    if found["status"] not in _CONFIRMABLE:
        unexpected(found, "confirm")
    method = _method(tx, params, found["customer"])
    if method is None and found["payment_method"]:
        method = tx.get("payment_method", found["payment_method"])
    if method is None:
        raise Invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
        )
    found["setup_future_usage"] = params.get("setup_future_usage", found["setup_future_usage"])
    off_session = bool(params.get("off_session"))
    outcome = confirm(tx, found, method, on_session=not off_session, return_url=params.get("return_url"))
    if outcome.error:
        raise outcome.error
    return tx.fresh(found)


def _method(tx: Tx, params: Params, customer: str | None) -> Object | None:
    if not params.get("payment_method"):
        return None
    method = payment_methods.usable(tx, params["payment_method"])
    if method["customer"] and method["customer"] != customer:
        raise Invalid(
            "The provided PaymentMethod cannot be attached: it belongs to a Customer. "
            "Include that Customer in the request.",
            param="payment_method",
        )
    return method


def unexpected(intent: Object, verb: str) -> None:
    error = Invalid(
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
    )
    error.extra["payment_intent"] = wire.public(intent)
    raise error


@route("POST", "/v1/payment_intents/{intent}/cancel", takes=["cancellation_reason"])
def cancel(tx: Tx, params: Params, intent: str) -> Object:
    from stripe_sandbox import captures  # it builds on this module

    found = tx.at("payment_intent", intent)
    if found["status"] not in (*_CONFIRMABLE, "requires_capture"):
        unexpected(found, "cancel")
    if found["status"] == "requires_capture":
        captures.let_go(tx, found)
    found |= {
        "status": "canceled",
        "canceled_at": tx.now,
        "cancellation_reason": params.get("cancellation_reason"),
        "next_action": None,
    }
    tx.save(found)
    events.emit(tx, "payment_intent.canceled", found)
    return found


@route("GET", "/v1/payment_intents", takes=[*lists.PAGE, "customer"])
def list_all(tx: Tx, params: Params) -> Object:
    return lists.page(tx, "payment_intent", "/v1/payment_intents", params, {"customer": params.get("customer")})


@route("GET", "/v1/payment_intents/{intent}", takes=["client_secret"])
def retrieve(tx: Tx, params: Params, intent: str) -> Object:
    return tx.at("payment_intent", intent)


@route("POST", "/v1/payment_intents/{intent}", takes=[*_PLAIN, "metadata", "customer", "payment_method"])
def update(tx: Tx, params: Params, intent: str) -> Object:
    found = tx.at("payment_intent", intent)
    if found["status"] not in _CONFIRMABLE:
        unexpected(found, "update")
    for name in _PLAIN:
        if name in params:
            found[name] = params[name] or None
    if params.get("customer"):
        found["customer"] = tx.get("customer", params["customer"], param="customer")["id"]
    method: Any = _method(tx, params, found["customer"])
    if method:
        found |= {"payment_method": method["id"], "status": "requires_confirmation"}
    found["metadata"] = metadata.merged(found["metadata"], params.get("metadata"))
    return tx.save(found)
