"""Where the public pages are."""

import reflex as rx

from saas_app import site
from saas_app.billing.storefront import plan_held
from saas_app.core.words import _
from saas_app.edge.pages import island
from saas_app.marketing.landing import landing_page
from saas_app.marketing.legal import legal_page
from saas_app.marketing.pricing import pricing_page
from saas_app.ui.buttons import link_button
from saas_app.ui.layout import row
from saas_app.ui.public import public_page
from saas_app.ui.slots import when
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes


@island(site.HOME, title=f"{site.PRODUCT}: {site.TAGLINE.lower()}", description=site.DESCRIPTION, name="landing")
def landing() -> rx.Component:
    """The first page that a stranger sees."""
    return landing_page()


@island(
    site.PRICING,
    title=_("Pricing · {product}").format(product=site.PRODUCT),
    description=_("Start free. Paid plans by the year or by the month, cancelled when you like."),
    fill=plan_held,
    texts_only=True,
)
def pricing() -> rx.Component:
    """What it costs."""
    return pricing_page()


@island(
    "/terms",
    title=_("Terms · {product}").format(product=site.PRODUCT),
    description=_("The terms under which you use {product}.").format(product=site.PRODUCT),
)
def terms() -> rx.Component:
    """What we promise each other."""
    return legal_page(_("Terms of service"), "terms")


@island(
    "/privacy",
    title=_("Privacy · {product}").format(product=site.PRODUCT),
    description=_("What {product} knows about you, and why.").format(product=site.PRODUCT),
)
def privacy() -> rx.Component:
    """What we keep, and why."""
    return legal_page(_("Privacy"), "privacy")


# Reflex keeps /404 for itself and does not prerender it.
@island(
    "/not-found",
    title=_("Page not found · {product}").format(product=site.PRODUCT),
    description=_("There is nothing at this address."),
    name="404",
    hidden=True,
)
def not_found() -> rx.Component:
    """Nothing is here, but these are."""
    return public_page(
        rx.el.section(
            text("404", tone="brick", class_name="font-semibold"),
            heading(_("There is a brick missing here."), level=1, size="giant", class_name="mt-2"),
            text(
                _("Nothing is at this address. It may have been moved or deleted, or it belongs to somebody else."),
                tone="quiet",
                size="large",
                class_name="mt-4 max-w-prose",
            ),
            row(
                when(
                    "member",
                    link_button(_("Go to your dashboard"), href=site.DASHBOARD),
                    otherwise=(link_button(_("Go to the start page"), href=site.HOME),),
                ),
                link_button(_("See the prices"), href=site.PRICING, kind="secondary"),
                class_name="mt-8",
            ),
            class_name=classes(PAGE_WIDTH, "py-20 sm:py-32"),
        )
    )
