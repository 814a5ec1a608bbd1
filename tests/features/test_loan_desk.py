"""What stands beside a schedule: what early repayment saves, and the pictures."""

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from saas_app.features.loans.chart import HEIGHT, WIDTH, across, columns, owed_line
from saas_app.features.loans.early import Saving, saved_by_early_repayment
from saas_app.features.loans.schedule import Kind, Loan, Lump, calculate
from tests.features.loans import loans


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
