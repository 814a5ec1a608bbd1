"""The plans beside each other, line by line, as what the code counts and opens; the heads stay in sight."""

import reflex as rx

from saas_app.billing.plans import Feature, Limit
from saas_app.core.words import _
from saas_app.marketing import content
from saas_app.ui.slots import slot, when
from saas_app.ui.text import for_ears
from saas_app.ui.theme import CARD

_MARK = "px-1 py-3.5 text-center tabular-nums sm:px-4"
_NAME = "px-2 text-left sm:px-4"


def comparison() -> rx.Component:
    """What is in every plan first, then what tells them apart. No frame scrolls here, so the heads can stick."""
    plans = content.compared_plans()
    names = [plans[0].name, *[slot(f"plans.{plan.key}.name") for plan in plans[1:]]]
    shared, apart = content.shared_lines(), content.lines_apart()
    return rx.el.table(
        rx.el.caption(_("What each plan holds"), class_name="sr-only"),
        rx.el.thead(
            rx.el.tr(
                _head(_("What you get"), _NAME),
                *[_head(name, "w-[19%] px-1 text-center last:rounded-tr-2xl sm:px-4") for name in names],
            )
        ),
        rx.el.tbody(_group(_("In every plan")), *[_line(words, None) for words in shared]),
        rx.el.tbody(_group(_("By plan")), *[_line(words, thing) for words, thing in apart]),
        class_name=f"{CARD} mt-10 w-full border-separate border-spacing-0 max-sm:text-sm",
    )


def _head(name: str, look: str) -> rx.Component:
    place = "sticky top-0 border-b border-edge bg-surface py-3.5 font-semibold first:rounded-tl-2xl"
    return rx.el.th(name, scope="col", class_name=f"{place} {look}")


def _group(name: str) -> rx.Component:
    columns = len(content.compared_plans()) + 1
    words = rx.el.th(name, scope="rowgroup", col_span=columns, class_name=f"{_NAME} pt-6 pb-2 text-sm text-quiet")
    return rx.el.tr(words)


def _line(words: str, thing: Limit | Feature | None) -> rx.Component:
    marks = [_held(plan.key, thing) for plan in content.compared_plans()]
    return rx.el.tr(
        rx.el.th(words, scope="row", class_name=f"{_NAME} py-3.5 font-medium"),
        *[rx.el.td(mark, class_name=_MARK) for mark in marks],
        class_name="*:border-t *:border-line",
    )


def _held(key: str, thing: Limit | Feature | None) -> rx.Component | str:
    """What a plan holds of this, by what its product in Stripe says when the page is served."""
    if isinstance(thing, Limit):
        room = f"plans.{key}.holds.{thing.value}"
        return when(f"not {room}|int(1)", _mark(has=False), otherwise=(slot(room),))
    if isinstance(thing, Feature):
        return when(f"plans.{key}.opens.{thing.value}", _mark(has=True), otherwise=(_mark(has=False),))
    return _mark(has=True)


def _mark(*, has: bool) -> rx.Component:
    sign, words = ("✓", _("Included")) if has else ("–", _("Not included"))
    look = "font-bold text-brick-ink" if has else "text-quiet"
    return rx.fragment(rx.el.span(sign, aria_hidden="true", class_name=look), for_ears(words))
