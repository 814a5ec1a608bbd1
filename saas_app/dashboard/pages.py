"""The first screen behind the log-in: the plan, and what to do next."""

import reflex as rx

from saas_app import site
from saas_app.auth.shell import member_page
from saas_app.billing.components import plan_card
from saas_app.billing.state import AccountState
from saas_app.ui.banners import banner
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card, skeleton
from saas_app.ui.forms import native_form
from saas_app.ui.layout import grid, page_head, row, stack
from saas_app.ui.text import link


@member_page(route="/dashboard", title="Dashboard", on_load=AccountState.load)
def dashboard() -> rx.Component:
    return stack(
        page_head(rx.cond(AccountState.loaded, rx.fragment("Hello, ", AccountState.name), "Hello")),
        rx.cond(AccountState.loaded & ~AccountState.email_verified, _verify()),
        grid(
            rx.cond(AccountState.loaded, plan_card(AccountState.billing), card(skeleton(4))),
            card(
                rx.el.p(
                    "What does a flat cost a month, and in the end? Type the loan, see every year of it, "
                    "and save it to look at again.",
                    class_name="text-quiet",
                ),
                row(link_button("Work out a loan", href=site.WORK.href, inside=True), class_name="mt-5"),
                title="The loan desk",
            ),
            columns=2,
        ),
    )


def _verify() -> rx.Component:
    return banner(
        "Please confirm your e-mail address",
        "We have sent a link to ",
        AccountState.email,
        ". ",
        rx.cond(
            AccountState.mailbox,
            link("It lies in the local mailbox.", href="/dev/mailbox"),
        ),
        action=native_form(
            submit_button("Send it again", busy="Sending…", kind="secondary"),
            action="/verify/resend",
            class_name="inline-flex",
        ),
    )
