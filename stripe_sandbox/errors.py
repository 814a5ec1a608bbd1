"""What the API answers when it refuses, in Stripe's shape (docs.stripe.com/api/errors).

StripeError             any refusal: status, type, code, message, param
├── Invalid             400 invalid_request_error
├── Missing             404, or 400 when the id stood in a parameter
└── CardDeclined        402; what was written while trying is kept
"""

from typing import Any


class StripeError(Exception):
    """A refusal that goes to the caller as JSON. `keep` = commit what was written before it was raised."""

    keep = False

    def __init__(
        self,
        status: int,
        type_: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.type = type_
        self.message = message
        self.code = code
        self.param = param
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON answer. Absent fields are left out, as Stripe does."""
        error: dict[str, Any] = {"type": self.type, "message": self.message}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        error.update({key: value for key, value in self.extra.items() if value is not None})
        return {"error": error}


class Invalid(StripeError):
    """The request itself is wrong."""

    def __init__(self, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(400, "invalid_request_error", message, code=code, param=param)


class Missing(StripeError):
    """There is no such object."""

    def __init__(self, kind: str, id_: str, *, param: str = "id", in_path: bool = False) -> None:
        name = kind.replace("_", " ").replace(".", " ")
        super().__init__(
            404 if in_path else 400,
            "invalid_request_error",
            f"No such {name}: '{id_}'",
            code="resource_missing",
            param=param,
        )


class CardDeclined(StripeError):
    """The card said no, or wants the cardholder first. The failed attempt stays on record."""

    keep = True

    def __init__(
        self,
        message: str,
        *,
        code: str = "card_declined",
        decline_code: str | None = None,
        param: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(402, "card_error", message, code=code, param=param, decline_code=decline_code, **extra)
