"""The loan desk: empty, at work, full, side by side; reports, and links for others."""

import re

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.steps import save_as, subscribe, work_out_a_loan
from tests.pictures.studio import Studio, scene


def _save(page: Page, studio: Studio, name: str, amount: str) -> None:
    work_out_a_loan(page, studio.stack, amount)
    save_as(page, name)
    expect(page.get_by_role("button", name=f"Delete {name}")).to_be_visible()


@scene("scenarios/wrong")
def a_loan_that_cannot_be(studio: Studio) -> None:
    page = studio.open(studio.member(), "/scenarios")
    page.get_by_label("Loan", exact=True).fill("a lot")
    page.get_by_label("Yearly rate").fill("999")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#principal-error")).to_contain_text("is not an amount")
    studio.shoot(page, "scenarios/wrong")


@scene("scenarios/empty", "scenarios/worked-out", "scenarios/one", "scenarios/limit", "scenarios/locked")
def a_desk_on_free(studio: Studio) -> None:
    page = studio.open(studio.member(), "/scenarios")
    expect(page.get_by_text("Nothing saved yet")).to_be_visible()
    studio.shoot(page, "scenarios/empty")
    work_out_a_loan(page, studio.stack)
    page.get_by_text("Year by year").click()
    studio.shoot(page, "scenarios/worked-out")
    _save(page, studio, "By the river, third floor, with the balcony to the south", "250,000")
    studio.open(page, "/scenarios")
    expect(page.locator("#room")).to_have_text("1 of 2 saved")
    studio.shoot(page, "scenarios/one")
    _save(page, studio, "Hill", "99,999,999")
    work_out_a_loan(page, studio.stack, "312,500")
    save_as(page, "By the sea")
    expect(page.locator("#paywall-reason")).to_be_visible()
    studio.shoot(page, "scenarios/limit")
    page.get_by_role("button", name="Report Hill").click()
    expect(page.locator("#paywall-reason").last).to_have_text("Report is part of Pro.")
    studio.shoot(page, "scenarios/locked")


@scene(
    "scenarios/pro",
    "scenarios/schedule",
    "scenarios/comparison",
    "scenarios/changing",
    "scenarios/deleting",
    "scenarios/early",
)
def a_desk_on_pro(studio: Studio) -> None:
    page = studio.member()
    subscribe(page, studio.stack)
    for name, amount in (("River", "250,000"), ("Hill", "180,000"), ("Sea", "1,312,500"), ("Wood", "99,000")):
        _save(page, studio, name, amount)
    studio.open(page, "/scenarios")
    expect(page.locator("#room")).to_have_text("4 saved")
    studio.shoot(page, "scenarios/pro")
    page.get_by_role("button", name="Compare side by side").click()
    expect(page.locator("#comparison").get_by_role("rowheader")).to_have_count(4)
    studio.shoot(page, "scenarios/comparison")
    studio.open(page, "/scenarios").get_by_role("button", name="Schedule River").click()
    expect(page.locator("#schedule").get_by_role("row")).to_have_count(301)
    studio.shoot(page, "scenarios/schedule")
    studio.open(page, "/scenarios").get_by_role("button", name="Change River").click()
    page.get_by_label("Notes").fill("North side.\nAsk for the minutes of the last meeting.")
    studio.shoot(page, "scenarios/changing")
    page.get_by_role("button", name="Back", exact=True).click()
    page.get_by_role("button", name="Delete River").click()
    expect(page.get_by_text("Delete it for good?")).to_be_visible()
    studio.shoot(page, "scenarios/deleting")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("More about this loan").click()
    page.get_by_label("Extra a month").fill("200")
    page.get_by_label("Fee, paid once").fill("1,500")
    page.get_by_role("button", name="Work it out").click()
    expect(page.locator("#loan-saved")).to_be_visible()
    studio.shoot(page, "scenarios/early")


@scene("scenarios/agent", "scenarios/report", "scenarios/share", "scenarios/reports", "s/loan", "settings/letterhead")
def a_desk_of_an_agent(studio: Studio) -> None:
    page = studio.member()
    studio.open(page, "/pricing").get_by_role("button", name="Choose Agent").click()
    studio.pay(page)
    for name, client in (("River", "Bob"), ("Hill", "Bob"), ("Sea", "Eve")):
        work_out_a_loan(page, studio.stack)
        page.get_by_label("Client", exact=True).fill(client)
        save_as(page, name)
        expect(page.get_by_role("button", name=f"Delete {name}")).to_be_visible()
    studio.open(page, "/scenarios").get_by_role("button", name="Bob", exact=True).click()
    expect(page.get_by_role("button", name="Delete Sea")).to_be_hidden()
    studio.shoot(page, "scenarios/agent")
    page.get_by_role("button", name="Report River").click()
    page.get_by_label("Title of the report").fill("The flat by the river")
    studio.shoot(page, "scenarios/report")
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_role("link", name=re.compile("Download PDF The flat"))).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Share River").click()
    page.get_by_label("For whom").fill("Mr Quiet")
    page.get_by_role("button", name="Make a link").click()
    address = page.get_by_label("The link", exact=True).input_value()
    studio.shoot(page, "scenarios/share")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#links")).to_contain_text("for Mr Quiet")
    studio.shoot(page, "scenarios/reports")
    stranger = studio.visit()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("River")
    studio.shoot(stranger, "s/loan")
    studio.open(page, "/settings").get_by_label("Address", exact=True).fill("1 Example Street\n10000 City")
    picture: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"none"}
    page.get_by_label("Logo", exact=True).set_input_files(picture)
    page.get_by_role("button", name="Save the letterhead").click()
    expect(page.get_by_text("This is not a picture that we can read.")).to_be_visible()
    studio.shoot(page, "settings/letterhead")
