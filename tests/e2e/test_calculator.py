"""The calculator for everybody: from the landing page without a script, and while somebody types."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browsing import Visitor, barriers
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack

OF_BEFORE = "This is still the answer to your last valid numbers."

pytestmark = pytest.mark.e2e


def test_the_form_on_the_landing_page_reads_amounts_as_people_paste_them(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(stack.url)
    expect(page.locator("#out-payment")).to_have_text("536.82")
    page.get_by_label("Loan in €", exact=True).fill("1.000,50 €")
    expect(page.locator("#out-payment")).to_have_text("5.37")
    page.get_by_label("Loan in €", exact=True).fill("a lot")
    expect(page.locator("#out-payment")).to_have_text("5.37")


def test_the_form_on_the_landing_page_leads_to_the_calculator_without_a_script(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(java_script_enabled=False).new_tab()
    page.goto(stack.url)
    for label, value in (("Loan in €", "200000"), ("Interest in %", "3"), ("Years", "25")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="See every year").click()
    page.wait_for_url("**/calculator?amount=200000&rate=3&years=25")
    expect(page.locator("#quick-payment")).to_have_text("€948.42")
    expect(page.locator("#quick-interest")).to_have_text("€84,526.79")
    expect(page.locator("#quick-years tr")).to_have_count(25)
    page.get_by_label("Loan in €").fill("a lot")
    page.get_by_label("Years", exact=True).fill("100")
    page.get_by_label("Equal repayment, falling payments").check()
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#amount-error")).to_contain_text("“a lot” is not an amount.")
    expect(page.locator("#years-error")).to_contain_text("from 1 to 50")
    expect(page.locator("#quick-turn")).to_have_text("–")
    expect(page.get_by_label("Loan in €")).to_have_value("a lot")
    expect(page.get_by_label("Equal repayment, falling payments")).to_be_checked()


def test_the_sums_follow_what_is_typed_and_the_address_keeps_it(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/calculator")
    expect(page.locator("#quick-payment")).to_have_text("€536.82")
    page.get_by_label("Loan in €").fill("1.000,50 €")
    page.get_by_label("Interest in %").fill("0")
    page.get_by_label("Years", exact=True).fill("1")
    expect(page.locator("#quick-payment")).to_have_text("€83.38")
    page.get_by_label("Interest in %").fill("many")
    expect(page.locator("#rate-error")).to_contain_text("A number from 0 to 30")
    expect(page.locator("#quick-payment")).to_have_text("€83.38")
    expect(page.get_by_text(OF_BEFORE)).to_be_visible()
    assert barriers(page) == []
    page.get_by_label("Interest in %").fill("6")
    page.get_by_label("Years", exact=True).fill("12")
    page.get_by_label("Loan in €").fill("100000")
    page.get_by_label("Interest only at first").check()
    page.get_by_label("Years of interest only").fill("2")
    expect(page.locator("#quick-note")).to_have_text("at first, €1,110.21 from payment 25")
    expect(page.locator("#rate-error")).to_be_empty()
    expect(page.get_by_text(OF_BEFORE)).to_be_hidden()
    expect(page).to_have_url(re.compile("amount=100000&rate=6&years=12&kind=interest_first&resting=2"))
    again = visitor.new_tab()
    again.goto(page.url)
    expect(again.locator("#quick-note")).to_have_text("at first, €1,110.21 from payment 25")
    expect(again.locator("#quick-repaid")).not_to_have_attribute("d", re.compile("NaN"))


@pytest.mark.parametrize("path", ["/calculator", "/rent-or-buy", "/yield"])
def test_nothing_is_written_anew_for_whoever_reads_it_as_the_server_wrote_it(
    path: str, open_browser: OpenBrowser, stack: Stack
) -> None:
    """The first use of `Intl` holds a phone up longer than all else in these scripts together."""
    for tongue, used in (("en-US", False), ("en-GB", False), ("de-DE", True)):
        page = open_browser(locale=tongue).new_tab()
        page.add_init_script(
            "const own = Intl.NumberFormat; window.asked = 0;"
            "Intl.NumberFormat = function (...given) { window.asked++; return new own(...given); };"
        )
        page.goto(stack.url + path)
        assert (page.evaluate("window.asked") > 0) is used, tongue


def test_what_a_browser_fills_in_by_itself_is_answered(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.route("**/calculator", lambda route: route.fulfill(body=with_another_term(route.fetch().text())))
    page.goto(f"{stack.url}/calculator")
    expect(page.locator("#quick-years tr")).to_have_count(12)


def with_another_term(page: str) -> str:
    """The page as a browser has it that remembers what was typed into it: the value is no longer the default one."""
    filled = "<script>document.getElementById('years').value = '12'</script></form>"
    return page.replace("</form>", filled, 1)


@pytest.mark.parametrize(
    ("tongue", "written"),
    [
        ("en-US", "€93,255.78"),
        ("en-DE", "93.255,78 €"),
        ("en-NL", "€93.255,78"),
        ("en-AU", "€93,255.78"),
        ("en-CH", "€93’255.78"),
        ("en-IN", "€93,255.78"),
    ],
)
def test_what_is_written_while_somebody_types_is_what_the_server_writes(
    tongue: str, written: str, open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(locale=tongue).new_tab()
    page.goto(f"{stack.url}/calculator")
    before = [page.locator(f"#quick-{name}").inner_text() for name in ("interest", "payment", "years")]
    assert before[0].replace("\N{NO-BREAK SPACE}", " ") == written
    page.get_by_label("Interest in %").fill("4")
    expect(page.locator("#quick-interest")).not_to_have_text(before[0])
    page.get_by_label("Interest in %").fill("5")
    expect(page.locator("#quick-interest")).to_have_text(before[0])
    assert [page.locator(f"#quick-{name}").inner_text() for name in ("interest", "payment", "years")] == before


def test_a_reader_of_another_language_keeps_their_figures_where_the_browser_translates_the_page(
    open_browser: OpenBrowser, stack: Stack
) -> None:
    page = open_browser(locale="de-DE").new_tab()
    page.goto(f"{stack.url}/yield")
    page.evaluate("document.documentElement.lang = 'de'")
    page.get_by_label("Price").fill("260.000")
    expect(page.locator("#formulas")).to_contain_text(re.compile(r"260\.000\s€ ÷"))


def test_numbers_are_written_as_the_reader_writes_them(open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(locale="de-DE").new_tab()
    page.goto(f"{stack.url}/calculator?amount=100000&rate=5&years=30")
    expect(page.locator("#quick-interest")).to_have_text(re.compile(r"93\.255,78\s€"))


def test_nothing_is_drawn_without_an_answer_and_the_first_answer_draws_it(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/calculator?amount=a+lot")
    expect(page.locator("#amount-error")).to_contain_text("“a lot” is not an amount.")
    expect(page.get_by_text("What each year pays for")).to_be_hidden()
    expect(page.get_by_text(OF_BEFORE)).to_be_hidden()
    page.get_by_label("Loan in €").fill("100000")
    expect(page.get_by_text("What each year pays for")).to_be_visible()
    expect(page.locator("#quick-payment")).to_have_text("€536.82")


def test_what_was_wrong_with_the_kind_is_taken_back_with_its_reason(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/calculator?years=1&kind=interest_first")
    expect(page.get_by_text("leaves no year for interest only")).to_be_visible()
    page.get_by_label("Years", exact=True).fill("30")
    expect(page.get_by_text("leaves no year for interest only")).to_be_hidden()
    expect(page.locator("#quick-payment")).to_have_text("€416.67")
