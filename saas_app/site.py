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

CALCULATOR = "/calculator"
PUBLIC_NAV = (Link("Calculator", CALCULATOR), Link("Pricing", "/pricing"))
LEGAL_NAV = (Link("Terms", "/terms"), Link("Privacy", "/privacy"))
# Where members do what they came for.
WORK = Link("Scenarios", "/scenarios")
READ = Link("Library", "/library")
MEMBER_NAV = (Link("Dashboard", "/dashboard"), WORK, READ, Link("Billing", "/billing"), Link("Settings", "/settings"))

HOME = "/"
PRICING = "/pricing"
SIGNUP = "/signup"
LOGIN = "/login"
DASHBOARD = "/dashboard"
SETTINGS = "/settings"
