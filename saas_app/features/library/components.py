"""What the library draws: the shelf, the table of contents, the text, and the margin."""

import reflex as rx

from saas_app.core.words import _
from saas_app.features.library.service import ContentsLine
from saas_app.features.library.state import LibraryState
from saas_app.purchases.components import good_card
from saas_app.purchases.service import FileView
from saas_app.ui.buttons import link_button, submit_button
from saas_app.ui.cards import card
from saas_app.ui.dialog import unfold
from saas_app.ui.forms import hidden, labelled, native_form
from saas_app.ui.layout import grid, row, stack
from saas_app.ui.slots import each, if_else, slot, when
from saas_app.ui.text import anchor, link, text
from saas_app.ui.theme import INPUT, classes

# The text of a chapter comes as plain elements, so their look hangs on the element around them.
PROSE = (
    "max-w-prose text-lg leading-relaxed [&_p]:mt-5 [&_h2]:mt-12 [&_h2]:font-display [&_h2]:text-2xl "
    "[&_h2]:font-semibold [&_ul]:mt-5 [&_ul]:list-disc [&_ul]:space-y-2 [&_ul]:pl-6 [&_em]:italic [&_code]:font-mono "
    "[&_code]:text-base [&_code]:break-words [&_blockquote]:mt-6 [&_blockquote]:border-l-4 [&_blockquote]:border-brick "
    "[&_blockquote]:pl-5 [&_blockquote]:text-quiet [&_table]:mt-6 [&_table]:w-full [&_table]:text-base "
    "[&_table]:tabular-nums [&_th]:border-b [&_th]:border-edge [&_th]:py-2 [&_th]:pr-3 [&_th]:text-left "
    "[&_th]:align-bottom [&_td]:border-b [&_td]:border-line [&_td]:py-2 [&_td]:pr-3 [&_td]:align-top "
    "[&_.num]:pr-0 [&_.num]:pl-3 [&_.num]:text-right [&_figure]:mt-8 [&_svg]:w-full [&_svg]:max-w-xl "
    "[&_figcaption]:mt-2 [&_figcaption]:text-base [&_figcaption]:text-quiet "
    "[&_a]:break-words [&_a]:text-brick-ink [&_a]:underline "
    "[&_mark]:rounded-sm [&_mark]:bg-warn-tint [&_mark]:text-ink [&_mark]:underline "
    "[&_mark]:decoration-warn [&_mark]:underline-offset-4 max-sm:[&_table]:text-sm"
)


def shelf() -> rx.Component:
    """The book: to read for whoever owns it, to buy for the others, and its table of contents for both."""
    mine = LibraryState.shelf
    return stack(
        rx.cond(
            mine.is_owned,
            _owned(),
            grid(
                _sample(),
                rx.cond(
                    mine.is_waiting,
                    _waiting(),
                    rx.cond(mine.is_disputed, _disputed(), rx.foreach(LibraryState.offers, good_card)),
                ),
                columns=2,
            ),
        ),
        card(
            rx.el.ol(rx.foreach(mine.contents, _shelf_line), class_name="divide-y divide-line"),
            rx.el.p(mine.edition, ". ", mine.changes, id="edition", class_name="mt-4 text-sm text-quiet"),
            title=_("Contents"),
        ),
    )


def _owned() -> rx.Component:
    mine = LibraryState.shelf
    return card(
        rx.el.p(mine.subtitle, class_name="text-quiet"),
        rx.cond(mine.place != "", rx.el.p(_("You stopped at "), rx.el.b(mine.place), id="place", class_name="mt-3")),
        rx.cond(mine.notes != "", rx.el.p(mine.notes, _(" in the margin"), class_name="mt-1 text-quiet")),
        row(
            link_button(rx.cond(mine.place != "", _("Go on reading"), _("Begin to read")), href="/library/book"),
            rx.foreach(mine.files, _file),
            class_name="mt-6",
        ),
        title=mine.title,
        raised=True,
    )


