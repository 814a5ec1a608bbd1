"""The first screens behind the log-in, and the window that leads anywhere."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.steps import join, open_dashboard, save_as, subscribe, work_out_a_loan
from tests.pictures.studio import Studio, scene


@scene("dashboard/new", "dashboard/half-done", "dashboard/pro", "dashboard/free")
def the_first_steps(studio: Studio) -> None:
    page = studio.member("Ada Lovelace of the Analytical Engine")
    open_dashboard(page, studio.stack)
    expect(page.locator("#steps-done")).to_contain_text("1 of")
    studio.shoot(page, "dashboard/new")
    page = studio.proved()
    open_dashboard(page, studio.stack)
    expect(page.locator("#steps-done")).to_contain_text("2 of")
    studio.shoot(page, "dashboard/half-done")
    for number, name in enumerate(("A flat by the river, third floor", "Hill"), 1):
        work_out_a_loan(page, studio.stack)
        save_as(page, name)
        expect(page.locator("#room")).to_have_text(f"{number} of 2 saved")
    open_dashboard(page, studio.stack)
    expect(page.get_by_role("heading", name="Go on")).to_be_visible()
    studio.shoot(page, "dashboard/free")
    subscribe(page, studio.stack)
    open_dashboard(page, studio.stack)
    expect(page.locator("#plan-name")).to_have_text("Pro")
    studio.shoot(page, "dashboard/pro")


@scene("dashboard/waiting", "scenarios/waiting", "library/waiting", "billing/waiting", "billing/return/waiting")
def while_a_page_loads(studio: Studio) -> None:
    page = studio.visit()
    page.route_web_socket(re.compile("/_event"), _never_answer)
    join(page, studio.stack)
    for path in ("dashboard", "scenarios", "library", "billing", "billing/return"):
        studio.open(page, f"/{path}")
        studio.shoot(page, f"{path}/waiting")


def _never_answer(socket: WebSocketRoute) -> None:
    """Hold the line open and say nothing."""


@scene("finder/open", "finder/found", "finder/nothing")
def where_to(studio: Studio) -> None:
    page = studio.member()
    work_out_a_loan(page, studio.stack)
    save_as(page, "Flat in Málaga")
    expect(page.locator("#room")).to_be_visible()
    open_dashboard(page, studio.stack)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Dashboard")).to_be_visible()
    studio.shoot(page, "finder/open", whole=False)
    _type(page, "flat")
    expect(page.get_by_role("option").first).to_contain_text("Málaga")
    studio.shoot(page, "finder/found", whole=False)
    _type(page, "zzz")
    expect(page.get_by_text("No page and nothing of yours")).to_be_visible()
    studio.shoot(page, "finder/nothing", whole=False)


def _type(page: Page, words: str) -> None:
    page.get_by_role("combobox", name="Where to?").fill(words)
