"""What was typed into a loan form, read with a reason for each field that cannot be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from saas_app import site
from saas_app.core import written
from saas_app.core.errors import BadInput
from saas_app.core.words import _
from saas_app.features.loans.schedule import MOST_RATE, MOST_YEARS, Kind, Loan, Lump, RateChange

MOST_PRINCIPAL = 100_000_000_00
NAME_LENGTH = 80
NOTES_LENGTH = 2000
LONGEST = 40  # of what is typed into one field of a public page
AMOUNT_DIGITS = 12
AMOUNT = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<sign>[.,'’])(\d{2,3}(?P=sign))*\d{3}|\d*)([.,](?P<cents>\d{0,2}))?", re.ASCII
)
RATE = re.compile(r"[-−]?(\d{1,3}([.,]\d{0,9})?|[.,]\d{1,9})", re.ASCII)
AROUND_A_SUM = written.around_a_sum(site.CURRENCY, site.CURRENCY_SIGN)
WHOLE = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True)
class LoanForm:
    """A loan with the name and notes to save it under and, for agents, the client whose folder it goes into."""

    name: str
    client: str
    loan: Loan
    notes: str = ""


def read_form(typed: Mapping[str, object]) -> LoanForm:
    """The form as typed by a person: `150 000`, `150,000` and `150.000,50` are amounts, `3.5` and `3,5` are rates.

    Raises BadInput with a message for every field that is wrong.
    """
    reading = Reading(typed)
    loan = read_loan(reading)
    name, client = reading.text("name", NAME_LENGTH), reading.text("client", NAME_LENGTH)
    notes = reading.text("notes", NOTES_LENGTH)
    return LoanForm(name, client, reading.done(loan), notes)


def typed_again(loan: Loan) -> dict[str, str]:
    """A loan as somebody would type it, field by field: what `read_form` makes of it is the same loan."""
    change, lump = loan.change, loan.lump
    return {
        "principal": _plain(loan.principal),
        "rate": written.figures(f"{loan.rate.normalize():f}"),
        "years": str(loan.years),
        "kind": loan.kind.value,
        "resting": str(loan.resting or ""),
        "extra": _plain(loan.extra),
        "lump": _plain(lump.amount) if lump else "",
        "lump_month": str(lump.month) if lump else "",
        "lowers": "yes" if loan.lowers else "no",
        "new_rate": written.figures(f"{change.rate.normalize():f}") if change else "",
        "change_month": str(change.month) if change else "",
        "fee": _plain(loan.fee),
        "fee_in_loan": "yes" if loan.fee_in_loan else "no",
    }


def _plain(minor: int) -> str:
    whole, cents = divmod(minor, 100)
    return written.figures(f"{whole:,}" + (f".{cents:02}" if cents else "")) if minor else ""


def read_change(typed: Mapping[str, object]) -> tuple[str, str, str]:
    """Name, notes and client of a scenario that is there; raises BadInput."""
    reading = Reading(typed)
    found = reading.text("name", NAME_LENGTH), reading.text("notes", NOTES_LENGTH), reading.text("client", NAME_LENGTH)
    if reading.errors:
        raise BadInput(reading.errors)
    return found


def read_loan(reading: "Reading", amount: str = "principal") -> Loan | None:
    """The loan in a form whose field `amount` says what is borrowed; None when a field is wrong."""
    principal = reading.amount(amount, _("How much do you borrow? For example 250,000."), least=1)
    rate, years = reading.rate("rate"), reading.whole("years", 1, MOST_YEARS, _("The term is"), _("years"))
    kind = reading.choice("kind", Kind, Kind.ANNUITY)
    resting = _resting(reading, years) if kind is Kind.INTEREST_FIRST else 0
    extra = reading.amount("extra", _("How much do you repay on top each month?"), empty=0)
    fee = reading.amount("fee", _("What is paid once for the loan?"), empty=0)
    change, lump = _change(reading, years), _lump(reading, years)
    if reading.errors:
        return None
    in_loan, lowers = reading.text("fee_in_loan") == "yes", reading.text("lowers") == "yes"
    return Loan(principal, rate, years, extra, kind, resting, fee, in_loan, change, lump, lowers)


def _resting(reading: "Reading", years: int) -> int:
    if years == 1:
        reading.errors["kind"] = _("A loan of one year leaves no year for interest only.")
    return reading.whole("resting", 1, max(1, (years or MOST_YEARS) - 1), _("Interest only lasts"), _("years"))


def _change(reading: "Reading", years: int) -> RateChange | None:
    if not reading.text("new_rate") and not reading.text("change_month"):
        return None
    month = reading.whole("change_month", 2, (years or MOST_YEARS) * 12, _("The number of the payment is"), "")
    return RateChange(month, reading.rate("new_rate"))


def _lump(reading: "Reading", years: int) -> Lump | None:
    amount = reading.amount("lump", _("How much do you repay at once?"), empty=0)
    if not amount and not reading.text("lump_month"):
        return None
    month = reading.whole("lump_month", 1, (years or MOST_YEARS) * 12, _("The number of the payment is"), "")
    return Lump(month, amount) if amount else None


def asked_of(typed: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """What an address asks, field by field: nothing at all asks for what is usual, and an empty field is empty."""
    begun = any(typed.get(field) for field in usual)
    return {field: typed.get(field, "").strip() if begun else value for field, value in usual.items()}


class Reading:
    """Fields as typed, read one by one; `errors` holds a message for each that is wrong."""

    def __init__(self, typed: Mapping[str, object]) -> None:
        self._typed = typed
        self.errors: dict[str, str] = {}

    def done(self, found: "Loan | None") -> Loan:
        """What was read, unless something was wrong; raises BadInput with every message."""
        if self.errors or found is None:
            raise BadInput(self.errors)
        return found

    def text(self, field: str, most: int = 10_000) -> str:
        """Words; '' for what is no text."""
        value = self._typed.get(field, "")
        words = value.strip() if isinstance(value, str) else ""
        if len(words) > most:
            self.errors[field] = _("Please keep it within {most} characters.").format(most=most)
        return words

    def amount(self, field: str, ask: str, *, least: int = 0, empty: int | None = None) -> int:
        """Minor units. A separator before one or two last digits is the decimal point; before three it groups."""
        typed = self.text(field)
        text = re.sub(AROUND_A_SUM, "", "".join(typed.split()), flags=re.IGNORECASE)
        if not text and empty is not None:
            return empty
        read = AMOUNT.fullmatch(text)
        digits, cents = (re.sub(r"\D", "", part or "") for part in read.group("whole", "cents")) if read else ("", "")
        if not digits + cents:
            self.errors[field] = (
                _("“{typed}” is not an amount. {ask}").format(typed=typed[:30], ask=ask) if typed else ask
            )
            return 0
        found = int(digits or "0") * 100 + int(cents.ljust(2, "0")) if len(digits) <= AMOUNT_DIGITS else -1
        if not least <= found <= MOST_PRINCIPAL:
            most = written.number(MOST_PRINCIPAL // 100)
            words = _("This must be more than 0 and at most {most}.") if least else _("This must be at most {most}.")
            self.errors[field] = words.format(most=most)
        return found

    def rate(self, field: str, highest: Decimal = MOST_RATE) -> Decimal:
        """Percent a year, to the thousandth."""
        return self.percent(field, _("The yearly rate is"), Decimal(0), highest)

    def percent(self, field: str, what: str, least: Decimal, most: Decimal) -> Decimal:
        """Percent, to the thousandth; only where `least` is below zero may it begin with a minus."""
        text = self.text(field).removesuffix("%").strip()
        signed = text.startswith(("-", "−")) and least >= 0
        found = Decimal(text.replace(",", ".").replace("−", "-")) if RATE.fullmatch(text) and not signed else None
        if found is None or not least <= found <= most:
            self.errors[field] = (
                _("{what} a number from {least} to {most}, for example 3.5.")
                .format(what=what, least=least, most=most)
                .replace("-", "−")
            )
            return Decimal(0)
        return found.quantize(Decimal("0.001"))

    def whole(self, field: str, least: int, most: int, what: str, unit: str) -> int:
        """A whole number in a range; 0 when it is none."""
        text = self.text(field)
        found = int(text) if WHOLE.fullmatch(text) else -1
        if least <= found <= most:
            return found
        of = _(" of {unit}").format(unit=unit) if unit else ""
        self.errors[field] = _("{what} a whole number{of} from {least} to {most}.").format(
            what=what, of=of, least=least, most=most
        )
        return 0

    def choice(self, field: str, kinds: type[Kind], usual: Kind) -> Kind:
        """One of a list; anything else is as if nothing had been chosen."""
        text = self.text(field)
        return kinds(text) if text in set(kinds) else usual
