"""The buttons that lead to providers, and the accounts elsewhere that are connected."""

from typing import Any

import reflex as rx

from saas_app.auth.components import last_used, with_choice
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.social import service
from saas_app.social.providers import configured
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.forms import hidden, native_form
from saas_app.ui.slots import each, slot, when
from saas_app.ui.text import text


def social_buttons() -> rx.Component:
    """One button for each provider that is configured, then a line that says "or"; nothing where there is none."""
    button = link_button(
        _("Continue with "),
        slot("there.name"),
        last_used("there.key"),
        href=with_choice("/auth/" + slot("there.key")),
        kind="secondary",
        wide=True,
        rel="nofollow",
    )
    divider = rx.el.p(
        _("or"),
        class_name="flex items-center gap-4 text-sm text-quiet before:h-px before:flex-1 before:bg-line "
        "after:h-px after:flex-1 after:bg-line",
    )
    return when(
        "providers is defined and providers",
        rx.el.div(each("there", "providers", button), divider, class_name="mb-6 flex flex-col gap-3"),
    )


def connected_accounts() -> rx.Component:
    """What is connected, and what could be."""
    end = native_form(
        hidden("id", slot("identity.id")),
        submit_button(_("Disconnect"), busy=_("One moment…"), kind="secondary"),
        action="/settings/identities/end",
        class_name="",
    )
    row = rx.el.li(
        rx.el.div(
            rx.el.b(slot("identity.name")),
            text(slot("identity.email"), tone="quiet", size="small"),
            class_name="min-w-0 break-words",
        ),
        end,
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3",
    )
    add = link_button(
        _("Connect "), slot("there.name"), href="/settings/connect/" + slot("there.key"), kind="secondary"
    )
    return when(
        "providers is defined and (providers or identities)",
        card(
            rx.el.ul(each("identity", "identities", row), class_name="divide-y divide-line"),
            rx.el.div(each("there", "connectable", add), class_name="mt-3 flex flex-wrap gap-3 empty:hidden"),
            title=_("Accounts elsewhere"),
        ),
    )


async def fill_connected(viewer: Viewer) -> dict[str, Any]:
    """The slots of `connected_accounts`."""
    there = configured()
    found = await db.read(viewer, service.connected)
    names = {key: each.name for key, each in there.items()}
    identities = [
        {"id": view.id, "name": names.get(view.provider, view.provider), "email": view.email} for view in found
    ]
    have = {view.provider for view in found}
    connectable = [each for key, each in there.items() if key not in have]
    return {"identities": identities, "connectable": connectable}


def fixed_slots() -> dict[str, Any]:
    """What every public page may show of this: the providers that are configured."""
    return {"providers": [{"key": each.key, "name": each.name} for each in configured().values()]}
