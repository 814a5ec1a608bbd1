"""The figures of the book, against numbers that anybody can check, and its text against the figures."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saas_app.features.library import sums
from saas_app.features.library.book import FOLDER, book
from saas_app.features.library.examples import CHOICE, FAR, FLAT, NEAR, SMALL
from saas_app.features.library.numbers import figures
from saas_app.features.loans.rent import rent_against_buy
from saas_app.features.loans.schedule import Loan, calculate
from saas_app.features.loans.yields import gross_yield, price_to_rent

TYPED = re.compile(r"[€$£]\s?\d|\d\s?%|\d,\d{3}\b|\d\.\d\d\b")
# What no example decides: the digits on the way through the formula of chapter 2, and a rounded figure of chapter 3.
ON_THE_WAY = ("0.0041667", "1.0041667", "4.4677", "0.2238", "0.7762", "268.41", "64,420")


def test_the_loans_that_every_textbook_has() -> None:
    words = figures()
    small, flat = words["small"], words["flat"]
    assert (small.payment, small.interest, small.turns) == ("€536.82", "€93,255.78", 195)
    assert (flat.payment, flat.interest) == ("€948.42", "€84,526.79")


def test_a_price_in_years_of_rent_and_its_yield() -> None:
    assert round(price_to_rent(1_451_00, 9_30), 1) == Decimal("13.0")
    assert round(gross_yield(1_451_00, 9_30), 2) == Decimal("7.69")
    assert (figures()["far"].ratio, figures()["far"].gross) == ("13.0", "7.69\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_no_chapter_types_an_amount_or_a_percentage_by_hand(path: object) -> None:
    words = path.read_text()  # type: ignore[attr-defined]
    for known in ON_THE_WAY:
        words = words.replace(known, "")
    assert TYPED.findall(words) == []


def test_the_digits_on_the_way_through_the_formula() -> None:
    rate = Decimal(5) / 1200
    power = (1 + rate) ** 360
    assert (round(rate, 7), round(power, 4)) == (Decimal("0.0041667"), Decimal("4.4677"))
    assert (round(1 / power, 4), round(1 - 1 / power, 4)) == (Decimal("0.2238"), Decimal("0.7762"))
    assert round(sums.exact_payment(SMALL) / 200, 2) == Decimal("268.41")
    assert round(sums.exact_payment(SMALL) / 200 / rate, -1) == 64420


def test_what_the_text_says_in_words_is_so() -> None:
    """Sentences that compare, such as “more than six times as much”, which no placeholder can keep true."""
    plain = calculate(FLAT).total_interest
    early, late = (plain - sums.interest_with_lump(FLAT, years, 10_000_00)[0] for years in (2, 20))
    assert early > 6 * late
    cheap, dear = (calculate(Loan(FLAT.principal, Decimal(rate), 25)) for rate in (1, 3))
    assert Decimal("1.2") < Decimal(dear.payment) / cheap.payment < Decimal("1.3"), "about a quarter"
    assert dear.total_interest > 3 * cheap.total_interest
    fixed, up = calculate(Loan(FLAT.principal, Decimal("3.5"), 25)), calculate(sums.after(FLAT, 5, rate=Decimal(5)))
    saved, lost = (fixed.payment - calculate(FLAT).payment) * 60, up.payment - fixed.payment
    assert 23 <= saved / lost <= 26, "used up in about two years"
    assert SMALL.principal * Decimal("0.22") < calculate(SMALL).years[0].principal * 15, "less than a quarter at first"
    assert Decimal("0.6") < NEAR.on_all_money / gross_yield(NEAR.price, NEAR.rent) < Decimal("0.65")
    assert NEAR.on_own_money(FLAT.principal, Decimal(3)) < NEAR.on_all_money
    assert FAR.on_own_money(70_000_00, Decimal(3)) > Decimal("1.9") * FAR.on_all_money, "about twice as much"


loans = st.builds(
    Loan,
    st.integers(1_000_00, 5_000_000_00),
    st.decimals("0.1", "12", places=2),
    st.integers(1, 40),
)


@given(loans)
def test_month_by_month_comes_to_the_same_as_the_schedule(loan: Loan) -> None:
    every = list(sums.months(loan))
    assert abs(every[-1].balance) < Decimal("0.01")
    assert sums.cents(sum((each.interest for each in every), Decimal(0))) == calculate(loan).total_interest


@given(loans, st.integers(0, 500_000))
def test_costs_never_make_a_loan_cheaper(loan: Loan, fee: int) -> None:
    bare = sums.rate_with_costs(loan)
    assert abs(bare - ((1 + loan.rate / 1200) ** 12 - 1) * 100) < Decimal("0.0001")
    assert sums.rate_with_costs(loan, fee=min(fee, loan.principal // 10)) >= bare


@given(st.integers(1, 24), st.integers(0, 50_000_00))
def test_paying_a_sum_early_never_costs_more(years: int, lump: int) -> None:
    interest, number = sums.interest_with_lump(FLAT, years, lump)
    assert interest <= calculate(FLAT).total_interest + 1
    assert number <= 300


def test_borrowing_neither_helps_nor_hurts_where_it_costs_what_the_flat_earns() -> None:
    for let, borrowed in ((NEAR, FLAT.principal), (FAR, 70_000_00)):
        assert abs(let.on_own_money(borrowed, let.on_all_money) - let.on_all_money) < Decimal("0.001")


def test_two_households_spend_the_same_so_without_rent_or_growth_the_tenant_stays_ahead() -> None:
    assert sums.even_after(replace(CHOICE, rent=0, growth=Decimal(0), rise=Decimal(0))) == 0
    years = rent_against_buy(CHOICE)
    assert years[0].tenant > years[0].owner
    assert years[8].owner > years[8].tenant


def test_a_growth_that_brings_price_and_fees_back_does_so() -> None:
    growth = sums.growth_to_get_even(250_000_00, 25_000_00, Decimal(3), 5)
    sold = 250_000_00 * (1 + growth / 100) ** 5 * Decimal("0.97")
    assert round(sold) == 275_000_00


def test_every_chapter_has_its_length_and_its_figures() -> None:
    chapters = book().chapters
    assert len(chapters) == 10
    assert [each.number for each in chapters] == list(range(1, 11))
    assert all(700 < len(each.text.split()) < 1_300 for each in chapters)
    assert sum(each.html.count("<svg") for each in chapters) == 6
    assert all("{" not in each.text for each in chapters)
