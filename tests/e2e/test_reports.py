"""A report and a link by hand: asked for, made while one looks, fetched; shown to a stranger until it is revoked."""

import io

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.browsing import Visitor
from tests.e2e.conftest import OpenBrowser
from tests.e2e.stack import Stack
from tests.e2e.steps import fill_card, join, save_as, work_out_a_loan

pytestmark = pytest.mark.e2e


def _become_agent(page: Page, stack: Stack) -> None:
    page.goto(f"{stack.url}/pricing")
    page.get_by_role("button", name="Choose Agent").click()
    page.wait_for_url("**/c/pay/**")
    fill_card(page)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("#unlocked")).to_be_visible()


def _logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 80), "#225577").save(out, "PNG")
    return out.getvalue()


def test_an_agent_hands_over_a_report_and_a_link(visitor: Visitor, open_browser: OpenBrowser, stack: Stack) -> None:
    page = visitor.new_tab()
    join(page, stack)
    work_out_a_loan(page, stack, "100,000")
    save_as(page, "River")
    page.get_by_role("button", name="Report River").click()
    expect(page.locator("#paywall-reason")).to_have_text("Report is part of Pro.")
    _become_agent(page, stack)

    page.goto(f"{stack.url}/settings")
    page.get_by_label("Name", exact=True).nth(1).fill("Ada L, mortgages")
    page.get_by_label("Address", exact=True).fill("1 Example Street\n10000 City")
    page.get_by_label("Logo", exact=True).set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"none"})
    visitor.expect_complaint("status of 422")
    page.get_by_role("button", name="Save the letterhead").click()
    expect(page.get_by_text("This is not a picture that we can read.")).to_be_visible()
    expect(page.get_by_label("Address", exact=True)).to_have_value("1 Example Street\n10000 City")
    page.get_by_label("Logo", exact=True).set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": _logo()})
    page.get_by_role("button", name="Save the letterhead").click()
    expect(page.get_by_alt_text("Your logo now")).to_be_visible()

    page.goto(f"{stack.url}/scenarios")
    page.get_by_role("button", name="Report River").click()
    page.get_by_label("Title of the report").fill("The flat by the river")
    page.get_by_label("With every single payment").check()
    page.get_by_role("button", name="Make the report").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download PDF The flat by the river").click()
    assert fetched.value.suggested_filename == "the-flat-by-the-river.pdf"
    first, *_ = PdfReader(fetched.value.path()).pages
    for said in ("Ada L, mortgages", "10000 City", "The flat by the river"):
        assert said in first.extract_text()
    assert len(first.images) == 1
    expect(page.locator("#reports-left")).to_have_text("199 of 200 left this month")

    page.get_by_role("button", name="Share River").click()
    page.get_by_label("For whom").fill("Mr Quiet")
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("The link", exact=True).input_value()
    page.get_by_role("button", name="Done").click()

    stranger = open_browser().new_tab()
    answer = stranger.goto(address)
    assert answer is not None
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "private, no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    expect(stranger.get_by_role("heading", level=1)).to_have_text("River")
    expect(stranger.get_by_text("€100,000 at 3.5 % over 25 years")).to_be_visible()
    words = stranger.content()
    for hidden in ("Ada L", "Mr Quiet", "Example Street"):
        assert hidden not in words
    assert stranger.request.head(address).status == 200  # a browser that only knocks has not looked
    page.reload()
    expect(page.locator("#links")).to_contain_text("for Mr Quiet")
    expect(page.locator("#links")).to_contain_text("seen 1 time, last on")
    page.get_by_role("button", name="Revoke River").click()
    expect(page.locator("#links")).to_be_hidden()
    assert httpx.get(address).status_code == 404
    assert "River" not in httpx.get(address).text
