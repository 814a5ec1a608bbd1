"""The card form: what was typed, what is wrong with it, and the test card it names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from stripe_sandbox import cards, payment_methods
from stripe_sandbox.errors import CardDeclined
from stripe_sandbox.store import Object, Tx

COUNTRIES = {
    "US": "United States", "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "ES": "Spain", "FI": "Finland",
    "FR": "France", "GB": "United Kingdom", "IE": "Ireland", "IN": "India", "IT": "Italy", "JP": "Japan",
    "MX": "Mexico", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal",
    "SE": "Sweden", "SG": "Singapore",
}  # fmt: skip
_FIELD_OF = {"number": "number", "exp_month": "expiry", "exp_year": "expiry", "cvc": "cvc"}
_KEPT = (
    "email", "name", "expiry", "country", "postal_code", "line1", "city", "state",
    "phone", "tax_id", "tax_id_type", "terms", "keep",
)  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """The fields as typed. Number and security code never go back to the page."""

    fields: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> dict[str, str]:
        return {name: self.fields.get(name, "") for name in _KEPT}

    @property
    def address(self) -> dict[str, str]:
        names = ("country", "postal_code", "line1", "city", "state")
        return {name: self.fields[name].strip() for name in names if self.fields.get(name, "").strip()}

    def text(self, name: str) -> str:
        return self.fields.get(name, "").strip()


def check(typed: Typed, *, email: bool, address: bool) -> None:
    """Note what is missing or malformed, each at its field, in plain words."""
    errors = typed.errors
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", typed.text("email")):
        errors["email"] = "Enter an email address, such as jane@example.com."
    digits = re.sub(r"\D", "", typed.text("number"))
    if not digits:
        errors["number"] = "Enter a card number."
    elif not cards.luhn(digits):
        errors["number"] = "This card number is not complete or has a typing error."
    if _expiry(typed) is None:
        errors["expiry"] = "Enter the date as month and year, such as 12 / 34."
    if not re.fullmatch(r"\d{3,4}", typed.text("cvc")):
        errors["cvc"] = "Enter the 3 or 4 digits of the security code."
    if not typed.text("name"):
        errors["name"] = "Enter the name on the card."
    if address:
        for name, words in (("line1", "a street and number"), ("city", "a city"), ("postal_code", "a postal code")):
            if not typed.text(name):
                errors[name] = f"Enter {words}."


def _expiry(typed: Typed) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,2})\s*[/\-. ]?\s*(\d{4}|\d{2})", typed.text("expiry"))
    if not match or not 1 <= int(match[1]) <= 12:
        return None
    return int(match[1]), int(match[2])


def method(tx: Tx, typed: Typed) -> Object | None:
    """A payment method for what was typed, or None with the reason at its field."""
    expiry = _expiry(typed)
    try:
        card = cards.numbered(typed.text("number"))
        month, year = expiry or (0, 0)
        payment_methods.check_expiry(month, year)
    except CardDeclined as error:
        note(typed, error)
        return None
    billing = {"name": typed.text("name"), "email": typed.text("email") or None, "address": typed.address}
    return payment_methods.new(tx, card, month, year, billing)


def note(typed: Typed, error: CardDeclined) -> None:
    """Put a refusal at the field it is about; a plain decline is about the number."""
    name = _FIELD_OF.get(error.param or "number", "number")
    hint = " Try another card." if error.code in ("card_declined", "expired_card") else ""
    typed.errors[name] = f"{error.message}{hint}"
