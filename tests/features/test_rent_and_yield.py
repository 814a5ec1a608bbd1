"""Rent against buying, and what a flat that is let earns: figures that can be checked on paper."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_app.features.loans.rent import Choice, ahead_from, gone_in_first_year, rent_against_buy
from saas_app.features.loans.schedule import Loan
from saas_app.features.loans.yields import Let, gross_yield, price_to_rent

NOTHING = Decimal(0)
STILL = Choice(100_000_00, 5_000_00, Loan(80_000_00, NOTHING, 20), 1_200_00, 500_00, NOTHING, NOTHING, NOTHING, NOTHING)
FLAT = Choice(
    *(250_000_00, 25_000_00, Loan(200_000_00, Decimal(3), 25), 3_750_00, 950_00),
    *(Decimal("1.5"), Decimal(2), Decimal(3), Decimal(3)),
)


def test_price_against_rent_of_a_square_metre() -> None:
    assert round(price_to_rent(1451_00, 9_30), 1) == Decimal("13.0")
    assert round(gross_yield(1451_00, 9_30), 2) == Decimal("7.69")


def test_returns_on_all_money_and_on_own_money_differ_by_what_the_loan_costs() -> None:
    let = Let(price=200_000_00, fees=20_000_00, rent=900_00, vacancy=NOTHING, costs=1_800_00)
    assert let.net_rent == 9_000_00
    assert round(let.on_all_money, 4) == round(Decimal(9_000) * 100 / 220_000, 4)
    assert round(let.on_own_money(150_000_00, Decimal(3)), 4) == round(Decimal(4_500) * 100 / 70_000, 4)


def test_a_flat_that_costs_nothing_has_no_yield() -> None:
    with pytest.raises(ValueError, match="price"):
        Let(0, 0, 500_00, NOTHING, 0)


def test_with_nothing_rising_and_nothing_earned_both_households_spend_the_same_money() -> None:
    found = rent_against_buy(STILL)
    # The owner's 25,000 and all payments are in the flat or gone; the tenant's went into rent or were saved.
    paid, rented = 80_000_00 + 20 * 1_200_00, 20 * 12 * 500_00
    assert found[-1].owner == 100_000_00 + rented - paid
    assert found[-1].tenant == 25_000_00
    assert ahead_from(found) == next(each.number for each in found if each.owner >= each.tenant)


def test_whoever_buys_without_a_loan_saves_the_rent() -> None:
    found = rent_against_buy(replace(STILL, loan=Loan(0, Decimal(5), 3)))
    assert [each.owner for each in found] == [100_000_00 + year * (6_000_00 - 1_200_00) for year in (1, 2, 3)]
    assert [each.tenant for each in found] == [105_000_00] * 3
    assert gone_in_first_year(replace(STILL, loan=Loan(0, Decimal(5), 3))).interest == 0


def test_a_loan_that_is_repaid_early_leaves_the_owner_with_the_rent_that_is_saved() -> None:
    found = rent_against_buy(replace(STILL, running=0, loan=Loan(50_000_00, Decimal(3), 30, extra=1_000_00)))
    assert len(found) == 30
    assert found[-1].owner > found[-1].tenant
    assert ahead_from(found) > 0


def test_who_never_gets_ahead_is_told_so() -> None:
    dear = replace(FLAT, price=500_000_00, running=10_000_00, growth=NOTHING, saving=Decimal(5))
    assert ahead_from(rent_against_buy(dear)) == 0


def test_what_is_gone_in_the_first_year() -> None:
    gone = gone_in_first_year(FLAT)
    assert (gone.running, gone.missed, gone.rent) == (3_750_00, 2_250_00, 11_400_00)
    assert gone.owner == gone.interest + 6_000_00
    assert 5_800_00 < gone.interest < 6_000_00, "3 % of 200,000, which shrink"


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2_000_00), st.integers(0, 2_000_00))
def test_a_dearer_rent_never_makes_buying_worse(rent: int, more: int) -> None:
    cheap, dear = (rent_against_buy(replace(FLAT, rent=each)) for each in (rent, rent + more))
    assert all(b.owner - b.tenant >= a.owner - a.tenant for a, b in zip(cheap, dear, strict=True))
