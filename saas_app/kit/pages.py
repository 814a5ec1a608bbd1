"""`/dev/kit`: every component in every state. It is not there in production, and no release carries it."""

import reflex as rx

from saas_app import site
from saas_app.core.config import settings
from saas_app.edge.pages import island
from saas_app.kit.components import everything
from saas_app.ui.public import public_page
from saas_app.ui.scripts import REVEAL, RULES, STRENGTH
from saas_app.ui.text import heading
from saas_app.ui.theme import PAGE_WIDTH, classes

WORDS = "Every component in every state."


def kit() -> rx.Component:
    """All of `ui` on one page."""
    title = heading("The kit", level=1, size="giant", class_name="mb-8")
    place = classes(PAGE_WIDTH, "py-12")
    return public_page(rx.el.div(title, everything(), class_name=place), scripts=(REVEAL, RULES, STRENGTH))


if not settings().is_production:
    island("/dev/kit", title=f"The kit · {site.PRODUCT}", description=WORDS, name="kit", local=True)(kit)
