"""What a route beside Reflex answers to somebody whose plan does not open it: 402, as a page or for a program."""

import reflex as rx
from starlette.requests import Request
from starlette.responses import Response

from saas_app import site
from saas_app.billing.entitlements import NotEntitled
from saas_app.billing.gates import explain, refused_as_json
from saas_app.core.config import settings
from saas_app.core.words import _
from saas_app.edge.islands import respond
from saas_app.edge.pages import island
from saas_app.edge.who import viewer_of
from saas_app.ui.buttons import link_button
from saas_app.ui.layout import row
from saas_app.ui.public import public_page
from saas_app.ui.slots import slot, when
from saas_app.ui.text import heading, text
from saas_app.ui.theme import PAGE_WIDTH, classes

PAGE = "locked"


async def refused(request: Request, error: Exception) -> Response:
    """The answer to a NotEntitled: browsers get a page with the way on, programs the same as JSON."""
    if not isinstance(error, NotEntitled):
        raise error
    if "text/html" not in request.headers.get("accept", ""):
        return await refused_as_json(error)
    found = await explain(error)
    price = found.offer.year if found.offer.year.available else found.offer.month
    shown = {
        "why": found.words,
        "plan_name": found.offer.name if price.available else "",
        "per_month": price.per_month,
        "yearly": found.offer.year.total if found.offer.year.available else "",
    }
    viewer = await viewer_of(request, settings().base_url)
    return await respond(request, PAGE, status=error.status, viewer=viewer, **shown)


@island(
    "/locked",
    title=_("Part of a bigger plan · {product}").format(product=site.PRODUCT),
    description=_("What this needs, and the way to it."),
    hidden=True,
)
def locked() -> rx.Component:
    """The reason, the price and the way on."""
    return public_page(
        rx.el.section(
            heading(_("This is part of a bigger plan."), level=1, size="giant"),
            when(
                "why is defined", text(slot("why"), tone="quiet", size="large", class_name="mt-4", id="locked-reason")
            ),
            when(
                "plan_name is defined and plan_name",
                text(
                    slot("plan_name"),
                    _(" is "),
                    rx.el.b(slot("per_month"), _(" a month")),
                    when("yearly", _(", billed as {total} a year").format(total=slot("yearly"))),
                    ".",
                    class_name="mt-2",
                ),
            ),
            when("not member", text(_("If you have such a plan, log in first."), tone="quiet", class_name="mt-4")),
            row(
                link_button(_("See the plans"), href=site.PRICING),
                when(
                    "member",
                    link_button(_("Go to your dashboard"), href=site.DASHBOARD, kind="secondary"),
                    otherwise=(link_button(_("Log in"), href=site.LOGIN, kind="secondary"),),
                ),
                class_name="mt-8",
            ),
            class_name=classes(PAGE_WIDTH, "py-20 sm:py-32"),
        )
    )
