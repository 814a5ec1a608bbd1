"""Stripe's hosted pages: checkout and portal."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import stripe

from saas_app.billing.gateway.client import ask, ask_with_key, client, id_of, when
from saas_app.billing.gateway.shapes import StripeCheckoutSession

if TYPE_CHECKING:
    from stripe.params.billing_portal import SessionCreateParams
    from stripe.params.checkout import SessionCreateParams as CheckoutParams


@dataclass(frozen=True)
class Terms:
    """What a checkout is about. `trial_days` begin it for nothing, with a card or without; `tax` is Stripe's to add.

    `currency` is always said: without it Stripe chooses among those of the price by where somebody is, and what was
    shown would not be what is paid.
    """

    price_id: str
    currency: str
    mode: Literal["subscription", "payment"] = "subscription"
    trial_days: int = 0
    trial_needs_card: bool = True
    tax: bool = False

    def parameters(self) -> dict[str, Any]:
        """As Stripe takes them (https://docs.stripe.com/payments/checkout/free-trials, …/tax/checkout)."""
        params: dict[str, Any] = {"line_items": [{"price": self.price_id, "quantity": 1}], "currency": self.currency}
        if self.trial_days:
            end = {"end_behavior": {"missing_payment_method": "pause"}}
            params["subscription_data"] = {"trial_period_days": self.trial_days, "trial_settings": end}
            params["payment_method_collection"] = "always" if self.trial_needs_card else "if_required"
        if self.tax:
            params |= {
                "automatic_tax": {"enabled": True},
                "billing_address_collection": "required",
                "customer_update": {"address": "auto", "name": "auto"},
                "tax_id_collection": {"enabled": True},
            }
        return params

    @property
    def key(self) -> str:
        """Part of the idempotency key, since Stripe refuses one that comes back with other parameters."""
        return f"{self.currency}{self.trial_days}{'c' if self.trial_needs_card else 'n'}{'t' if self.tax else ''}"


async def create_checkout_session(
    *, attempt_id: str, account_id: str, stripe_customer_id: str, terms: Terms, success_url: str, cancel_url: str
) -> StripeCheckoutSession:
    """Open a hosted checkout. The attempt is the idempotency key: a second click opens no second.

    A customer who was made anew is part of the key, since Stripe refuses one that comes back with other parameters.
    What is paid once gets an invoice too, so that it stands beside the others in the portal
    (https://docs.stripe.com/payments/checkout/receipts#paid-invoices).
    """
    given, noted = terms.parameters(), {"account_id": account_id, "attempt_id": attempt_id}
    params: dict[str, Any] = {
        "mode": terms.mode,
        "customer": stripe_customer_id,
        "client_reference_id": account_id,
        "allow_promotion_codes": True,
        "metadata": noted,
        "success_url": success_url,
        "cancel_url": cancel_url,
        **given,
    }
    if terms.mode == "subscription":
        params["subscription_data"] = {"metadata": {"account_id": account_id}, **given.get("subscription_data", {})}
    else:
        params["payment_intent_data"] = {"metadata": noted}
        params["invoice_creation"] = {"enabled": True}
    key = f"checkout:{attempt_id}:{stripe_customer_id}:{terms.key}"
    session = await ask_with_key(
        lambda: client().v1.checkout.sessions.create_async(cast("CheckoutParams", params), {"idempotency_key": key})
    )
    return _checkout(session)


async def fetch_checkout_session(session_id: str) -> StripeCheckoutSession:
    """A checkout as it stands now."""
    return _checkout(await ask(client().v1.checkout.sessions.retrieve_async(session_id)))


async def expire_checkout_session(session_id: str) -> None:
    """Close a checkout that is still open, so that it can no longer be paid."""
    await ask(client().v1.checkout.sessions.expire_async(session_id))


def _checkout(found: stripe.checkout.Session) -> StripeCheckoutSession:
    return StripeCheckoutSession(
        id=found.id,
        status=found.status or "",
        payment_status=found.payment_status,
        customer_id=id_of(found.customer),
        url=found.url or "",
        expires_at=when(found.expires_at),
    )


async def create_portal_session(
    *, stripe_customer_id: str, configuration_id: str, return_url: str, flow: str = "", subscription_id: str = ""
) -> str:
    """The address of the hosted portal of this customer; `flow` opens it at one task."""
    params: SessionCreateParams = {
        "customer": stripe_customer_id,
        "configuration": configuration_id,
        "return_url": return_url,
    }
    if flow == "payment_method_update":
        params["flow_data"] = {"type": "payment_method_update"}
    elif flow == "customer_update":
        params["flow_data"] = {"type": "customer_update"}
    elif flow == "subscription_cancel" and subscription_id:
        params["flow_data"] = {
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": subscription_id},
        }
    elif flow == "subscription_update" and subscription_id:
        params["flow_data"] = {
            "type": "subscription_update",
            "subscription_update": {"subscription": subscription_id},
        }
    session = await ask(client().v1.billing_portal.sessions.create_async(params))
    return session.url
