"""What chapters 6 to 10 name: fees, renting, letting, risk, two offers, and the flat on the hill."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace as Words

from saas_app.core.words import _
from saas_app.features.library import sums
from saas_app.features.library.examples import (
    AGENT,
    AGREED,
    ASKED,
    CHOICE,
    EURO,
    FEES,
    FLAT,
    NOTARY,
    PRICE,
    RENT,
    RUNNING,
    SALE,
    TAX,
    WORKS,
    euro,
    percent,
    ratio,
    row,
)
from saas_app.features.loans.rent import Choice, rent_against_buy
from saas_app.features.loans.schedule import Loan, calculate
from saas_app.features.loans.views import duration
from saas_app.features.loans.yields import Let, gross_yield, price_to_rent, share


def fees() -> Words:
    parts = ((_("Transfer tax"), TAX), (_("Notary and register"), NOTARY), (_("Agent"), AGENT))
    rows = [row(name, percent(share), euro(int(PRICE * share / 100))) for name, share in parts]
    stays = []
    both = FEES + int(PRICE * SALE / 100)
    for years in (2, 3, 5, 10, 20):
        growth = percent(sums.growth_to_get_even(PRICE, FEES, SALE, years))
        stays.append(row(duration(years * 12), euro(round(both / years / 12)), growth))
    return Words(
        rows="\n".join(rows),
        stays="\n".join(stays),
        share=percent(share(FEES, PRICE)),
        sale=percent(SALE),
        sale_cost=euro(int(PRICE * SALE / 100)),
        both=euro(both),
        both_share=percent(share(both, PRICE)),
        three=euro(round(both / 36)),
        twenty=euro(round(both / 240)),
        of_own=percent(share(FEES, PRICE + FEES - FLAT.principal), 0),
        point=percent(Decimal(1)),
        point_cost=euro(PRICE // 100),
    )


def rent() -> Words:
    years = rent_against_buy(CHOICE)
    growths = ("0", "1", "1.5", "2", "3")
    rents = (750, 850, 950, 1050, 1150)
    own = PRICE + FEES - FLAT.principal
    first = sums.cents(sum((each.interest for each, _ in zip(sums.months(FLAT), range(12), strict=False)), Decimal(0)))
    missed = own * 3 // 100
    at = {year.number: year for year in years}
    standing = [row(str(n), euro(at[n].owner), euro(at[n].tenant)) for n in (1, 5, 8, 9, 10, 15, 20, 25)]
    by_growth = [
        row(percent(growth), f"{sums.even_after(replace(CHOICE, growth=growth))}") for growth in map(Decimal, growths)
    ]
    by_rent = [
        row(
            euro(rent * EURO),
            ratio(price_to_rent(PRICE, rent * EURO)),
            f"{sums.even_after(replace(CHOICE, rent=rent * EURO))}",
        )
        for rent in rents
    ]
    return Words(
        growth=percent(CHOICE.growth),
        rise=percent(CHOICE.rise),
        saving=percent(CHOICE.saving),
        sale=percent(CHOICE.sale),
        even=sums.even_after(CHOICE),
        standing="\n".join(standing),
        by_growth="\n".join(by_growth),
        by_rent="\n".join(by_rent),
        even_still=sums.even_after(replace(CHOICE, growth=Decimal(0))),
        even_three=sums.even_after(replace(CHOICE, growth=Decimal(3))),
        interest=euro(first),
        missed=euro(missed),
        gone=euro(first + RUNNING + missed),
        gone_month=euro(round((first + RUNNING + missed) / 12)),
        rent_year=euro(RENT * 12),
        more=euro(first + RUNNING + missed - RENT * 12),
        ahead_1=euro(at[1].tenant - at[1].owner),
        ahead_20=euro(at[20].owner - at[20].tenant),
        three=percent(Decimal(3)),
        nothing=percent(Decimal(0)),
    )


def let_words(let: Let, borrowed: int) -> Words:
    rates = ("2", "3", "4", "5", "6")
    lines = [row(percent(Decimal(rate)), percent(let.on_own_money(borrowed, Decimal(rate)))) for rate in rates]
    own = let.price + let.fees - borrowed
    interest = borrowed * 3 // 100
    return Words(
        price=euro(let.price),
        fees=euro(let.fees),
        with_fees=euro(let.price + let.fees),
        rent=euro(let.rent),
        rent_year=euro(let.rent * 12),
        vacancy=percent(let.vacancy),
        vacancy_year=euro(let.rent * 12 * 5 // 100),
        costs=euro(let.costs),
        ratio=ratio(price_to_rent(let.price, let.rent)),
        gross=percent(gross_yield(let.price, let.rent)),
        net_rent=euro(let.net_rent),
        on_all=percent(let.on_all_money),
        borrowed=euro(borrowed),
        own=euro(own),
        interest=euro(interest),
        left=euro(let.net_rent - interest),
        on_own=percent(let.on_own_money(borrowed, Decimal(3))),
        on_own_5=percent(let.on_own_money(borrowed, Decimal(5))),
        by_rate="\n".join(lines),
        area=60,
        per_m2=euro(1_451 * EURO),
        rent_m2=euro(930),
        rate=percent(Decimal(3)),
        rate_5=percent(Decimal(5)),
    )


def risk() -> Words:
    income, living = 3_400 * EURO, 1_400 * EURO
    month = calculate(FLAT).payment + RUNNING // 12
    up = calculate(sums.after(FLAT, 5, rate=Decimal(5))).payment + RUNNING // 12
    fallen, owed = PRICE * 85 // 100, sums.rest(FLAT, 3)
    sale = int(fallen * SALE / 100)
    deep = PRICE * 70 // 100
    return Words(
        income=euro(income),
        living=euro(living),
        share=percent(share(month, income), 0),
        left=euro(income - month - living),
        up=euro(up),
        up_share=percent(share(up, income), 0),
        up_left=euro(income - up - living),
        less_income=euro(income * 80 // 100),
        less=percent(Decimal(20)),
        less_left=euro(income * 80 // 100 - month - living),
        third=percent(Decimal(35)),
        fall=percent(Decimal(15)),
        fallen=euro(fallen),
        owed=euro(owed),
        sale=euro(sale),
        returned=euro(fallen - sale - owed),
        deep_fall=percent(Decimal(30)),
        deep=euro(deep),
        under=euro(owed - deep + int(deep * SALE / 100)),
        reserve=euro(3 * (month + living)),
        reserve_6=euro(6 * (month + living)),
        roof=euro(180_000 * EURO),
        roof_share=euro(15_000 * EURO),
        repairs=euro(PRICE // 100),
        repairs_share=percent(Decimal(1)),
    )


def offers() -> Words:
    a, b, fee, monthly = Loan(FLAT.principal, Decimal("2.8"), 25), Loan(FLAT.principal, Decimal("3.1"), 25), 2, 25
    fee_a, insurance = FLAT.principal * fee // 100, monthly * EURO
    all_a = sums.interest(a) + fee_a + insurance * 300
    seven_a = _interest_in(a, 7) + fee_a + insurance * 84
    seven_b = _interest_in(b, 7)
    pay_a, pay_b = calculate(a).payment, calculate(b).payment
    return Words(
        loan=euro(a.principal),
        rate_a=percent(a.rate),
        rate_b=percent(b.rate),
        fee_rate=percent(Decimal(fee)),
        fee=euro(fee_a),
        insurance=euro(insurance),
        insurance_all=euro(insurance * 300),
        payment_a=euro(pay_a),
        payment_b=euro(pay_b),
        month_a=euro(pay_a + insurance),
        less=euro(pay_b - pay_a),
        still_less=euro(pay_b - pay_a - insurance),
        interest_a=euro(sums.interest(a)),
        interest_b=euro(sums.interest(b)),
        all_a=euro(all_a),
        difference=euro(all_a - sums.interest(b)),
        true_a=percent(sums.rate_with_costs(a, fee=fee_a, monthly=insurance)),
        true_b=percent(sums.rate_with_costs(b)),
        seven_a=euro(seven_a),
        seven_b=euro(seven_b),
        seven=euro(seven_a - seven_b),
        gap=percent(Decimal("0.3")),
    )


def _interest_in(loan: Loan, years: int) -> int:
    """All interest of the first years."""
    paid = sums.exact_payment(loan) * years * 12
    return sums.cents(paid) - (loan.principal - sums.rest(loan, years))


def hill() -> Words:
    area, rent, running, income = 58, 780 * EURO, 230 * EURO, 3_100 * EURO
    fees, own, kept = AGREED * 10 // 100, 60_000 * EURO, 10_000 * EURO
    loan = Loan(AGREED + fees + WORKS - (own - kept), Decimal("3.1"), 25)
    found, first = calculate(loan), sums.month(loan, 1)
    stressed = calculate(Loan(loan.principal, Decimal("5.1"), 25)).payment
    choice = Choice(AGREED + WORKS, fees, loan, running * 12, rent, Decimal("1.5"), Decimal(2), Decimal(3), SALE)
    return Words(
        asked=euro(ASKED),
        area=area,
        asked_m2=euro(round(ASKED / area / 100) * 100),
        sold_m2=euro(3_250 * EURO),
        sold_price=euro(3_250 * EURO * area),
        agreed=euro(AGREED),
        down=euro(ASKED - AGREED),
        down_share=percent(share(ASKED - AGREED, ASKED), 1),
        fees=euro(fees),
        works=euro(WORKS),
        everything=euro(AGREED + fees + WORKS),
        saved=euro(own),
        kept=euro(kept),
        put=euro(own - kept),
        loan=euro(loan.principal),
        rate=percent(loan.rate),
        years=loan.years,
        of_price=percent(share(loan.principal, AGREED), 0),
        payment=euro(found.payment),
        interest=euro(found.total_interest),
        first_interest=euro(sums.cents(first.interest)),
        running=euro(running),
        month=euro(found.payment + running),
        income=euro(income),
        share=percent(share(found.payment + running, income), 0),
        rent=euro(rent),
        ratio=ratio(price_to_rent(AGREED, rent)),
        gross=percent(gross_yield(AGREED, rent)),
        stressed_rate=percent(Decimal("5.1")),
        stressed=euro(stressed + running),
        stressed_share=percent(share(stressed + running, income), 0),
        even=sums.even_after(choice),
        rest_10=euro(sums.rest(loan, 10)),
        growth=percent(sums.growth_to_get_even(AGREED + WORKS, fees, SALE, 10)),
        earlier=percent(Decimal("0.2")),
    )
