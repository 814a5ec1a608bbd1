"""Where the book is: on the shelf, in the reader, and its first chapter for everybody."""

from typing import Any

import reflex as rx

from saas_app import site
from saas_app.auth.components import general_error
from saas_app.auth.shell import member_page, member_shell, notices
from saas_app.billing.state import AccountState
from saas_app.core import db
from saas_app.core.viewer import Viewer
from saas_app.core.words import _
from saas_app.dashboard.service import latest as did_last
from saas_app.edge.live import all_loaded
from saas_app.edge.pages import island
from saas_app.features.library import files, service
from saas_app.features.library.book import book
from saas_app.features.library.components import PROSE, reader, shelf
from saas_app.features.library.scripts import READER
from saas_app.features.library.state import LibraryState
from saas_app.finder.places import kept as found_by_name
from saas_app.ui.buttons import link_button
from saas_app.ui.cards import skeleton
from saas_app.ui.layout import grid, page_head, row, stack
from saas_app.ui.public import public_page
from saas_app.ui.scripts import FOCUS_ERROR
from saas_app.ui.slots import slot, when
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes

files.put_on_sale()
found_by_name.append(service.places)
did_last.append(service.latest)


@member_page(route="/library", title=_("Library"), on_load=[AccountState.load, LibraryState.load], places_notices=True)
def library() -> rx.Component:
    """What one owns of the book, or how to get it."""
    return stack(
        page_head(_("Library"), intro=_("Not financial advice: sums that you can check.")),
        rx.cond(
            all_loaded(AccountState, LibraryState),
            stack(notices(), shelf(), key="known"),
            stack(grid(skeleton(2, action=True), skeleton(4, action=True), columns=2), skeleton(10), key="waiting"),
        ),
    )


async def _fill(viewer: Viewer) -> dict[str, Any]:
    """The chapter where this person stopped; nothing for whoever does not own the book."""
    return {"reading": await db.read(viewer, service.resume)}


@island(
    "/library/book",
    title=_("The flat in numbers · {product}").format(product=site.PRODUCT),
    description=_("The book, where you stopped reading."),
    name="library-book",
    members_only=True,
    hidden=True,
    fill=_fill,
)
def library_book() -> rx.Component:
    """The reader. Its words are put in when it is served, after the service has looked whose the book is."""
    return member_shell(
        rx.el.div(general_error(), class_name="mb-6 empty:hidden"),
        when("reading", reader(), otherwise=(_closed(),)),
        active="/library",
        live=False,
        forms=(READER, FOCUS_ERROR),
    )


def _closed() -> rx.Component:
    return stack(
        heading(_("This book is not yours"), level=1),
        text(
            _(
                "You have not bought it, or you have your money back. What you wrote in its margin is kept, "
                "and is there again if you buy the book again."
            ),
            tone="quiet",
            class_name="max-w-prose",
        ),
        when("form.words", text(_("What you typed: "), slot("form.words"), class_name="whitespace-pre-line")),
        row(
            link_button(_("See the book"), href="/library"),
            link_button(_("Read the first chapter"), href="/library/sample", kind="secondary"),
        ),
    )


@island(
    "/library/sample",
    title=_("The flat in numbers, chapter 1 · {product}").format(product=site.PRODUCT),
    description=_("The first chapter of the book, free: the four prices of a flat, on one sheet of paper."),
    name="library-sample",
)
def library_sample() -> rx.Component:
    """The first chapter. Nothing else of the book may stand here: what a page function draws is public."""
    found = book()
    first = found.chapters[0]
    return public_page(
        rx.el.div(
            text(f"{found.title} · {found.edition.words}", tone="quiet"),
            heading(first.title, level=1, size="giant", lang=first.language, class_name="mt-2"),
            rx.html(first.html, lang=first.language, class_name=classes(PROSE, "mt-6")),
            rx.el.section(
                heading(_("The other chapters"), size="large"),
                rx.el.ol(
                    *[rx.el.li(each.title) for each in found.chapters[1:]],
                    start=2,
                    class_name="mt-4 list-decimal space-y-1 pl-8",
                ),
                row(
                    when(
                        "member",
                        link_button(_("Get the whole book"), href="/library"),
                        otherwise=(link_button(_("Get the whole book"), href=site.PRICING),),
                    ),
                    class_name="mt-8",
                ),
                class_name="mt-16 max-w-prose border-t border-line pt-10",
            ),
            class_name=classes(PAGE_WIDTH, "max-w-3xl! py-12 sm:py-20"),
        )
    )
