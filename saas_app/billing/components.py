"""What billing draws: plans to choose, the plan one has, banners, and the paywall."""

from collections.abc import Callable

import reflex as rx

from saas_app.auth.shell import above_pages, below_pages, in_menu
from saas_app.billing.catalogue import Offer
from saas_app.billing.notices import Notice
from saas_app.billing.plans import Interval
from saas_app.billing.service import BillingView
from saas_app.billing.state import AccountState
from saas_app.core.words import _
from saas_app.ui.banners import banner, sandbox_ribbon
from saas_app.ui.buttons import Kind, link_button, submit_button
from saas_app.ui.cards import TICKED, badge, card, fact, facts
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import row, stack
from saas_app.ui.slots import slot, when
from saas_app.ui.text import anchor, for_ears
from saas_app.ui.theme import Tone, classes

# What else the billing page shows between the plans and the invoices. A feature adds its own.
more_sections: list[Callable[[], rx.Component]] = []

INLINE = "inline-flex"
SANDBOX_CARD = "4242 4242 4242 4242"


def portal_button(words: str | rx.Var[str], *, flow: str | rx.Var[str] = "", kind: Kind = "secondary") -> rx.Component:
    """Open the hosted portal, at one task when `flow` names one."""
    return native_form(
        hidden("flow", flow),
        submit_button(words, busy=_("Opening…"), kind=kind),
        action="/billing/portal",
        class_name=INLINE,
    )


def subscribe_button(
    words: str | rx.Var[str],
    *,
    plan: str | rx.Var[str],
    interval: str | rx.Var[str],
    currency: str | rx.Var[str] = "",
    kind: Kind = "primary",
) -> rx.Component:
    """Go to the hosted checkout for this plan and interval, in the currency that is shown beside it."""
    return native_form(
        hidden("plan", plan),
        hidden("billing", interval),
        hidden("currency", currency),
        submit_button(words, busy=_("Opening checkout…"), kind=kind, wide=True),
        action="/billing/checkout",
    )


def offer_card(offer: Offer, trial: str | rx.Var[str] = "") -> rx.Component:
    """One plan that can be bought, yearly first; `trial` is what it begins with."""
    begin = rx.cond(trial != "", _("Start free trial"), _("Yearly for {total}").format(total=offer.year.total))
    return card(
        rx.el.p(offer.description, class_name="text-quiet"),
        rx.cond(trial != "", rx.el.p(trial, _(", then"), class_name="mt-3 font-semibold text-good")),
        rx.cond(offer.year.available, _yearly(offer), _monthly(offer)),
        rx.el.ul(
            rx.foreach(offer.features, lambda words: rx.el.li(words, class_name=TICKED)),
            class_name="my-5 flex flex-1 flex-col gap-2",
        ),
        stack(
            rx.cond(
                offer.year.available,
                subscribe_button(begin, plan=offer.key, interval="year", currency=offer.year.currency),
            ),
            rx.cond(
                offer.month.available,
                subscribe_button(
                    _("Monthly for {total}").format(total=offer.month.total),
                    plan=offer.key,
                    interval="month",
                    currency=offer.month.currency,
                    kind="secondary",
                ),
            ),
            gap="small",
        ),
        title=offer.name,
        class_name="flex flex-col",
    )


def _yearly(offer: Offer) -> rx.Component:
    saving = rx.cond(
        offer.year.saving_percent > 0,
        _(", you save {saving_percent}%").format(saving_percent=offer.year.saving_percent),
        "",
    )
    return _price(offer.year.per_month, offer.year.total, _(" billed yearly"), saving)


def _monthly(offer: Offer) -> rx.Component:
    return _price(offer.month.per_month, _("billed monthly"))


def _price(per_month: str, *terms: str | rx.Var[str] | rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(per_month, class_name="font-display text-4xl font-semibold"),
            rx.el.span(_(" a month"), class_name="text-quiet"),
            class_name="mt-4",
        ),
        rx.el.p(*terms, class_name="text-sm text-quiet"),
    )


def status_badge(view: BillingView) -> rx.Component | rx.Var[rx.Component]:
    """The subscription's state in a word."""
    return by_tone(view.tone, lambda tone: badge(view.status, tone))


def by_tone(tone: str | rx.Var[str], draw: Callable[[Tone], rx.Component]) -> rx.Component | rx.Var[rx.Component]:
    """Draw the same thing in the tone that a view names; the class lists must be known when the page is built."""
    tones: tuple[Tone, ...] = ("good", "warn", "bad", "info")
    return rx.match(tone, *[(name, draw(name)) for name in tones], draw("plain"))


# The ways on stand in two columns, as wide as these; on the narrowest phone in one.
_IN_PAIRS = (
    "grid sm:grid-cols-2 max-sm:grid-cols-[repeat(auto-fit,minmax(8rem,1fr))] [&_a]:w-full [&_a]:px-1 "
    "[&_button]:w-full [&_button]:px-1"
)


