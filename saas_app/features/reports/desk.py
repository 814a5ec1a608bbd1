"""Reports and links on the scenario page: two actions for each scenario, their forms, and what was made."""

from typing import Any

import reflex as rx

from saas_app import site
from saas_app.billing.gate_components import refused
from saas_app.core.words import _
from saas_app.features.loans.desk import act_on, more_actions, more_below, more_sections
from saas_app.features.loans.service import ScenarioView
from saas_app.features.reports.forms import LONGEST_LINE
from saas_app.features.reports.service import ReportView
from saas_app.features.reports.sharing import LinkView
from saas_app.features.reports.state import ReportsState
from saas_app.ui.banners import error_region, status_region
from saas_app.ui.buttons import button
from saas_app.ui.cards import badge, card
from saas_app.ui.forms import checkbox, field, hidden, labelled
from saas_app.ui.layout import row, stack
from saas_app.ui.text import for_ears, link, text
from saas_app.ui.theme import INPUT

LINE = "flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-4"


def actions(scenario: ScenarioView) -> rx.Component:
    """What can be had of a saved scenario."""
    return rx.fragment(
        act_on(scenario, _("Report"), ReportsState.ask("report", scenario.id)),
        act_on(scenario, _("Share"), ReportsState.ask("share", scenario.id)),
    )


def below(scenario: ScenarioView) -> rx.Component:
    """The form that was opened for this scenario, or why it does not open."""
    form = rx.match(
        ReportsState.wanted, ("report", _report_form(scenario)), ("share", _share_form(scenario)), rx.fragment()
    )
    shown = rx.cond(
        ReportsState.refusal.words != "",
        stack(refused(ReportsState.refusal), row(_close(_("Not now")))),
        form,
    )
    return rx.cond(ReportsState.of == scenario.id, rx.el.div(shown, class_name="mt-4 border-t border-line pt-4"))


def _report_form(scenario: ScenarioView) -> rx.Component:
    return rx.el.form(
        hidden("scenario", scenario.id),
        error_region(ReportsState.errors.get("form", "")),
        _field("title", _("Title of the report"), default_value=scenario.name),
        _field("recipient", _("Prepared for"), hint=_("a bank or a client; may be empty")),
        checkbox("whole_schedule", _("With every single payment")),
        text(
            _("Whose name stands on it is said in the "),
            link(_("settings"), href=site.SETTINGS),
            ".",
            tone="quiet",
            size="small",
        ),
        row(
            button(_("Make the report"), type="submit"),
            _close(_("Back")),
            text(ReportsState.shelf.room, tone="quiet", size="small"),
        ),
        on_submit=ReportsState.make,
        reset_on_submit=False,
        class_name="flex flex-col gap-4",
    )


def _share_form(scenario: ScenarioView) -> rx.Component:
    ask = rx.el.form(
        hidden("scenario", scenario.id),
        error_region(ReportsState.errors.get("form", "")),
        text(
            _(
                "Whoever has the link sees the name of this scenario and its figures: not your name, no client "
                "and no notes. It works until you revoke it."
            ),
            tone="quiet",
        ),
        _field("recipient", _("For whom"), hint=_("only you see this")),
        row(button(_("Make a link"), type="submit"), _close(_("Back"))),
        on_submit=ReportsState.share,
        reset_on_submit=False,
        class_name="flex flex-col gap-4",
    )
    return rx.cond(ReportsState.address != "", _made(), ask)


def _made() -> rx.Component:
    """The address, this once."""
    return stack(
        field(
            "share-address",
            _("The link"),
            hint=_("Copy it now: we keep only its fingerprint, and cannot show it again."),
            value=ReportsState.address,
            read_only=True,
        ),
        row(button(_("Copy"), on_click=rx.set_clipboard(ReportsState.address)), _close(_("Done"))),
    )


def _field(name: str, label: str, *, hint: str = "", **props: Any) -> rx.Component:
    """A field whose id is its own: the loan form has some of the same names."""
    error, mine = ReportsState.errors.get(name, ""), f"reports-{name}"
    line = rx.el.input(
        name=name,
        id=mine,
        max_length=LONGEST_LINE,
        auto_complete="off",
        aria_invalid=rx.cond(error != "", "true", "false"),
        aria_describedby=f"{mine}-hint {mine}-error",
        class_name=INPUT,
        **props,
    )
    return labelled(mine, label, line, hint=hint, error=error)


def _close(words: str) -> rx.Component:
    return button(words, kind="quiet", on_click=ReportsState.ask("", ""))


def section() -> rx.Component:
    """Every report and every link; nothing while there is none."""
    shelf, links = ReportsState.shelf, ReportsState.links
    return stack(
        status_region(ReportsState.said),
        rx.cond(
            ReportsState.wanted == "",
            error_region(ReportsState.errors.get("form", "")),
        ),
        rx.cond(
            shelf.reports,
            card(
                text(shelf.room, tone="quiet", id="reports-left", class_name="empty:hidden"),
                rx.el.ul(rx.foreach(shelf.reports, _report_line), class_name="divide-y divide-line"),
                title=_("Reports"),
                id="reports",
            ),
        ),
        rx.cond(
            links,
            card(
                rx.el.ul(rx.foreach(links, _link_line), class_name="divide-y divide-line"), title=_("Links"), id="links"
            ),
        ),
        class_name="empty:hidden",
    )


def _report_line(report: ReportView) -> rx.Component:
    state = rx.match(
        report.status,
        ("pending", badge(_("Being made…"), "info")),
        ("failed", badge(_("Failed"), "bad")),
        rx.fragment(),
    )
    # In a tab of its own, which closes by itself: this one would take the click for leaving, and hang up its socket.
    fetch = link(
        _("Download PDF"),
        for_ears(" ", report.title),
        href=report.href,
        target="_blank",
        rel="noopener",
        class_name="inline-flex min-h-11 items-center",
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.span(report.title, class_name="font-semibold"), " ", state, class_name="break-words"),
            rx.el.p(
                report.made,
                rx.cond(report.recipient != "", rx.fragment(_(" · for "), report.recipient)),
                rx.cond(report.href != "", rx.fragment(_(" · kept until "), report.until)),
                class_name="break-words text-sm text-quiet",
            ),
            rx.cond(report.error != "", rx.el.p(report.error, class_name="text-sm text-bad")),
            class_name="min-w-0 flex-1 basis-60",
        ),
        row(
            rx.cond(report.href != "", fetch),
            button(
                _("Delete"),
                for_ears(" ", report.title),
                kind="quiet",
                on_click=ReportsState.delete(report.id),
                class_name="sm:-mr-5",
            ),
        ),
        class_name=LINE,
    )


def _link_line(shown: LinkView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(shown.scenario, class_name="break-words font-semibold"),
            rx.el.p(
                rx.cond(shown.recipient != "", rx.fragment(_("for "), shown.recipient, " · ")),
                shown.made,
                " · ",
                shown.views,
                class_name="break-words text-sm text-quiet",
            ),
            class_name="min-w-0 flex-1 basis-60",
        ),
        button(
            _("Revoke"),
            for_ears(" ", shown.scenario),
            kind="quiet",
            on_click=ReportsState.revoke(shown.id),
            class_name="max-sm:-ml-5 sm:-mr-5",
        ),
        class_name=LINE,
    )


more_actions.append(actions)
more_below.append(below)
more_sections.append(section)
