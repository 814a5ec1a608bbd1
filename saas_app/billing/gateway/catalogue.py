"""Products, prices, and what the set-up command makes at Stripe."""

from __future__ import annotations  # what stands in signatures alone is not loaded: Stripe's classes are many

from typing import TYPE_CHECKING, Any, Literal, cast

import stripe

from saas_app.billing.gateway.client import ask, client, each_of, id_of, when
from saas_app.billing.gateway.shapes import StripePrice, StripeProduct
from saas_app.billing.plans import Interval
from saas_app.billing.words import WHY_LEFT

if TYPE_CHECKING:
    from stripe.params import PriceCreateParams

Rhythm = Interval | Literal[""]


async def fetch_account_id() -> str:
    """Which Stripe account the key belongs to."""
    account = await ask(client().v1.accounts.retrieve_current_async())
    return account.id


async def list_products() -> list[StripeProduct]:
    """Every product, archived ones too."""
    return [
        StripeProduct(
            id=found.id,
            plan_key=_noted(found, "plan"),
            one_time_key=_noted(found, "one_time"),
            name=found.name,
            description=found.description or "",
            marketing_features=tuple(item.name for item in found.marketing_features if item.name),
            active=found.active,
            metadata=tuple(sorted(found.metadata.to_dict().items())) if found.metadata else (),
            image=found.images[0] if found.images else "",
            default_price_id=id_of(found.default_price),
        )
        async for found in each_of(client().v1.products.list_async({"limit": 100}))
    ]


def _noted(product: stripe.Product, name: str) -> str:
    return str(product.metadata.to_dict().get(name, "")) if product.metadata else ""


async def list_prices() -> list[StripePrice]:
    """Every price that is so much each month or year, or once; archived ones too: they may still have subscribers.

    Tiers, meters and every three months cannot be said in the words of our pages, so they are not sold on them.
    """
    return [
        StripePrice(
            id=found.id,
            product_id=id_of(found.product),
            lookup_key=found.lookup_key or "",
            unit_amount=found.unit_amount or 0,
            currency=found.currency,
            interval=found.recurring.interval if found.recurring else "",
            active=found.active,
            created=when(found.created),
            other_currencies=_other_currencies(found),
        )
        async for found in each_of(client().v1.prices.list_async({"limit": 100, "expand": ["data.currency_options"]}))
        if _is_plain(found)
    ]


def _other_currencies(price: stripe.Price) -> tuple[tuple[str, int], ...]:
    """What it costs in other currencies; an amount that the buyer chooses is none."""
    options: dict[str, Any] = price.currency_options.to_dict() if price.currency_options else {}
    amounts = {code: option.get("unit_amount") for code, option in options.items() if code != price.currency}
    return tuple(sorted((code, amount) for code, amount in amounts.items() if amount is not None))


def _is_plain(price: stripe.Price) -> bool:
    rhythm = price.recurring
    is_simple = rhythm is None or (rhythm.interval_count == 1 and rhythm.usage_type == "licensed")
    return is_simple and price.unit_amount is not None


async def create_product(
    *, metadata: dict[str, str], name: str, description: str, marketing_features: tuple[str, ...]
) -> str:
    """Put one thing of the catalogue into Stripe; `metadata` says which it is, {"plan": key} or {"one_time": key}."""
    product = await ask(
        client().v1.products.create_async(
            {
                "name": name,
                "description": description,
                "marketing_features": [{"name": feature} for feature in marketing_features],
                "metadata": metadata,
            },
        )
    )
    return product.id


async def update_product(product_id: str, *, name: str, description: str, marketing_features: tuple[str, ...]) -> None:
    """Write a product's words."""
    features = [{"name": feature} for feature in marketing_features]
    words = {"name": name, "description": description, "marketing_features": features}
    await ask(client().v1.products.update_async(product_id, cast(Any, words)))


async def create_price(*, product_id: str, lookup_key: str, unit_amount: int, currency: str, interval: Rhythm) -> str:
    """Put one price of the catalogue into Stripe. The lookup key is unique there, so a second call is refused."""
    return await _create_price(product_id, lookup_key, unit_amount, currency, interval, takes_over=False)


async def replace_price(
    price_id: str, *, product_id: str, lookup_key: str, unit_amount: int, currency: str, interval: Rhythm
) -> str:
    """Sell at other terms from now on: a new price takes over the lookup key, and the old one is archived."""
    made = await _create_price(product_id, lookup_key, unit_amount, currency, interval, takes_over=True)
    await archive_price(price_id)
    return made


async def _create_price(
    product_id: str, lookup_key: str, unit_amount: int, currency: str, interval: Rhythm, *, takes_over: bool
) -> str:
    params: PriceCreateParams = {
        "product": product_id,
        "lookup_key": lookup_key,
        "transfer_lookup_key": takes_over,
        "unit_amount": unit_amount,
        "currency": currency,
    }
    if interval:
        params["recurring"] = {"interval": interval}
    price = await ask(client().v1.prices.create_async(params))
    return price.id


async def archive_price(price_id: str) -> None:
    """Sell at this price no more; whoever pays it goes on paying it."""
    await ask(client().v1.prices.update_async(price_id, {"active": False}))


async def find_portal_configuration(tag: str) -> str:
    """The id of the portal configuration that we made and tagged; '' when there is none."""
    async for found in each_of(client().v1.billing_portal.configurations.list_async({"active": True, "limit": 100})):
        if found.metadata and found.metadata.to_dict().get("app") == tag:
            return found.id
    return ""


def portal_parameters(*, tag: str, headline: str, return_url: str, products: dict[str, list[str]]) -> dict[str, Any]:
    """What the portal lets people do, as Stripe takes it.

    `products` maps a product to the prices that its subscribers may switch between. What the portal may do follows
    https://docs.stripe.com/customer-management/configure-portal.
    """
    features = {
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "customer_update": {"enabled": True, "allowed_updates": ["name", "address", "tax_id"]},
        "subscription_cancel": {
            "enabled": True,
            "mode": "at_period_end",
            "cancellation_reason": {
                "enabled": True,
                "options": list(WHY_LEFT),
            },
        },
        "subscription_update": {
            "enabled": bool(products),
            "default_allowed_updates": ["price"],
            "proration_behavior": "always_invoice",
            # going up is charged at once; going down waits for the end of what was paid
            "schedule_at_period_end": {
                "conditions": [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}]
            },
            "products": [{"product": product, "prices": prices} for product, prices in products.items()],
        },
    }
    return {
        "business_profile": {"headline": headline},
        "default_return_url": return_url,
        "features": features,
        "metadata": {"app": tag},
    }


async def write_portal_configuration(configuration_id: str, parameters: dict[str, Any]) -> str:
    """Bring the portal configuration up to date, or create one when there is no id yet; returns its id."""
    api = client().v1.billing_portal.configurations
    if configuration_id:
        updated = await ask(api.update_async(configuration_id, cast(Any, parameters)))
        return updated.id
    created = await ask(api.create_async(cast(Any, parameters)))
    return created.id


async def fetch_portal_configuration(configuration_id: str) -> dict[str, Any]:
    """A portal configuration as Stripe has it, with the prices that its switch offers. Raises StripeMissing."""
    api = client().v1.billing_portal.configurations
    found = await ask(api.retrieve_async(configuration_id, {"expand": ["features.subscription_update.products"]}))
    return found.to_dict()
