"""Claiming what was paid by a link: fetched afresh before the one transaction that gives it."""

from saas_app.auth import limits
from saas_app.auth.sessions import Visit
from saas_app.billing.gateway.orders import fetch_order
from saas_app.billing.limits import count_ask
from saas_app.core import db, ratelimit
from saas_app.core.viewer import Viewer
from saas_app.purchases import claims


async def claim(viewer: Viewer, token: str, visit: Visit) -> str:
    """Put what was paid by a link into this account; gives its name.

    Raises LinkGone, NothingToClaim, and StripeUnavailable, after which the link is as good as before.
    """
    await db.run_system("throttle", ratelimit.hit, limits.LINKS_BY_IP, visit.ip)
    await count_ask(viewer)
    session_id = await db.read_system("claim", claims.order_of_link, token)
    seq = await db.run_system("claim", claims.begin, session_id)
    found = await fetch_order(session_id)
    if found is None:
        raise claims.NothingToClaim
    return await db.run_system("claim", claims.claim, token, viewer.id, seq, found)
