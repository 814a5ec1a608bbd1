"""The book, from the first chapter for everybody to the refund: bought, read, written beside, and taken home."""

import zipfile
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import Download, Page, Response, expect
from pypdf import PdfReader

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import Person, fill_card, join

pytestmark = pytest.mark.e2e

_SELECT = """number => {
  const range = document.createRange(), block = document.getElementById("b" + number);
  range.selectNodeContents(block);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return block.textContent;
}"""


def _buy(page: Page, stack: Stack) -> Person:
    ada = join(page, stack)
    page.goto(f"{stack.url}/library")
    page.get_by_role("button", name="Buy").click()
    page.wait_for_url("**/c/pay/**")
    fill_card(page)
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#unlocked")).to_have_text("The flat in numbers is yours")
    return ada


def _take_home(page: Page, words: str) -> Download:
    with page.expect_download() as fetched:
        page.get_by_role("link", name=words).click()
    return fetched.value


def _far_down(answer: Response) -> bool:
    """The page has told that one reads far below where the note was written."""
    block = parse_qs(answer.request.post_data or "").get("block", ["0"])[0]
    return answer.url.endswith("/library/place") and int(block) > 12


def _refund(stack: Stack) -> None:
    payment = stack.ask_stripe("/v1/payment_intents?limit=1")["data"][0]["id"]
    stack.ask_stripe("/v1/refunds", urlencode({"payment_intent": payment}))


def test_a_stranger_reads_the_first_chapter_from_the_pricing_page(visitor: Visitor, stack: Stack) -> None:
    page = visitor.new_tab()
    page.goto(f"{stack.url}/pricing")
    page.get_by_role("link", name="Read a part of it first").click()
    page.wait_for_url("**/library/sample")
    expect(page.get_by_role("heading", level=1)).to_have_text("What a flat costs")
    expect(page.get_by_role("img", name="A bar in four parts")).to_be_visible()


def test_the_book_is_bought_read_written_beside_taken_home_and_closed_by_a_refund(
    visitor: Visitor, stack: Stack
) -> None:
    page, shelf = visitor.new_tab(), visitor.new_tab()
    ada = _buy(page, stack)
    shelf.goto(f"{stack.url}/library")
    expect(shelf.get_by_role("link", name="Begin to read")).to_be_visible()

    page.get_by_role("link", name="Open it").click()
    page.wait_for_url("**/library")
    page.get_by_role("link", name="Begin to read").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What a flat costs")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("The payment")
    page.get_by_role("link", name="The schedule").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The schedule")

    passage = page.evaluate(_SELECT, 5)
    page.get_by_role("button", name="Note this passage").click()
    expect(page.get_by_label("Passage")).to_have_value(passage)
    page.get_by_label("Note", exact=True).fill("Do this once by hand.")
    page.get_by_role("button", name="Keep this note").click()
    page.wait_for_url("**/library/book/the-schedule#b5")
    expect(page.locator("mark")).to_have_text(passage)
    expect(page.locator("#notes")).to_contain_text("Do this once by hand.")

    with page.expect_response(_far_down) as told:
        page.get_by_role("heading", name="Why it matters when you sell").scroll_into_view_if_needed()
        page.mouse.wheel(0, 400)
    assert told.value.status == 204
    page.goto(f"{stack.url}/library/book")
    expect(page.get_by_role("heading", level=1)).to_have_text("The schedule")
    assert page.evaluate("scrollY") > 500, "where one stopped"

    shelf.reload()
    expect(shelf.locator("#place")).to_have_text("You stopped at Chapter 3: The schedule")
    pdf, epub = _take_home(shelf, "Download PDF"), _take_home(shelf, "Download EPUB")
    assert (pdf.suggested_filename, epub.suggested_filename) == ("the-flat-in-numbers.pdf", "the-flat-in-numbers.epub")
    assert f"Made for {ada.name} ({ada.email})" in PdfReader(pdf.path()).pages[5].extract_text()
    assert ada.email in zipfile.ZipFile(Path(epub.path())).read("book/yours.xhtml").decode()

    _refund(stack)
    expect(shelf.get_by_role("button", name="Buy")).to_be_visible()  # by itself, without a reload
    expect(shelf.get_by_role("link", name="Download PDF")).to_have_count(0)
    page.goto(f"{stack.url}/library/book/the-schedule")
    expect(page.get_by_role("heading", level=1)).to_have_text("This book is not yours")


def test_a_note_can_be_kept_without_script_and_deleted(open_browser: OpenBrowser, stack: Stack) -> None:
    buyer = open_browser()
    _buy(buyer.new_tab(), stack)
    visitor = open_browser(java_script_enabled=False)
    visitor.context.add_cookies(buyer.context.cookies())  # type: ignore[arg-type]
    page = visitor.new_tab()
    page.goto(f"{stack.url}/library/book/fees-and-time")
    visitor.expect_complaint("status of 422")
    page.get_by_role("button", name="Keep this note").click()
    expect(page.get_by_text("Write a note, or mark a passage in the text.")).to_be_visible()
    page.get_by_label("Note", exact=True).fill("Ask for the reliefs.")
    page.get_by_role("button", name="Keep this note").click()
    expect(page.locator("#notes")).to_contain_text("Ask for the reliefs.")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#notes")).not_to_contain_text("Ask for the reliefs.")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_chapter_scrolls_sideways_on_a_phone(colours: str, open_browser: OpenBrowser, stack: Stack) -> None:
    page = open_browser(viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=colours).new_tab()
    _buy(page, stack)
    page.goto(f"{stack.url}/library/book/what-a-flat-costs")
    links = page.get_by_role("navigation", name="Contents", include_hidden=True).first.get_by_role(
        "link", include_hidden=True
    )
    paths = [str(link.get_attribute("href")) for link in links.all()]
    assert len(paths) == 10
    wide = []
    for path in paths:
        page.goto(stack.url + path)
        if page.evaluate("document.scrollingElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(path)
    assert wide == []
