"""What the billing page draws besides the plan: the next charge, other plans, whom invoices name, and the invoices."""

import reflex as rx

from saas_app.billing.choices import Choice, PlanChoice
from saas_app.billing.components import by_tone, portal_button
from saas_app.billing.state import BillingState
from saas_app.billing.statement import Details, InvoiceView, Line, NextCharge
from saas_app.core.words import _
from saas_app.ui.buttons import button, submit_button, until_listening
from saas_app.ui.cards import TICKED, badge, card, empty, fact, facts
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.layout import grid, row, stack
from saas_app.ui.text import for_ears, link


def next_charge_card(charge: NextCharge) -> rx.Component:
    """What is charged next, line by line."""
    return card(
        row(
            rx.el.h2(charge.title, class_name="font-display text-xl font-semibold", id="next-charge"),
            rx.el.span(charge.date, class_name="text-quiet"),
            class_name="justify-between",
        ),
        rx.el.dl(
            rx.foreach(charge.lines, _line),
            fact(_("Total"), rx.el.b(charge.amount, id="next-amount")),
            class_name="mt-2 divide-y divide-line",
        ),
        rx.cond(charge.note != "", rx.el.p(charge.note, class_name="mt-2 text-sm text-quiet")),
    )


def _line(line: Line) -> rx.Component:
    return fact(line.words, line.amount)


def details_card(details: Details) -> rx.Component:
    """Whom invoices name, and where that is changed."""
    return card(
        facts(
            _given(_("Name"), details.name),
            _given(_("E‑mail"), details.email),
            _given(_("Address"), details.address),
            _given(_("Tax ID"), details.tax_id),
        ),
        row(portal_button(_("Change these"), flow="customer_update"), class_name="mt-5"),
        title=_("On your invoices"),
    )


def _given(name: str, value: str) -> rx.Component:
    """What somebody has typed may be one long word."""
    return fact(name, rx.el.span(rx.cond(value != "", value, _("Not given")), class_name="wrap-anywhere"))


def other_plans() -> rx.Component:
    """What the plan can be changed to; the sum is shown before anything is changed."""
    return stack(
        rx.el.h2(_("Change your plan"), class_name="font-display text-2xl font-semibold"),
        rx.el.p(_("You see the exact sum first, and confirm it then."), class_name="text-quiet"),
        grid(rx.foreach(BillingState.choices, _plan), columns=2),
        id="plans",
        class_name="scroll-mt-6",
    )


def _plan(plan: PlanChoice) -> rx.Component:
    return card(
        row(
            rx.el.h3(plan.name, class_name="font-display text-xl font-semibold"),
            rx.cond(plan.is_mine, badge(_("Your plan"), "good")),
            class_name="justify-between",
        ),
        rx.el.p(plan.description, class_name="text-quiet"),
        rx.el.ul(
            rx.foreach(plan.features, lambda words: rx.el.li(words, class_name=TICKED)),
            class_name="my-4 flex flex-1 flex-col gap-1.5",
        ),
        stack(rx.foreach(plan.choices, lambda choice: _choice(plan, choice)), gap="small"),
        class_name="flex flex-col",
    )


def _choice(plan: PlanChoice, choice: Choice) -> rx.Component:
    form = native_form(
        hidden("plan", plan.key),
        hidden("billing", choice.interval),
        submit_button(
            rx.fragment(choice.label, for_ears(": ", plan.name, _(" for "), choice.price)),
            busy=_("Working it out…"),
            kind="secondary",
        ),
        action="/billing/change",
        class_name="inline-flex sm:ml-auto max-sm:w-full max-sm:[&_button]:w-full",
    )
    return row(
        rx.el.span(choice.price, class_name="font-semibold tabular-nums"),
        rx.cond(choice.is_mine, rx.el.span(choice.label, class_name="py-3 text-quiet"), form),
        class_name="justify-between border-t border-line pt-2",
    )


_HEAD = "pb-2 pr-4 text-left font-medium text-quiet"
_CELL = "py-3 pr-4 align-top"


def invoice_list() -> rx.Component:
    """The newest invoices; older ones on request. On a phone each is a block, with the same order for ears."""
    table = rx.el.table(
        rx.el.caption(_("Invoices"), class_name="pb-3 text-left font-display text-xl font-semibold"),
        rx.el.thead(
            rx.el.tr(
                rx.el.th(_("Date"), scope="col", class_name=_HEAD),
                rx.el.th(_("For"), scope="col", class_name=f"{_HEAD} max-lg:hidden"),
                rx.el.th(_("Amount"), scope="col", class_name=f"{_HEAD} text-right max-lg:pr-0"),
                rx.el.th(_("Status"), scope="col", class_name=f"{_HEAD} max-lg:hidden"),
                rx.el.th(for_ears(_("Papers")), scope="col", class_name=f"{_HEAD} max-lg:hidden"),
            )
        ),
        rx.el.tbody(rx.foreach(BillingState.invoices.shown, _invoice)),
        class_name="w-full",
    )
    more = button(
        _("Show older ones ("),
        BillingState.invoices.more,
        ")",
        kind="quiet",
        on_click=BillingState.show_more,
        disabled=until_listening(),
        id="more-invoices",
    )
    return rx.cond(
        BillingState.invoices.shown,
        card(table, rx.cond(BillingState.invoices.more > 0, more)),
        empty(_("No invoices yet"), _("Each payment puts its invoice here, with a PDF to download.")),
    )


def _invoice(invoice: InvoiceView) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.span(invoice.date, class_name="block whitespace-nowrap"),
            rx.el.span(invoice.number, class_name="block text-sm text-quiet"),
            rx.el.span(_papers(invoice), class_name="lg:hidden"),
            class_name=_CELL,
        ),
        rx.el.td(invoice.description, class_name=f"{_CELL} text-quiet max-lg:hidden"),
        rx.el.td(
            invoice.amount,
            rx.el.span(_status(invoice), class_name="mt-1 block lg:hidden"),
            class_name=f"{_CELL} text-right tabular-nums max-lg:pr-0",
        ),
        rx.el.td(_status(invoice), class_name=f"{_CELL} max-lg:hidden"),
        rx.el.td(_papers(invoice), class_name="py-3 text-right align-top max-lg:hidden"),
        class_name="border-t border-line",
    )


def _status(invoice: InvoiceView) -> rx.Component | rx.Var[rx.Component]:
    return by_tone(invoice.tone, lambda tone: badge(invoice.status, tone))


def _papers(invoice: InvoiceView) -> rx.Component:
    def paper(words: str, url: str) -> rx.Component:
        return rx.cond(
            url != "", link(words, for_ears(_(" of "), invoice.date), href=url, class_name="inline-block py-2")
        )

    return rx.el.span(
        paper(_("Open"), invoice.url),
        paper(_("PDF"), invoice.pdf),
        paper(_("Receipt"), invoice.receipt),
        class_name="inline-flex gap-4",
    )
