"""The landing page: the benefit, the product working, three steps, proof, prices, questions, the way in."""

import reflex as rx

from saas_app import site
from saas_app.billing.plans import FREE
from saas_app.core.words import _
from saas_app.marketing import content
from saas_app.marketing.calculator import SCRIPT, calculator
from saas_app.marketing.content import Passage
from saas_app.marketing.schema import answered, organization
from saas_app.ui.buttons import link_button
from saas_app.ui.dialog import unfold
from saas_app.ui.layout import band, grid, row
from saas_app.ui.public import public_page
from saas_app.ui.slots import slot, when
from saas_app.ui.text import heading, link, text
from saas_app.ui.theme import PAGE_WIDTH, classes


def landing_page() -> rx.Component:
    """All of it, in the order in which it convinces."""
    return public_page(
        _hero(),
        _steps(),
        _proof(),
        _plans(),
        questions(content.LANDING_QUESTIONS),
        last_word(content.LAST_WORD),
        organization(),
        answered(content.LANDING_QUESTIONS),
        scripts=(SCRIPT,),
    )


def _hero() -> rx.Component:
    words = rx.el.div(
        heading(content.HEADLINE, level=1, size="giant"),
        text(content.PROMISE, tone="quiet", size="large", class_name="mt-5 max-w-prose"),
        row(
            when(
                "member",
                link_button(_("Open your dashboard"), href=site.DASHBOARD),
                otherwise=(link_button(_("Start free"), href=site.SIGNUP),),
            ),
            link_button(_("See the prices"), href=site.PRICING, kind="quiet"),
            class_name="mt-8",
        ),
        when("not member", text(content.NO_CARD, tone="quiet", size="small", class_name="mt-4")),
    )
    return rx.el.section(
        words, calculator(), class_name=classes(PAGE_WIDTH, "grid items-center gap-12 py-12 sm:py-20 lg:grid-cols-2")
    )


def _steps() -> rx.Component:
    return band(
        heading(_("From an offer to a decision"), size="large"),
        rx.el.ol(
            *[_step(number, step) for number, step in enumerate(content.STEPS, 1)],
            class_name="mt-10 grid gap-8 md:grid-cols-3",
        ),
        id="how",
        sunk=True,
    )


def _step(number: int, step: Passage) -> rx.Component:
    brick = rx.el.span(
        str(number),
        aria_hidden="true",
        class_name="bricks inline-block w-16 py-1.5 text-center font-display text-xl font-semibold",
    )
    return rx.el.li(
        brick,
        heading(step.title, level=3, size="medium", class_name="mt-4"),
        text(step.words, tone="quiet", class_name="mt-2"),
    )


def _proof() -> rx.Component:
    return band(
        heading(_("Proof you can do with a pencil"), size="large"),
        rx.el.p(
            _("payment = amount × r ÷ (1\u00a0−\u00a0(1\u00a0+\u00a0r)"),
            rx.el.sup("−n"),
            ")",
            class_name="mt-6 font-display text-lg italic text-brick-ink sm:text-3xl",
        ),
        grid(
            *[
                rx.el.div(
                    heading(point.title, level=3, size="medium"),
                    text(point.words, tone="quiet", class_name="mt-2"),
                    class_name="border-t-4 border-brick pt-5",
                )
                for point in content.PROOF
            ],
            class_name="mt-10",
        ),
    )


def _plans() -> rx.Component:
    return band(
        heading(_("Begin free, pay when it helps"), size="large"),
        when("prices_note", text(slot("prices_note"), tone="quiet", class_name="mt-3")),
        rx.el.ul(
            _teaser(
                FREE.name,
                FREE.description,
                rx.el.span(slot("nothing"), class_name="font-display text-4xl font-semibold"),
            ),
            *[_paid_teaser(key, best=number == 0) for number, key in enumerate(content.sold_keys())],
            class_name="mt-10 grid gap-5 md:grid-cols-3",
        ),
        row(link_button(_("Compare the plans"), href=site.PRICING, kind="secondary"), class_name="mt-8"),
        sunk=True,
    )


def _paid_teaser(key: str, *, best: bool) -> rx.Component:
    year, month = f"plans.{key}.year", f"plans.{key}.month"
    yearly = rx.fragment(
        rx.el.span(slot(f"{year}.per_month"), class_name="font-display text-4xl font-semibold"),
        rx.el.span(_(" a month"), class_name="text-quiet"),
        rx.el.span(
            slot(f"{year}.total"),
            _(" billed once a year"),
            when(
                f"{year}.saving_percent",
                rx.el.b(", ", slot(f"{year}.saving_percent"), _("% less"), class_name="text-good"),
            ),
            class_name="mt-1 block text-sm text-quiet",
        ),
    )
    monthly = when(
        f"{month}.available",
        rx.el.span(slot(f"{month}.total"), class_name="font-display text-4xl font-semibold"),
        rx.el.span(_(" a month"), class_name="text-quiet"),
    )
    return _teaser(
        slot(f"plans.{key}.name"),
        slot(f"plans.{key}.description"),
        when(f"{year}.available", yearly, otherwise=(monthly,)),
        best=best,
    )


def _teaser(name: str, words: str, price: rx.Component, *, best: bool = False) -> rx.Component:
    return rx.el.li(
        heading(name, level=3, size="medium"),
        text(words, tone="quiet"),
        rx.el.p(price, class_name="mt-4 tabular-nums"),
        class_name=classes("rounded-2xl border bg-surface p-6", "border-brick" if best else "border-line"),
    )


def questions(passages: tuple[Passage, ...]) -> rx.Component:
    """Questions that unfold, and where to ask another."""
    return band(
        rx.el.div(
            rx.el.div(
                heading(_("Questions"), size="large"),
                text(
                    _("Another one? Write to "),
                    link(site.SUPPORT_EMAIL, href=f"mailto:{site.SUPPORT_EMAIL}"),
                    ".",
                    class_name="mt-3",
                ),
            ),
            rx.el.div(
                *[unfold(passage.title, passage.words) for passage in passages], class_name="border-t border-line"
            ),
            class_name="grid gap-8 lg:grid-cols-[1fr_2fr]",
        )
    )


def last_word(words: str) -> rx.Component:
    """The way in once more, for whoever has read to the end."""
    return rx.el.section(
        rx.el.div(
            heading(words, size="large"),
            when(
                "member",
                link_button(_("Open your dashboard"), href=site.DASHBOARD, kind="secondary", class_name="mt-6"),
                otherwise=(link_button(_("Start free"), href=site.SIGNUP, kind="secondary", class_name="mt-6"),),
            ),
            class_name=classes(PAGE_WIDTH, "text-center"),
        ),
        class_name="bricks py-16 sm:py-20",
    )
