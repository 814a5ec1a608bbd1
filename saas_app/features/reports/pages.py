"""Where reports and links stand: on the scenario page, in the settings, and at the address of a link."""

from collections.abc import Mapping
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.account.pages import more_cards, more_fills
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.features.reports import desk, letterhead
from saas_app.features.reports.components import letterhead_card, shared_page
from saas_app.ui.public import public_page

assert desk  # noqa: S101  it puts itself on the scenario page


def _nothing(typed: Mapping[str, str]) -> dict[str, Any]:
    return {"shared": None}


@island(
    "/s",
    title=_("A loan, worked out · {product}").format(product=site.PRODUCT),
    description=_("A loan that somebody has worked out and sent to you."),
    hidden=True,
    reckon=_nothing,
)
def shared() -> rx.Component:
    """A scenario behind a link; without a link, that there is nothing."""
    return public_page(shared_page())


async def _fill(viewer: Viewer) -> dict[str, Any]:
    return {"letterhead": await db.read(viewer, letterhead.letterhead)}


more_cards.append(letterhead_card)
more_fills.append(_fill)
