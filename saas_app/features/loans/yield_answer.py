"""What a flat earns, as the address asks: every number of `yields.py` in words, and what is wrong by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from saas_app.core.words import _
from saas_app.features.loans.chart import Lines, lines
from saas_app.features.loans.forms import Reading, asked_of
from saas_app.features.loans.views import Figure, amount, plain, share
from saas_app.features.loans.yields import Let, first_interest, gross_yield, price_to_rent

# The flat of the book's chapter on it, so that page and book say the same.
USUAL = {
    "price": "250,000",
    "fees": "25,000",
    "rent": "950",
    "vacancy": "5",
    "costs": "3,000",
    "own": "75,000",
    "rate": "3",
}
STEPS = (-1, 0, 1, 2, 3)
MOST_VACANCY = Decimal(100)


@dataclass(frozen=True)
class AtRate:
    """What one's own money would return if the loan cost so much."""

    rate: Figure
    on_own: Figure


@dataclass(frozen=True)
class Answer:
    """All that the page shows of a flat that is let."""

    lever: dict[str, bool]
    all_in: Figure
    price: Figure
    rent: Figure
    rent_year: Figure
    vacancy: Figure
    costs: Figure
    left: Figure
    loan: Figure
    own: Figure
    rate: Figure
    interest: Figure
    after_interest: Figure
    years_of_rent: Figure
    gross: Figure
    on_all: Figure
    on_own: Figure
    rates: tuple[AtRate, ...]
    picture: Lines


def answer(typed: Mapping[str, str]) -> dict[str, Any]:
    """The slots of the page: `let` with what was asked, what is wrong by field, and the answer where nothing is."""
    asked = asked_of(typed, USUAL)
    reading = Reading(asked)
    found = _read(reading)
    wrong = {field: reading.errors.get(field, "") for field in USUAL}
    return {"let": {"asked": asked, "wrong": wrong, "result": _answer(*found) if found else None}}


def _read(reading: Reading) -> tuple[Let, int, Decimal] | None:
    price = reading.amount("price", _("What does the flat cost? For example 250,000."), least=1)
    fees = reading.amount("fees", _("What do taxes, notary and agent cost?"), empty=0)
    rent = reading.amount("rent", _("What does a tenant pay a month for the flat alone?"), least=1)
    vacancy = reading.percent("vacancy", _("Without a tenant stands"), Decimal(0), MOST_VACANCY)
    costs = reading.amount("costs", _("What does an owner keep paying in a year?"), empty=0)
    own = reading.amount("own", _("How much of your own do you put in?"), least=1)
    rate = reading.rate("rate")
    if not reading.errors and own > price + fees:
        reading.errors["own"] = _("The flat costs {words} with everything; no more goes into it.").format(
            words=amount(price + fees).words
        )
    if reading.errors:
        return None
    return Let(price, fees, rent, vacancy, costs), price + fees - own, rate


def _answer(let: Let, borrowed: int, rate: Decimal) -> Answer:
    interest = first_interest(borrowed, rate)
    rates = [rate + step for step in STEPS if rate + step >= 0]
    returns = [let.on_own_money(borrowed, each) for each in rates]
    return Answer(
        lever=_lever(let, borrowed, rate),
        all_in=amount(let.price + let.fees),
        price=amount(let.price),
        rent=amount(let.rent),
        rent_year=amount(let.rent * 12),
        vacancy=amount(let.rent * 12 - let.costs - let.net_rent),
        costs=amount(let.costs),
        left=amount(let.net_rent),
        loan=amount(borrowed),
        own=amount(let.own(borrowed)),
        rate=share(rate),
        interest=amount(interest),
        after_interest=amount(let.net_rent - interest),
        years_of_rent=plain(price_to_rent(let.price, let.rent)),
        gross=share(gross_yield(let.price, let.rent)),
        on_all=share(let.on_all_money),
        on_own=share(let.on_own_money(borrowed, rate)),
        rates=tuple(AtRate(share(at), share(found)) for at, found in zip(rates, returns, strict=True)),
        picture=lines([round(each * 100) for each in returns], [round(let.on_all_money * 100)] * len(returns)),
    )


def _lever(let: Let, borrowed: int, rate: Decimal) -> dict[str, bool]:
    """What the loan does to the return on own money."""
    gains = let.on_all_money - rate
    return {
        "none": not borrowed,
        "helps": bool(borrowed) and gains > 0,
        "hurts": bool(borrowed) and gains < 0,
        "neither": bool(borrowed) and gains == 0,
    }
