"""What can go wrong with Stripe, in words that a customer may read.

They say nothing of money: only who asked knows whether any may have moved.
"""

from saas_app.core.errors import AppError
from saas_app.core.words import _


class StripeUnavailable(AppError):
    """Stripe did not answer, or not in time. Nothing was changed; the same click can be tried again."""

    status = 503
    passes = True

    def __init__(self) -> None:
        super().__init__(_("Our payment provider does not answer right now."))


class StripeBusy(StripeUnavailable):
    """The same request, under the same idempotency key, is under way: another click was a moment earlier."""


class StripeBroken(StripeUnavailable):
    """Stripe failed in the middle of a request. It says so again, for a day, to whoever brings the same idempotency key
    (https://docs.stripe.com/api/idempotent_requests), so the next try needs another."""


class StripeRefused(AppError):
    """Stripe understood the request and said no: something of ours is wrong, and trying again does not help."""

    status = 502

    def __init__(self, why: str = "") -> None:
        super().__init__(_("Our payment provider refused this request. Please write to us."))
        self.why = why


class StripeMissing(StripeRefused):
    """The thing asked for does not exist at Stripe (any more)."""


class StripeLockedOut(StripeRefused):
    """Our key is not taken, or not for this: every request fails until a person gives us another."""

    passes = True


class CardRefused(StripeRefused):
    """The bank declined a payment, or wants its customer to confirm it; `needs_action` says which."""

    status = 402

    def __init__(self, why: str = "", *, needs_action: bool = False) -> None:
        super().__init__(why)
        self.needs_action = needs_action
        asks = _("Your bank wants to confirm this card. Put it in again under “Update card”, where it can ask you")
        declined = _("Your bank declined the payment. Update your card")
        self.args = (_("{asks}, then try again. Nothing was changed.").format(asks=asks if needs_action else declined),)


class BadSignature(AppError):
    """A webhook that Stripe did not sign, or signed too long ago."""

    status = 400

    def __init__(self) -> None:
        super().__init__("The signature of this event could not be verified.")
