"""How often one person may make us ask Stripe, whose own limit all of our customers share."""

from datetime import timedelta

from saas_app.core import db, ratelimit
from saas_app.core.ratelimit import Rule
from saas_app.core.viewer import Viewer

ASKS_BY_USER = Rule("stripe by user", 30, timedelta(minutes=1))


async def count_ask(viewer: Viewer) -> None:
    """Count a click that leads to Stripe; raises TooManyTries."""
    await db.run_system("throttle", ratelimit.hit, ASKS_BY_USER, viewer.id)