def _file(file: FileView) -> rx.Component:
    # In a tab of its own: this one would take the click for leaving, and hang up its socket.
    words = rx.cond(file.name.endswith(".pdf"), "PDF", "EPUB")
    return link_button(_("Download "), words, href=file.href, kind="secondary", target="_blank", rel="noopener")


def _sample() -> rx.Component:
    return card(
        rx.el.p(
            _(
                "Ten chapters on what a flat costs: the loan and its schedule, rates that move, fees, rent "
                "against buy, yield, risk, and two offers side by side. Every number in it is worked out and "
                "can be checked."
            ),
            class_name="text-quiet",
        ),
        row(link_button(_("Read the first chapter"), href="/library/sample", kind="secondary"), class_name="mt-6"),
        title=_("What is in it"),
    )


def _waiting() -> rx.Component:
    return card(
        rx.el.p(_("Your bank has not answered yet. The book opens by itself when it has."), class_name="text-quiet"),
        title=_("Your payment is under way"),
    )


def _disputed() -> rx.Component:
    return card(
        rx.el.p(
            _("The book is closed until your bank has decided. What you wrote in its margin is kept."),
            class_name="text-quiet",
        ),
        title=_("The payment is disputed"),
    )


def _shelf_line(line: ContentsLine) -> rx.Component:
    look = "flex min-h-12 items-center gap-4 py-2"
    words = rx.fragment(
        rx.el.span(line.number, class_name="w-6 text-right tabular-nums text-quiet"),
        rx.el.span(line.title, class_name="font-medium"),
        rx.el.span(line.notes, class_name="ml-auto text-sm text-quiet empty:hidden"),
    )
    return rx.el.li(
        rx.cond(
            LibraryState.shelf.is_owned,
            anchor(words, href=line.href, class_name=classes(look, "hover:text-brick-ink")),
            rx.el.div(words, class_name=look),
        )
    )


# -- the reader: an island, so all that follows are slots


def reader() -> rx.Component:
    """A chapter between its neighbours, with the margin below it."""
    return rx.el.div(
        rx.el.div(
            _head(),
            rx.el.div(unfold(_("Contents"), _contents()), class_name="mt-4 border-t border-line lg:hidden"),
            rx.el.article(
                slot("reading.html"),
                lang=slot("reading.language"),
                data_chapter=slot("reading.slug"),
                data_block=slot("reading.block"),
                data_resume=slot("reading.resume"),
                class_name=classes(PROSE, "mt-6"),
            ),
            _turn(),
            _margin(),
            class_name="min-w-0 flex-1",
        ),
        rx.el.aside(rx.el.div(_contents(), class_name="sticky top-8"), class_name="w-60 shrink-0 max-lg:hidden"),
        rx.el.button(
            _("Note this passage"),
            id="note-offer",
            type="button",
            hidden=True,
            class_name="fixed bottom-6 left-1/2 z-10 min-h-12 -translate-x-1/2 whitespace-nowrap rounded-full "
            "bg-brick px-6 font-semibold text-on-brick shadow-lg",
        ),
        class_name="flex gap-12",
    )


def _head() -> rx.Component:
    return rx.fragment(
        when("reading.news", rx.el.p(_("New in this edition: "), slot("reading.news"), id="news", class_name=_NEWS)),
        rx.el.p(
            link(_("The flat in numbers"), href="/library"),
            _(" · Chapter {number} of {of}").format(number=slot("reading.number"), of=slot("reading.of")),
            class_name="text-sm text-quiet",
        ),
        rx.el.h1(
            slot("reading.title"),
            lang=slot("reading.language"),
            class_name="mt-2 font-display text-4xl font-semibold leading-tight tracking-tight",
        ),
    )


_NEWS = "mb-6 rounded-xl bg-info-tint px-4 py-3.5 text-info"


