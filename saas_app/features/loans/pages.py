"""The desk: work out a loan, save it, compare."""

import reflex as rx

from saas_app.auth.shell import member_page
from saas_app.billing.gate_components import refused
from saas_app.billing.state import AccountState
from saas_app.features.loans.components import comparison, loan_form, result, saved
from saas_app.features.loans.state import ScenariosState
from saas_app.ui.banners import error_region, status_region
from saas_app.ui.cards import card, skeleton
from saas_app.ui.layout import page_head, stack


@member_page(route="/scenarios", title="Scenarios", on_load=[AccountState.load, ScenariosState.load])
def scenarios() -> rx.Component:
    return stack(
        page_head("Scenarios", intro="Not financial advice: sums that you can check."),
        card(loan_form()),
        error_region(ScenariosState.errors.get("form", "")),
        status_region(ScenariosState.said),
        result(),
        refused(ScenariosState.refusal),
        comparison(),
        rx.cond(ScenariosState.loaded, saved(), card(skeleton(3))),
    )
