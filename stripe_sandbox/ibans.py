"""Bank accounts to try debits with, which are paid or refused later
(docs.stripe.com/payments/sepa-debit/accept-a-payment)."""

import hashlib
import re
from dataclasses import dataclass

from stripe_sandbox import spec
from stripe_sandbox.errors import Invalid
from stripe_sandbox.store import Object

_LATER = 180  # what Stripe's own slow test accounts take


@dataclass(frozen=True)
class Account:
    """How a test account answers a debit, and after how many seconds of real time."""

    iban: str
    pays: bool = True
    seconds: int = 0


_ACCOUNTS = (
    Account("AT611904300234573201"),
    Account("AT321904300235473204", seconds=_LATER),
    Account("AT861904300235473202", pays=False),
    Account("AT051904300235473205", pays=False, seconds=_LATER),
    Account("DE89370400440532013000"),
    Account("DE62370400440532013001", pays=False),
    Account("FR1420041010050500013M02606"),
    Account("FR8420041010050500013M02607", pays=False),
    Account("IT40S0542811101000000123456"),
    Account("IT60X0542811101000000123456", pays=False),
)
ACCOUNTS = {account.iban: account for account in _ACCOUNTS}


def numbered(iban: str) -> Account:
    """The test account of this number, or the error that a real form would show."""
    plain = re.sub(r"\s", "", iban).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        raise Invalid("The IBAN you provided is invalid.", param="sepa_debit[iban]", code="invalid_bank_account_iban")
    if plain not in ACCOUNTS:
        raise Invalid(
            "This is a sandbox: use one of its test accounts, such as AT611904300234573201.", param="sepa_debit[iban]"
        )
    return ACCOUNTS[plain]


def shown(iban: str) -> Object:
    """What a payment method and a charge tell of an account."""
    return {
        **spec.load().nulls("payment_method_sepa_debit"),
        "bank_code": iban[4:9],
        "branch_code": "",
        "country": iban[:2],
        "fingerprint": hashlib.sha256(iban.encode()).hexdigest()[:16],
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }
