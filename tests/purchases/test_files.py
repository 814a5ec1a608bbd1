"""Files are for whoever owns them at the moment they are fetched, and for nobody else."""

import json
from datetime import timedelta

import pytest

from saas_app.account import own_data
from saas_app.core import clock, db, tokens
from saas_app.core.errors import RowLevelSecurity
from saas_app.core.viewer import Viewer
from saas_app.purchases import service
from saas_app.purchases.deliverables import deliver
from saas_app.purchases.limits import DOWNLOADS_BY_USER
from saas_app.purchases.models import Download, Purchase
from tests.billing.shop import rows
from tests.factories import a_user
from tests.purchases.conftest import OpenBrowser
from tests.purchases.market import FILE, Market


async def _owner(market: Market, name: str = "Ada") -> tuple[Viewer, str, str]:
    """Somebody who has bought the book: who, the session, and the address of the file."""
    viewer = a_user(name)
    session_id = await market.buy(viewer)
    await market.tell_all()
    row = next(row for row in rows(Purchase) if row.user_id == viewer.id)
    return viewer, session_id, f"/purchases/{row.id}/{FILE}"


async def test_an_owner_gets_the_file_made_for_them_and_it_is_written_down(
    market: Market, open_browser: OpenBrowser
) -> None:
    ada, _, address = await _owner(market)
    answer = await open_browser(ada).get(address, follow_redirects=True)
    assert answer.content == b"%PDF for Ada <ada@example.com>"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="{FILE}"'
    (row,) = rows(Download)
    assert (row.user_id, row.product_key, row.file) == (ada.id, "book_v1", FILE)


async def test_what_is_not_yours_looks_like_what_never_was(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    bob, bobs_session, bobs_address = await _owner(market, "Bob")
    market.refund(bobs_session)
    await market.tell_all()
    bobs, adas = open_browser(bob), open_browser(ada)
    link = (await adas.get(address)).headers["location"]
    tries = [
        await bobs.get(address),  # another person's
        await bobs.get(bobs_address),  # refunded
        await bobs.get(f"/purchases/pur_never/{FILE}"),
        await adas.get(address.replace(FILE, "other.pdf")),
        await bobs.get(link),  # another person's link
    ]
    assert {(each.status_code, each.text) for each in tries} == {(404, "We could not find that.\n")}
    assert rows(Download) == []


async def test_a_stranger_is_asked_to_log_in_whatever_they_name(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    link = (await open_browser(ada).get(address)).headers["location"]
    stranger = open_browser()
    for wanted in (address, f"/purchases/pur_never/{FILE}", link, "/downloads/made-up"):
        answer = await stranger.get(wanted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/billing")


async def test_a_link_runs_out_and_leads_back_to_the_page(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    browser = open_browser(ada)
    link = (await browser.get(address)).headers["location"]
    later = clock.now() + service.LINK_LASTS + timedelta(seconds=1)
    with clock.showing(lambda: later):
        answer = await browser.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/billing")
    assert rows(Download) == []


@pytest.mark.parametrize("step", ["refund", "dispute"])
async def test_a_link_that_is_out_already_is_worth_nothing_once_the_money_goes_back(
    market: Market, open_browser: OpenBrowser, step: str
) -> None:
    ada, session_id, address = await _owner(market)
    browser = open_browser(ada)
    link = (await browser.get(address)).headers["location"]
    if step == "refund":
        market.refund(session_id)
    else:
        market.dispute(session_id)
    await market.tell_all()
    assert (await browser.get(link)).status_code == 404


async def test_a_link_signed_for_something_else_opens_nothing(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    named = f"{ada.id}/{address.removeprefix('/purchases/')}"
    other = tokens.sign("known", named, timedelta(minutes=5))
    assert (await open_browser(ada).get(f"/downloads/{other}")).headers["location"] == "/billing"


async def test_nobody_has_files_made_without_end(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    browser = open_browser(ada)
    link = (await browser.get(address)).headers["location"]
    states = [(await browser.get(link)).status_code for _ in range(DOWNLOADS_BY_USER.limit + 1)]
    assert states == [200] * DOWNLOADS_BY_USER.limit + [429]


async def test_owners_read_their_purchases_and_write_none(market: Market) -> None:
    ada, _, _ = await _owner(market)
    bob = a_user("Bob")
    assert await db.read(bob, service.purchases) == []
    with pytest.raises(RowLevelSecurity), db.session_for(ada) as session:
        session.add(free_book(ada))


def free_book(viewer: Viewer) -> Purchase:
    keys = {"stripe_payment_id": "pi_x", "stripe_checkout_session_id": "cs_x", "product_key": "book_v1"}
    return Purchase(**keys, paid=True, user_id=viewer.id, bought_at=clock.now())


async def test_own_data_holds_purchases_and_downloads(market: Market, open_browser: OpenBrowser) -> None:
    ada, _, address = await _owner(market)
    await open_browser(ada).get(address, follow_redirects=True)
    tables = json.loads(await db.read(ada, own_data.collect))["tables"]
    assert [row["product_key"] for row in tables["purchases"]] == ["book_v1"]
    assert [row["file"] for row in tables["downloads"]] == [FILE]
    assert "link_orders" not in tables


@pytest.mark.parametrize("name", ["../secret", "a/b", "", "x" * 200, 'a"b'])
def test_a_file_has_a_name_that_fits_into_an_address(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a file"):
        deliver("book_v1", name, "application/pdf", lambda buyer: b"")


async def test_a_stranger_who_buys_opens_an_account_first(market: Market, open_browser: OpenBrowser) -> None:
    answer = await open_browser().post("/purchases/checkout", data={"product": "book_v1"})
    assert answer.headers["location"] == "/signup?next=/billing"
    ada = a_user()
    answer = await open_browser(ada).post("/purchases/checkout", data={"product": "book_v1"})
    assert "/c/pay/" in answer.headers["location"]
    answer = await open_browser(ada).post("/purchases/checkout", data={"product": "gold_v9"})
    assert answer.headers["location"] == "/billing?problem=NotSold"
