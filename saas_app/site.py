"""Whose product this is: names, words, links and dates. A founder's first edit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A place in a menu."""

    label: str
    href: str


PRODUCT = "Ladrillo"
TAGLINE = "Loan scenarios you can check"
DESCRIPTION = (
    "Work out the payment, the interest and the real cost of a flat, compare your options side by side, "
    "and see every step of the arithmetic."
)
DISCLAIMER = "Not financial advice."

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
    Part("loans", menu=Link("Scenarios", "/scenarios"), public=Link("Calculator", "/calculator")),
    Part("library", menu=Link("Library", "/library")),
    Part("reports"),
)

PUBLIC_NAV = (*(each.public for each in FEATURES if each.public), Link("Pricing", "/pricing"))
LEGAL_NAV = (Link("Terms", "/terms"), Link("Privacy", "/privacy"))
_OVERVIEW = Link("Dashboard", "/dashboard")
_MENU = tuple(each.menu for each in FEATURES if each.menu)
MEMBER_NAV = (_OVERVIEW, *_MENU, Link("Billing", "/billing"), Link("Settings", "/settings"))
# Where members do what they came for.
WORK = _MENU[0] if _MENU else _OVERVIEW
# Where strangers try it.
TRY = next((each.public for each in FEATURES if each.public), Link("Sign up", "/signup"))

HOME = "/"
PRICING = "/pricing"
SIGNUP = "/signup"
LOGIN = "/login"
DASHBOARD = "/dashboard"
SETTINGS = "/settings"
