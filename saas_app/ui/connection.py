"""What a page says while its connection to us is gone."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from saas_app.core.words import _


def connection_banner() -> rx.Component:
    """Nothing while all is well; otherwise that we are trying, and that nothing typed is lost."""
    words = rx.el.p(
        _("The connection is gone. We keep trying; what you have typed stays here."),
        role="status",
        class_name="fixed inset-x-0 bottom-0 z-50 bg-bad-tint px-5 py-3 text-center font-semibold text-bad md:left-60",
    )
    return rx.cond(has_connection_errors, words, rx.fragment())
