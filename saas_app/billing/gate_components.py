"""What stands where a gate is closed, and how full a plan is."""

from typing import cast

import reflex as rx

from saas_app.billing.components import paywall
from saas_app.billing.gate_state import MeterView, OpenState
from saas_app.billing.gates import Refusal
from saas_app.billing.plans import Feature
from saas_app.core.words import _
from saas_app.ui.cards import card


def refused(refusal: Refusal) -> rx.Component:
    """The paywall for a state's refusal; nothing while there is none."""
    return rx.cond(
        refusal.words != "",
        rx.cond(refusal.offer.key != "", paywall(refusal.words, refusal.offer), _closed(refusal)),
    )


def _closed(refusal: Refusal) -> rx.Component:
    words = rx.el.p(refusal.words, class_name="text-lg font-semibold", id="paywall-reason")
    return card(words, raised=True, role="alert")


def gated(feature: Feature, *children: rx.Component) -> rx.Component:
    """Show this to those whose plan has the feature, and to others why it is closed and what opens it.

    The page loads it with `on_load=OpenState.load`. It hides; the service behind it refuses.
    """
    features = cast(rx.vars.ArrayVar[list[str]], OpenState.features)
    is_open = features.contains(feature.value)
    return rx.cond(
        OpenState.loaded, rx.cond(is_open, rx.fragment(*children), refused(OpenState.refusals[feature.value]))
    )


def usage_meters() -> rx.Component:
    """How full the viewer's plan is, one bar for each limit. The page loads it with `on_load=OpenState.load`."""
    bars = rx.el.ul(rx.foreach(OpenState.meters, _meter), class_name="flex flex-col gap-4")
    return rx.cond(OpenState.loaded, card(bars, title=_("What you have used")))


def _meter(meter: MeterView) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(meter.label, class_name="font-medium"),
            rx.el.span(meter.words, class_name="tabular-nums text-quiet"),
            class_name="flex justify-between gap-4",
        ),
        rx.cond(
            meter.percent > 0,
            rx.el.progress(value=meter.percent, max=100, aria_label=meter.label, class_name="mt-1.5 h-2.5 w-full"),
        ),
        rx.cond(meter.resets != "", rx.el.p(_("Starts again on "), meter.resets, class_name="mt-1 text-sm text-quiet")),
    )
