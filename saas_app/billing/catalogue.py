"""What is for sale, as Stripe has it: mirrored here, so that every page opens without asking Stripe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from saas_app.billing.entitlements import sold
from saas_app.billing.gateway.shapes import StripePrice, StripeProduct
from saas_app.billing.models import Price, Product, StripeObject
from saas_app.billing.money import money, per_month, plain, saving_percent
from saas_app.billing.plans import FREE, INTERVALS, SOLD, Feature, Limit, Plan
from saas_app.billing.terms import read_terms
from saas_app.core import live
from saas_app.core.clock import now
from saas_app.core.db import after_commit
from saas_app.core.ids import new_id
from saas_app.core.words import _

VERSION = "catalogue_version"


@dataclass(frozen=True)
class Tag:
    """What one of Stripe's prices costs in one of its currencies: `unit_amount` in minor units each `interval`."""

    price_id: str
    product_id: str
    unit_amount: int
    currency: str
    interval: str


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
    """One plan as the pricing page shows it: `holds` says each limit in a word, `opens` each feature."""

    key: str
    name: str
    description: str
    features: tuple[str, ...]
    month: OfferPrice = OfferPrice()
    year: OfferPrice = OfferPrice()
    image: str = ""
    holds: dict[str, str] = field(default_factory=dict[str, str])
    opens: dict[str, bool] = field(default_factory=dict[str, bool])

    @property
    def is_sold(self) -> bool:
        """Whether anybody can buy it now, by whichever interval."""
        return self.month.available or self.year.available


def mirror(session: Session, products: Sequence[StripeProduct], prices: Sequence[StripePrice]) -> None:
    """Write down Stripe's catalogue. A product or price that is gone from the list is no longer for sale."""
    for product in products:
        terms = read_terms(dict(product.metadata))
        session.merge(
            Product(
                stripe_product_id=product.id,
                plan_key=product.plan_key,
                one_time_key=product.one_time_key,
                name=product.name,
                description=product.description,
                marketing_features=list(product.marketing_features),
                active=product.active,
                limits=terms.limits,
                features=terms.features,
                position=terms.position,
                image=product.image,
                default_price_id=product.default_price_id,
                problems=list(terms.problems),
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
                    other_currencies=dict(price.other_currencies),
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


def misread(session: Session) -> list[str]:
    """What the metadata of products says and nobody understands, in words for whoever edits it."""
    rows = session.exec(select(Product).where(Product.active)).all()
    return [f"{row.name}: {words}" for row in rows for words in row.problems]


def version(session: Session) -> tuple[str, datetime | None]:
    """Which catalogue is mirrored, and since when; ('', None) when none ever was."""
    row = session.get(StripeObject, VERSION)
    return (row.value, row.updated_at) if row else ("", None)


def price_for(session: Session, plan_key: str, interval: str, currency: str = "") -> Tag | None:
    """What a new subscriber of this plan pays; None when it is not for sale.

    In a currency in which not everything is sold, it is the price of the usual one.
    """
    wanted = _current(session, currency) if currency in currencies(session) else {}
    found = wanted.get((plan_key, interval)) or _current(session).get((plan_key, interval))
    return found if found and plan_key in {plan.key for plan in SOLD} else None


def currencies(session: Session) -> list[str]:
    """The currencies in which all of it is sold, the usual one first."""
    usual = _current(session)
    first = list(dict.fromkeys(row.currency for row in usual.values()))
    prices = [row for row in session.exec(select(Price)) if row.active]
    others = {code for row in prices for code in (row.currency, *row.other_currencies)} - set(first)
    return [*first, *[each for each in sorted(others) if set(_current(session, each)) >= set(usual)]]


def switchable(session: Session) -> dict[str, list[str]]:
    """Product → prices between which the portal lets subscribers switch, always in the same order."""
    prices = {tag.price_id: tag for each in currencies(session) for tag in _current(session, each).values()}
    found: dict[str, list[str]] = {}
    for _id, price in sorted(prices.items()):
        found.setdefault(price.product_id, []).append(price.price_id)
    return found


def offers(session: Session, currency: str = "") -> tuple[Offer, ...]:
    """Every plan as it is sold now, Free first: words, amounts and order from Stripe, Free from the code."""
    products = {row.plan_key: row for row in session.exec(select(Product)) if row.active}
    prices = _current(session, currency)
    found = [Offer(FREE.key, FREE.name, FREE.description, FREE.sells, **held_by(FREE))]
    for plan in sorted(sold(session), key=lambda plan: products[plan.key].position if plan.key in products else 0):
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
                image=product.image if product else "",
                **held_by(plan),
            )
        )
    return tuple(found)


def offers_in(session: Session, currency: str) -> tuple[Offer, ...]:
    """The same in this currency, if all is sold in it; else in the usual one."""
    return offers(session, currency if currency in currencies(session) else "")


def held_by(plan: Plan) -> dict[str, Any]:
    """The part of an offer that says what the plan holds and opens."""
    holds = {limit.value: plan.limit(limit) for limit in Limit}
    return {
        "holds": {name: _("no limit") if room is None else str(room) for name, room in holds.items()},
        "opens": {feature.value: feature in plan.features for feature in Feature},
    }


def _in_words(price: Tag | None, monthly: Tag | None) -> OfferPrice:
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


def _current(session: Session, currency: str = "") -> dict[tuple[str, str], Tag]:
    """The price of each plan and interval: the one that carries our lookup key, else the newest active one.

    Without `currency` it is that of the product's default price in Stripe; where none is set, that of the first choice.
    """
    products = {row.stripe_product_id: row for row in session.exec(select(Product)) if row.active and row.plan_key}
    listed = session.exec(select(Price).where(Price.interval != ""))  # those that are paid once are no plan's
    rows = [row for row in listed if row.active and row.stripe_product_id in products]
    usual = {row.stripe_product_id: row.currency for row in rows if row.stripe_price_id == _default(products, row)}
    found: dict[tuple[str, str], Tag] = {}

    def rank(row: Price) -> tuple[bool, datetime]:
        return row.lookup_key == f"{products[row.stripe_product_id].plan_key}_{row.interval}", row.created_at

    for row in sorted(rows, key=rank):
        wanted = currency or usual.get(row.stripe_product_id, row.currency)
        amount = row.amount_in(wanted)
        if amount is not None:
            plan = products[row.stripe_product_id].plan_key
            found[plan, row.interval] = Tag(row.stripe_price_id, row.stripe_product_id, amount, wanted, row.interval)
    return found


def _default(products: dict[str, Product], row: Price) -> str:
    return products[row.stripe_product_id].default_price_id
