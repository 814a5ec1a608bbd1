"""What people see while something is down, and what they are told when a form or a page is refused."""

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.e2e.steps import go_to_checkout, open_dashboard, subscribe
from tests.pictures.billing import billing
from tests.pictures.studio import Studio, scene

# A form on somebody else's page, which sends itself to ours.
_ELSEWHERE = '<form method="post" action="{url}/logout"><button>Go</button></form>'


@scene("locked/refused", "refused/from-another-site", "refused/too-large")
def a_door_that_stays_closed(studio: Studio) -> None:
    page = studio.member()
    studio.open(page, "/scenarios/comparison.csv")
    expect(page.locator("#locked-reason")).to_be_visible()
    studio.shoot(page, "locked/refused")
    page.goto("about:blank")
    page.set_content(_ELSEWHERE.format(url=studio.stack.url))
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("sent from another site")).to_be_visible()
    studio.shoot(page, "refused/from-another-site")
    studio.open(page, "/settings/password").evaluate(
        "document.querySelector('main input[name=password]').removeAttribute('maxlength')"
    )
    page.get_by_label("Password", exact=True).fill("x" * 70_000)
    page.get_by_role("button", name="Save my new password").click()
    expect(page.get_by_text("large").first).to_be_visible()
    studio.shoot(page, "refused/too-large")


@scene("broken/page", "broken/database-busy")
def a_page_that_breaks(studio: Studio) -> None:
    page = studio.member()
    studio.open(page, "/settings").get_by_label("Name", exact=True).first.fill("Grace")
    with closing(sqlite3.connect(studio.stack.data / "app.db", timeout=30, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_load_state()
        studio.shoot(page, "broken/database-busy")
        database.execute("ROLLBACK")
        database.execute("ALTER TABLE mailbox RENAME COLUMN subject TO gone")
        studio.open(page, "/dev/mailbox")
        studio.shoot(page, "broken/page")
        database.execute("ALTER TABLE mailbox RENAME COLUMN gone TO subject")


@scene("scenarios/offline", "dashboard/offline")
def a_connection_that_is_gone(studio: Studio) -> None:
    page = studio.open(studio.member(), "/scenarios")
    expect(page.get_by_text("Nothing saved yet")).to_be_visible()
    other = page.context.new_page()
    open_dashboard(other, studio.stack)
    studio.stack.app.kill()
    for tab, name in ((page, "scenarios"), (other, "dashboard")):
        tab.bring_to_front()
        expect(tab.get_by_text("The connection is gone.")).to_be_visible()
        studio.shoot(tab, f"{name}/offline")


@scene(
    "billing/stripe-silent",
    "dashboard/stripe-silent",
    "billing/return/late",
    "billing/return/slow",
    "billing/checkout-silent",
)
def a_stripe_that_does_not_answer(studio: Studio) -> None:
    page, other = studio.member(), studio.member("Bob")
    subscribe(page, studio.stack)
    go_to_checkout(other, studio.stack)
    session = studio.stack.ask_stripe("/v1/checkout/sessions?limit=1")["data"][0]["id"]
    studio.stack.sandbox.stop()
    billing(page, studio, "does not answer right now")
    studio.shoot(page, "billing/stripe-silent")
    studio.open(page, "/dashboard")
    expect(page.get_by_text("does not answer right now")).to_be_visible()
    studio.shoot(page, "dashboard/stripe-silent")
    studio.open(other, f"/billing/return?session_id={session}")
    expect(other.get_by_text("We cannot ask our payment provider")).to_be_visible()
    studio.shoot(other, "billing/return/late")
    if studio.album.wants("billing/return/slow"):
        expect(other.get_by_text("Still being processed")).to_be_visible(timeout=60_000)
    studio.shoot(other, "billing/return/slow")
    _try_to_pay(other, studio)
    studio.shoot(other, "billing/checkout-silent")


def _try_to_pay(page: Page, studio: Studio) -> None:
    studio.open(page, "/pricing").get_by_role("button", name="Choose Pro").first.click()
    expect(page.locator("#billing-problem")).to_be_visible()
