"""What repaying early saves: the loan as planned against the same loan without anything on top."""

from dataclasses import dataclass, replace

from saas_app.features.loans.schedule import Loan, calculate


@dataclass(frozen=True)
class Saving:
    """`interest` in minor units and `months` that early repayment saves."""

    interest: int
    months: int


def saved_by_early_repayment(loan: Loan) -> Saving | None:
    """The difference that `extra` and `lump` make; None for a loan without them.

    What the early repayment itself could have earned elsewhere is not counted.
    """
    if not loan.extra and not loan.lump:
        return None
    with_it, without = calculate(loan), calculate(replace(loan, extra=0, lump=None))
    return Saving(without.total_interest - with_it.total_interest, without.months - with_it.months)
