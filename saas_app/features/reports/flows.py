"""What takes more than one transaction: a stranger with a link, who acts for nobody."""

from saas_app.billing.entitlements import NotEntitled
from saas_app.core import db
from saas_app.core.errors import NotFound
from saas_app.features.reports import sharing
from saas_app.features.reports.sharing import GONE, Shared


async def open_link(token: str, *, by: str = "", counts: bool = True) -> Shared:
    """What is behind a link, read as its owner would read it; raises NotFound for whatever does not show (any more).

    A look is counted if it `counts`, unless it is the owner's: `by` is the id of who looks, if that is known.
    """
    owner, link_id = await db.read_system("share link", sharing.whose, token)
    try:
        found = await db.read(owner, sharing.shown, link_id)
    except NotEntitled as error:  # to a stranger it is nobody's business why
        raise NotFound(GONE) from error
    if counts and by != owner:
        await db.run(owner, sharing.count_view, link_id)
    return found
