"""Rent or buy, as the address asks: every number of `rent.py` in words, and what is wrong by field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from saas_app.core.words import _
from saas_app.features.loans.chart import WIDTH, Lines, lines
from saas_app.features.loans.forms import Reading, asked_of
from saas_app.features.loans.rent import Choice, Gone, Year, ahead_from, gone_in_first_year, rent_against_buy
from saas_app.features.loans.schedule import MOST_YEARS, Loan, calculate
from saas_app.features.loans.views import Figure, about, amount, share

# The flat of the book's chapter on it, so that page and book say the same.
USUAL = {
    "price": "250,000",
    "fees": "25,000",
    "running": "3,750",
    "own": "75,000",
    "rate": "3",
    "years": "25",
    "rent": "950",
    "growth": "1.5",
    "rise": "2",
    "saving": "3",
    "sale": "3",
}
LEAST_GUESS, MOST_GUESS, MOST_SALE = Decimal(-10), Decimal(20), Decimal(30)
AROUND = (Decimal(-1), Decimal(0), Decimal(1))


@dataclass(frozen=True)
class Standing:
    """How both stand at the end of a year; `ahead` is by how much the owner is."""

    year: int
    owner: Figure
    tenant: Figure
    ahead: Figure


@dataclass(frozen=True)
class Turned:
    """One screw turned: if prices grew by so much, from which year the owner would be ahead."""

    growth: Figure
    verdict: str


@dataclass(frozen=True)
class Answer:
    """All that the page shows of a choice. `mark` is where both meet in the picture, '' where they do not."""

    verdict: str
    loan: Figure
    payment: Figure
    interest: Figure
    running: Figure
    missed: Figure
    owner_gone: Figure
    tenant_gone: Figure
    picture: Lines
    top: Figure
    mark: str
    years: tuple[Standing, ...]
    turned: tuple[Turned, ...]


def answer(typed: Mapping[str, str]) -> dict[str, Any]:
    """The slots of the page: `rent` with what was asked, what is wrong by field, and the answer where nothing is."""
    asked = asked_of(typed, USUAL)
    reading = Reading(asked)
    choice = _choice(reading)
    wrong = {field: reading.errors.get(field, "") for field in USUAL}
    return {"rent": {"asked": asked, "wrong": wrong, "result": _answer(choice) if choice else None}}


def _choice(reading: Reading) -> Choice | None:
    price = reading.amount("price", _("What does the flat cost? For example 250,000."), least=1)
    fees = reading.amount("fees", _("What do taxes, notary and agent cost?"), empty=0)
    own = reading.amount("own", _("How much of your own do you put in?"))
    rate, years = reading.rate("rate"), reading.whole("years", 1, MOST_YEARS, _("You compare"), _("years"))
    running = reading.amount("running", _("What does an owner pay for the flat in a year?"), empty=0)
    rent = reading.amount("rent", _("What is the rent of a flat like this one?"))
    growth = reading.percent("growth", _("The price changes each year by"), LEAST_GUESS, MOST_GUESS)
    rise = reading.percent("rise", _("Rents and costs change each year by"), LEAST_GUESS, MOST_GUESS)
    saving = reading.percent("saving", _("Savings earn each year"), Decimal(0), MOST_GUESS)
    sale = reading.percent("sale", _("A sale costs"), Decimal(0), MOST_SALE)
    if not reading.errors and own > price + fees:
        reading.errors["own"] = _("The flat costs {words} with everything; no more goes into it.").format(
            words=about(price + fees).words
        )
    if reading.errors:
        return None
    return Choice(price, fees, Loan(price + fees - own, rate, years), running, rent, growth, rise, saving, sale)


def _answer(choice: Choice) -> Answer:
    years, gone = rent_against_buy(choice), gone_in_first_year(choice)
    even = ahead_from(years)
    picture = _picture(choice, years)
    return Answer(
        verdict=_verdict(even, len(years)),
        loan=about(choice.loan.principal),
        payment=amount(calculate(choice.loan).payment if choice.loan.principal else 0),
        **_gone(gone),
        picture=picture,
        top=about(picture.top),
        mark=f"{even / len(years) * WIDTH:.1f}" if even > 1 else "",
        years=tuple(
            Standing(each.number, about(each.owner), about(each.tenant), about(each.owner - each.tenant))
            for each in years
        ),
        turned=tuple(_turned(replace(choice, growth=choice.growth + by)) for by in AROUND),
    )


def _gone(gone: Gone) -> dict[str, Figure]:
    return {
        "interest": about(gone.interest),
        "running": about(gone.running),
        "missed": about(gone.missed),
        "owner_gone": about(gone.owner),
        "tenant_gone": about(gone.rent),
    }


def _turned(choice: Choice) -> Turned:
    years = rent_against_buy(choice)
    return Turned(share(choice.growth), _verdict(ahead_from(years), len(years)))


def _verdict(even: int, years: int) -> str:
    if not even:
        return (
            _("renting stays ahead for all {years} years.").format(years=years)
            if years > 1
            else _("renting is ahead after a year.")
        )
    return (
        _("buying is ahead from year {even} on.").format(even=even)
        if even > 1
        else _("buying is ahead from the first year on.")
    )


def _picture(choice: Choice, years: tuple[Year, ...]) -> Lines:
    """From the first day, on which a sale would leave the owner less than the tenant has kept."""
    sold_at_once = int(choice.price * (1 - choice.sale / 100)) - choice.loan.principal
    owner = (sold_at_once, *(each.owner for each in years))
    return lines(owner, (choice.own, *(each.tenant for each in years)))
