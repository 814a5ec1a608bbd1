"""Rows of billing for tests, valid unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from saas_app.billing.models import Subscription

START = datetime(2027, 3, 1, tzinfo=UTC)


def subscription(user_id: str, *, id: str = "sub_1", **changes: Any) -> Subscription:
    """A yearly Pro subscription that is paid."""
    values: dict[str, Any] = {
        "stripe_subscription_id": id,
        "user_id": user_id,
        "status": "active",
        "plan_key": "pro_v1",
        "stripe_price_id": "price_year",
        "stripe_product_id": "prod_pro",
        "unit_amount": 7200,
        "currency": "eur",
        "interval": "year",
        "created_at": START,
        "current_period_start": START,
        "current_period_end": START + timedelta(days=365),
    }
    return Subscription(**{**values, **changes})
