"""The calculators for everybody, and the desk: work out a loan, save it, compare."""

import reflex as rx

from saas_app import site
from saas_app.auth.shell import member_page, notices
from saas_app.billing.gate_components import refused
from saas_app.core.words import _
from saas_app.dashboard.service import first_steps
from saas_app.dashboard.service import latest as did_last
from saas_app.edge.live import all_loaded
from saas_app.edge.pages import island
from saas_app.features.loans import calculator, letting, quick, rent_answer, rent_or_buy, yield_answer
from saas_app.features.loans.asked import FOLLOW
from saas_app.features.loans.components import loan_form, result
from saas_app.features.loans.desk import more_sections, opened, saved
from saas_app.features.loans.service import first_scenario, latest, places
from saas_app.features.loans.side_by_side import comparison
from saas_app.features.loans.state import ScenariosState, page_loads, page_states
from saas_app.finder.places import kept as found_by_name
from saas_app.ui.banners import error_region, status_region
from saas_app.ui.buttons import link_button
from saas_app.ui.cards import card, skeleton
from saas_app.ui.layout import page_head, row, stack
from saas_app.ui.public import public_page

first_steps.append(first_scenario)
found_by_name.append(places)
did_last.append(latest)

CALCULATOR = site.Link(_("Loan calculator"), calculator.PATH)
RENT_OR_BUY = site.Link(_("Rent or buy?"), rent_or_buy.PATH)
YIELD = site.Link(_("What does a flat earn?"), letting.PATH)


@island(
    calculator.PATH,
    title=_("Loan calculator · {product}").format(product=site.PRODUCT),
    description=_("What a loan costs a month and in the end: payment, interest, every year, with the formulas shown."),
    reckon=quick.answer,
)
def loan_calculator() -> rx.Component:
    return public_page(calculator.calculator_page(RENT_OR_BUY, YIELD), scripts=(quick.SCRIPT,))


@island(
    rent_or_buy.PATH,
    title=_("Rent or buy · {product}").format(product=site.PRODUCT),
    description=_(
        "Is it better to rent a flat or to buy it? Year by year, with your numbers, and every formula shown."
    ),
    reckon=rent_answer.answer,
)
def rent_against_buy() -> rx.Component:
    return public_page(rent_or_buy.rent_or_buy_page(YIELD, CALCULATOR), scripts=(FOLLOW,))


@island(
    letting.PATH,
    title=_("What a flat earns · {product}").format(product=site.PRODUCT),
    description=_("Gross and net yield, price in years of rent, return on all money and on your own, formulas shown."),
    reckon=yield_answer.answer,
)
def what_a_flat_earns() -> rx.Component:
    return public_page(letting.yield_page(RENT_OR_BUY, CALCULATOR), scripts=(FOLLOW,))


@member_page(route="/scenarios", title=_("Scenarios"), on_load=page_loads, places_notices=True)
def scenarios() -> rx.Component:
    known = all_loaded(*page_states)
    others = row(*[link_button(each.label, href=each.href, kind="secondary") for each in (RENT_OR_BUY, YIELD)])
    return stack(
        page_head(_("Scenarios"), intro=_("Sums that you can check. {disclaimer}").format(disclaimer=site.DISCLAIMER)),
        card(loan_form(), id="loan-card", tab_index=-1, class_name="scroll-mt-4"),
        rx.cond(known, notices()),
        error_region(ScenariosState.errors.get("form", "")),
        status_region(ScenariosState.said),
        result(),
        refused(ScenariosState.refusal),
        comparison(),
        opened(),
        rx.cond(
            known,
            stack(saved(), *[draw() for draw in more_sections], others, key="known"),
            stack(skeleton(3), others, key="waiting"),
        ),
    )
