"""What stays of a payment by a link when its owner deletes their account: the order, without an address."""

from saas_app.account import leaving
from saas_app.core import db
from saas_app.purchases import claims


async def forget(user_id: str) -> None:
    """Part of leaving; it may be done twice."""
    await db.run_system("leaving", claims.forget_person, user_id)


leaving.settle.append(forget)
