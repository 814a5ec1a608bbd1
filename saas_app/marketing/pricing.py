"""The pricing page: yearly first, the saving computed, one click to the other interval, and no script."""

import reflex as rx

from saas_app import site
from saas_app.core.words import _
from saas_app.marketing import content
from saas_app.marketing.comparison import comparison
from saas_app.marketing.landing import last_word, questions
from saas_app.marketing.plans import free_card, paid_card
from saas_app.marketing.schema import answered, offers
from saas_app.ui.banners import banner
from saas_app.ui.buttons import submit_button
from saas_app.ui.cards import TICKED
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import band
from saas_app.ui.public import public_page
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import CARD, PAGE_WIDTH, classes

# What one saves at least and at most, over the plans that are sold by the year.
_SAVINGS = ", ".join(f"plans.{key}.year.saving_percent|int" for key in content.sold_keys())
_SAVING = (
    f"{{% set savings = [{_SAVINGS}]|select|list %}}"
    "{% set saving, best_saving = savings|min|default(0), savings|max|default(0) %}"
)


def pricing_page() -> rx.Component:
    """Cards, then the whole comparison, then questions."""
    keys = content.sold_keys()
    cards = [when(f"shown.{key} is defined", paid_card(key, best=key == keys[0])) for key in keys]
    return public_page(
        rx.el.section(
            heading(
                _("Start free. Pay when it gets serious."),
                level=1,
                size="giant",
                class_name="mx-auto max-w-3xl text-center",
            ),
            text(
                _("Every plan shows its arithmetic, and ends when you like."),
                tone="quiet",
                size="large",
                class_name="mt-4 text-center",
            ),
            when("form.canceled", _note(_("You left the checkout, and nothing was charged."))),
            when("prices_note", _note(slot("prices_note"))),
            interval_switch(),
            rx.el.ul(
                free_card(), each("shown", "order", *cards), class_name="mt-10 grid items-start gap-5 lg:grid-cols-3"
            ),
            _goods(),
            _small_print(),
            class_name=classes(PAGE_WIDTH, "group py-12 sm:py-20"),
        ),
        band(heading(_("What each plan holds"), size="large"), comparison(), sunk=True),
        questions(content.PRICING_QUESTIONS),
        last_word(content.LAST_WORD_ON_PRICES),
        offers(),
        answered(content.PRICING_QUESTIONS),
    )


def _note(words: str) -> rx.Component:
    return rx.el.div(banner(words), class_name="mx-auto mt-8 max-w-2xl")


def _goods() -> rx.Component:
    """What is paid once, apart from the plans; nothing where there is none."""
    buy = native_form(
        hidden("product", slot("good.key")),
        hidden("currency", slot("good.currency")),
        submit_button(
            _("Buy for {price}").format(price=slot("good.price")),
            busy=_("Opening the checkout…"),
            kind="secondary",
            wide=True,
        ),
        action="/purchases/checkout",
        class_name="mt-6 sm:max-w-xs",
    )
    item = rx.el.li(
        rx.el.div(
            heading(slot("good.name"), size="medium"),
            rx.el.p(
                rx.el.span(slot("good.price"), class_name="font-display text-3xl font-semibold tabular-nums"),
                rx.el.span(_(" once"), class_name="text-quiet"),
            ),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        text(slot("good.description"), tone="quiet", class_name="mt-2"),
        rx.el.ul(
            each("words", "good.features", rx.el.li(slot("words"), class_name=TICKED)),
            class_name="mt-4 flex flex-col gap-2.5",
        ),
        when("good.sample", text(link(_("Read a part of it first"), href=slot("good.sample")), class_name="mt-4")),
        buy,
        class_name=classes(CARD, "p-6 sm:p-7"),
    )
    return when(
        "goods is defined and goods",
        rx.el.div(
            heading(_("Without a plan, paid once"), size="large", class_name="text-center"),
            rx.el.ul(each("good", "goods", item), class_name="mx-auto mt-6 grid max-w-2xl gap-5"),
            class_name="mt-16",
        ),
    )


def interval_switch() -> rx.Component:
    """Yearly or monthly, as two radio buttons: they work by keyboard, by touch and without script."""
    return rx.el.fieldset(
        _SAVING,
        rx.el.legend(_("Pay by the year or by the month"), class_name="sr-only"),
        when(
            "billing_month",
            _choice("yearly", _("Yearly"), checked=False),
            _choice("monthly", _("Monthly"), checked=True),
            otherwise=(_choice("yearly", _("Yearly"), checked=True), _choice("monthly", _("Monthly"), checked=False)),
        ),
        class_name="mx-auto mt-10 flex w-fit rounded-xl border border-line bg-sunk p-1",
    )


def _choice(name: str, label: str, *, checked: bool) -> rx.Component:
    saving = when(
        "saving",
        rx.el.span(
            _("save "),
            slot("saving"),
            when("saving != best_saving", "%+", otherwise=("%",)),
            class_name="rounded-full bg-good-tint px-2 py-0.5 text-sm text-good",
        ),
    )
    return rx.el.label(
        rx.el.input(type="radio", name="billing", id=name, default_checked=checked, class_name="sr-only"),
        label,
        *([saving] if name == "yearly" else []),
        html_for=name,
        class_name="flex min-h-11 items-center gap-2 whitespace-nowrap rounded-lg border border-transparent "
        "px-2.5 font-semibold sm:px-4 has-checked:border-edge has-checked:bg-surface "
        "has-focus-visible:outline-3 has-focus-visible:outline-brick-ink",
    )


def _small_print() -> rx.Component:
    return rx.el.div(
        when(
            "currencies",
            text(
                _("Prices in "),
                rx.el.b(slot("currency|upper")),
                _(". Also in "),
                each("code", "currencies", link(slot("code|upper"), href="?currency={{ code }}"), " "),
                tone="quiet",
            ),
        ),
        text(
            _(
                "Not what you need? Your first payment comes back in full within {refund_days} days. Cancel any time "
                "and keep what you paid for."
            ).format(refund_days=site.REFUND_DAYS)
            + " "
            + if_else(
                "taxed",
                _("Stripe takes your card, and its checkout shows the whole sum with its tax first."),
                _("Stripe takes your card, and its checkout adds nothing to these prices."),
            ),
            tone="quiet",
        ),
        when(
            "sandbox",
            text(
                _("This is a sandbox: no money moves. Pay with card "),
                rx.el.b(slot("sandbox_card")),
                _(", any later date and any code."),
                tone="quiet",
            ),
        ),
        class_name="mx-auto mt-10 flex max-w-2xl flex-col gap-2 text-center",
    )
