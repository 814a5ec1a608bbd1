"""What is bought once is compared with Stripe as everything else is."""

import sqlalchemy as sa
from sqlmodel import col

from saas_app.billing.compare import compare
from saas_app.purchases.models import Purchase
from tests.billing.shop import rows
from tests.factories import a_user, as_system
from tests.purchases.market import Market


async def test_a_purchase_that_differs_is_named_and_repaired(market: Market) -> None:
    ada = a_user()
    session_id = await market.buy(ada)
    await market.tell_all()
    assert "1 purchase" in (await compare(settled=False)).summary
    market.refund(session_id, 500)
    as_system(lambda session: session.exec(sa.update(Purchase).where(col(Purchase.id) != "").values(amount=1)))
    said = {
        str(each).partition("purchase ")[2].partition(" ")[2] for each in (await compare(settled=False)).differences
    }
    assert {"amount: here 1, at Stripe 1900", "amount_refunded: here 0, at Stripe 500"} <= said
    assert rows(Purchase)[0].amount == 1
    repaired = await compare(repair=True, settled=False)
    assert all(each.repaired for each in repaired.differences)
    assert [(row.amount, row.amount_refunded) for row in rows(Purchase)] == [(1900, 500)]


async def test_a_purchase_that_nobody_told_us_of_is_missing(market: Market) -> None:
    ada = a_user()
    await market.buy(ada)
    report = await compare(settled=False)
    said = [str(each) for each in report.differences]
    assert any("purchase pur_" in each and "here missing, at Stripe there" in each for each in said)
    assert rows(Purchase) == []
    await compare(repair=True, settled=False)
    assert [row.user_id for row in rows(Purchase)] == [ada.id]
    assert (await compare(settled=False)).status == 0
