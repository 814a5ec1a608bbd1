"""The test cards and what each of them does (docs.stripe.com/testing).

A card's number is never stored: only its last four digits and how it behaves.
"""

from dataclasses import dataclass
from typing import Any

from stripe_sandbox.errors import CardDeclined


@dataclass(frozen=True)
class Card:
    """How one test card behaves. `declines` and `attach_declines` are keys of `REASONS`."""

    number: str
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    declines: str | None = None
    attaches: bool = True  # can be saved on a customer although it declines
    three_ds: str | None = None  # "once": until authenticated; "always": each payment
    disputed: str | None = None  # the reason its owner gives to the bank, right after paying
    inquiry: bool = False  # the bank only asks
    refund_fails: bool = False  # an hour after it was refunded its bank sends the money back
    note: str = ""

    @property
    def last4(self) -> str:
        return self.number[-4:]


@dataclass(frozen=True)
class Reason:
    code: str
    decline_code: str | None
    message: str
    param: str = ""


REASONS = {
    "generic_decline": Reason("card_declined", "generic_decline", "Your card was declined."),
    "insufficient_funds": Reason("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    "lost_card": Reason("card_declined", "lost_card", "Your card was declined."),
    "stolen_card": Reason("card_declined", "stolen_card", "Your card was declined."),
    "expired_card": Reason("expired_card", "expired_card", "Your card has expired.", "exp_month"),
    "incorrect_cvc": Reason("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.", "cvc"),
    "processing_error": Reason(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": Reason(
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
    "debit_refused": Reason(
        "payment_intent_payment_attempt_failed",
        None,
        "The customer's bank account could not be debited. Please choose a different payment method and try again.",
    ),
    "authentication_failed": Reason(
        "payment_intent_authentication_failure",
        None,
        "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    ),
}

_CARDS = (
    Card("4242424242424242", note="pays"),
    Card("4000056655665556", funding="debit", note="pays (debit)"),
    Card("5555555555554444", "mastercard", note="pays"),
    Card("5200828282828210", "mastercard", "debit"),
    Card("378282246310005", "amex", note="pays"),
    Card("6011111111111117", "discover"),
    Card("3056930009020004", "diners"),
    Card("3566002020360505", "jcb"),
    Card("6200000000000005", "unionpay"),
    Card("4000002760000016", country="DE"),
    Card("4000008260000000", country="GB"),
    Card("4000000000000002", declines="generic_decline", attaches=False, note="is declined"),
    Card("4000000000009995", declines="insufficient_funds", attaches=False, note="has insufficient funds"),
    Card("4000000000009987", declines="lost_card", attaches=False),
    Card("4000000000009979", declines="stolen_card", attaches=False),
    Card("4000000000000069", declines="expired_card", attaches=False, note="has expired"),
    Card("4000000000000127", declines="incorrect_cvc", attaches=False, note="has a wrong security code"),
    Card("4000000000000119", declines="processing_error", attaches=False, note="fails in processing"),
    Card("4000000000000341", declines="generic_decline", note="can be saved, then fails when charged"),
    Card("4000002500003155", three_ds="once", note="asks for 3-D Secure once, later payments pass"),
    Card("4000002760003184", three_ds="always", note="asks for 3-D Secure at every payment"),
    Card("4000000000003220", three_ds="once", note="asks for 3-D Secure"),
    Card("4000008400001629", three_ds="once", declines="generic_decline", note="3-D Secure, then declined"),
    Card("4000000000000259", disputed="fraudulent", note="pays, then the charge is disputed"),
    Card("4000000000002685", disputed="product_not_received", note="pays, then the charge is disputed as not received"),
    Card("4000000000001976", disputed="fraudulent", inquiry=True, note="pays, then the bank asks about the charge"),
    Card("4000000000005126", refund_fails=True, note="pays, and a refund comes back an hour later"),
)
CARDS = {card.number: card for card in _CARDS}
SHOWN = tuple(card for card in _CARDS if card.note)

_NAMES = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "mastercard_debit": "5200828282828210",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "diners": "3056930009020004",
    "jcb": "3566002020360505",
    "unionpay": "6200000000000005",
    "de": "4000002760000016",
    "gb": "4000008260000000",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "visa_chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "visa_chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredOnSetup": "4000002500003155",
    "threeDSecure2Required": "4000000000003220",
    "threeDSecureRequired": "4000000000003220",
    "threeDSecureRequiredChargeDeclined": "4000008400001629",
    "bypassPending": "4242424242424242",
    "createDispute": "4000000000000259",
    "createDisputeProductNotReceived": "4000000000002685",
    "createDisputeInquiry": "4000000000001976",
    "refundFail": "4000000000005126",
}


def named(template: str) -> Card | None:
    """The card behind `pm_card_visa` or `tok_visa`."""
    for prefix in ("pm_card_", "tok_"):
        if template.startswith(prefix):
            return CARDS.get(_NAMES.get(template.removeprefix(prefix), ""))
    return None


def numbered(number: str) -> Card:
    """The card with this number, or the error that a real form would show."""
    digits = "".join(each for each in number if each.isdigit())
    card = CARDS.get(digits)
    if card:
        return card
    if not luhn(digits):
        raise CardDeclined("Your card number is invalid.", code="incorrect_number", param="number")
    raise CardDeclined(
        "Your card was declined. This is a sandbox: use one of its test cards, such as 4242 4242 4242 4242.",
        decline_code="test_mode_live_card",
        param="number",
    )


def luhn(digits: str) -> bool:
    """Is this a well-formed card number?"""
    if not 12 <= len(digits) <= 19:
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def declined(reason: str, **extra: Any) -> CardDeclined:
    """The error for a reason, ready to be raised."""
    why = REASONS[reason]
    return CardDeclined(why.message, code=why.code, decline_code=why.decline_code, param=why.param or None, **extra)
