"""The arithmetic that is sold, against numbers that anybody can check."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from saas_app.core.errors import BadInput
from saas_app.features.loans.forms import read_form, typed_again
from saas_app.features.loans.schedule import Kind, Loan, Lump, RateChange, Step, calculate, schedule
from tests.features.loans import RATES, loans


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


# --- Published tables: payments in whole cents, the last one takes up the rounding


@pytest.mark.parametrize(
    ("loan", "number", "interest", "principal", "balance"),
    [
        # https://github.com/PaulSquires/tiko-lang/wiki/Modern-Finance-LoanRowAt
        (Loan(400_000_00, Decimal("5.95"), 30), 1, 1_983_33, 402_03, 399_597_97),
        (Loan(400_000_00, Decimal("5.95"), 30), 180, None, None, 283_580_13),
        (Loan(400_000_00, Decimal("5.95"), 30), 360, None, None, 0),
    ],
)
def test_the_schedule_in_cents_is_the_one_that_others_print(
    loan: Loan, number: int, interest: int | None, principal: int | None, balance: int
) -> None:
    found = schedule(loan, in_cents=True)[number - 1]
    assert found.balance == balance
    assert interest is None or (found.interest, found.principal) == (interest, principal)


def test_the_last_payment_takes_up_what_rounding_has_left() -> None:
    plan = schedule(Loan(400_000_00, Decimal("5.95"), 30), in_cents=True)
    assert {month.payment for month in plan[:-1]} == {2_385_36}
    assert plan[-1].payment == 2_384_39


def test_the_payment_is_that_of_the_sample_form_of_the_american_consumer_office() -> None:
    """Its sample closing disclosure (form H-25): 162,000 at 3.875 % over 30 years."""
    assert calculate(Loan(162_000_00, Decimal("3.875"), 30)).payment == 761_78


# --- Other ways to repay


def test_a_linear_loan_repays_the_same_each_month_and_costs_the_interest_of_a_falling_line() -> None:
    result = calculate(Loan(120_000_00, Decimal(6), 10, kind=Kind.LINEAR))
    assert (result.payment, result.last_payment) == (1_600_00, 1_005_00)
    assert result.total_interest == 120_000_00 * 5 // 1000 * 121 // 2  # P·i·(n + 1)/2
    assert [year.principal for year in result.years] == [12_000_00] * 10


def test_interest_first_and_then_an_annuity_over_the_rest() -> None:
    result = calculate(Loan(100_000_00, Decimal(6), 12, kind=Kind.INTEREST_FIRST, resting=2))
    rest = calculate(Loan(100_000_00, Decimal(6), 10))
    assert result.payment == 500_00
    assert result.steps == (Step(25, rest.payment),)
    assert result.total_interest == 24 * 500_00 + rest.total_interest
    assert [year.principal for year in result.years[:2]] == [0, 0]


def test_a_new_rate_spreads_what_is_owed_over_the_payments_that_are_left() -> None:
    loan = Loan(200_000_00, Decimal(3), 25, change=RateChange(121, Decimal(5)))
    owed = calculate(Loan(200_000_00, Decimal(3), 25)).years[9].balance
    (step,) = calculate(loan).steps
    assert step.month == 121
    assert abs(step.payment - calculate(Loan(owed, Decimal(5), 15)).payment) <= 1
    assert calculate(loan).months == 300


def test_a_fee_costs_what_it_is_beside_the_loan_and_its_interest_too_within_it() -> None:
    plain, beside, within = (
        calculate(Loan(100_000_00, Decimal(5), 30, fee=fee, fee_in_loan=inside))
        for fee, inside in ((0, False), (2_000_00, False), (2_000_00, True))
    )
    assert beside.total_paid == plain.total_paid + 2_000_00
    assert beside.payment == plain.payment
    assert within.payment == calculate(Loan(102_000_00, Decimal(5), 30)).payment
    assert within.total_paid == within.total_interest + 102_000_00


def test_a_sum_repaid_at_once_shortens_the_term_or_lowers_the_payments() -> None:
    loan = Loan(200_000_00, Decimal(3), 25, lump=Lump(60, 20_000_00))
    plain, sooner, lower = (calculate(each) for each in (replace(loan, lump=None), loan, replace(loan, lowers=True)))
    assert sooner.months < lower.months == plain.months
    assert sooner.payment == plain.payment
    assert lower.steps[0].payment < plain.payment
    assert sooner.total_interest < lower.total_interest < plain.total_interest


# --- What must hold for every loan


@settings(deadline=None)
@given(loans())
def test_what_is_repaid_is_what_was_borrowed_and_nothing_is_owed_at_the_end(loan: Loan) -> None:
    result = calculate(loan)
    assert result.years[-1].balance == 0
    assert sum(year.principal for year in result.years) == loan.borrowed
    assert sum(year.interest for year in result.years) == result.total_interest
    assert result.total_paid == loan.principal + loan.fee + result.total_interest
    assert all(year.principal >= 0 and year.balance >= 0 for year in result.years)


@settings(deadline=None)
@given(loans())
def test_the_schedule_in_cents_repays_every_cent(loan: Loan) -> None:
    plan = schedule(loan, in_cents=True)
    assert sum(month.principal + month.early for month in plan) == loan.borrowed
    assert plan[-1].balance == 0
    assert all(month.interest == int(month.interest) and month.principal == int(month.principal) for month in plan)
    assert all(month.principal >= 0 and month.early >= 0 for month in plan)


@settings(deadline=None)
@given(loans(), RATES)
def test_a_higher_rate_never_lowers_the_interest(loan: Loan, rate: Decimal) -> None:
    low, high = sorted((loan.rate, rate))
    assert calculate(replace(loan, rate=low)).total_interest <= calculate(replace(loan, rate=high)).total_interest


@settings(deadline=None)
@given(loans())
def test_repaying_early_never_raises_the_interest(loan: Loan) -> None:
    plain = replace(loan, extra=0, lump=None)
    assert calculate(loan).total_interest <= calculate(plain).total_interest


@settings(deadline=None)
@given(st.integers(1, 100_000_000_00), st.decimals("0.001", 30, places=3), st.integers(1, 50), st.data())
def test_the_schedule_is_the_closed_formula_within_a_cent(
    principal: int, rate: Decimal, years: int, data: st.DataObject
) -> None:
    """B(k) = P·((1 + i)ⁿ − (1 + i)ᵏ) / ((1 + i)ⁿ − 1)."""
    number, growth = data.draw(st.integers(1, years * 12)), 1 + rate / 1200
    whole, passed = growth ** (years * 12), growth**number
    assert (
        abs(schedule(Loan(principal, rate, years))[number - 1].balance - principal * (whole - passed) / (whole - 1)) < 1
    )


# --- What people type


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
        ("1.000,50 €", 1_000_50),
        ("€ 1'000", 1_000_00),
        ("2 500 EUR", 2_500_00),
    ],
)
def test_a_comma_or_a_point_before_the_last_digits_is_the_decimal_point(typed: str, cents: int) -> None:
    assert read_form({"principal": typed, "rate": "3", "years": "25"}).loan.principal == cents


@pytest.mark.parametrize(
    "typed", ["150000.505", "0.005", "-5", "1e12", "1,5,000", "1,000.000", "12.34.56", ".", ",", "€", "1.5e3", "--5"]
)
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


@pytest.mark.parametrize("amount", ["0", "0,00", "1000000000000", "100000000.01"])
def test_an_amount_out_of_range_says_the_range(amount: str) -> None:
    with pytest.raises(BadInput, match="more than 0 and at most 100,000,000"):
        read_form({"principal": amount, "rate": "5", "years": "30"})


@pytest.mark.parametrize("rate", ["30.001", "-1", "1e1", "3_5", "nan", "٣", "5 5", ""])
def test_a_rate_that_is_none_says_what_one_is(rate: str) -> None:
    with pytest.raises(BadInput, match="from 0 to 30"):
        read_form({"principal": "100000", "rate": rate, "years": "30"})


def test_all_of_a_loan_is_read() -> None:
    typed = {
        "principal": "200 000",
        "rate": "3 %",
        "years": "25",
        "kind": "interest_first",
        "resting": "2",
        "extra": "100",
        "fee": "1.500,00 €",
        "fee_in_loan": "yes",
        "new_rate": "4,25",
        "change_month": "121",
        "lump": "10,000",
        "lump_month": "60",
        "lowers": "yes",
    }
    change, lump = RateChange(121, Decimal("4.25")), Lump(60, 10_000_00)
    kind = Kind.INTEREST_FIRST
    expected = Loan(200_000_00, Decimal(3), 25, 100_00, kind, 2, 1_500_00, True, change, lump, True)
    assert read_form(typed).loan == expected


@settings(deadline=None)
@given(loans())
def test_any_loan_can_be_typed_again(loan: Loan) -> None:
    assume(loan.change is None or loan.change.month > 1)  # a new rate from the first payment on is the rate,
    assume(loan.resting or loan.kind is not Kind.INTEREST_FIRST)  # and no year of interest only is another kind
    assert read_form(typed_again(loan)).loan == loan


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "interest_first"}, "resting"),
        ({"kind": "interest_first", "resting": "30"}, "resting"),
        ({"new_rate": "4"}, "change_month"),
        ({"change_month": "12"}, "new_rate"),
        ({"new_rate": "4", "change_month": "361"}, "change_month"),
        ({"lump": "1000"}, "lump_month"),
        ({"lump": "1000", "lump_month": "0"}, "lump_month"),
        ({"fee": "some"}, "fee"),
        ({"notes": "x" * 2001}, "notes"),
    ],
)
def test_what_is_missing_beside_another_field_is_asked_for_there(typed: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_form({"principal": "100000", "rate": "5", "years": "30", **typed})
    assert list(refused.value.errors) == [field]


def test_no_loan_can_ask_for_a_schedule_without_end() -> None:
    with pytest.raises(ValueError, match="1 to 50 years"):
        Loan(100_000_00, Decimal(5), 51)


@pytest.mark.parametrize("value", [None, 7, ["1"], {"a": 1}, "NaN", "Infinity", "1e9", "９９", "1" * 400])
def test_anything_sent_over_the_socket_is_answered_by_a_reason(value: object) -> None:
    with pytest.raises(BadInput):
        read_form({"principal": value, "rate": value, "years": value})
