"""Whose product this is: names, words, links and dates. A founder's first edit."""

from dataclasses import dataclass

from saas_app.core.words import _


@dataclass(frozen=True)
class Link:
    """A place in a menu."""

    label: str
    href: str


PRODUCT = "Ladrillo"
TAGLINE = _("Loan scenarios you can check")
DESCRIPTION = _(
    "Work out the payment, the interest and the real cost of a flat, compare your options side by side, "
    "and see every step of the arithmetic."
)
DISCLAIMER = _("Not financial advice.")

COMPANY = "Ladrillo"
COMPANY_ADDRESS = "1 Example Street, 10000 Example City"
SUPPORT_EMAIL = "help@ladrillo.example"
REFUND_DAYS = 14
# The terms and the privacy notice are saas_app/legal/*/DATE.md; to change one, add a file with the day it counts from.

# The loans; prices of the plans come from Stripe with their own currency.
CURRENCY, CURRENCY_SIGN = "eur", "€"


@dataclass(frozen=True)
class Part:
    """A folder of `saas_app/features` that is part of the product, with its places in the menus."""

    folder: str
    menu: Link | None = None
    public: Link | None = None


# What is sold. To take something out, delete its folder and its line here; to put something in, add both.
FEATURES = (
    Part("loans", menu=Link(_("Scenarios"), "/scenarios"), public=Link(_("Calculator"), "/calculator")),
    Part("library", menu=Link(_("Library"), "/library")),
    Part("reports"),
)

PUBLIC_NAV = (*(each.public for each in FEATURES if each.public), Link(_("Pricing"), "/pricing"))
LEGAL_NAV = (Link(_("Terms"), "/terms"), Link(_("Privacy"), "/privacy"))
_OVERVIEW = Link(_("Dashboard"), "/dashboard")
_MENU = tuple(each.menu for each in FEATURES if each.menu)
MEMBER_NAV = (_OVERVIEW, *_MENU, Link(_("Billing"), "/billing"), Link(_("Settings"), "/settings"))
# Where members do what they came for.
WORK = _MENU[0] if _MENU else _OVERVIEW
# Where strangers try it.
TRY = next((each.public for each in FEATURES if each.public), Link(_("Sign up"), "/signup"))

HOME = "/"
PRICING = "/pricing"
SIGNUP = "/signup"
LOGIN = "/login"
DASHBOARD = "/dashboard"
SETTINGS = "/settings"
