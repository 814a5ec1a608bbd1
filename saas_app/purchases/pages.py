"""The page between paying once and having it, and the one where a payment by link finds its account."""

import reflex as rx

from saas_app import site
from saas_app.auth.components import auth_page
from saas_app.auth.shell import member_page, notices
from saas_app.billing.state import AccountState
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.purchases import components
from saas_app.purchases.state import BoughtState
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import native_form
from saas_app.ui.layout import row
from saas_app.ui.slots import slot, when
from saas_app.ui.text import spoken_title, text

assert components  # noqa: S101 (adds its part to the billing page)


@member_page(
    route="/purchases/return",
    title=_("Your payment"),
    active="/billing",
    on_load=[AccountState.load, BoughtState.load],
    places_notices=True,
)
def purchase_return() -> rx.Component:
    """Says only what is known: a payment that a bank still has to confirm is not one yet."""
    outcome = rx.match(
        BoughtState.outcome,
        ("active", _yours()),
        ("unknown", _said(_("We do not know this payment"), _("This address belongs to no payment of yours."))),
        (
            "open",
            _said(
                _("Not paid"),
                _("This checkout was not completed, and nothing was charged."),
                link_button(_("Choose again"), href=site.PRICING),
            ),
        ),
        ("processing", _waiting()),
        ("slow", _waiting()),
        ("refused", _waiting()),
        _activating(),
    )
    return rx.el.div(
        spoken_title(_("Your payment")),
        rx.el.div(outcome, aria_live="polite"),
        notices("mt-6"),
        class_name="mx-auto max-w-xl",
    )


def _yours() -> rx.Component:
    return card(
        rx.el.p(_("You find it under Billing whenever you want it, with its receipt."), class_name="text-quiet"),
        row(
            rx.cond(BoughtState.home != "", link_button(_("Open it"), href=BoughtState.home)),
            link_button(_("See your purchases"), href="/billing", kind="secondary"),
            class_name="mt-6",
        ),
        title=rx.el.span(BoughtState.name, _(" is yours"), id="unlocked"),
        raised=True,
    )


def _activating() -> rx.Component:
    return card(
        rx.el.progress(class_name="block h-2.5 w-full rounded-full", aria_label=_("Waiting for your payment")),
        rx.el.p(
            _(
                "We are waiting for the payment provider to confirm. You can close this page: what you bought "
                "opens either way, and we write to you."
            ),
            class_name="mt-4 text-quiet",
        ),
        _problem(),
        title=_("Activating…"),
    )


def _waiting() -> rx.Component:
    return card(
        rx.el.p(
            _(
                "Your bank has not confirmed this payment yet, which can take some days. What you bought opens "
                "by itself then, and we write to you."
            ),
            class_name="text-quiet",
        ),
        _problem(),
        rx.el.div(link_button(_("See billing"), href="/billing", kind="secondary"), class_name="mt-6"),
        title=_("Still being processed"),
    )


def _problem() -> rx.Component:
    return rx.cond(BoughtState.problem != "", rx.el.p(BoughtState.problem, class_name="mt-3 text-warn"))


def _said(title: str, words: str, *ways: rx.Component) -> rx.Component:
    return card(
        rx.el.p(words, class_name="text-quiet"),
        row(*ways, link_button(_("See billing"), href="/billing", kind="secondary"), class_name="mt-6"),
        title=title,
    )


@island(
    "/claim",
    title=_("Your purchase · {product}").format(product=site.PRODUCT),
    description=_("Put your purchase into your account."),
    hidden=True,
)
def claim() -> rx.Component:
    """By a click and not by opening the link, since mail scanners open links too; and first an account."""
    form = native_form(submit_button(_("Put it into my account"), busy=_("One moment…"), wide=True), action="/claim")
    ways_in = rx.el.div(
        text(_("Log in first, or open an account; then you come back here."), class_name="mb-6"),
        rx.el.div(
            link_button(_("Create an account"), href=f"{site.SIGNUP}?next=/claim", wide=True),
            link_button(_("Log in"), href=f"{site.LOGIN}?next=/claim", kind="secondary", wide=True),
            class_name="flex flex-col gap-3",
        ),
    )
    as_whom = text(_("You are logged in as "), rx.el.b(slot("viewer.email")), ".", class_name="mb-6")
    return auth_page(
        _("Put your purchase into your account"),
        when(
            "gone",
            link_button(_("See your purchases"), href="/billing", wide=True),
            otherwise=(when("member", as_whom, form, otherwise=(ways_in,)),),
        ),
        intro=_("It is the last step after paying by a link. The link from your mail works once."),
    )
