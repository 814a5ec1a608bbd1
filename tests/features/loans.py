"""Loans for hypothesis."""

from hypothesis import strategies as st

from saas_app.features.loans.schedule import Kind, Loan, Lump, RateChange

RATES = st.decimals(0, 30, places=3)
KINDS = st.sampled_from(Kind)


@st.composite
def loans(draw: st.DrawFn) -> Loan:
    """Any loan that the form takes."""
    years, kind = draw(st.integers(1, 50)), draw(KINDS)
    months = st.integers(1, years * 12)
    return Loan(
        principal=draw(st.integers(1, 100_000_000_00)),
        rate=draw(RATES),
        years=years,
        extra=draw(st.just(0) | st.integers(1, 5_000_00)),
        kind=kind,
        resting=draw(st.integers(0, years - 1)) if kind is Kind.INTEREST_FIRST else 0,
        fee=draw(st.integers(0, 10_000_00)),
        fee_in_loan=draw(st.booleans()),
        change=draw(st.none() | st.builds(RateChange, months, RATES)),
        lump=draw(st.none() | st.builds(Lump, months, st.integers(1, 50_000_00))),
        lowers=draw(st.booleans()),
    )
