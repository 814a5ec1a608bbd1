"""What purchases draw: a section of the billing page, and the card of something that is bought once."""

import reflex as rx

from saas_app.billing.components import by_tone, more_sections
from saas_app.billing.state import page_loads, page_states
from saas_app.billing.storefront import more_slots
from saas_app.core.words import _
from saas_app.purchases.catalogue import GoodOffer, slots
from saas_app.purchases.service import FileView, PurchaseView
from saas_app.purchases.state import PurchasesState
from saas_app.ui.buttons import submit_button
from saas_app.ui.cards import TICKED, badge, card
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import grid, stack
from saas_app.ui.text import link


def buy_button(
    words: str | rx.Var[str], *, product: str | rx.Var[str], currency: str | rx.Var[str] = ""
) -> rx.Component:
    """Go to the hosted checkout for this product, in the currency that is shown beside it."""
    return native_form(
        hidden("product", product),
        hidden("currency", currency),
        submit_button(words, busy=_("Opening checkout…"), wide=True),
        action="/purchases/checkout",
        class_name="sm:max-w-xs",
    )


def purchases_section() -> rx.Component:
    """What this person owns, then what else they can buy; nothing at all where there is neither."""
    return rx.fragment(
        rx.cond(
            PurchasesState.purchases,
            card(
                rx.el.ul(rx.foreach(PurchasesState.purchases, purchase_line), class_name="divide-y divide-line"),
                title=_("Purchases"),
                id="purchases",
            ),
        ),
        rx.cond(
            PurchasesState.offers,
            stack(
                rx.el.h2(_("Paid once"), class_name="font-display text-2xl font-semibold"),
                grid(rx.foreach(PurchasesState.offers, good_card), columns=2),
            ),
        ),
    )


def purchase_line(purchase: PurchaseView) -> rx.Component:
    """One purchase: what, when, for how much, in which state, and its files."""
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(purchase.name, class_name="font-semibold"),
                rx.el.p(purchase.date, " · ", purchase.amount, class_name="text-sm text-quiet tabular-nums"),
                class_name="min-w-0",
            ),
            by_tone(purchase.tone, lambda tone: badge(purchase.state, tone)),
            class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-2",
        ),
        rx.cond(purchase.note != "", rx.el.p(purchase.note, class_name="mt-1 text-sm text-quiet")),
        rx.el.div(
            rx.foreach(purchase.files, _file),
            rx.cond(
                purchase.receipt != "",
                link(_("Receipt"), href=purchase.receipt, class_name="inline-flex min-h-11 items-center"),
            ),
            class_name="mt-1 flex flex-wrap gap-x-5 empty:hidden",
        ),
        class_name="py-4",
    )


def _file(file: FileView) -> rx.Component:
    # In a tab of its own, which closes by itself: this one would take the click for leaving, and hang up its socket.
    look = "inline-flex min-h-11 items-center break-all"
    return link(_("Download "), file.name, href=file.href, target="_blank", rel="noopener", class_name=look)


def good_card(good: GoodOffer) -> rx.Component:
    """One thing that can be bought once, and its price."""
    return card(
        rx.el.p(good.description, class_name="text-quiet"),
        rx.el.p(
            rx.el.span(good.price, class_name="font-display text-4xl font-semibold"),
            rx.el.span(_(" once"), class_name="text-quiet"),
            class_name="mt-4",
        ),
        rx.el.ul(
            rx.foreach(good.features, lambda words: rx.el.li(words, class_name=TICKED)),
            class_name="my-5 flex flex-col gap-2",
        ),
        buy_button(_("Buy"), product=good.key, currency=good.currency),
        title=good.name,
    )


more_slots.append(slots)
more_sections.append(purchases_section)
page_loads.append(PurchasesState.load)
page_states.append(PurchasesState)
