"""Rent or buy, and what a flat earns: what the pages answer to an address."""

from typing import Any

import pytest

from saas_app.features.library.book import book
from saas_app.features.library.numbers import figures
from saas_app.features.loans import rent_answer, yield_answer
from saas_app.features.loans.pages import CALCULATOR, RENT_OR_BUY, YIELD


def rent(**typed: str) -> Any:
    return rent_answer.answer(typed)["rent"]


def let(**typed: str) -> Any:
    return yield_answer.answer(typed)["let"]


def test_without_an_address_the_pages_say_what_the_book_says() -> None:
    found, book_says = rent()["result"], figures()["rent"]
    assert found.verdict == f"buying is ahead from year {book_says.even} on."
    assert (found.interest.words, found.tenant_gone.words) == ("€5,925", book_says.rent_year)
    near, page = figures()["near"], let()["result"]
    said = (page.gross, page.on_all, page.on_own, page.left, page.interest)
    assert [each.words.replace(" ", "\N{NO-BREAK SPACE}") for each in said] == [
        *(near.gross, near.on_all, near.on_own, near.net_rent, near.interest)
    ]


def test_the_square_metre_that_can_be_checked_on_paper() -> None:
    found = let(price="1451", rent="9.30", own="1451", vacancy="0", rate="3")["result"]
    assert (found.years_of_rent.words, found.gross.words, found.rent.words) == ("13", "7.69 %", "€9.30")
    assert found.lever == {"none": True, "helps": False, "hurts": False, "neither": False}


def test_a_loan_helps_where_the_flat_earns_more_than_it_costs_and_hurts_where_it_earns_less() -> None:
    flat = {"price": "100000", "fees": "0", "rent": "500", "vacancy": "0", "costs": "1000", "own": "20000"}
    for rate, word in (("4", "helps"), ("5", "neither"), ("6", "hurts")):
        assert [name for name, is_so in let(**flat, rate=rate)["result"].lever.items() if is_so] == [word]


def test_prices_may_fall_and_whoever_has_all_the_money_borrows_none() -> None:
    found = rent(**{**rent_answer.USUAL, "growth": "−2", "own": "275.000,00 €"})
    assert (found["wrong"]["growth"], found["result"].loan.words, found["result"].payment.words) == ("", "€0", "€0")
    assert found["result"].verdict == "renting stays ahead for all 25 years."
    assert found["result"].mark == ""


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"price": "a lot"}, "price"),
        ({"price": ""}, "price"),
        ({"own": "9,999,999"}, "own"),
        ({"years": "100"}, "years"),
        ({"growth": "NaN"}, "growth"),
        ({"growth": "-11"}, "growth"),
        ({"saving": "-1"}, "saving"),
        ({"rate": "1e3"}, "rate"),
    ],
)
def test_what_cannot_be_read_is_explained_by_field_and_kept(typed: dict[str, str], field: str) -> None:
    found = rent(**{**rent_answer.USUAL, **typed})
    assert [name for name, why in found["wrong"].items() if why] == [field]
    assert found["asked"] == {**rent_answer.USUAL, **typed}
    assert found["result"] is None


def test_an_empty_cost_is_none_and_an_empty_rent_is_asked_for() -> None:
    assert rent(**{**rent_answer.USUAL, "fees": "", "own": "50000"})["result"].loan.words == "€200,000"
    found = let(price="100,000", own="50,000", rate="3", vacancy="0")
    assert list(filter(None, found["wrong"].values())) == ["What does a tenant pay a month for the flat alone?"]


def test_the_pages_that_the_book_names_are_there() -> None:
    words = "".join(each.html for each in book().chapters)
    for page in (CALCULATOR, RENT_OR_BUY, YIELD):
        assert f'{page.href}">' in words