def plan_card(view: BillingView, *, manage: bool = False) -> rx.Component:
    """The plan somebody has: price, interval, the next date, the card. With `manage` also how to change and end it."""
    return card(
        row(
            rx.el.h2(view.plan_title, class_name="font-display text-2xl font-semibold", id="plan-name"),
            rx.cond(view.price != "", rx.fragment(status_badge(view))),
            class_name="justify-between",
        ),
        facts(
            rx.cond(
                view.price != "",
                fact(_("Price"), rx.el.span(view.price, ", ", view.interval, id="plan-price")),
                fact(_("Price"), _("Nothing, for good")),
            ),
            rx.cond(view.discount != "", fact(_("Discount"), rx.el.span(view.discount, id="plan-discount"))),
            rx.cond(view.date != "", fact(view.date_label, rx.el.span(view.date, id="plan-date"))),
            rx.cond(view.card != "", fact(_("Card"), _card(view))),
        ),
        rx.cond(view.stale != "", rx.el.p(view.stale, class_name="mt-2 text-sm text-quiet")),
        row(*_ways_on(view, manage=manage), class_name=classes("mt-5 empty:hidden", _IN_PAIRS if manage else "")),
    )


def _card(view: BillingView) -> rx.Component:
    return rx.el.span(
        rx.el.span(view.card, id="plan-card"),
        rx.el.span(
            view.card_note,
            rx.cond(view.card_soon, rx.el.b(_(" (soon)"), class_name="text-warn")),
            class_name="block text-sm font-normal text-quiet",
        ),
    )


def _ways_on(view: BillingView, *, manage: bool) -> list[rx.Component]:
    if not manage:
        plans = rx.cond(
            view.subscribed, rx.fragment(), link_button(_("See the plans"), href="/pricing", kind="secondary")
        )
        return [rx.cond(view.has_customer, link_button(_("Billing"), href="/billing", kind="secondary")), plans]
    update = portal_button(_("Update card"), flow="payment_method_update")
    return [
        rx.cond(view.can_change, link_button(_("Change plan"), href="#plans")),
        rx.cond(view.subscribed & (view.card != ""), update),
        rx.cond(view.has_customer, portal_button(_("Manage billing"))),
        rx.cond(view.can_cancel, link_button(_("Cancel plan"), href="/billing/cancel", kind="quiet")),
    ]


def account_banners() -> rx.Component:
    """The one thing about billing that wants attention, on every member page."""
    notice = AccountState.billing.notice
    said = rx.fragment(by_tone(notice.tone, lambda tone: _notice(notice, tone)))
    return rx.cond(notice.title != "", said, rx.fragment())


def pretended_payments(live: bool) -> rx.Component:
    """That this is the sandbox, at the foot of every member page."""
    if not live:
        return when("sandbox", sandbox_ribbon(slot("sandbox_card")))
    return rx.cond(AccountState.sandbox, sandbox_ribbon(SANDBOX_CARD), rx.fragment())


def plan_badge(live: bool) -> rx.Component:
    """Who is here and on which plan, leading to billing. Its place is kept until it is known."""
    if live:
        view, name = AccountState.billing, AccountState.name
        known = rx.cond(view.paid, badge(view.plan_name, "good"), badge(view.plan_name, "info"))
        plan = rx.cond(view.plan_name != "", known, for_ears(_("Your account")))  # a link has a name at every moment
    else:
        words, name = slot("own_plan.name"), slot("viewer.name")
        plan = when("own_plan.paid", badge(words, "good"), otherwise=(badge(words, "info"),))
    return anchor(
        rx.el.span(name, class_name="min-w-0 truncate text-sm text-quiet max-md:sr-only"),
        plan,
        href="/billing",
        inside=True,
        id="account",
        class_name="flex min-h-11 min-w-14 items-center justify-between gap-2 rounded-lg hover:bg-line md:px-3.5",
    )


above_pages.append(account_banners)
below_pages.append(pretended_payments)
in_menu.append(plan_badge)


def _notice(notice: Notice, tone: Tone) -> rx.Component:
    action = row(
        rx.cond(notice.pay != "", link_button(notice.pay, href=notice.pay_url)),
        rx.cond(notice.action != "", _answer(notice.action, notice.door, notice.flow)),
        rx.cond(notice.other != "", _answer(notice.other, notice.other_door, notice.other_flow)),
        class_name="empty:hidden",
    )
    return banner(notice.title, notice.words, tone=tone, action=action)


def _answer(words: str, to: str, flow: str) -> rx.Component:
    return native_form(
        hidden("flow", flow),
        submit_button(words, busy=_("One moment…"), kind="secondary"),
        action=to,
        class_name=INLINE,
    )


def paywall(why: str | rx.Var[str], offer: Offer) -> rx.Component:
    """What stands where something is locked: the reason, the price, and the way to open it."""
    return card(
        rx.el.p(why, class_name="text-lg font-semibold", id="paywall-reason"),
        rx.cond(offer.year.available, _way_in(offer, "year"), rx.cond(offer.month.available, _way_in(offer, "month"))),
        raised=True,
        role="alert",
    )


def _way_in(offer: Offer, interval: Interval) -> rx.Component:
    price = offer.year if interval == "year" else offer.month
    terms = (_(", billed as "), offer.year.total, _(" a year")) if interval == "year" else ()
    return rx.el.div(
        rx.el.p(
            offer.name,
            _(" is "),
            rx.el.b(price.per_month, _(" a month")),
            *terms,
            _(". What you have typed stays here."),
            class_name="mt-1 text-quiet",
        ),
        rx.el.div(
            subscribe_button(
                _("Open {name}").format(name=offer.name), plan=offer.key, interval=interval, currency=price.currency
            ),
            class_name="mt-4 sm:max-w-xs",
        ),
    )
