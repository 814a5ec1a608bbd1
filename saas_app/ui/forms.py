"""Forms that the browser posts by itself, and fields with label, hint and error."""

from typing import Any

import reflex as rx

from saas_app.core.words import _
from saas_app.ui.text import for_ears
from saas_app.ui.theme import INPUT, classes

Text = str | rx.Var[str]


class NativeForm(rx.el.Div):
    """A form that posts to a route. Reflex's own form cancels every native submit."""

    tag = "form"

    action: rx.Var[str]
    method: rx.Var[str]
    no_validate: rx.Var[bool]


def native_form(*children: Any, action: Text, method: str = "post", **props: Any) -> rx.Component:
    """A form posted by the browser; `action` answers with a page or a redirect."""
    return NativeForm.create(*children, action=action, method=method, **{"class_name": "flex flex-col gap-5", **props})


def field(
    name: str,
    label: Text,
    *,
    kind: str = "text",
    hint: Text = "",
    error: Text = "",
    invalid: Text = "false",
    suffix: Text = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """One line of input. `error` may be a Var or a slot: while it is empty it takes no room.

    `invalid` is "true" or "false" and comes from where `error` does; other props go to the input.
    """
    control = rx.el.input(
        **{"id": name, "type": kind, **props},
        name=name,
        aria_invalid=invalid,
        aria_describedby=f"{name}-hint {name}-error",
        class_name=classes(INPUT, "pr-12" if suffix else ""),
    )
    return labelled(name, label, _with_suffix(control, suffix), hint=hint, error=error, class_name=class_name)


def password_field(
    name: str,
    label: Text,
    *,
    hint: Text = "",
    error: Text = "",
    invalid: Text = "false",
    meter: bool = False,
    **props: Any,
) -> rx.Component:
    """A password with a button that shows it; the typed value is never put back into the page.

    `meter` says in words how good a new one is while it is typed (see `ui.scripts.STRENGTH`).
    """
    control = rx.el.div(
        rx.el.input(
            **{"id": name, "required": True, "auto_complete": "current-password", "max_length": 256, **props},
            name=name,
            type="password",
            aria_invalid=invalid,
            aria_describedby=f"{name}-hint {name}-error",
            class_name=classes(INPUT, "pr-20"),
        ),
        rx.el.button(
            rx.el.span(_("Show")),
            for_ears(_(" password")),
            type="button",
            data_reveals=name,
            aria_pressed="false",
            class_name="absolute right-0.5 top-0.5 min-h-11 min-w-16 rounded-md text-sm font-semibold text-brick-ink "
            "noscript:hidden",
        ),
        class_name="relative",
    )
    inside = rx.el.div(control, _strength(name)) if meter else control
    return labelled(name, label, inside, hint=hint, error=error)


def _strength(name: str) -> rx.Component:
    return rx.el.div(
        rx.el.meter(value=0, min=0, max=4, low=2, high=3, optimum=4, aria_hidden="true", class_name="h-2.5 w-24"),
        rx.el.span(role="status", class_name="text-sm font-medium"),
        id=f"{name}-strength",
        hidden=True,
        class_name="mt-2 flex items-center gap-3",
    )


def select_field(
    name: str,
    label: Text,
    *options: rx.Component,
    hint: Text = "",
    error: Text = "",
    invalid: Text = "false",
    **props: Any,
) -> rx.Component:
    """A choice; `options` are `option(...)` or an `rx.foreach` of them."""
    control = rx.el.select(
        *options,
        **{"id": name, **props},
        name=name,
        aria_invalid=invalid,
        aria_describedby=f"{name}-hint {name}-error",
        class_name=INPUT,
    )
    return labelled(name, label, control, hint=hint, error=error)


def option(label: Text, value: Text, **props: Any) -> rx.Component:
    """One answer of a `select_field`."""
    return rx.el.option(label, value=value, **props)


def checkbox(name: str, label: Any, **props: Any) -> rx.Component:
    """A box to tick, with its words as part of the target."""
    box = rx.el.input(**{"id": name, **props}, name=name, type="checkbox", class_name="size-5 accent-brick")
    return rx.el.label(box, label, html_for=name, class_name="flex min-h-11 items-center gap-3")


def hidden(name: str, value: Text) -> rx.Component:
    """A value that goes along."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def honeypot(name: str = "website") -> rx.Component:
    """A field that people never see and programs fill in."""
    return rx.el.div(
        rx.el.label(_("Leave this empty"), html_for=name),
        rx.el.input(id=name, name=name, tab_index=-1, auto_complete="off"),
        aria_hidden="true",
        class_name="absolute -left-[999rem] top-0",
    )


def labelled(
    name: str, label: Text, control: rx.Component, *, hint: Text = "", error: Text = "", class_name: str = ""
) -> rx.Component:
    """A control between its label and its hint and error, which it names as its description."""
    return rx.el.div(
        rx.el.label(label, html_for=name, class_name="mb-1.5 block text-sm font-semibold"),
        control,
        rx.el.p(hint, id=f"{name}-hint", class_name="mt-1.5 text-sm text-quiet empty:hidden"),
        rx.el.p(error, id=f"{name}-error", class_name="mt-1.5 text-sm font-medium text-bad empty:hidden"),
        class_name=class_name,
    )


def _with_suffix(control: rx.Component, suffix: Text) -> rx.Component:
    if isinstance(suffix, str) and not suffix:
        return control
    mark = rx.el.span(
        suffix,
        aria_hidden="true",
        class_name="pointer-events-none absolute inset-y-0 right-3.5 flex items-center text-quiet",
    )
    return rx.el.div(control, mark, class_name="relative")
