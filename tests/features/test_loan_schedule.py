"""The arithmetic that is sold, against numbers that anybody can check."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_app.core.errors import BadInput
from saas_app.features.loans.forms import read_form
from saas_app.features.loans.schedule import Loan, calculate


def test_a_hundred_thousand_at_five_percent_over_thirty_years() -> None:
    result = calculate(Loan(100_000_00, Decimal(5), 30))
    assert result.payment == 536_82
    assert result.total_interest == 93_255_78
    assert result.turns_at == 195
    assert result.months == 360
    assert result.years[-1].balance == 0


def test_two_hundred_thousand_at_three_percent_over_twenty_five_years() -> None:
    result = calculate(Loan(200_000_00, Decimal(3), 25))
    assert (result.payment, result.total_interest) == (948_42, 84_526_79)


def test_a_loan_without_interest_costs_what_was_borrowed() -> None:
    result = calculate(Loan(120_000, Decimal(0), 10))
    assert (result.payment, result.total_interest, result.total_paid) == (1000, 0, 120_000)


def test_repaying_more_each_month_ends_earlier_and_costs_less() -> None:
    plain, faster = (calculate(Loan(200_000_00, Decimal(3), 25, extra)) for extra in (0, 100_00))
    assert faster.months == 260 < plain.months
    assert faster.total_interest < plain.total_interest
    assert faster.payment == plain.payment


@given(
    st.integers(1_000_00, 10_000_000_00),
    st.decimals(0, 30, places=3),
    st.integers(1, 50),
    st.integers(0, 5_000_00),
)
def test_every_loan_is_repaid_to_the_cent(principal: int, rate: Decimal, years: int, extra: int) -> None:
    result = calculate(Loan(principal, rate, years, extra))
    assert result.years[-1].balance == 0
    assert abs(sum(year.principal for year in result.years) - principal) <= len(result.years)
    assert result.total_paid == principal + result.total_interest
    assert result.months <= years * 12


@pytest.mark.parametrize("typed", ["250000", "250,000", "250 000", "250.000", "250,000.00", "€250,000"])
def test_an_amount_is_understood_as_people_write_it(typed: str) -> None:
    assert read_form({"principal": typed, "rate": "3,5", "years": "25"}).loan == Loan(250_000_00, Decimal("3.5"), 25)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("150000,50", 150_000_50),
        ("150.000,50", 150_000_50),
        ("150'000.5", 150_000_50),
        ("1,250,000.05", 1_250_000_05),
        ("2,5", 2_50),
        (".5", 50),
        (",05", 5),
        ("250000.", 250_000_00),
    ],
)
def test_a_comma_or_a_point_before_the_last_digits_is_the_decimal_point(typed: str, cents: int) -> None:
    assert read_form({"principal": typed, "rate": "3", "years": "25"}).loan.principal == cents


@pytest.mark.parametrize("typed", ["150000.505", "1,50,000", "1,000.000", "12.34.56", ".", ",", "€", "1.5e3", "--5"])
def test_an_amount_that_can_be_read_in_two_ways_is_asked_for_again(typed: str) -> None:
    with pytest.raises(BadInput, match="How much do you borrow"):
        read_form({"principal": typed, "rate": "3", "years": "25"})


def test_every_wrong_field_has_a_reason_of_its_own() -> None:
    with pytest.raises(BadInput) as refused:
        read_form({"principal": "a lot", "rate": "-1", "years": "0", "extra": "x"})
    assert set(refused.value.errors) == {"principal", "rate", "years", "extra"}
    assert "a lot" in refused.value.errors["principal"]


@pytest.mark.parametrize("years", ["00012000", "000199999999", "0001" + "9" * 5000, "51", "0", "2.5"])
def test_a_term_beyond_fifty_years_is_refused_however_it_is_spelled(years: str) -> None:
    with pytest.raises(BadInput, match="from 1 to 50"):
        read_form({"principal": "100000", "rate": "5", "years": years})


def test_no_loan_can_ask_for_a_schedule_without_end() -> None:
    with pytest.raises(ValueError, match="1 to 50 years"):
        Loan(100_000_00, Decimal(5), 51)


@pytest.mark.parametrize("value", [None, 7, ["1"], {"a": 1}, "NaN", "Infinity", "1e9", "９９", "1" * 400])
def test_anything_sent_over_the_socket_is_answered_by_a_reason(value: object) -> None:
    with pytest.raises(BadInput):
        read_form({"principal": value, "rate": value, "years": value})
