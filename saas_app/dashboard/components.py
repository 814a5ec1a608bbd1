"""The first steps as a list that ends, and what stands there afterwards."""

from typing import Any, cast

import reflex as rx

from saas_app import site
from saas_app.billing.state import AccountState
from saas_app.core.words import _
from saas_app.dashboard.service import Recent, Step
from saas_app.dashboard.state import DashboardState
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import native_form
from saas_app.ui.layout import row
from saas_app.ui.text import for_ears, link


def what_next() -> rx.Component:
    """The steps until all are done, then the way to work: to what somebody did last, if there is anything."""
    recent = cast(Any, DashboardState.recent)  # a Var here, of which pyright sees the value
    went_on = rx.cond(recent.length() > 0, _go_on(), to_work())
    return rx.cond(DashboardState.done < DashboardState.all, _first_steps(), went_on)


def _first_steps() -> rx.Component:
    verified = AccountState.email_verified
    address = rx.cond(verified, _("Your address is confirmed"), _("Please confirm your address"))
    return card(
        rx.el.p(
            DashboardState.done, _(" of "), DashboardState.all, _(" done"), id="steps-done", class_name="text-quiet"
        ),
        rx.el.ol(
            _step(_("Your account is open"), done=True),
            _step(address, _mail(), verified),
            rx.foreach(DashboardState.steps, lambda step: _step(step.title, _way(step), step.done)),
            class_name="mt-4 flex flex-col gap-4",
        ),
        title=_("First steps"),
    )


def _step(
    title: str | rx.Var[str], more: rx.Component | None = None, done: bool | rx.Var[bool] = False
) -> rx.Component:
    """A line with its mark; what it takes is shown until it is done."""
    circle = "flex size-7 shrink-0 items-center justify-center rounded-full border-2 text-sm font-bold"
    mark = rx.cond(
        done,
        rx.el.span("✓", aria_hidden="true", class_name=f"{circle} border-good bg-good-tint text-good"),
        rx.el.span(aria_hidden="true", class_name=f"{circle} border-edge"),
    )
    return rx.el.li(
        mark,
        rx.el.div(
            rx.el.p(title, rx.cond(done, for_ears(_(", done")), for_ears(_(", to do"))), class_name="font-semibold"),
            rx.cond(done, rx.fragment(), more or rx.fragment()),
            class_name="min-w-0 flex-1",
        ),
        class_name="flex gap-3",
    )


def _mail() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            _("We have sent a link to "),
            AccountState.email,
            ". ",
            rx.cond(AccountState.mailbox, link(_("It lies in the local mailbox."), href="/dev/mailbox")),
            class_name="mt-0.5 text-quiet wrap-anywhere",
        ),
        native_form(
            submit_button(_("Send it again"), busy=_("Sending…"), kind="secondary"),
            action="/verify/resend",
            class_name="mt-3 inline-flex",
        ),
    )


def _way(step: Step) -> rx.Component:
    return rx.el.div(
        rx.el.p(step.words, class_name="mt-0.5 text-quiet"),
        row(link_button(step.action, href=step.href, inside=True), class_name="mt-3"),
    )


def to_work() -> rx.Component:
    """What whoever knows the way came for."""
    return _work(rx.el.p(site.DESCRIPTION, class_name="text-quiet"))


def _go_on() -> rx.Component:
    return _work(rx.el.ul(rx.foreach(DashboardState.recent, _recent), class_name="divide-y divide-line"))


def _recent(one: Recent) -> rx.Component:
    name = rx.cond(one.inside, link(one.title, href=one.href, inside=True), link(one.title, href=one.href))
    return rx.el.li(name, rx.el.p(one.words, class_name="text-sm text-quiet"), class_name="py-3 wrap-anywhere")


def _work(*more: rx.Component) -> rx.Component:
    """The way first: it stays where it is when there turns out to be more below it."""
    on = link_button(_("Go to your {label}").format(label=site.WORK.label.lower()), href=site.WORK.href, inside=True)
    return card(row(on), rx.el.div(*more, class_name="mt-4"), title=_("Go on"))
