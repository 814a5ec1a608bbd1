"""What can be bought once, as Stripe has it: words and price from the mirror, and only what somebody delivers."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from saas_app.billing.checkout import Wish
from saas_app.billing.goods import GOODS, OneTime
from saas_app.billing.models import Price, Product
from saas_app.billing.money import money, plain
from saas_app.purchases.deliverables import files_of


@dataclass(frozen=True)
class GoodOffer:
    """One thing that can be bought once, at a price in words; `amount` is "19.00" for search engines."""

    key: str = ""
    name: str = ""
    description: str = ""
    features: tuple[str, ...] = ()
    price: str = ""
    amount: str = ""
    currency: str = ""
    sample: str = ""


def is_deliverable(good: OneTime) -> bool:
    """Whether whoever buys it gets something."""
    return bool(good.unlocks or files_of(good.key))


def goods(session: Session, currency: str = "") -> tuple[GoodOffer, ...]:
    """All that is for sale now, in the order of our catalogue; each in this currency if it is sold in it."""
    found: list[GoodOffer] = []
    for good in GOODS.values():
        product, price = _current(session, good.key, currency)
        if product is None or price is None or not is_deliverable(good):
            continue
        amount, paid_in = price.paid_in(currency)
        found.append(
            GoodOffer(
                key=good.key,
                name=product.name,
                description=product.description,
                features=tuple(product.marketing_features),
                price=money(amount, paid_in),
                amount=plain(amount, paid_in),
                currency=paid_in,
                sample=good.sample,
            )
        )
    return tuple(found)


def price_for(session: Session, product_key: str, currency: str = "") -> Wish | None:
    """What a buyer pays; None when it is not for sale."""
    if product_key not in {offer.key for offer in goods(session)}:
        return None
    _, price = _current(session, product_key, currency)
    return Wish(price.stripe_price_id, price.paid_in(currency)[1]) if price else None


def names(session: Session) -> dict[str, str]:
    """What each product is called, also one that is no longer sold."""
    known = session.exec(select(Product).order_by(col(Product.active))).all()
    return {key: good.name for key, good in GOODS.items()} | {
        row.one_time_key: row.name for row in known if row.one_time_key
    }


def slots(session: Session, currency: str) -> dict[str, Any]:
    """What public pages show of it."""
    return {"goods": [asdict(offer) for offer in goods(session, currency)]}


def _current(session: Session, key: str, currency: str) -> tuple[Product | None, Price | None]:
    """The product, and its price: one that can be paid in this currency, the one that carries our lookup key, else the
    newest active one."""
    product = session.exec(select(Product).where(Product.one_time_key == key, col(Product.active))).first()
    if product is None:
        return None, None
    prices = session.exec(
        select(Price).where(
            Price.stripe_product_id == product.stripe_product_id, col(Price.active), Price.interval == ""
        )
    ).all()

    def rank(row: Price) -> tuple[bool, bool, datetime]:
        return row.amount_in(currency) is not None, row.lookup_key == key, row.created_at

    return product, max(prices, key=rank, default=None)
