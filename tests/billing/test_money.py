"""Amounts in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_app.billing.money import money, per_month, saving_percent


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (600, "eur", "€6"),
        (650, "eur", "€6.50"),
        (7200, "EUR", "€72"),
        (900, "jpy", "¥900"),
        (4500, "kwd", "4.500 KWD"),
        (500, "ugx", "5 UGX"),
        (500, "isk", "5 ISK"),
        (1234567, "usd", "$12,345.67"),
        (-900, "eur", "−€9"),
        (0, "eur", "€0"),
    ],
)
def test_an_amount_is_shown_in_the_units_of_its_currency(amount: int, currency: str, words: str) -> None:
    assert money(amount, currency) == words


def test_seventy_two_euros_a_year_are_six_a_month_and_save_a_third_of_nine() -> None:
    assert per_month(7200, "year") == 600
    assert per_month(900, "month") == 900
    assert saving_percent(7200, 900) == 33


def test_a_year_that_costs_more_than_twelve_months_claims_no_saving() -> None:
    assert saving_percent(12000, 900) == 0


@given(st.integers(1, 10**9), st.integers(1, 10**8))
def test_a_saving_is_never_overstated(yearly: int, monthly: int) -> None:
    shown = saving_percent(yearly, monthly)
    assert 0 <= shown <= 100
    assert shown * 12 * monthly <= max(0, (12 * monthly - yearly)) * 100
