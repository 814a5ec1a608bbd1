"""Every table of the app, imported once so that migrations and row-level security know them all."""

from saas_app.auth.models import EmailToken, LoginSession, User
from saas_app.core.jobs import Outbox, Schedule
from saas_app.core.mailer import Mailbox
from saas_app.core.ratelimit import Try

__all__ = ["EmailToken", "LoginSession", "Mailbox", "Outbox", "Schedule", "Try", "User"]
