"""What stands beside a schedule: yields, rent against buying, what early repayment saves, and the pictures."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saas_app.features.loans.chart import HEIGHT, WIDTH, across, columns, owed_line
from saas_app.features.loans.early import Saving, saved_by_early_repayment
from saas_app.features.loans.rent import Choice, ahead_from, rent_against_buy
from saas_app.features.loans.schedule import Kind, Loan, Lump, calculate
from saas_app.features.loans.yields import Flat, yields
from tests.features.loans import loans


def test_price_against_rent_of_a_square_metre() -> None:
    found = yields(Flat(price=1451_00, rent=9_30))
    assert found.price_to_rent is not None
    assert round(found.price_to_rent, 1) == Decimal("13.0")
    assert round(found.gross, 2) == Decimal("7.69")


def test_returns_on_all_money_and_on_own_money_differ_by_what_the_loan_costs() -> None:
    flat = Flat(price=200_000_00, rent=900_00, buying=20_000_00, running=1_800_00)
    found = yields(flat, loan=150_000_00, interest=4_500_00)
    assert round(found.net, 4) == round(Decimal(9_000_00) * 100 / 220_000_00, 4)
    assert found.on_own_money is not None
    assert round(found.on_own_money, 4) == round(Decimal(4_500_00) * 100 / 70_000_00, 4)


def test_what_cannot_be_divided_is_left_out() -> None:
    assert yields(Flat(100_000_00, 0)).price_to_rent is None
    assert yields(Flat(100_000_00, 500_00), loan=100_000_00).on_own_money is None
    with pytest.raises(ValueError, match="price"):
        yields(Flat(0, 500_00))


def test_with_nothing_rising_and_nothing_earned_both_households_spend_the_same_money() -> None:
    nothing = Decimal(0)
    choice = Choice(100_000_00, 5_000_00, 500_00, 1_200_00, nothing, nothing, nothing)
    loan = Loan(80_000_00, nothing, 20)
    found = rent_against_buy(choice, loan)
    # The buyer's 25,000 and all payments are in the flat or gone; the tenant's went into rent or were saved.
    paid = 80_000_00 + 20 * 1_200_00
    rented = 20 * 12 * 500_00
    assert found[-1].buyer == 100_000_00 + (rented - paid if rented > paid else 0)
    assert found[-1].tenant == 25_000_00
    assert ahead_from(found) == next(each.year for each in found if each.buyer >= each.tenant)


def test_a_loan_that_is_repaid_early_leaves_the_buyer_with_the_rent_that_is_saved() -> None:
    choice = Choice(100_000_00, 0, 500_00, 0, saving=Decimal(0))
    found = rent_against_buy(choice, Loan(50_000_00, Decimal(3), 30, extra=1_000_00))
    assert len(found) == 30
    assert found[-1].buyer > found[-1].tenant
    assert ahead_from(found) > 0


def test_who_never_gets_ahead_is_told_so() -> None:
    choice = Choice(500_000_00, 50_000_00, 500_00, 10_000_00, growth=Decimal(0), saving=Decimal(5))
    assert ahead_from(rent_against_buy(choice, Loan(400_000_00, Decimal(5), 30))) == 0


def test_early_repayment_says_what_it_saves() -> None:
    assert saved_by_early_repayment(Loan(200_000_00, Decimal(3), 25)) is None
    found = saved_by_early_repayment(Loan(200_000_00, Decimal(3), 25, 100_00))
    assert found is not None
    assert found.months == 40
    at_the_end = Loan(200_000_00, Decimal(3), 25, lump=Lump(300, 1_000_00))
    assert saved_by_early_repayment(at_the_end) == Saving(0, 0)


@settings(deadline=None)
@given(loans())
def test_no_picture_leaves_its_frame_or_holds_what_is_no_number(loan: Loan) -> None:
    result = calculate(loan)
    drawn = columns(result.years)
    for path in (drawn.repaid, drawn.interest, owed_line(result, loan.borrowed)):
        assert re.fullmatch(r"[MLvhVz0-9. -]+", path)
    numbers = [float(each) for each in re.findall(r"\d+\.?\d*", owed_line(result, loan.borrowed))]
    assert all(0 <= each <= max(WIDTH, HEIGHT) for each in numbers)


@given(st.integers(1, 600))
def test_every_payment_has_its_place_in_the_picture(month: int) -> None:
    assert 0 <= across(month, 50) <= WIDTH


def test_the_columns_of_a_linear_loan_shrink() -> None:
    drawn = columns(calculate(Loan(120_000_00, Decimal(6), 10, kind=Kind.LINEAR)).years)
    assert drawn.repaid.count("M") == drawn.interest.count("M") == 10
