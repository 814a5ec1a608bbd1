"""What is for sale, as Stripe has it: mirrored here, so that every page opens without asking Stripe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from saas_app.billing.gateway.shapes import StripePrice, StripeProduct
from saas_app.billing.models import Price, Product, StripeObject
from saas_app.billing.money import money, per_month, plain, saving_percent
from saas_app.billing.plans import FREE, INTERVALS, SOLD
from saas_app.core import live
from saas_app.core.clock import now
from saas_app.core.db import after_commit
from saas_app.core.ids import new_id

VERSION = "catalogue_version"


@dataclass(frozen=True)
class OfferPrice:
    """One price in words: "€6" per month, "€72" in total, 33 percent saved; `amount` is "72.00" for search engines."""

    per_month: str = ""
    amount: str = ""
    currency: str = ""
    total: str = ""
    saving_percent: int = 0
    available: bool = False


@dataclass(frozen=True)
class Offer:
    """One plan as the pricing page shows it."""

    key: str
    name: str
    description: str
    features: tuple[str, ...]
    month: OfferPrice = OfferPrice()
    year: OfferPrice = OfferPrice()

    @property
    def is_sold(self) -> bool:
        """Whether anybody can buy it now, by whichever interval."""
        return self.month.available or self.year.available


def mirror(session: Session, products: Sequence[StripeProduct], prices: Sequence[StripePrice]) -> None:
    """Write down Stripe's catalogue. A product or price that is gone from the list is no longer for sale."""
    for product in products:
        session.merge(
            Product(
                stripe_product_id=product.id,
                plan_key=product.plan_key,
                one_time_key=product.one_time_key,
                name=product.name,
                description=product.description,
                marketing_features=list(product.marketing_features),
                active=product.active,
            )
        )
    session.flush()
    known = {product.id for product in products}
    for price in prices:
        if price.product_id in known:
            session.merge(
                Price(
                    stripe_price_id=price.id,
                    stripe_product_id=price.product_id,
                    lookup_key=price.lookup_key,
                    unit_amount=price.unit_amount,
                    currency=price.currency,
                    interval=price.interval,
                    active=price.active,
                    created_at=price.created,
                )
            )
    _archive_missing(session, known, {price.id for price in prices})
    session.merge(StripeObject(name=VERSION, value=new_id("cat"), updated_at=now()))
    after_commit(session, live.announce_catalogue)


def _archive_missing(session: Session, products: set[str], prices: set[str]) -> None:
    for row in session.exec(select(Product)):
        if row.stripe_product_id not in products:
            row.active = False
            session.add(row)
    for price in session.exec(select(Price)):
        if price.stripe_price_id not in prices:
            price.active = False
            session.add(price)


def version(session: Session) -> tuple[str, datetime | None]:
    """Which catalogue is mirrored, and since when; ('', None) when none ever was."""
    row = session.get(StripeObject, VERSION)
    return (row.value, row.updated_at) if row else ("", None)


def price_for(session: Session, plan_key: str, interval: str) -> str | None:
    """The Stripe price that a new subscriber of this plan pays; None when it is not for sale."""
    found = _current(session).get((plan_key, interval))
    return found.stripe_price_id if found and plan_key in {plan.key for plan in SOLD} else None


def switchable(session: Session) -> dict[str, list[str]]:
    """Product → prices between which the portal lets subscribers switch, always in the same order."""
    found: dict[str, list[str]] = {}
    for price in sorted(_current(session).values(), key=lambda price: price.stripe_price_id):
        found.setdefault(price.stripe_product_id, []).append(price.stripe_price_id)
    return found


def offers(session: Session) -> tuple[Offer, ...]:
    """Every plan as it is sold now: words and amounts from Stripe, Free from the code."""
    products = {row.plan_key: row for row in session.exec(select(Product)) if row.active}
    prices = _current(session)
    found = [Offer(FREE.key, FREE.name, FREE.description, FREE.sells)]
    for plan in SOLD:
        product = products.get(plan.key)
        month, year = (prices.get((plan.key, interval)) for interval in INTERVALS)
        found.append(
            Offer(
                key=plan.key,
                name=product.name if product else plan.name,
                description=product.description if product else plan.description,
                features=tuple(product.marketing_features) if product else plan.sells,
                month=_in_words(month, month),
                year=_in_words(year, month),
            )
        )
    return tuple(found)


def _in_words(price: Price | None, monthly: Price | None) -> OfferPrice:
    if price is None:
        return OfferPrice()
    comparable = monthly is not None and monthly.currency == price.currency and price.interval == "year"
    return OfferPrice(
        per_month=money(per_month(price.unit_amount, price.interval), price.currency),
        amount=plain(price.unit_amount, price.currency),
        currency=price.currency,
        total=money(price.unit_amount, price.currency),
        saving_percent=saving_percent(price.unit_amount, monthly.unit_amount) if monthly and comparable else 0,
        available=True,
    )


def _current(session: Session) -> dict[tuple[str, str], Price]:
    """The price of each plan and interval: the one that carries our lookup key, else the newest active one."""
    plans = {row.stripe_product_id: row.plan_key for row in session.exec(select(Product)) if row.active}
    rows = [
        row for row in session.exec(select(Price)) if row.active and row.interval and plans.get(row.stripe_product_id)
    ]
    found: dict[tuple[str, str], Price] = {}

    def rank(row: Price) -> tuple[bool, datetime]:
        return row.lookup_key == f"{plans[row.stripe_product_id]}_{row.interval}", row.created_at

    for row in sorted(rows, key=rank):
        found[plans[row.stripe_product_id], row.interval] = row
    return found
