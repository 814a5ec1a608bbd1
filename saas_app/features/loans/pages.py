"""The calculator for everybody, and the desk: work out a loan, save it, compare."""

import reflex as rx

from saas_app import site
from saas_app.auth.shell import member_page
from saas_app.billing.gate_components import refused
from saas_app.edge.pages import island
from saas_app.features.loans.calculator import calculator_page
from saas_app.features.loans.components import loan_form, result
from saas_app.features.loans.desk import comparison, more_sections, opened, saved
from saas_app.features.loans.quick import SCRIPT, answer
from saas_app.features.loans.state import ScenariosState, page_loads
from saas_app.ui.banners import error_region, status_region
from saas_app.ui.cards import card, skeleton
from saas_app.ui.layout import page_head, stack
from saas_app.ui.public import public_page


@island(
    site.CALCULATOR,
    title=f"Loan calculator · {site.PRODUCT}",
    description="What a loan costs a month and in the end: payment, interest, every year, with the formulas shown.",
    reckon=answer,
)
def calculator() -> rx.Component:
    return public_page(calculator_page(), scripts=(SCRIPT,))


@member_page(route="/scenarios", title="Scenarios", on_load=page_loads)
def scenarios() -> rx.Component:
    return stack(
        page_head("Scenarios", intro=f"Sums that you can check. {site.DISCLAIMER}"),
        card(loan_form()),
        error_region(ScenariosState.errors.get("form", "")),
        status_region(ScenariosState.said),
        result(),
        refused(ScenariosState.refusal),
        comparison(),
        opened(),
        rx.cond(ScenariosState.loaded, saved(), card(skeleton(3))),
        *[draw() for draw in more_sections],
    )
