"""Our catalogue into Stripe: what is missing is made, and the sandbox follows each edit of ours."""

import hashlib
from collections.abc import Callable, Sequence

from saas_app.billing.gateway import catalogue as stripe_side
from saas_app.billing.gateway import features
from saas_app.billing.gateway.shapes import StripePrice, StripeProduct
from saas_app.billing.goods import OneTime
from saas_app.billing.money import money
from saas_app.billing.plans import Plan, PlanPrice
from saas_app.billing.stripe_account import remember, stripe_object
from saas_app.core import db

Say = Callable[[str], None]
Thing = Plan | OneTime

PUSHED = "plans_pushed"


async def push_catalogue(plans: Sequence[Thing], did: Say, say: Say, *, follow: bool) -> None:
    """Create what is missing. What is archived stays so.

    What is there is edited in Stripe: if `plans` were edited since the last push, this only says what differs. With
    `follow`, as in the sandbox, where a founder tries things out, Stripe is brought to the plans instead.
    """
    digest = hashlib.sha256(repr([_said(plan) for plan in plans]).encode()).hexdigest()
    edited = digest != await db.read_system("stripe objects", stripe_object, PUSHED)
    listed = sorted(await stripe_side.list_products(), key=lambda product: product.active)
    products = {found.plan_key or found.one_time_key: found for found in listed}
    prices = {found.lookup_key: found for found in await stripe_side.list_prices() if found.lookup_key}
    for plan in plans:
        product = products.get(plan.key) or await _create(plan, did)
        if not product.active:
            continue
        for price in plan.prices:
            if price.lookup_key not in prices:
                await _create_price(product, price, did)
        if edited and isinstance(plan, Plan):
            await _attach_features(plan, product, did)
        if edited and follow:
            await _follow(plan, product, prices, did)
        elif edited:
            _compare(plan, product, prices, say)
    if edited:
        await db.run_system("stripe set-up", remember, PUSHED, digest)


def _said(thing: Thing) -> tuple[object, ...]:
    """What of a plan, or of a thing that is paid once, is at Stripe too."""
    features = sorted(thing.features) if isinstance(thing, Plan) else []
    return thing.name, thing.description, thing.sells, thing.prices, features


async def _attach_features(plan: Plan, product: StripeProduct, did: Say) -> None:
    """Give the product what the plan opens, as far as it is missing."""
    known, has = await features.list_features(), await features.features_of(product.id)
    for feature in sorted(plan.features):
        id_ = known.get(feature) or await features.create_feature(feature, feature.replace("_", " ").capitalize())
        if id_ not in has:
            await features.attach_feature(product.id, id_)
            did(f"Gave {plan.name} the feature {feature}.")


async def _create(plan: Thing, did: Say) -> StripeProduct:
    kind = "plan" if isinstance(plan, Plan) else "one_time"
    id_ = await stripe_side.create_product(
        metadata={kind: plan.key}, name=plan.name, description=plan.description, marketing_features=plan.sells
    )
    did(f"Created the product {plan.name}.")
    return StripeProduct(
        id=id_,
        plan_key=plan.key if kind == "plan" else "",
        one_time_key=plan.key if kind == "one_time" else "",
        name=plan.name,
        description=plan.description,
        marketing_features=plan.sells,
        active=True,
    )


async def _create_price(product: StripeProduct, price: PlanPrice, did: Say) -> None:
    await stripe_side.create_price(
        product_id=product.id,
        lookup_key=price.lookup_key,
        unit_amount=price.unit_amount,
        currency=price.currency,
        interval=price.interval,
    )
    did(f"Created the price {price.lookup_key}.")


async def _follow(plan: Thing, product: StripeProduct, prices: dict[str, StripePrice], did: Say) -> None:
    """Bring one plan's words and prices at Stripe to those of `plans.py`. Subscribers keep the price that they have."""
    if not _same_words(plan, product):
        await stripe_side.update_product(
            product.id, name=plan.name, description=plan.description, marketing_features=plan.sells
        )
        did(f"Changed the words of {plan.name}.")
    wanted = {price.lookup_key: price for price in plan.prices}
    for key, found in prices.items():
        price = wanted.get(key)
        if price and not (found.active and _same_terms(price, found)):
            await stripe_side.replace_price(
                found.id,
                product_id=product.id,
                lookup_key=key,
                unit_amount=price.unit_amount,
                currency=price.currency,
                interval=price.interval,
            )
            did(f"Changed the price {key} to {money(price.unit_amount, price.currency)}.")
        elif not price and found.active and found.product_id == product.id:
            await stripe_side.archive_price(found.id)
            did(f"Archived the price {key}.")


def _compare(plan: Thing, product: StripeProduct, prices: dict[str, StripePrice], say: Say) -> None:
    file = "plans.py" if isinstance(plan, Plan) else "goods.py"
    if not _same_words(plan, product):
        say(f"{plan.name} has other words at Stripe than in {file}. Stripe's are shown: edit them there.")
    for price in plan.prices:
        found = prices.get(price.lookup_key)
        if found and found.active and not _same_terms(price, found):
            theirs, ours = (money(each.unit_amount, each.currency) for each in (found, price))
            say(f"{price.lookup_key} is {theirs} at Stripe and {ours} in {file}. Stripe's is sold: change it there.")


def _same_words(plan: Thing, product: StripeProduct) -> bool:
    there = (product.name, product.description, product.marketing_features)
    return there == (plan.name, plan.description, plan.sells)


def _same_terms(price: PlanPrice, found: StripePrice) -> bool:
    there = (found.unit_amount, found.currency, found.interval)
    return there == (price.unit_amount, price.currency, price.interval)
