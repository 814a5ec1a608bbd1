"""The small print, in sentences that can be read: Markdown files, drawn as sections."""

import itertools
from collections.abc import Iterator, Sequence

import reflex as rx
from markdown_it import MarkdownIt
from markdown_it.token import Token

from saas_app import legal
from saas_app.core import written
from saas_app.core.words import _
from saas_app.ui.public import public_page
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import PAGE_WIDTH, classes


def legal_page(title: str, kind: legal.Kind) -> rx.Component:
    """A title, the day from which it counts, and numbered sections."""
    version = legal.in_force(kind)
    return public_page(
        rx.el.article(
            heading(title, level=1, size="giant"),
            text(
                _("In force since {day}").format(day=written.day(version.since)),
                tone="quiet",
                class_name="mt-3",
            ),
            rx.el.div(*_sections(version.words), class_name="mt-10 flex flex-col gap-4"),
            class_name=classes(PAGE_WIDTH, "max-w-3xl! py-12 sm:py-20"),
        )
    )


def _sections(words: str) -> Iterator[rx.Component]:
    """Headings, paragraphs and lists: all that such a text needs. Anything else stops the build."""
    numbers = itertools.count(1)
    tokens = iter(MarkdownIt().parse(words))
    for token in tokens:
        match token.type:
            case "heading_open":
                title = "".join(each.content for each in next(tokens).children or [])
                yield heading(f"{next(numbers)}. {title}", size="medium", class_name="mt-4 font-semibold")
            case "paragraph_open":
                yield text(*_inline(next(tokens).children or []))
            case "bullet_list_open":
                items = itertools.takewhile(lambda each: each.type != "bullet_list_close", tokens)
                lines = [rx.el.li(*_inline(each.children or [])) for each in items if each.type == "inline"]
                yield rx.el.ul(*lines, class_name="list-disc space-y-2 pl-5")
            case "heading_close" | "paragraph_close":
                pass
            case other:
                raise ValueError(f"The terms cannot hold {other}; teach marketing/legal.py how to draw it.")


def _inline(tokens: Sequence[Token]) -> Iterator[rx.Component | str]:
    href = ""
    for token in tokens:
        match token.type:
            case "text" | "softbreak":
                words = token.content or " "
                yield link(words, href=href) if href else words
            case "link_open":
                href = str(token.attrGet("href"))
            case "link_close":
                href = ""
            case other:
                raise ValueError(f"The terms cannot hold {other}; teach marketing/legal.py how to draw it.")
