"""The one account of the sandbox (docs.stripe.com/api/accounts/retrieve)."""

from stripe_sandbox.api import Params, route
from stripe_sandbox.store import Object, Tx


@route("GET", "/v1/account")
def retrieve(tx: Tx, params: Params) -> Object:
    """Who the key belongs to: always the same made-up business."""
    return {
        "id": "acct_1Sandbox000000000",
        "object": "account",
        "business_profile": None,
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": "US",
        "created": 1704067200,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }
