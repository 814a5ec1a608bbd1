"""What chapters 1 to 5 name: the loan of the textbooks, the loan of the flat, and what moves them."""

from decimal import Decimal
from types import SimpleNamespace as Words

from saas_app.features.library import sums
from saas_app.features.library.examples import (
    AREA,
    EURO,
    FEES,
    FLAT,
    PRICE,
    RENT,
    RUNNING,
    SMALL,
    euro,
    months,
    percent,
    ratio,
    row,
)
from saas_app.features.loans.schedule import Loan, calculate
from saas_app.features.loans.views import duration
from saas_app.features.loans.yields import gross_yield, price_to_rent, share


def loan_words(loan: Loan) -> Words:
    found, first = calculate(loan), sums.month(loan, 1)
    half = sums.half_repaid_at(loan)
    year = [each for each, _ in zip(sums.months(loan), range(12), strict=False)]
    return Words(
        loan=euro(loan.principal),
        rate=percent(loan.rate),
        years=loan.years,
        payments=found.months,
        payment=euro(found.payment),
        interest=euro(found.total_interest),
        paid=euro(found.total_paid),
        turns=found.turns_at,
        turns_in=(found.turns_at + 11) // 12,
        half=half,
        half_in=duration(half),
        first_interest=euro(sums.cents(first.interest)),
        first_principal=euro(sums.cents(first.principal)),
        second_interest=euro(sums.cents(sums.month(loan, 2).interest)),
        second_principal=euro(sums.cents(sums.month(loan, 2).principal)),
        year_interest=euro(sums.cents(sum((each.interest for each in year), Decimal(0)))),
        first_share=percent(first.interest * 100 / sums.exact_payment(loan), 0),
        rest_5=euro(sums.rest(loan, 5)),
        rest_10=euro(sums.rest(loan, 10)),
        repaid_10=euro(loan.principal - sums.rest(loan, 10)),
        paid_10=euro(sums.cents(sums.exact_payment(loan) * 120)),
    )


def flat() -> Words:
    found = loan_words(FLAT)
    payment, interest = calculate(FLAT).payment, calculate(FLAT).total_interest
    own = PRICE + FEES - FLAT.principal
    return Words(
        **vars(found),
        price=euro(PRICE),
        area=AREA,
        per_m2=euro(round(PRICE / AREA / 100) * 100),
        fees=euro(FEES),
        with_fees=euro(PRICE + FEES),
        own=euro(own),
        own_share=percent(share(own, PRICE + FEES), 0),
        with_interest=euro(PRICE + FEES + interest),
        running=euro(RUNNING),
        running_share=percent(share(RUNNING, PRICE)),
        running_month=euro(RUNNING // 12),
        running_all=euro(RUNNING * FLAT.years),
        month=euro(payment + RUNNING // 12),
        everything=euro(PRICE + FEES + interest + RUNNING * FLAT.years),
        rent=euro(RENT),
        rent_year=euro(RENT * 12),
        ratio=ratio(price_to_rent(PRICE, RENT)),
        gross=percent(gross_yield(PRICE, RENT)),
    )


def tables() -> Words:
    def of(rate: str, years: int) -> Loan:
        return Loan(FLAT.principal, Decimal(rate), years)

    rates = [
        row(percent(Decimal(rate)), *_comes_to(of(rate, 25)), str(calculate(of(rate, 25)).turns_at))
        for rate in ("1", "2", "3", "4", "5", "6")
    ]
    terms = [row(duration(years * 12), *_comes_to(of("3", years))) for years in (10, 15, 20, 25, 30, 35)]
    first = [
        row(str(year.year), euro(year.interest), euro(year.principal), euro(year.balance))
        for year in calculate(SMALL).years
        if year.year in (1, 2, 3, 5, 10, 15, 20, 25, 29, 30)
    ]
    thirty, twenty = of("3", 30), of("3", 20)
    return Words(
        rates="\n".join(rates),
        terms="\n".join(terms),
        schedule="\n".join(first),
        longer_saves=euro(calculate(FLAT).payment - calculate(thirty).payment),
        longer_costs=euro(sums.interest(thirty) - sums.interest(FLAT)),
        shorter_asks=euro(calculate(twenty).payment - calculate(FLAT).payment),
        shorter_saves=euro(sums.interest(FLAT) - sums.interest(twenty)),
        point_month=euro(calculate(of("4", 25)).payment - calculate(FLAT).payment),
        point_interest=euro(sums.interest(of("4", 25)) - sums.interest(FLAT)),
        four=percent(Decimal(4)),
        tenth=percent((Decimal(calculate(of("4", 25)).payment) / calculate(FLAT).payment - 1) * 100, 0),
    )


def _comes_to(loan: Loan) -> tuple[str, str]:
    found = calculate(loan)
    return euro(found.payment), euro(found.total_interest)


def moving() -> Words:
    """A rate that moves after five years, and one that is fixed for a little more."""
    payment, fixed = calculate(FLAT).payment, Loan(FLAT.principal, Decimal("3.5"), FLAT.years)
    up, down = (calculate(sums.after(FLAT, 5, rate=Decimal(rate))).payment for rate in (5, 1))
    dearer = calculate(fixed)
    return Words(
        years=5,
        up_rate=percent(Decimal(5)),
        up=euro(up),
        up_more=euro(up - payment),
        up_share=percent(share(up - payment, payment), 0),
        up_year=euro((up - payment) * 12),
        down_rate=percent(Decimal(1)),
        down=euro(down),
        down_less=euro(payment - down),
        fixed_rate=percent(fixed.rate),
        fixed=euro(dearer.payment),
        fixed_more=euro(dearer.payment - payment),
        fixed_first=euro((dearer.payment - payment) * 60),
        fixed_interest=euro(dearer.total_interest),
        fixed_costs=euro(dearer.total_interest - sums.interest(FLAT)),
        above_fixed=euro(up - dearer.payment),
        point=percent(Decimal(2)),
    )


def early() -> Words:
    plain, hundred = calculate(FLAT), calculate(Loan(FLAT.principal, FLAT.rate, FLAT.years, 100 * EURO))
    lump = 10_000 * EURO
    extras = []
    for extra in (50, 100, 200):
        found = calculate(Loan(FLAT.principal, FLAT.rate, FLAT.years, extra * EURO))
        saved = euro(plain.total_interest - found.total_interest)
        extras.append(row(euro(extra * EURO), duration(found.months), euro(found.total_interest), saved))
    lumps = []
    for year in (2, 5, 10, 15, 20):
        interest, number = sums.interest_with_lump(FLAT, year, lump)
        lumps.append(row(duration(year * 12), months(300 - number), euro(plain.total_interest - interest)))
    interest, number = sums.interest_with_lump(FLAT, 5, lump)
    lower = calculate(sums.after(FLAT, 5, lump=lump))
    kept = calculate(sums.after(FLAT, 5))
    saved = plain.total_interest - interest
    lower_saves = kept.total_interest - lower.total_interest
    return Words(
        extras="\n".join(extras),
        lumps="\n".join(lumps),
        extra=euro(100 * EURO),
        extra_term=duration(hundred.months),
        extra_sooner=300 - hundred.months,
        extra_saved=euro(plain.total_interest - hundred.total_interest),
        lump=euro(lump),
        saved=euro(saved),
        sooner=300 - number,
        lower=euro(lower.payment),
        lower_by=euro(plain.payment - lower.payment),
        lower_saves=euro(lower_saves),
        shorter_better=euro(saved - lower_saves),
        fee=euro(lump // 100),
        fee_rate=percent(Decimal(1)),
        card=percent(Decimal(15)),
        card_year=euro(lump * 15 // 100),
        loan_year=euro(lump * 3 // 100),
    )
