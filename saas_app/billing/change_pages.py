"""Two pages between a wish and its consequence: what another plan costs, and what canceling means. Both are islands:
they work without script and without a socket."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from saas_app import site
from saas_app.auth.components import general_error
from saas_app.auth.shell import member_shell
from saas_app.billing.catalogue import offers
from saas_app.billing.choices import change_to_confirm
from saas_app.billing.ending import LONGEST_COMMENT
from saas_app.billing.plans import plan_by_key
from saas_app.billing.service import billing
from saas_app.billing.words import WHY_LEFT
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card, fact, facts
from saas_app.ui.forms import hidden, labelled, native_form
from saas_app.ui.layout import page_head, row
from saas_app.ui.scripts import FOCUS_ERROR
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import text
from saas_app.ui.theme import INPUT

BACK = "/billing"


def _page(title: str, *children: Any, intro: Any = "") -> rx.Component:
    return member_shell(
        page_head(title, intro=intro),
        general_error(),
        rx.el.div(*children, class_name="mt-8 flex max-w-2xl flex-col gap-6"),
        active=BACK,
        live=False,
        forms=(FOCUS_ERROR,),
    )


async def _change(viewer: Viewer) -> dict[str, Any]:
    found = await db.read(viewer, change_to_confirm)
    return {"change": asdict(found) if found else None}


@island(
    "/billing/change",
    title=_("Change your plan · {product}").format(product=site.PRODUCT),
    description=_("What the change costs, before it is made."),
    name="billing-change",
    members_only=True,
    hidden=True,
    fill=_change,
)
def change() -> rx.Component:
    """The exact sum, and then the button."""
    confirm = native_form(
        hidden("id", slot("change.id")),
        submit_button(rx.fragment(slot("change.button")), busy=_("Changing…")),
        action="/billing/change/confirm",
        class_name="inline-flex",
    )
    update = native_form(
        hidden("flow", "payment_method_update"),
        submit_button(_("Update card"), busy=_("Opening…"), kind="secondary"),
        action="/billing/portal",
        class_name="inline-flex",
    )
    shown = card(
        rx.el.h2(slot("change.title"), class_name="font-display text-2xl font-semibold", id="change-title"),
        facts(
            fact(_("Today you pay"), rx.el.span(slot("change.today"), id="change-today")),
            fact(_("Then"), rx.el.span(slot("change.then"), id="change-then")),
        ),
        when("change.lines", _lines()),
        rx.el.p(slot("change.effect"), class_name="mt-4 text-quiet", id="change-effect"),
        row(
            confirm,
            link_button(_("Leave it as it is"), href=BACK, kind="secondary"),
            when("change.lines", update),
            class_name="mt-6",
        ),
    )
    nothing = card(
        text(_("There is nothing to confirm. What was shown is kept for an hour, and the last choice counts.")),
        row(link_button(_("Back to billing"), href=BACK), class_name="mt-5"),
    )
    return _page(_("Change your plan"), when("change", shown, otherwise=(nothing,)))


def _lines() -> rx.Component:
    return rx.el.div(
        rx.el.h3(_("How it is made up"), class_name="mt-4 font-semibold"),
        rx.el.dl(
            each(
                "line",
                "change.lines",
                fact(slot("line.words"), rx.el.span(slot("line.amount"), class_name="whitespace-nowrap")),
            ),
            fact(_("Total today"), rx.el.b(slot("change.total"))),
            class_name="divide-y divide-line text-sm",
        ),
    )


async def _cancel(viewer: Viewer) -> dict[str, Any]:
    found = await db.read(viewer, billing)
    sold = await db.read_system("catalogue", offers)
    plan = plan_by_key(found.subscribed_key)
    words = next((each.features for each in sold if each.key == found.subscribed_key), plan.sells if plan else ())
    return {
        "ends": {
            "can": found.can_cancel,
            "plan": found.plan_title,
            "date": found.date if found.ends_later else "",
            "lost": list(words),
        }
    }


@island(
    "/billing/cancel",
    title=_("Cancel your plan · {product}").format(product=site.PRODUCT),
    description=_("What canceling means, and when."),
    name="billing-cancel",
    members_only=True,
    hidden=True,
    fill=_cancel,
)
def cancel() -> rx.Component:
    """What is lost and when, why if they like to say so, and two buttons of equal weight."""
    form = native_form(
        _reasons(),
        _comment(),
        row(
            submit_button(rx.fragment(_("Cancel "), slot("ends.plan")), busy=_("Canceling…"), kind="secondary"),
            link_button(_("Keep my plan"), href=BACK, kind="secondary"),
        ),
        action="/billing/cancel",
        class_name="mt-6 flex flex-col gap-5",
    )
    asked = card(
        rx.el.p(
            when(
                "ends.date",
                rx.fragment(slot("ends.plan"), _(" stays open until "), rx.el.b(slot("ends.date"), id="ends-on"), ". "),
                _("Then it ends: nothing more is charged, and you are on Free. Until that day you can take it back."),
                otherwise=(
                    rx.fragment(
                        slot("ends.plan"), _(" ends at once, since it is not open now. Nothing more is charged.")
                    ),
                ),
            )
        ),
        rx.el.h2(_("What you lose"), class_name="mt-5 font-semibold"),
        rx.el.ul(each("word", "ends.lost", rx.el.li(slot("word"))), class_name="mt-2 list-disc pl-5"),
        rx.el.p(_("Everything you saved stays yours to read and to take away."), class_name="mt-3 text-quiet"),
        form,
    )
    nothing = card(
        text(_("There is no plan to cancel, or it is canceled already.")),
        row(link_button(_("Back to billing"), href=BACK), class_name="mt-5"),
    )
    return _page(_("Cancel your plan"), when("ends.can", asked, otherwise=(nothing,)))


def _reasons() -> rx.Component:
    def reason(value: str, words: str) -> rx.Component:
        box = rx.el.input(
            type="radio", name="feedback", value=value, id=f"why-{value}", class_name="size-5 accent-brick"
        )
        return rx.el.label(box, words, html_for=f"why-{value}", class_name="flex min-h-11 items-center gap-3")

    return rx.el.fieldset(
        rx.el.legend(_("Why, if you like to say so"), class_name="mb-1 text-sm font-semibold"),
        *[reason(value, words) for value, words in WHY_LEFT.items()],
        rx.el.p(slot("errors.feedback"), class_name="text-sm font-medium text-bad empty:hidden"),
        class_name="grid lg:grid-cols-2",
    )


def _comment() -> rx.Component:
    control = rx.el.textarea(
        slot("form.comment"),
        id="comment",
        name="comment",
        rows=3,
        max_length=LONGEST_COMMENT,
        aria_invalid=if_else("errors.comment", "true", "false"),
        aria_describedby="comment-hint comment-error",
        class_name=f"{INPUT} py-3",
    )
    return labelled("comment", _("Anything else?"), control, hint=_("We read it."), error=slot("errors.comment"))
