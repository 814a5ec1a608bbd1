"""The first screen behind the log-in: the plan, and what to do next."""

import reflex as rx

from saas_app.auth.shell import member_page, notices
from saas_app.billing.components import plan_card
from saas_app.billing.state import AccountState
from saas_app.core.words import _
from saas_app.dashboard.components import to_work, what_next
from saas_app.dashboard.state import DashboardState
from saas_app.edge.live import all_loaded
from saas_app.ui.cards import skeleton
from saas_app.ui.layout import grid, page_head, stack


@member_page(
    route="/dashboard", title=_("Dashboard"), on_load=[AccountState.load, DashboardState.load], places_notices=True
)
def dashboard() -> rx.Component:
    return stack(
        page_head(rx.cond(AccountState.loaded, rx.fragment(_("Hello, "), AccountState.name), _("Hello"))),
        # Each with a key of its own: what is drawn anew has not moved. What most people will see is there at once.
        rx.cond(
            all_loaded(AccountState, DashboardState),
            stack(
                notices(),
                grid(plan_card(AccountState.billing), what_next(), columns=2),
                key="known",
            ),
            grid(skeleton(2, action=True), to_work(), columns=2, key="waiting"),
        ),
    )