def _contents() -> rx.Component:
    line = anchor(
        rx.el.span(slot("line.number"), class_name="w-5 shrink-0 text-right tabular-nums text-quiet"),
        rx.el.span(slot("line.title"), class_name="min-w-0"),
        when("line.notes", rx.el.span(slot("line.notes"), class_name="ml-auto text-sm text-quiet")),
        href=slot("line.href"),
        aria_current=if_else("line.is_here", "page", "false"),
        class_name="flex min-h-11 items-center gap-3 rounded-lg px-2 py-1.5 hover:bg-sunk "
        "aria-[current=page]:bg-tint aria-[current=page]:font-semibold",
    )
    return rx.el.nav(
        rx.el.ol(each("line", "reading.contents", rx.el.li(line))), aria_label=_("Contents"), class_name="pb-3"
    )


def _turn() -> rx.Component:
    """To the neighbours; the arrow keys do the same."""
    look = "flex min-h-14 flex-1 basis-48 flex-col justify-center rounded-xl border border-line px-5 py-3 hover:bg-sunk"
    small = "text-sm text-quiet"
    return rx.el.nav(
        when(
            "reading.before",
            anchor(
                rx.el.span(_("← Before"), class_name=small),
                rx.el.span(slot("reading.before.title"), class_name="font-semibold"),
                href=slot("reading.before.href"),
                rel="prev",
                class_name=look,
            ),
        ),
        when(
            "reading.after",
            anchor(
                rx.el.span(_("Next →"), class_name=small),
                rx.el.span(slot("reading.after.title"), class_name="font-semibold"),
                href=slot("reading.after.href"),
                rel="next",
                class_name=classes(look, "text-right"),
            ),
            otherwise=(rx.el.p(_("This was the last chapter. "), slot("reading.edition"), ".", class_name=small),),
        ),
        aria_label=_("Chapters"),
        class_name="mt-14 flex max-w-prose flex-wrap items-center gap-4",
    )


def _margin() -> rx.Component:
    """What somebody has written beside this chapter, and a form to write more."""
    return rx.el.section(
        rx.el.h2(_("Your notes"), class_name="font-display text-2xl font-semibold"),
        text(_("Only you see them. They stay with later editions, and are in the file with your data."), tone="quiet"),
        when(
            "reading.notes",
            rx.el.ul(each("note", "reading.notes", _note()), class_name="mt-4 divide-y divide-line"),
        ),
        native_form(
            hidden("chapter", slot("reading.slug")),
            hidden("block", slot("form.block")),
            _lines("quote", _("Passage"), rows=2, hint=_("Mark it in the text, or leave this empty.")),
            _lines("words", _("Note"), rows=4),
            row(submit_button(_("Keep this note"), busy=_("Keeping…"))),
            action="/library/notes",
            id="note-form",
            class_name="mt-6 flex flex-col gap-5",
        ),
        id="notes",
        class_name="mt-14 max-w-prose border-t border-line pt-8",
    )


def _note() -> rx.Component:
    forget = native_form(
        hidden("id", slot("note.id")),
        submit_button(_("Delete"), busy=_("Deleting…"), kind="quiet"),
        action="/library/notes/delete",
        class_name="ml-auto",
    )
    return rx.el.li(
        when(
            "note.quote",
            rx.el.blockquote(
                anchor(slot("note.quote"), href=slot("note.href"), class_name="hover:underline"),
                class_name="border-l-4 border-warn pl-4 text-quiet",
            ),
        ),
        when("note.words", rx.el.p(slot("note.words"), class_name="mt-2 whitespace-pre-line break-words")),
        rx.el.div(
            rx.el.span(slot("note.date"), class_name="text-sm text-quiet"),
            forget,
            class_name="flex items-center gap-4",
        ),
        class_name="py-4",
    )


def _lines(name: str, label: str, *, rows: int, hint: str = "") -> rx.Component:
    """Several lines of input, which keep what was typed."""
    control = rx.el.textarea(
        id=name,
        name=name,
        rows=str(rows),
        default_value=slot(f"form.{name}"),
        aria_invalid=if_else(f"errors.{name}", "true", "false"),
        aria_describedby=f"{name}-hint {name}-error",
        class_name=classes(INPUT, "py-3"),
    )
    return labelled(name, label, control, hint=hint, error=slot(f"errors.{name}"))
