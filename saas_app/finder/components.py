"""The window and the button that opens it. It needs no state, so it works on every member page, islands too."""

from pathlib import Path

import reflex as rx

from saas_app.auth.shell import on_every_page
from saas_app.core.words import _
from saas_app.ui.dialog import dialog
from saas_app.ui.forms import INPUT
from saas_app.ui.scripts import inline_script, spoken
from saas_app.ui.theme import classes

WINDOW = "finder"
FIND = spoken(
    Path(__file__).with_name("find.js").read_text(),
    nothing=_("No page and nothing of yours has such a name."),
    wait=_("Looking …"),
    silent=_("There is no answer. Close this window and open it again."),
)
# As high with nothing to show, so that nothing jumps while one types.
_ANSWER = "mt-3 flex h-[min(20rem,45dvh)] flex-col"
_LINES = (
    "flex min-h-0 flex-1 flex-col overflow-y-auto *:flex *:min-h-11 *:items-center *:justify-between "
    "*:gap-4 *:rounded-lg *:px-3 *:aria-selected:bg-tint *:aria-selected:text-brick-ink *:hover:bg-sunk "
    "[&_small]:shrink-0 [&_small]:text-sm [&_small]:text-quiet"
)
_OPENER = "flex min-h-11 min-w-11 items-center gap-2 rounded-lg px-3 font-medium text-quiet hover:bg-line md:px-3.5"


def finder() -> rx.Component:
    """The button for the menu, and the window that it opens."""
    word = rx.el.input(
        id="finder-word",
        type="text",
        role="combobox",
        auto_complete="off",
        spell_check=False,
        aria_label=_("Where to?"),
        aria_expanded="true",
        aria_controls="finder-list",
        aria_autocomplete="list",
        class_name=classes(INPUT, "w-full"),
    )
    return rx.el.div(
        rx.el.button(
            _glass(),
            rx.el.span(_("Go to"), class_name="max-md:sr-only"),
            rx.el.kbd(_("Ctrl K"), aria_hidden="true", class_name="ml-auto text-sm max-md:hidden"),
            type="button",
            aria_keyshortcuts="Control+K Meta+K",
            custom_attrs={"popoverTarget": WINDOW},
            class_name=classes(_OPENER, "w-full noscript:hidden"),
        ),
        dialog(
            WINDOW,
            _("Go to"),
            word,
            rx.el.div(
                rx.el.p(id="finder-said", role="status", class_name="px-3 py-2 text-quiet empty:hidden"),
                rx.el.div(id="finder-list", role="listbox", aria_label=_("Places"), class_name=_LINES),
                class_name=_ANSWER,
            ),
        ),
        inline_script(FIND),
    )


def _glass() -> rx.Component:
    ring = rx.el.circle(cx="9", cy="9", r="6")
    return rx.el.svg(
        ring,
        rx.el.path(d="m14 14 4 4"),
        view_box="0 0 20 20",
        aria_hidden="true",
        class_name="size-5 fill-none stroke-current stroke-2",
    )


on_every_page.append(finder)
