"""Billing for members: the plan, the invoices, and the page between paying and using."""

import reflex as rx

from saas_app import site
from saas_app.auth.shell import member_page, notices
from saas_app.billing.components import more_sections, offer_card, plan_card, subscribe_button
from saas_app.billing.desk import details_card, invoice_list, next_charge_card, other_plans
from saas_app.billing.gate_components import usage_meters
from saas_app.billing.gate_state import OpenState
from saas_app.billing.state import AccountState, BillingState, ReturnState, page_loads, page_states
from saas_app.core.words import _
from saas_app.edge.live import all_loaded
from saas_app.ui.banners import banner, status_region
from saas_app.ui.buttons import link_button
from saas_app.ui.cards import card, skeleton
from saas_app.ui.layout import grid, page_head, stack
from saas_app.ui.text import spoken_title

page_loads.append(OpenState.load)
page_states.append(OpenState)


@member_page(route="/billing", title=_("Billing"), on_load=page_loads, places_notices=True)
def billing() -> rx.Component:
    said = rx.cond(all_loaded(*page_states), BillingState.said, "")
    return stack(
        page_head(_("Billing"), intro=_("Your plan, your card and your invoices.")),
        status_region(said),
        rx.cond(all_loaded(*page_states), _all_of_it(), _waiting()),
    )


def _all_of_it() -> rx.Component:
    return stack(
        rx.cond(BillingState.problem.title != "", _problem()),
        notices(),
        grid(
            plan_card(AccountState.billing, manage=True),
            rx.cond(BillingState.next_charge.title != "", next_charge_card(BillingState.next_charge)),
            columns=2,
        ),
        _plans(),
        usage_meters(),
        *[draw() for draw in more_sections],
        invoice_list(),
        rx.cond(BillingState.details.known, details_card(BillingState.details)),
        key="known",
    )


def _waiting() -> rx.Component:
    """About as high as what comes."""
    return stack(
        grid(skeleton(3, action=True), skeleton(2), columns=2),
        grid(skeleton(7, action=True), skeleton(7, action=True), columns=2),
        skeleton(2),
        key="waiting",
    )


def _plans() -> rx.Component:
    view = AccountState.billing
    to_buy = stack(
        rx.el.h2(_("Plans"), class_name="font-display text-2xl font-semibold"),
        grid(
            rx.foreach(BillingState.offers, lambda offer: offer_card(offer, BillingState.trials[offer.key])), columns=2
        ),
    )
    return rx.cond(view.can_change, other_plans(), rx.cond(view.subscribed, rx.fragment(), to_buy))


def _problem() -> rx.Component:
    problem = BillingState.problem
    again = rx.cond(problem.plan != "", subscribe_button(_("Try again"), plan=problem.plan, interval=problem.interval))
    return banner(problem.title, problem.words, tone="bad", action=again, id="billing-problem")


@member_page(
    route="/billing/return",
    title=_("Your payment"),
    active="/billing",
    on_load=[AccountState.load, ReturnState.load],
    places_notices=True,
)
def billing_return() -> rx.Component:
    outcome = rx.match(
        ReturnState.outcome,
        ("active", _unlocked()),
        ("unknown", _unknown()),
        ("open", _not_paid()),
        ("slow", _slow()),
        ("refused", _slow()),
        _activating(),
    )
    return rx.el.div(
        spoken_title(_("Your payment")),
        rx.el.div(outcome, aria_live="polite"),
        notices("mt-6"),
        class_name="mx-auto max-w-xl",
    )


def _activating() -> rx.Component:
    return card(
        rx.el.progress(class_name="block h-2.5 w-full rounded-full", aria_label=_("Activating your plan")),
        rx.el.p(
            _(
                "We are waiting for the payment provider to confirm. You can close this page: your plan opens "
                "either way, and we write to you."
            ),
            class_name="mt-4 text-quiet",
        ),
        rx.cond(ReturnState.problem != "", rx.el.p(ReturnState.problem, class_name="mt-3 text-warn")),
        title=_("Activating your plan…"),
    )


def _unlocked() -> rx.Component:
    return card(
        rx.el.p(_("Everything in it is open now, here and in your other tabs."), class_name="text-quiet"),
        rx.el.div(
            link_button(_("Go to your {label}").format(label=site.WORK.label.lower()), href=site.WORK.href),
            link_button(_("See billing"), href="/billing", kind="secondary"),
            class_name="mt-6 flex flex-wrap gap-3",
        ),
        title=rx.el.span(ReturnState.plan_name, _(" is yours"), id="unlocked"),
        raised=True,
    )


def _not_paid() -> rx.Component:
    return card(
        rx.el.p(_("This checkout was not completed, and nothing was charged."), class_name="text-quiet"),
        rx.el.div(link_button(_("See the plans"), href="/pricing"), class_name="mt-6"),
        title=_("Not paid"),
    )


def _slow() -> rx.Component:
    return card(
        rx.el.p(
            _("Some payments take hours to be confirmed. Your plan opens by itself, and we write to you when it does."),
            class_name="text-quiet",
        ),
        rx.cond(ReturnState.problem != "", rx.el.p(ReturnState.problem, class_name="mt-3 text-warn")),
        rx.el.div(link_button(_("See billing"), href="/billing", kind="secondary"), class_name="mt-6"),
        title=_("Still being processed"),
    )


def _unknown() -> rx.Component:
    return card(
        rx.el.p(_("This address belongs to no payment of yours. Your plan is under Billing."), class_name="text-quiet"),
        rx.el.div(link_button(_("See billing"), href="/billing"), class_name="mt-6"),
        title=_("We do not know this payment"),
    )
