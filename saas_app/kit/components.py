"""Every component of `ui`, in every state that it has. What is missing here, nobody can look at."""

from collections.abc import Iterator
from typing import get_args

import reflex as rx

from saas_app.ui import banners, buttons, cards, dialog, forms, tables
from saas_app.ui.brand import mark
from saas_app.ui.layout import grid, page_head, row, stack
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import TextTone, Tone

COLOURS = {
    "paper": "bg-paper",
    "surface": "bg-surface",
    "sunk": "bg-sunk",
    "line": "bg-line",
    "edge": "bg-edge",
    "ink": "bg-ink",
    "quiet": "bg-quiet",
    "brick": "bg-brick",
    "brick-deep": "bg-brick-deep",
    "clay": "bg-clay",
    "tint": "bg-tint",
    "good-tint": "bg-good-tint",
    "warn-tint": "bg-warn-tint",
    "bad-tint": "bg-bad-tint",
}
WORDS = "A loan is signed in an hour and paid for thirty years."


def everything() -> rx.Component:
    """All parts below each other, each under its name."""
    return stack(*[_part(title, *children) for title, children in _parts()], gap="large")


def _part(title: str, *children: rx.Component) -> rx.Component:
    head = heading(title, size="large", class_name="mb-5")
    return rx.el.section(head, stack(*children), id=title.lower(), class_name="border-t border-line pt-8")


def _parts() -> Iterator[tuple[str, Iterator[rx.Component]]]:
    yield "Colours", _colours()
    yield "Words", _words()
    yield "Buttons", _buttons()
    yield "Fields", _fields()
    yield "Banners", _banners()
    yield "Cards", _cards()
    yield "Lists", _lists()
    yield "Dialogs", _dialogs()


def _colours() -> Iterator[rx.Component]:
    yield row(*[_swatch(name, ground) for name, ground in COLOURS.items()])
    yield row(mark(), mark("size-16"))


def _swatch(name: str, ground: str) -> rx.Component:
    return rx.el.div(
        rx.el.div(class_name=f"h-12 w-24 rounded-lg border border-edge {ground}"), text(name, size="small")
    )


def _words() -> Iterator[rx.Component]:
    for size in ("giant", "large", "medium", "small"):
        yield heading(f"A {size} heading", level=3, size=size)
    yield page_head("The head of a page", buttons.button("Its action"), intro=rx.fragment("One sentence about it."))
    for size in ("large", "base", "small"):
        yield text(WORDS, size=size)
    yield row(*[text(tone, tone=tone) for tone in get_args(TextTone)])
    yield text("Words with ", link("a link", href="#words"), " in them.")


def _buttons() -> Iterator[rx.Component]:
    for kind in get_args(buttons.Kind):
        yield row(
            buttons.button(kind.capitalize(), kind=kind),
            buttons.button("Disabled", kind=kind, disabled=True),
            buttons.button("One moment…", kind=kind, aria_busy="true"),
            buttons.link_button("As a link", kind=kind, href="#buttons"),
        )
    yield buttons.button("As wide as its place", wide=True)


def _fields() -> Iterator[rx.Component]:
    choice = (forms.option("By the year", "year"), forms.option("By the month", "month"))
    yield grid(
        forms.field("kit-plain", "Plain"),
        forms.field("kit-hint", "With a hint", hint="What belongs here.", default_value="Typed"),
        forms.field("kit-error", "Refused", error="This is no e-mail address.", invalid="true", default_value="ada@"),
        forms.field("kit-suffix", "With a unit", suffix="%", default_value="3.5"),
        forms.field("kit-disabled", "Disabled", disabled=True, default_value="Not now"),
        forms.field("kit-placeholder", "Empty", placeholder="For example"),
        forms.password_field("kit-password", "Password", hint="At least 12 characters.", meter=True),
        forms.select_field("kit-select", "Choice", *choice),
        columns=3,
    )
    yield row(
        forms.checkbox("kit-off", "Not ticked"),
        forms.checkbox("kit-on", "Ticked", default_checked=True),
        forms.checkbox("kit-fixed", "Disabled", disabled=True),
        class_name="gap-6",
    )


def _banners() -> Iterator[rx.Component]:
    for tone in get_args(Tone):
        action = buttons.link_button("Its action", href="#banners", kind="secondary")
        yield banners.banner(f"A banner in {tone}", WORDS, tone=tone, action=action)
    yield banners.banner("A banner with a title only")
    yield banners.status_region("What was just done.")
    yield banners.error_region("What went wrong.")


def _cards() -> Iterator[rx.Component]:
    yield grid(
        cards.card(text(WORDS), title="A card"),
        cards.card(text(WORDS), title="The one that matters", raised=True),
        cards.skeleton(4, action=True),
        columns=3,
    )
    yield grid(
        cards.stat("A month", "€536.82", "for thirty years"),
        cards.stat("Interest", "€93,255.78"),
        cards.card(cards.progress("Reports", 14, 20, "Until March 4"), cards.progress("Used up", 20, 20)),
        columns=3,
    )
    yield row(*[cards.badge(tone.capitalize(), tone) for tone in get_args(Tone)])
    yield cards.empty("Nothing yet", "What will be here, and how to begin.", buttons.button("Begin"))


def _lists() -> Iterator[rx.Component]:
    yield cards.card(cards.facts(("Price", "€72 a year"), ("Renews on", "March 4, 2027")))
    yield tables.table(
        "Years of a loan",
        ["Year", tables.number_column("Interest"), tables.number_column("Rest")],
        tables.table_row("1", tables.cell("4,966.48", number=True), tables.cell("98,524.63", number=True)),
        tables.table_row("2", tables.cell("4,890.94", number=True), tables.cell("96,973.71", number=True, strong=True)),
    )
    yield rx.el.ul(rx.el.li("A good thing", class_name=cards.TICKED), rx.el.li("Another", class_name=cards.TICKED))


def _dialogs() -> Iterator[rx.Component]:
    yield row(
        dialog.dialog_opener("kit-dialog", "Open a dialog"),
        dialog.dialog("kit-dialog", "Delete this?", text(WORDS), dialog.dialog_closer("kit-dialog", "Keep it")),
    )
    yield rx.el.div(dialog.unfold("A question", WORDS), dialog.unfold("One that is open", WORDS, open=True))
