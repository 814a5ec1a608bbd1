"""What can go wrong, as classes: the message is written for the person who sees it.

AppError                     500
├── BadInput                 422   one message per field
├── Refused                  403
│   ├── LoginNeeded          401
│   └── ConfirmNeeded        403   the log-in is too old for something that cannot be taken back
├── NotFound                 404
├── Gone                     410   a link that was used, replaced or has expired
├── Conflict                 409
├── TooManyTries             429   with the seconds to wait
└── Unavailable              503
    ├── DatabaseBusy               locked, full or out of reach; nothing was written
    │   └── Deadlocked             two transactions waited for each other, and this one was ended
    ├── NotMigrated                the schema is older than the code
    └── HashingBusy                every password worker is taken
ConfigError                        stops the start; for the operator, never shown to a visitor
RowLevelSecurity                   a mistake of ours that was stopped before it touched a row
"""

from typing import ClassVar

from saas_app.core.words import _, ngettext


class AppError(Exception):
    """Anything the app says to the user in words."""

    status: ClassVar[int] = 500
    passes: ClassVar[bool] = False  # whether waiting may be all that it needs: work that meets it never dies of it

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BadInput(AppError):
    """What was typed cannot be used; says why, field by field ("form" is the whole form)."""

    status = 422

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()), field=next(iter(errors), None))
        self.errors = errors


class Refused(AppError):
    """The person is known, and may not do this."""

    status = 403


class LoginNeeded(Refused):
    """Only somebody who is logged in may do this."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_("Please log in first."))


class ConfirmNeeded(Refused):
    """The person has to prove again who they are, because their log-in is too old for this."""

    def __init__(self) -> None:
        super().__init__(_("Please confirm that it is you."))


class NotFound(AppError):
    """There is no such thing, or it is not yours: the two look the same on purpose."""

    status = 404

    def __init__(self, message: str = _("We could not find that.")) -> None:
        super().__init__(message)


class Gone(AppError):
    """A link that was used, replaced by a newer one, or has expired."""

    status = 410


class Conflict(AppError):
    """It has changed in the meantime, or is already done."""

    status = 409


class TooManyTries(AppError):
    """A limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(_("Too many tries. Please wait {wait} and try again.").format(wait=in_words(self.retry_after)))


class Unavailable(AppError):
    """Not now; nothing was written, and trying again is safe."""

    status = 503
    passes = True
    retry_after: int = 2


class DatabaseBusy(Unavailable):
    """The database is locked, full or out of reach."""

    def __init__(self) -> None:
        super().__init__(_("We are very busy right now. Nothing was saved; please try again in a moment."))


class Deadlocked(DatabaseBusy):
    """Two transactions waited for each other, and the database has ended this one; the other goes on."""


class NotMigrated(Unavailable):
    """The code knows a table that the database does not have."""

    def __init__(self, table: str) -> None:
        super().__init__(f"The database has no table “{table}”. Run: python -m saas_app migrate")


class HashingBusy(Unavailable):
    """Every password worker is taken and the queue is full."""

    def __init__(self) -> None:
        super().__init__(_("Many people are logging in right now. Please try again in a moment."))


class ConfigError(Exception):
    """Settings that must not be started with; every problem at once."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["The settings are not usable:", *(f"  - {each}" for each in problems)]))


class RowLevelSecurity(PermissionError):
    """Code of ours reached for a row its session may not see or write."""


def in_full(error: Exception) -> str:
    """An error as an operator may read it and a customer may not: with what Stripe or the database said."""
    why = getattr(error, "why", "") or getattr(error.__cause__, "orig", "")
    return f"{error}\n{why}".strip()


def in_words(seconds: int) -> str:
    """A waiting time as people say it."""
    if seconds == 1:
        return _("a second")
    if seconds < 90:
        return ngettext("{count} second", "{count} seconds", seconds).format(count=seconds)
    minutes, hours = round(seconds / 60), round(round(seconds / 60) / 60)
    if minutes < 90:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
