"""What was typed into the loan form, read with a reason for each field that cannot be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from saas_app.core.errors import BadInput
from saas_app.features.loans.schedule import MOST_RATE, MOST_YEARS, Loan

MOST_PRINCIPAL = 100_000_000_00
NAME_LENGTH = 80
YEARS_LENGTH = 4
AMOUNT_DIGITS = 12
AMOUNT = re.compile(r"(?P<whole>\d{1,3}(?P<sign>[.,'])\d{3}((?P=sign)\d{3})*|\d*)([.,](?P<cents>\d{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class LoanForm:
    """A loan with the name to save it under and, for agents, whom it is for."""

    name: str
    client: str
    loan: Loan


def read_form(typed: Mapping[str, object]) -> LoanForm:
    """The form as typed by a person: `150 000`, `150,000` and `150.000,50` are amounts, `3.5` and `3,5` are rates.

    Raises BadInput with a message for every field that is wrong.
    """
    errors: dict[str, str] = {}
    principal = _amount(typed, "principal", errors, "How much do you borrow? For example 250,000.")
    extra = _amount(typed, "extra", errors, "How much do you repay on top each month?", empty=0)
    rate = _rate(typed, errors)
    years = _years(typed, errors)
    name, client = _text(typed, "name"), _text(typed, "client")
    if len(name) > NAME_LENGTH or len(client) > NAME_LENGTH:
        errors["name"] = f"Please keep names within {NAME_LENGTH} characters."
    if not errors and not 0 < principal <= MOST_PRINCIPAL:
        errors["principal"] = "The loan must be more than 0 and at most 100,000,000."
    if errors:
        raise BadInput(errors)
    return LoanForm(name, client, Loan(principal, rate, years, extra))


def _text(typed: Mapping[str, object], field: str) -> str:
    value = typed.get(field, "")
    return value.strip() if isinstance(value, str) else ""


def _amount(typed: Mapping[str, object], field: str, errors: dict[str, str], ask: str, empty: int | None = None) -> int:
    """Minor units. A separator before one or two last digits is the decimal point; before three it groups thousands."""
    typed_text = _text(typed, field)
    text = "".join(typed_text.split()).strip("€")
    if not text and empty is not None:
        return empty
    read = AMOUNT.fullmatch(text)
    digits, cents = (re.sub(r"\D", "", part or "") for part in read.group("whole", "cents")) if read else ("", "")
    if not digits + cents or len(digits) > AMOUNT_DIGITS:
        errors[field] = f"“{typed_text[:30]}” is not an amount. {ask}" if typed_text else ask
        return 0
    return int(digits or "0") * 100 + int(cents.ljust(2, "0"))


def _rate(typed: Mapping[str, object], errors: dict[str, str]) -> Decimal:
    text = _text(typed, "rate").removesuffix("%").strip().replace(",", ".")
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or not 0 <= rate <= MOST_RATE:
        errors["rate"] = f"The yearly rate is a number from 0 to {MOST_RATE}, for example 3.5."
        return Decimal(0)
    return rate.quantize(Decimal("0.001"))


def _years(typed: Mapping[str, object], errors: dict[str, str]) -> int:
    text = _text(typed, "years")
    years = int(text) if text.isascii() and text.isdigit() and len(text) <= YEARS_LENGTH else 0
    if not 1 <= years <= MOST_YEARS:
        errors["years"] = f"The term is a whole number of years from 1 to {MOST_YEARS}."
    return years
